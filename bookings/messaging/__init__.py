"""How people are reached: one folder per channel."""
