"""Words of the templates of records."""
