"""Maps of runs."""
