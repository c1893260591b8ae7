"""Filters of the pages of the balance."""
