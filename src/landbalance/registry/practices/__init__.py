"""National practices of sustainable land management, beside the catalogue of the field."""
