"""Rides that our own dispatcher plans."""
