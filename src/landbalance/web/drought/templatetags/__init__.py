"""Words of drought in templates."""
