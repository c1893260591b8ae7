"""The API: every record and figure for programs, under `/api`."""
