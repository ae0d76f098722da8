"""Bytes → tables: feeds and street extracts read, checked and repaired."""
