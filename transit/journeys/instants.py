"""Seconds as instants, and lines as lengths."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from transit.routing.kernels.ways import length_of
from transit.routing.streets import F64


@lru_cache(maxsize=8192)
def instant(at: int) -> datetime:
    """A Unix second as an aware instant. Most are whole minutes of few days."""
    return datetime.fromtimestamp(at, UTC)


def metres_along(line: F64) -> int:
    """The length of a line of (lon, lat), in whole metres."""
    return round(length_of(line))
