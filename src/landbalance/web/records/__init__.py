"""What every record has in the browser: drafts, history, review, the records put away, and two people at once."""
