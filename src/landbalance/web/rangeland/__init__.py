"""The page on rangelands: extent, forage and condition, and herds against forage by district."""
