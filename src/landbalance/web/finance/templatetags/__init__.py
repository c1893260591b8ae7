"""Words of the templates of finance."""
