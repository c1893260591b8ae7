"""Targets, scenarios and the planner that finds the cheapest way to be neutral."""
