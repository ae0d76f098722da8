"""Whether a timetable may follow another by itself: what the network that was built has, against the one that answers.

Days are compared with the same days ahead; where one timetable has ended before a day, with its last same weekday.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from transit.network.store import Network

AHEAD: Final = 14
"""Days from today on."""
LOST: Final = 0.5
"""A timetable that has lost this share of its departures waits for a person."""
GROWN: Final = 2.0
FEW: Final = 100
"""Departures a day below which a timetable may grow by any factor: a village's bus gets a second round."""
_WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a version waits: `code` names the check, the numbers are departures a day, `asked` what is not answered."""

    code: str
    had: int = 0
    has: int = 0
    asked: tuple[str, ...] = ()


def compare(live: Network, built: Network, feed: str, today: date) -> Doubt | None:
    """What is odd about the departures of a feed in a network that was built; None: nothing, or nothing to compare."""
    had, has = Departures.of(live, feed), Departures.of(built, feed)
    days = [today.toordinal() + ahead for ahead in range(AHEAD)]
    pairs = [(had.expected(day), has.on(day)) for day in days if day <= max(had.last, has.last)]
    before, after = sum(each for each, _ in pairs), sum(each for _, each in pairs)
    had_a_day, has_a_day = (round(each / max(1, len(pairs))) for each in (before, after))
    if before and after <= before * (1 - LOST):
        return Doubt("departures_lost", had_a_day, has_a_day)
    if before and after > before * GROWN and has_a_day >= FEW:
        return Doubt("departures_grown", had_a_day, has_a_day)
    return None


@dataclass(frozen=True)
class Departures:
    """The departures of a feed on the days of a network, from `first` on (`date.toordinal`)."""

    first: int
    counts: NDArray[np.int64]

    @classmethod
    def of(cls, network: Network, feed: str) -> Departures:
        """Calls of trips, but for the last of each."""
        schedule, trips = network.schedule, network.trips
        mine = np.array([network.feed_of(each) == feed for each in network.routes.ids.texts], np.bool_)[trips.route]
        calls = np.diff(schedule.sequence_start.astype(np.int64))[schedule.trip_sequence[: len(trips.route)]] - 1
        services = len(schedule.service_active)
        by_service = np.bincount(trips.service[mine], calls[mine], minlength=services).astype(np.int64)
        return cls(schedule.first_day, by_service @ schedule.service_active.astype(np.int64))

    @property
    def last(self) -> int:
        """The last day with any; 0: there is none."""
        days = np.flatnonzero(self.counts)
        return self.first + int(days[-1]) if len(days) else 0

    def on(self, day: int) -> int:
        """Those of a day."""
        at = day - self.first
        return int(self.counts[at]) if 0 <= at < len(self.counts) else 0

    def expected(self, day: int) -> int:
        """Those of a day, or of the last same weekday before the end."""
        beyond = day - self.last
        return self.on(day - -(-beyond // _WEEK) * _WEEK if beyond > 0 else day)
