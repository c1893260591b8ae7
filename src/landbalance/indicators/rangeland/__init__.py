"""Rangelands: extent, forage, carrying capacity, stocking, and what trends say of their condition."""
