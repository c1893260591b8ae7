"""The records of the country: who may do what, and what was agreed, done and found, with its history."""
