"""The search over scheduled vehicles: range-RAPTOR (Delling, Pajor, Werneck: Round-Based Public Transit Routing).

Each round adds one vehicle (section 3.1): it collects the patterns that serve the stops which the last round improved,
scans each once from the first such stop, and relaxes the transfers of the stops it reached. Departures of a range are
taken latest first and keep the labels of later ones (section 4.2), so that what is found is the full set of journeys
that no other beats in departure, arrival and number of vehicles. A journey changes by exactly one transfer, the change
at a stop being the transfer of the stop to itself; the first and last stop need none. What cannot reach the
destination before the best journey known is not followed: see `kernels.landmarks`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeVar

import numpy as np

from transit.routing.kernels.raptor import (
    NONE,
    Ends,
    Found,
    Labels,
    Lines,
    When,
    search_from,
)
from transit.routing.shelf import Shelf
from transit.routing.timetable import U8, Timetable

USUALLY = 256
"""Journeys that a search has room for at first."""


Rooms = tuple[Found, Found]
"""For the journeys of a search, and for those of a second one that leaves at one moment."""
T = TypeVar("T")


class Ride(NamedTuple):
    """A ride in one trip of a Timetable from one position of its pattern to a later one."""

    trip: int
    board: int
    alight: int


@dataclass(frozen=True, slots=True)
class Rides:
    """What a journey does between its first and last stop. `leave_s` and `arrive_s` include access and egress."""

    leave_s: int
    arrive_s: int
    rides: tuple[Ride, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """When to leave (seconds of the timetable; equal bounds: leave then, arrive soonest) and how to change."""

    earliest_s: int
    latest_s: int
    max_vehicles: int = 6
    change_slack_s: int = 0
    allowed: U8 | None = None
    """Patterns: 1 where the pattern may be used; None: all."""
    pace: float = 1.0
    """How many times as long as published a transfer takes."""

    def between(self, earliest_s: int, latest_s: int) -> Wish:
        """The same at another time."""
        return replace(self, earliest_s=earliest_s, latest_s=latest_s)


def find_rides(timetable: Timetable, access: Ends, egress: Ends, wish: Wish) -> list[Rides]:
    """The Pareto set of rides over (leaving later, arriving earlier, fewer vehicles), latest departure first.

    With equal bounds the moment of leaving is given and the set is over (arriving earlier, fewer vehicles).
    """
    if not len(access.stops) or not len(egress.stops):
        return []
    lines, when = lines_of(timetable, wish.pace), when_of(wish)

    def search(labels: Labels, rooms: Rooms) -> tuple[int, list[Rides]]:
        count = int(search_from(lines, access, egress, labels, rooms[0], when))
        return count, _listed(rooms[0], count) if count <= len(rooms[0].leave) else []

    return with_room(timetable, wish, search)


def with_room(timetable: Timetable, wish: Wish, search: Callable[[Labels, Rooms], tuple[int, T]]) -> T:
    """What a search finds that is given scratch, and room for journeys: for as many as it then says that there are."""
    shape = (wish.max_vehicles + 1, timetable.stops, timetable.patterns)
    with _labels.lent(shape, lambda: new_labels(*shape)) as clean:
        labels = clean if wish.allowed is None else clean._replace(allowed=wish.allowed)
        with _rooms.lent(wish.max_vehicles, lambda: _new_rooms(wish.max_vehicles)) as rooms:
            count, found = search(labels, rooms)
            return found if count <= USUALLY else search(labels, (_room(count, wish.max_vehicles), rooms[1]))[1]


def when_of(wish: Wish) -> When:
    """When to leave, as kernels take it."""
    return When(np.int32(wish.earliest_s), np.int32(wish.latest_s), np.int32(wish.change_slack_s))


def lines_of(timetable: Timetable, pace: float = 1.0) -> Lines:
    """The arrays that the kernels read, with transfers slowed to a pace."""
    t = timetable
    transfer_seconds = t.transfer_seconds
    if pace != 1.0:
        transfer_seconds = np.ceil(transfer_seconds * pace).astype(np.int32)
        transfer_seconds.flags.writeable = False
    return Lines(
        t.pattern_stop_start,
        t.pattern_stops,
        t.boardable,
        t.alightable,
        t.pattern_trip_start,
        t.pattern_event_start,
        t.departures,
        t.arrivals,
        t.stop_pattern_start,
        t.stop_patterns,
        t.stop_positions,
        t.transfer_start,
        t.transfer_stops,
        transfer_seconds,
        t.landmarks,
    )


_labels: Shelf[Labels] = Shelf()
_rooms: Shelf[Rooms] = Shelf()


def new_labels(rows: int, stops: int, patterns: int) -> Labels:
    """Room for a search of so many rounds and one."""

    def times() -> np.ndarray:
        return np.empty((rows, stops), np.int32)

    def parents() -> np.ndarray:
        return np.empty((rows, stops), np.uint32)

    return Labels(
        times(),
        times(),
        parents(),
        parents(),
        parents(),
        parents(),
        np.empty(rows, np.int32),
        np.empty(rows, np.uint32),
        np.zeros(rows, np.uint8),
        np.empty(stops, np.uint32),
        np.zeros(stops, np.uint8),
        np.empty(stops, np.uint32),
        np.zeros(stops, np.uint8),
        np.empty(patterns, np.uint32),
        np.full(patterns, NONE, np.uint32),
        np.zeros(3, np.uint64),
        np.empty(stops, np.int32),
        np.empty(stops, np.int32),
        np.ones(patterns, np.uint8),
    )


def _new_rooms(vehicles: int) -> Rooms:
    return _room(USUALLY, vehicles), _room(vehicles, vehicles)


def _room(count: int, vehicles: int) -> Found:
    """Room for journeys."""
    legs = (count, vehicles)
    return Found(
        np.empty(count, np.int32),
        np.empty(count, np.int32),
        np.empty(count, np.uint32),
        np.empty(legs, np.uint32),
        np.empty(legs, np.uint32),
        np.empty(legs, np.uint32),
    )


def _listed(found: Found, count: int) -> list[Rides]:
    """The journeys found."""
    leave, arrive, vehicles = (row[:count].tolist() for row in (found.leave, found.arrive, found.vehicles))
    legs = [row[:count].tolist() for row in (found.trips, found.boards, found.alights)]
    return [
        Rides(leave[i], arrive[i], tuple(map(Ride, *(row[i][: vehicles[i]] for row in legs)))) for i in range(count)
    ]
