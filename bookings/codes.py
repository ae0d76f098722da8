"""Public codes: 128 random bits, safe in an address."""

import secrets


def new_code() -> str:
    """22 URL-safe characters from the system's random source (ASVS 11.5.1)."""
    return secrets.token_urlsafe(16)


class CodeConverter:
    """A public code or serial in an address; anything else is no address of ours."""

    regex = "[A-Za-z0-9_-]{1,40}"

    def to_python(self, value: str) -> str:
        """As it is written."""
        return value

    def to_url(self, value: str) -> str:
        """As it is written."""
        return value
