"""Actions on the ground: what is done, where, with what money, and how far."""
