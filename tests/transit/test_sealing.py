"""Sealed text: unreadable at rest, opened by any key of the ring, rotated to the newest."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.fernet import Fernet, InvalidToken

from transit.sealing import reseal, seal, unseal


def test_round_trip_and_rotation(settings: Any) -> None:
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    settings.FIELD_KEYS = [old]
    sealed = seal("040 123 4567")
    assert b"123" not in sealed
    settings.FIELD_KEYS = [new, old]
    rotated = reseal(memoryview(sealed))
    settings.FIELD_KEYS = [new]
    assert unseal(rotated) == "040 123 4567"
    with pytest.raises(InvalidToken):
        unseal(sealed)
