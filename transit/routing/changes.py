"""The rides of journeys with the best places to board, change and alight: the same trips leave a choice."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transit.routing.journey import Facts, Ridden, TransitLeg
from transit.routing.kernels.changes import COMFORT_S, ELSEWHERE_S, ridden
from transit.routing.kernels.pointless import NO_WALK, POSSIBLE, SHOWN, Standard
from transit.routing.kernels.raptor import Ends, Labels
from transit.routing.kernels.scheduled import How, scheduled
from transit.routing.raptor import Ride, Rooms, Wish, lines_of, when_of, with_room
from transit.routing.timetable import Timetable

__all__ = ["ANY", "COMFORT_S", "ELSEWHERE_S", "Standard", "Stops", "Unbeaten", "as_legs", "find_legs"]

ANY = Standard(-(1 << 62), NO_WALK)
"""For journeys that one leaves for at any time and that nobody walks."""

# As `_make` does, which is a function of Python's own and takes twice as long: one search makes hundreds.
_facts = partial(tuple.__new__, Facts)
_leg = partial(tuple.__new__, TransitLeg)


class Stops(NamedTuple):
    """By stop, what it is to people, and its station."""

    original: NDArray[np.int64]
    station: NDArray[np.int64]


class Unbeaten(NamedTuple):
    """Journeys that none beats, with what the kernel says of each: most are made of it only where they are wanted."""

    facts: NDArray[np.int64]
    rides: NDArray[np.int64]
    start: NDArray[np.uint32]
    said: NDArray[np.uint8]

    @property
    def every(self) -> list[Ridden]:
        """All of them."""
        return self._those(0)

    @property
    def possible(self) -> list[Ridden]:
        """Those for which it is not too late."""
        return self._those(POSSIBLE)

    @property
    def shown(self) -> list[Ridden]:
        """Those of these that are worth showing: see `filters.worth_showing`."""
        return self._those(SHOWN)

    def _those(self, said: int) -> list[Ridden]:
        rides = self.rides.tolist()
        rows = zip(self.said.tolist(), self.facts.tolist(), pairwise(self.start.tolist()), strict=True)
        return [
            Ridden(_facts(facts), list(map(_leg, rides[low:high]))) for each, facts, (low, high) in rows if each >= said
        ]


NONE = Unbeaten(np.empty((0, 4), np.int64), np.empty((0, 8), np.int64), np.zeros(1, np.uint32), np.empty(0, np.uint8))


def find_legs(
    timetables: tuple[Timetable, Timetable],
    ends: tuple[Ends, Ends],
    wish: Wish,
    stops: Stops,
    standard: Standard = ANY,
) -> Unbeaten:
    """The rides of the journeys between origin and destination that none beats, not even by leaving after the range.

    Whatever leaves later and beats a journey of the range is beaten or equalled in arrival and vehicles by what one
    finds who leaves right after it. The timetables are the one that is searched (to arrive by a time, one turned round;
    the wish is in its seconds) and the one that journeys are told by.

    They board, change and alight at the best places, never leaving earlier or arriving later than by others. Best is
    what costs least: the time from door to door, every second on foot once more, a change elsewhere than at the same
    stop or station (ELSEWHERE_S), and what a change lacks in comfort (COMFORT_S). A dynamic programme over the rides:
    for each call the cheapest way to be in the vehicle there.
    """
    if not all(len(end.stops) for end in ends):
        return NONE
    searched, timetable = timetables
    how = How(when_of(wish), searched is not timetable, standard, *stops)
    lines = lines_of(timetable, wish.pace)
    both = lines_of(searched, wish.pace) if how.is_turned else lines, lines

    def search(labels: Labels, rooms: Rooms) -> tuple[int, Unbeaten]:
        count, facts, rides, start, said = scheduled(both, ends, labels, rooms, how)
        return int(count), Unbeaten(facts, rides, start, said)

    return with_room(searched, wish, search)


def as_legs(timetable: Timetable, journeys: Sequence[tuple[Ride, ...]]) -> list[list[TransitLeg]]:
    """The rides of journeys with their times and stops."""
    if not journeys:
        return []
    rides = np.array([ride for journey in journeys for ride in journey], np.uint32)
    start = np.array([0, *accumulate(map(len, journeys))], np.uint32)
    return _divided(ridden(lines_of(timetable), rides), start)


def _divided(rides: NDArray[np.int64], start: NDArray[np.uint32]) -> list[list[TransitLeg]]:
    """The rides of all journeys, by journey."""
    legs: list[TransitLeg] = list(map(_leg, rides.tolist()))
    return [legs[low:high] for low, high in pairwise(start.tolist())]
