"""Operators that speak TOMP-API 1.5 or 1.6."""
