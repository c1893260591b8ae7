"""Errors, types, units, periods, places, code lists and dated parameters: what every floor may use."""
