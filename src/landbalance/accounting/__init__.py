"""Gains against losses: land types, the balance, the response hierarchy, hotspots and business as usual."""
