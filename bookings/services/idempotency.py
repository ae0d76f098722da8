"""Idempotency keys of our own API: the same request twice does one thing and gets one answer.

As in the IETF draft on the Idempotency-Key header: another body under the same key is an error, and so is a repetition
while the first is still running.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bookings import turn
from bookings.models import IdempotencyRecord, Order
from transit.states import insert_once

KEPT_FOR: Final = timedelta(hours=72)
RUNS_FOR: Final = timedelta(seconds=90)
"""A request that has not been answered for so long has died; its key is free again."""


class KeyReused(Exception):
    """The key was used with another request (422)."""


class InFlight(Exception):
    """The first request with this key is still running (409)."""


@dataclass(frozen=True, slots=True)
class Replay:
    """The answer that was given before."""

    status: int
    body: Any


def begin(principal: str, key: str, request_sha256: str, now: datetime) -> IdempotencyRecord | Replay:
    """A record to be finished, or the answer of an earlier request. Raises KeyReused, InFlight."""
    with turn.atomic():
        fresh = IdempotencyRecord(principal=principal, key=key, request_sha256=request_sha256, created_at=now)
        if insert_once(fresh):
            return fresh
        record = IdempotencyRecord.objects.select_for_update().filter(principal=principal, key=key).first()
        if record is None:  # the first one has just given up
            raise InFlight
        if record.request_sha256 != request_sha256:
            raise KeyReused
        if record.status is not None:
            return Replay(record.status, record.body if record.answer is None else record.answer)
        if now - record.created_at < RUNS_FOR:
            raise InFlight
        record.created_at = now
        record.save(update_fields=["created_at"])
        return record


def finish(record: IdempotencyRecord, status: int, body: Any, order: Order | None = None) -> None:
    """Keep the answer for repetitions."""
    record.status, record.answer, record.order = status, body, order
    record.save(update_fields=["status", "answer", "order"])


def give_up(record: IdempotencyRecord) -> None:
    """The request failed before it did anything: the key is free again."""
    record.delete()


def forget_old(now: datetime) -> None:
    """Drop the answers that are kept for long enough."""
    IdempotencyRecord.objects.filter(created_at__lt=now - KEPT_FOR).delete()
