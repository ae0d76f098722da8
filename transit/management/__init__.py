"""Commands of facts."""
