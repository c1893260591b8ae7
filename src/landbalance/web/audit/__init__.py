"""Who did what, and everything to take away."""
