"""A window's journeys of restricted Pareto sets (`criteria`): slower than others, and better in something.

Moments lie MOMENT_S apart on the clock. A journey belongs to the last of them before it leaves, and is found if it is
in the restricted set of who is ready then and leaves before the next, and nothing that leaves at a later moment of the
window is as good as it; so windows side by side have it once. Of a window of arrivals, the moments are those around
which the journeys leave that no other beats. Where the moment of leaving is given, it is the only one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import starmap
from typing import NamedTuple

import numpy as np

from transit.routing.criteria import SLACK_S, Anchor, Charges, Field, Found, Kind, restricted
from transit.routing.fare_codes import Line, codes_of
from transit.routing.fares import FareTable
from transit.routing.feeding import Vehicles, fed
from transit.routing.filters import longest
from transit.routing.hamlet import NOON, hamlet
from transit.routing.journey import Journey
from transit.routing.planner import Builder, Day, asked, pattern_of
from transit.routing.query import Criterion, Location, Query
from transit.routing.raptor import Ride, Rides, Wish, find_rides, lines_of
from transit.routing.timetable import UNREACHED, Timetable
from transit.routing.window import assemble

MOMENT_S = 600
# What leaves later is no standard for what leaves now.
WAIT_S = 3600
# So many of each criterion are priced.
CANDIDATES = 4


def alternatives(
    day: Day,
    build: Builder,
    wish: Wish,
    query: Query,
    charges: Charges,
    now_s: int | None = None,
    vehicles: Vehicles | None = None,
) -> list[Journey]:
    """The journeys of restricted sets that leave (arriving by a time: arrive) in the wish's window, as `planner.asked`
    has it; with their ways; of each criterion those that may be best in it; and what can be hired all the way. Nothing
    that would leave before `now_s` is among them, nor does it stand in for anything.
    """
    ways = fed(build, query, vehicles, None if now_s is None else now_s + day.timetable.base_at)
    field = Field(day.timetable, day.backward, *ways.sides)
    found = _found(field, wish, query, charges, now_s)
    found += starmap(_Ready, ways.directly(wish, arrive_by=query.arrive_by))
    kept: dict[tuple[object, ...], tuple[Builder, Journey]] = {}
    for criterion in (each for each in Criterion if each in query.criteria):
        chosen = 0
        for moment, each in _best(found, _VALUES[criterion]):
            rides = _left_late(day.timetable, charges, each, wish)
            drawn = ways.journey(each, rides, moment)
            if _is_given(query) or _is_within(drawn[1], wish, arrive_by=query.arrive_by):
                kept[rides, each.start, each.end] = drawn
                chosen += 1
            if chosen == CANDIDATES:
                break
    hires = [each for each in ways.hires if now_s is None or each.start_s >= now_s]
    return [*(drawer.shown(journey) for drawer, journey in kept.values()), *hires]


def _is_given(query: Query) -> bool:
    """Whether the moment of leaving is."""
    return query.window_s == 0 and not query.arrive_by


def _found(field: Field, wish: Wish, query: Query, charges: Charges, now_s: int | None) -> list[_Ready]:
    """What is found for all moments."""
    is_given, base_at = _is_given(query), field.timetable.base_at
    leaving = _leaving(field, wish) if query.arrive_by else (wish.earliest_s, wish.latest_s)
    if leaving is None or not len(field.access) or not len(field.egress):
        return []
    earliest_s = leaving[0] if now_s is None else max(leaving[0], now_s)
    moments = [earliest_s] if is_given else _moments(base_at, earliest_s, leaving[1])
    if now_s is not None:
        moments = [max(moment, now_s) for moment in moments]
    costs = charges.costs(lines_of(field.timetable, wish.pace), query.criteria)
    known = _Known(field, wish, moments)
    found: list[_Ready] = []
    for moment in reversed(moments):
        last_s = int(UNREACHED) if is_given else _next_moment(base_at, moment) - 1
        asked = wish.between(moment, last_s)
        better = restricted(field, costs, asked, known.anchors(moment), [each for _, each in found])
        found += [_Ready(moment, each) for each in better]
    return found


@dataclass(frozen=True)
class _Known:
    """What no other journey beats in departure, arrival and vehicles, for all who are ready at one of the moments: on
    foot, and in vehicles that one takes oneself; where neither goes, in rides on demand as if they came at any time.
    """

    field: Field
    wish: Wish
    moments: Sequence[int]

    def anchors(self, moment: int) -> list[Anchor]:
        """The standards of who is ready at a moment."""
        found = [each for rides in self._certain for each in _anchors(rides, moment)]
        if found or not self._has(Kind.ORDERED):
            return found
        return [(arrive_s, vehicles + 1) for arrive_s, vehicles in _anchors(self._ordered, moment)]

    @cached_property
    def _certain(self) -> list[list[Rides]]:
        kinds = [Kind.FOOT, Kind.OWN] if self._has(Kind.OWN) else [Kind.FOOT]
        return [_quickest(self.field, kind, self.wish, self.moments) for kind in kinds]

    @cached_property
    def _ordered(self) -> list[Rides]:
        return _quickest(self.field, Kind.ORDERED, self.wish, self.moments)

    def _has(self, kind: Kind) -> bool:
        return self.field.access.has(kind) or self.field.egress.has(kind)


class _Ready(NamedTuple):
    """A journey found, and the moment to which it belongs."""

    moment: int
    found: Found


def _best(ready: Sequence[_Ready], value: Callable[[Found], int]) -> Iterator[_Ready]:
    """Those that are better than all that leave no earlier and arrive no later, the best first."""
    table = np.array([(moment, found.arrive_s, value(found)) for moment, found in ready]).reshape(-1, 3)
    moments, arrivals, values = table.T
    for i in np.lexsort((arrivals - moments, values)).tolist():
        quicker = (moments >= moments[i]) & (arrivals <= arrivals[i]) & (values <= values[i])
        quicker &= (moments > moments[i]) | (arrivals < arrivals[i])
        if not quicker.any():
            yield ready[i]


_VALUES: dict[Criterion, Callable[[Found], int]] = {
    Criterion.PRICE: lambda found: found.price,
    Criterion.CO2: lambda found: found.co2,
    Criterion.WALKING: lambda found: found.walk,
}


def warm() -> None:
    """Compiles the kernels or loads them from the cache, as `planner.warm` does."""
    schedule, ground = hamlet()
    day = Day(assemble(schedule, 0, 86400))
    timetable = day.timetable
    query = Query(Location(0, 0), Location(0, 0.01), NOON, walk_speed_mps=1, criteria=frozenset(Criterion))
    codes = codes_of(FareTable.of([]), [Line("", "")], [""])
    stops, places = np.zeros(timetable.stops, np.uint32), np.zeros(len(timetable.pattern_stops))
    charges = Charges.of(timetable, codes, np.zeros(timetable.trips, np.int64), stops, places, ground.original)
    alternatives(day, *asked(day, ground, query), query, charges)


def _is_within(journey: Journey, wish: Wish, *, arrive_by: bool) -> bool:
    """Whether a journey leaves (arriving by a time: arrives) in the window."""
    return wish.earliest_s <= (-journey.end_s if arrive_by else journey.start_s) <= wish.latest_s


def _leaving(field: Field, wish: Wish) -> tuple[int, int] | None:
    """Between which seconds those leave that arrive in the window, or so much earlier that others by them may."""
    sooner = replace(wish, latest_s=wish.latest_s + SLACK_S)
    kinds = [kind for kind in Kind if not kind or field.access.has(kind) or field.egress.has(kind)]
    near = [(field.egress.ends(kind), field.access.ends(kind)) for kind in kinds]
    leaves = [-rides.arrive_s for ends in near for rides in find_rides(field.backward, *ends, sooner)]
    return (min(leaves), max(leaves)) if leaves else None


def _moments(base_at: int, earliest_s: int, latest_s: int) -> list[int]:
    """The moments to which journeys belong that leave between two seconds of the timetable."""
    return list(range(_next_moment(base_at, earliest_s) - MOMENT_S, latest_s + 1, MOMENT_S))


def _next_moment(base_at: int, second: int) -> int:
    """The first moment after a second of the timetable."""
    return ((base_at + second) // MOMENT_S + 1) * MOMENT_S - base_at


def _quickest(field: Field, kind: Kind, wish: Wish, moments: Sequence[int]) -> list[Rides]:
    """What no other journey beats with feeders of kinds up to one, for all who are ready at one of the moments."""
    last_s, near = moments[-1] + 1, (field.access.ends(kind), field.egress.ends(kind))
    after = find_rides(field.timetable, *near, replace(wish, earliest_s=last_s, latest_s=last_s))
    asked = replace(wish, earliest_s=moments[0], latest_s=max(moments[-1], moments[0] + 1))
    return [*find_rides(field.timetable, *near, asked), *after]


def _anchors(known: Sequence[Rides], moment: int) -> list[Anchor]:
    """The Pareto set over arrival and vehicles of who is ready at a moment, and neither waits nor travels too long."""
    found: list[Anchor] = []
    longest_s = longest([rides.arrive_s - rides.leave_s for rides in known])
    ready = (
        (rides.arrive_s, len(rides.rides))
        for rides in known
        if moment <= rides.leave_s < moment + WAIT_S and rides.arrive_s - rides.leave_s <= longest_s
    )
    for arrive_s, vehicles in sorted(ready):
        if not found or vehicles < found[-1][1]:
            found.append((arrive_s, vehicles))
    return found


def _left_late(timetable: Timetable, charges: Charges, found: Found, wish: Wish) -> tuple[Ride, ...]:
    """Its rides, the first in the last vehicle of the line that still reaches the second, for a fare of the same kind.

    A ticket that is begun later lasts longer, so that the price does not rise.
    """
    if len(found.rides) < 2:
        return found.rides
    first, second = found.rides[:2]
    pattern, other = pattern_of(timetable, first.trip), pattern_of(timetable, second.trip)
    stops, low = timetable.pattern_stop_start[[pattern, other]].tolist()
    seconds = timetable.transfers.find(
        int(timetable.pattern_stops[stops + first.alight]), int(timetable.pattern_stops[low + second.board])
    )
    assert seconds is not None
    change_s = int(np.ceil(seconds * wish.pace)) + wish.change_slack_s
    ready_s = _departure(timetable, other, second) - change_s
    trip = first.trip
    for later in range(first.trip + 1, int(timetable.pattern_trip_start[pattern + 1])):
        if _arrival(timetable, pattern, first._replace(trip=later)) > ready_s:
            break
        if charges.trip_code[later] == charges.trip_code[first.trip]:
            trip = later
    return (first._replace(trip=trip), *found.rides[1:])


def _departure(timetable: Timetable, pattern: int, ride: Ride) -> int:
    """When a ride begins."""
    first, end = timetable.pattern_trip_start[pattern : pattern + 2].tolist()
    events = int(timetable.pattern_event_start[pattern])
    return int(timetable.departures[events + ride.board * (end - first) + ride.trip - first])


def _arrival(timetable: Timetable, pattern: int, ride: Ride) -> int:
    """When a ride ends."""
    low, high = timetable.pattern_stop_start[pattern : pattern + 2].tolist()
    events = int(timetable.pattern_event_start[pattern])
    number = ride.trip - int(timetable.pattern_trip_start[pattern])
    return int(timetable.arrivals[events + number * (high - low) + ride.alight])
