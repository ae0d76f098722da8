"""How partners' systems identify themselves (RFC 6749, 6750)."""
