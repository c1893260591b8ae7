"""Words of the templates of targets."""
