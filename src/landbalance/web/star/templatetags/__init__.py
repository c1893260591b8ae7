"""Words and numbers of the STAR desk."""
