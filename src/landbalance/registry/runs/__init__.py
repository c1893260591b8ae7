"""Runs: what is computed, by which worker, how far it is, and what came out."""
