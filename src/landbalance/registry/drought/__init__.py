"""Drought in the registry: triggers a country writes and adopts, calls as they were made, and who reads bulletins."""
