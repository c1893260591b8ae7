"""Drought and rangelands of a workspace: indices, report, monitoring, triggers, forage."""
