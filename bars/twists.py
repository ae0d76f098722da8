"""What bars change in a process of ours, from the environment. Nothing of this is in the product.

BARS_LEASE_S, BARS_IN_FLIGHT_S: how long a claim, and a call under way, may last. BARS_GUARD=off: seats are taken by who
has looked first. BARS_CLOCK=file: how many seconds the clock is wrong, read at every look. BARS_LOCKS=folder: how long
transactions last is written there.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

from django.db import connections, transaction
from django.utils import timezone

from bookings import capacity, tasks
from bookings.models import Capacity
from bookings.services import timing

_looked = threading.local()
_THINKING_S: Final = 0.02


def apply() -> None:
    """All that the environment asks for."""
    if lease := os.environ.get("BARS_LEASE_S"):
        timing.LEASE = timedelta(seconds=float(lease))  # type: ignore[misc]
    if in_flight := os.environ.get("BARS_IN_FLIGHT_S"):
        timing.IN_FLIGHT = timedelta(seconds=float(in_flight))  # type: ignore[misc]
    if os.environ.get("BARS_GUARD") == "off":
        capacity.get_capacity, capacity.take = _look, _take_what_was_seen
    if clock := os.environ.get("BARS_CLOCK"):
        tasks.timezone = SimpleNamespace(now=_Clock(Path(clock)))  # type: ignore[assignment, attr-defined]
    if locks := os.environ.get("BARS_LOCKS"):
        _measure(Path(locks))


class _Clock:
    """The true time, and what it is wrong by."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self) -> datetime:
        return timezone.now() + timedelta(seconds=float(self._path.read_text() or 0))


_get_capacity = capacity.get_capacity


def _look(operator_code: str, key: str, cap: int) -> Capacity:
    seen = _get_capacity(operator_code, key, cap)
    _looked.rows = {**getattr(_looked, "rows", {}), seen.pk: seen}
    time.sleep(_THINKING_S)
    return seen


def _take_what_was_seen(seats: Mapping[int, int]) -> None:
    for pk, count in seats.items():
        seen = _looked.rows[pk]
        if seen.taken + count > seen.cap:
            raise capacity.SoldOut(seen.key)
        Capacity.objects.filter(pk=pk).update(taken=seen.taken + count)


def _measure(folder: Path) -> None:
    """The length of every outermost transaction, in milliseconds, one a line."""
    begin, end = transaction.Atomic.__enter__, transaction.Atomic.__exit__
    began = threading.local()
    kept = (folder / f"{os.getpid()}").open("a", buffering=1)

    def enter(self: Any) -> None:
        outermost = not connections[self.using or "default"].in_atomic_block
        begin(self)
        if outermost:
            began.at = time.perf_counter()

    def leave(self: Any, *error: Any) -> None:
        end(self, *error)
        if not connections[self.using or "default"].in_atomic_block:
            kept.write(f"{(time.perf_counter() - began.at) * 1000:.2f}\n")

    transaction.Atomic.__enter__, transaction.Atomic.__exit__ = enter, leave  # type: ignore[method-assign]
