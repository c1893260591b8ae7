"""Consents and their withdrawal."""
