"""Files that show something: photos, minutes, laws, reports; attached to any record."""
