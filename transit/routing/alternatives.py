"""A window's journeys of restricted Pareto sets (`criteria`): slower than others, and better in something.

Moments lie MOMENT_S apart on the clock. A journey belongs to the last of them before it leaves, and is found if it is
in the restricted set of who is ready then and leaves before the next; so it does not depend on where a window begins
and ends, and windows side by side have it once. Of a window of arrivals, the moments are those around which the
journeys leave that no other beats. Where the moment of leaving is given, it is the only one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from transit.routing.criteria import SLACK_S, Anchor, Charges, Field, Found, restricted
from transit.routing.filters import without_empty_walks
from transit.routing.journey import Journey
from transit.routing.planner import Builder, Day, pattern_of
from transit.routing.query import Query
from transit.routing.raptor import Ride, Rides, Wish, find_rides, lines_of
from transit.routing.timetable import UNREACHED, Timetable, Transfers

MOMENT_S = 600


def alternatives(
    day: Day, build: Builder, wish: Wish, query: Query, charges: Charges, now_s: int | None = None
) -> list[Journey]:
    """The journeys of restricted sets that leave (arriving by a time: arrive) in the wish's window, as `planner.asked`
    has it; with their ways. Nothing that would leave before `now_s` is among them, nor does it stand in for anything.
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
    found: dict[tuple[Ride, ...], Journey] = {}
    for moment in moments:
        last_s = int(UNREACHED) if is_given else _next_moment(day.timetable.base_at, moment) - 1
        for each in restricted(
            field, costs, replace(wish, earliest_s=moment, latest_s=last_s), _anchors(known, moment)
        ):
            rides = _left_late(day.timetable, charges, each, wish)
            (found[rides],) = build.journeys([rides])
    kept = [each for each in found.values() if is_given or _is_within(each, wish, arrive_by=query.arrive_by)]
    return [without_empty_walks(build.drawn(journey)) for journey in kept]


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
    """The Pareto set over arrival and vehicles of who is ready at a moment."""
    found: list[Anchor] = []
    ready = ((rides.arrive_s, len(rides.rides)) for rides in known if rides.leave_s >= moment)
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
    seconds = Transfers(timetable.transfer_start, timetable.transfer_stops, timetable.transfer_seconds).find(
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
