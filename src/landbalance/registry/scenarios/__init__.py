"""Scenarios: areas drawn on the map with what is done in them, and the analyses of neutrality asked for."""
