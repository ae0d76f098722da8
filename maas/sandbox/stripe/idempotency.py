"""Idempotency keys: a repeated POST gets the first answer again, for a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from maas.sandbox.stripe.errors import ApiError

KEPT_S = 24 * 3600

Answered = TypeVar("Answered")


@dataclass
class _Record(Generic[Answered]):
    fingerprint: str
    since: float
    answer: Answered | None = None


class Idempotency(Generic[Answered]):
    """The answers by key. A key whose first call has not been answered yet is in flight."""

    def __init__(self) -> None:
        self._records: dict[str, _Record[Answered]] = {}

    def find(self, key: str, fingerprint: str, now: float) -> Answered | None:
        """The stored answer, or None for a new key, which is now in flight.

        Raises ApiError: 400 `idempotency_error` when the call differs, 409 while the first call is in flight.
        """
        record = self._records.get(key)
        if record is None or now - record.since >= KEPT_S:
            self._records[key] = _Record(fingerprint, now)
            return None
        if record.fingerprint != fingerprint:
            message = f"Keys for idempotent requests can only be used with the same parameters as at first ({key})."
            raise ApiError(400, "idempotency_error", message, stored=False)
        if record.answer is None:
            message = "There is currently another in-progress request using this idempotency key."
            raise ApiError(409, "idempotency_error", message, "idempotency_key_in_use", stored=False)
        return record.answer

    def keep(self, key: str, answer: Answered) -> None:
        """Store the first call's answer."""
        self._records[key].answer = answer

    def forget(self, key: str) -> None:
        """Free the key: the call was never executed."""
        self._records.pop(key, None)
