"""Targets: what the country promises, where, by when, and how far it is."""
