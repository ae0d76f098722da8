"""Sealing of personal data and secrets at rest, with a ring of keys that can be rotated."""

from __future__ import annotations

import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def _ring() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FIELD_KEYS])


def seal(text: str) -> bytes:
    """The text, encrypted and authenticated under the newest key."""
    return _ring().encrypt(text.encode())


def unseal(sealed: bytes | memoryview[int]) -> str:
    """The text again. Raises cryptography.fernet.InvalidToken when no key of the ring opens it."""
    return _ring().decrypt(bytes(sealed)).decode()


def reseal(sealed: bytes | memoryview[int]) -> bytes:
    """The same text under the newest key (key rotation)."""
    return _ring().rotate(bytes(sealed))


def key_of(sealed: bytes | memoryview[int]) -> int:
    """Which key of the ring opens it: 0 is the newest. Raises cryptography.fernet.InvalidToken when none does."""
    for number, key in enumerate(settings.FIELD_KEYS):
        try:
            Fernet(key).decrypt(bytes(sealed))
        except InvalidToken:
            continue
        return number
    raise InvalidToken


def blind(text: str) -> str:
    """A name under which a sealed text is found again, and from which nobody without the key reads it."""
    return blinds(text)[0]


def blinds(text: str) -> list[str]:
    """The same under every key of the ring, the newest first: rows keep the name of the key of their day."""
    return [_blind(key, text) for key in settings.FIELD_KEYS]


def _blind(key: str, text: str) -> str:
    # A key of its own, so that what the index shows says nothing of the key that seals.
    own = hmac.digest(key.encode(), b"blind index", "sha256")
    return hmac.digest(own, text.encode(), "sha256").hex()
