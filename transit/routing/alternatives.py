"""A window's journeys of restricted Pareto sets (`criteria`): slower than others, and better in something.

Moments lie MOMENT_S apart on the clock. A journey belongs to the last of them before it leaves, and is found if it is
in the restricted set of who is ready then and leaves before the next, and nothing that leaves at a later moment of the
window is as good as it; so windows side by side have it once. Of a window of arrivals, the moments are those around
which the journeys leave that no other beats. Where the moment of leaving is given, it is the only one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from transit.routing.changes import as_legs
from transit.routing.criteria import SLACK_S, Anchor, Charges, Field, Found, restricted
from transit.routing.fare_codes import Line, codes_of
from transit.routing.fares import FareTable
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
    day: Day, build: Builder, wish: Wish, query: Query, charges: Charges, now_s: int | None = None
) -> list[Journey]:
    """The journeys of restricted sets that leave (arriving by a time: arrive) in the wish's window, as `planner.asked`
    has it; with their ways; of each criterion those that may be best in it. Nothing that would leave before `now_s` is
    among them, nor does it stand in for anything.
    """
    field = Field(day.timetable, day.backward, build.origin.ends, build.destination.ends)
    is_given = query.window_s == 0 and not query.arrive_by
    leaving = _leaving(field, wish) if query.arrive_by else (wish.earliest_s, wish.latest_s)
    if leaving is None or not len(field.access.stops):
        return []
    earliest_s = leaving[0] if now_s is None else max(leaving[0], now_s)
    moments = [earliest_s] if is_given else _moments(day.timetable.base_at, earliest_s, leaving[1])
    if now_s is not None:
        moments = [max(moment, now_s) for moment in moments]
    costs = charges.costs(lines_of(day.timetable, wish.pace), query.criteria)
    known = _quickest(field, wish, moments)
    found: list[_Ready] = []
    for moment in reversed(moments):
        last_s = int(UNREACHED) if is_given else _next_moment(day.timetable.base_at, moment) - 1
        better = restricted(
            field, costs, wish.between(moment, last_s), _anchors(known, moment), [each for _, each in found]
        )
        found += [_Ready(moment, each) for each in better]
    kept: dict[tuple[Ride, ...], Journey] = {}
    for criterion in (each for each in Criterion if each in query.criteria):
        chosen = 0
        for each in _best(found, _VALUES[criterion]):
            rides = _left_late(day.timetable, charges, each, wish)
            (legs,) = as_legs(day.timetable, [rides])
            journey = build.journey(legs)
            if is_given or _is_within(journey, wish, arrive_by=query.arrive_by):
                kept[rides] = journey
                chosen += 1
            if chosen == CANDIDATES:
                break
    return [build.shown(journey) for journey in kept.values()]


class _Ready(NamedTuple):
    """A journey found, and the moment to which it belongs."""

    moment: int
    found: Found


def _best(ready: Sequence[_Ready], value: Callable[[Found], int]) -> Iterator[Found]:
    """Those that are better than all that leave no earlier and arrive no later, the best first."""
    table = np.array([(moment, found.arrive_s, value(found)) for moment, found in ready]).reshape(-1, 3)
    moments, arrivals, values = table.T
    for i in np.lexsort((arrivals - moments, values)).tolist():
        quicker = (moments >= moments[i]) & (arrivals <= arrivals[i]) & (values <= values[i])
        quicker &= (moments > moments[i]) | (arrivals < arrivals[i])
        if not quicker.any():
            yield ready[i].found


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
    found = find_rides(field.backward, field.egress, field.access, sooner)
    leaves = [-rides.arrive_s for rides in found]
    return (min(leaves), max(leaves)) if leaves else None


def _moments(base_at: int, earliest_s: int, latest_s: int) -> list[int]:
    """The moments to which journeys belong that leave between two seconds of the timetable."""
    return list(range(_next_moment(base_at, earliest_s) - MOMENT_S, latest_s + 1, MOMENT_S))


def _next_moment(base_at: int, second: int) -> int:
    """The first moment after a second of the timetable."""
    return ((base_at + second) // MOMENT_S + 1) * MOMENT_S - base_at


def _quickest(field: Field, wish: Wish, moments: Sequence[int]) -> list[Rides]:
    """What no other journey beats in departure, arrival and vehicles, for all who are ready at one of the moments."""
    last_s = moments[-1] + 1
    after = find_rides(field.timetable, field.access, field.egress, replace(wish, earliest_s=last_s, latest_s=last_s))
    asked = replace(wish, earliest_s=moments[0], latest_s=max(moments[-1], moments[0] + 1))
    return [*find_rides(field.timetable, field.access, field.egress, asked), *after]


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
    if len(found.rides) == 1:
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
