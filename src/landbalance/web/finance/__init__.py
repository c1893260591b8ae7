"""Finance in the browser: import, review, doubles, need and gap, strategy, objective 5."""
