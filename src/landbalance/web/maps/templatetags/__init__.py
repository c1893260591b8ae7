"""Words of the map templates."""
