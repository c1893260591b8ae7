"""What people say about a field of a record, what others answer, and whether it is settled."""
