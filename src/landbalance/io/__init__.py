"""Sources in, sinks out: the only floor that knows a file format."""
