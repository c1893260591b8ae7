"""The STAR desk: what a country would get of the GEF, always as a what-if."""
