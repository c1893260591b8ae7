"""Pages on drought: map and calls, bulletins with feed and mail, triggers."""
