"""Operators that sell through TOMP-API 2.0."""
