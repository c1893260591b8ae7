"""Files are not for the keeper of the installation: who sees them is decided record by record."""
