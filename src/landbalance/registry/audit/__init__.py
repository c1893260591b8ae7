"""Acts, in a chain that shows tampering."""
