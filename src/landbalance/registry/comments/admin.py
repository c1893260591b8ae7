"""Comments are not for the keeper of the installation: they are seen where their record is seen."""
