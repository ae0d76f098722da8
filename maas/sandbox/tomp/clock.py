"""A clock that can be moved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any


class Clock:
    """The time of a source, moved by an offset."""

    def __init__(self, source: Callable[[], datetime]) -> None:
        self._source = source
        self._offset = timedelta()

    def now(self) -> datetime:
        """Aware time."""
        return self._source() + self._offset

    def set(self, change: dict[str, Any]) -> None:
        """`{"advance_s": 60}`, `{"now": "2026-11-23T08:00:00Z"}` or `{"reset": true}`."""
        if change.get("reset"):
            self._offset = timedelta()
        if "now" in change:
            self._offset = datetime.fromisoformat(change["now"]) - self._source()
        self._offset += timedelta(seconds=float(change.get("advance_s", 0)))
