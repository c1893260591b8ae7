"""The catalogue of practices, and those of a country."""
