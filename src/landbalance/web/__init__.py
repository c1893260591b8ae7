"""The pages and the API: they parse, call one use case, show the result."""
