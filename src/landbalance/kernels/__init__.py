"""Compiled array functions that several indicators share."""
