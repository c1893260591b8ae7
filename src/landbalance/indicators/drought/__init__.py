"""Drought: hazard, exposure, vulnerability, and the combined indicator of monitoring."""
