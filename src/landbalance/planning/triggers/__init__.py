"""Drought triggers: rules as data, phases of districts, and how well a trigger would have done."""
