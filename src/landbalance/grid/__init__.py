"""Grids, true cell areas, alignment and tiles, as immutable values."""
