"""Declared computations: land cover, productivity, SOC, SDG 15.3.1 and its status; one file an indicator."""
