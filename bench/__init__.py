"""Figures of speed and memory, as ratios to an I/O floor and to peers; run by `./dev bench`."""
