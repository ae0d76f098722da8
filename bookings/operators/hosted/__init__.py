"""Operators whose sales system is this one."""
