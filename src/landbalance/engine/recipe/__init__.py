"""The recipe of SDG 15.3.1: which sources, steps, tables and rasters one workspace and one profile ask for."""
