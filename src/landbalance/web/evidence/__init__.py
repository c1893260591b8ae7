"""Files that show something."""
