"""What the quarantined child does with an upload: look at its first bytes, read it, write a file of our own."""
