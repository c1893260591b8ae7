"""Jobs: analyses a person asks for, done by a worker."""
