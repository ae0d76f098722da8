"""The levers that operators do not have: what happens to a trip, what is said of a stop, silence."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Fate:
    """What happens to a trip on a day. The delay grows to `delay_s` until the middle of the trip."""

    delay_s: int = 0
    cancelled: bool = False
    skipped: str = ""
    """A stop at which it does not stop."""
    steady: bool = False
    """Late by as much from the first stop on."""


@dataclass
class Control:
    """What was steered, and what happens by itself unless `calm`: always the same to a trip of a day.

    Of 1000 trips 3 do not run and 10 leave out a stop; of ten, six are on time, three a little late, one is very late.
    """

    calm: bool = False
    fates: dict[tuple[str, str, str], Fate] = field(default_factory=dict)
    alerts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    age_s: int = 0
    """How old messages are."""

    def steer(self, feed: str, trip_id: str, day: str = "", **fields: Any) -> None:
        """Say what happens to a trip, on one day (YYYY-MM-DD) or on all."""
        self.fates[feed, trip_id, day] = Fate(**{"steady": True} | fields)

    def fate(self, feed: str, trip_id: str, day: date, stops: tuple[str, ...]) -> Fate:
        """What happens to a trip."""
        for key in ((feed, trip_id, day.isoformat()), (feed, trip_id, "")):
            if key in self.fates:
                return self.fates[key]
        return Fate() if self.calm else _drawn(f"{feed}:{trip_id}@{day}", stops)


def _drawn(departure: str, stops: tuple[str, ...]) -> Fate:
    number = int.from_bytes(hashlib.sha256(departure.encode()).digest()[:6], "big")
    number, rare = divmod(number, 1000)
    number, tenth = divmod(number, 10)
    delay_s = (0 if tenth < 6 else 60 if tenth < 9 else 360) + number % 4 * (10 if tenth < 6 else 60)
    skipped = stops[len(stops) // 2] if 3 <= rare < 13 and len(stops) > 3 else ""
    return Fate(delay_s, cancelled=rare < 3, skipped=skipped)
