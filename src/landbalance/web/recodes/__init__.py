"""Pages of recode polygons."""
