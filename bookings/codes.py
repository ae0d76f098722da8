"""Public codes: 128 random bits, safe in an address."""

import secrets


def new_code() -> str:
    """22 URL-safe characters from the system's random source (ASVS 11.5.1)."""
    return secrets.token_urlsafe(16)
