"""Targets and actions in the browser."""
