"""The first page and the dashboard of a workspace."""
