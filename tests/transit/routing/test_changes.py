"""The best places to board, change and alight are those that trying all of them finds."""

from __future__ import annotations

import math
from itertools import combinations, pairwise, product
from random import Random
from typing import NamedTuple

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.oracles.rounds import Transfers, transfers_of
from tests.transit.routing.networks import SequenceText, TripText, cases, schedule_of
from tests.transit.routing.test_raptor import SOME, Case, assert_ridable, call, ends_of, pattern_of, window_of
from transit.routing.changes import COMFORT_S, ELSEWHERE_S
from transit.routing.kernels.changes import Near, best_changes
from transit.routing.raptor import Ride, Rides, Wish, find_rides, lines_of
from transit.routing.timetable import Timetable
from transit.routing.window import assemble, service_day_start

Walks = dict[int, int]


class Between(NamedTuple):
    """What lies around the rides of a search, and how changes are made."""

    timetable: Timetable
    near: Near
    slack_s: int


def with_best_changes(between: Between, journeys: list[tuple[Ride, ...]]) -> list[tuple[Ride, ...]]:
    """The same trips with the best places."""
    rides = np.array([ride for journey in journeys for ride in journey], np.uint32).reshape(-1, 3)
    start = np.cumsum([0, *map(len, journeys)]).astype(np.uint32)
    best_changes(lines_of(between.timetable), between.near, np.int32(between.slack_s), rides, start)
    moved = [Ride(*ride) for ride in rides.tolist()]
    return [tuple(moved[low:high]) for low, high in pairwise(start.tolist())]


def between_of(timetable: Timetable, access: Walks, egress: Walks, station: list[int], slack: int = 0) -> Between:
    ends = seconds(access, timetable), seconds(egress, timetable)
    return Between(timetable, Near(*ends, np.arange(timetable.stops), np.array(station)), slack)


def seconds(near: Walks, timetable: Timetable) -> np.ndarray:
    found = np.full(timetable.stops, np.inf)
    found[list(near)] = list(near.values())
    return found


def cost_of(between: Between, transfers: Transfers, access: Walks, egress: Walks, rides: tuple[Ride, ...]) -> float:
    """What places cost by the definition; infinite where they cannot be ridden."""
    t, cost, leave, at, stop = between.timetable, 0.0, 0, 0, -1
    for i, ride in enumerate(rides):
        start = int(t.pattern_stop_start[pattern_of(t, ride.trip)])
        there, _, departure = call(t, ride.trip, ride.board)
        if ride.board >= ride.alight or not t.boardable[start + ride.board] or not t.alightable[start + ride.alight]:
            return math.inf
        if i == 0:
            if there not in access:
                return math.inf
            leave, cost = departure - access[there], cost + access[there]
        else:
            if (stop, there) not in transfers:
                return math.inf
            spare = departure - at - transfers[stop, there] - between.slack_s
            if spare < 0:
                return math.inf
            cost += 0 if stop == there else transfers[stop, there]
            cost += max(0, COMFORT_S - spare)
            cost += 0 if between.near.station[stop] == between.near.station[there] else ELSEWHERE_S
        stop, at, _ = call(t, ride.trip, ride.alight)
    if stop not in egress:
        return math.inf
    return cost + egress[stop] + at + egress[stop] - leave


def times(timetable: Timetable, access: Walks, egress: Walks, rides: tuple[Ride, ...]) -> tuple[int, int]:
    """Leaving and arriving."""
    first, _, departure = call(timetable, rides[0].trip, rides[0].board)
    last, arrival, _ = call(timetable, rides[-1].trip, rides[-1].alight)
    return departure - access[first], arrival + egress[last]


@given(cases(), st.randoms(use_true_random=False))
@SOME
def test_nothing_is_better_than_the_places_chosen(case: Case, chooser: Random) -> None:
    text, asked = case
    access, egress, slack = asked.access, asked.egress, asked.slack
    station = [chooser.randrange(text.stops) for _ in range(text.stops)]
    timetable, transfers = assemble(*window_of(text)), transfers_of(text.schedule)
    between = between_of(timetable, access, egress, station, slack)
    journeys = find_rides(timetable, ends_of(access), ends_of(egress), Wish(*asked.window, 3, slack))
    every_chosen = with_best_changes(between, [found.rides for found in journeys])
    for found, chosen in zip(journeys, every_chosen, strict=True):
        assert [ride.trip for ride in chosen] == [ride.trip for ride in found.rides]
        leave, arrive = times(timetable, access, egress, chosen)
        first_leave, first_arrive = times(timetable, access, egress, found.rides)
        assert leave >= first_leave
        assert arrive <= first_arrive
        assert_ridable(timetable, Rides(leave, arrive, chosen), (access, egress), transfers, slack)
        lengths = [_length(timetable, ride.trip) for ride in found.rides]
        spans = [list(combinations(range(length), 2)) for length in lengths]
        if math.prod(map(len, spans)) > 4000:
            continue  # too many to try
        every = (
            tuple(Ride(ride.trip, *span) for ride, span in zip(found.rides, picked, strict=True))
            for picked in product(*spans)
        )
        best = math.inf
        for rides in every:
            cost = cost_of(between, transfers, access, egress, rides)
            if cost < best:
                there = times(timetable, access, egress, rides)
                best = cost if there[0] >= first_leave and there[1] <= first_arrive else best
        assert cost_of(between, transfers, access, egress, chosen) == best


def _length(timetable: Timetable, trip: int) -> int:
    start, end = timetable.pattern_stop_start[pattern_of(timetable, trip) :][:2].tolist()
    return int(end - start)


# Line 0 calls at 0, 1, 2, line 1 at 5, 3, 4, 6; 1 and 4 are one station, 2 and 3 lie across the road from each other.
WEST_EAST = SequenceText((0, 1, 2), (0, 0, 0), (0, 0, 0), (TripText(((0, 0), (600, 600), (900, 900)), 0),))
NORTH_SOUTH = SequenceText(
    (5, 3, 4, 6), (0, 0, 0, 0), (0, 0, 0, 0), (TripText(((900, 900), (1200, 1200), (1500, 1500), (2100, 2100)), 0),)
)
STATION = [0, 1, 2, 3, 1, 5, 6]


def change_at(transfers: Transfers, slack: int = 0) -> tuple[int, int]:
    """Where one changes from line 0 to line 1, whichever way the search has found."""
    schedule = schedule_of((WEST_EAST, NORTH_SOUTH), 7, dict(transfers))
    at = service_day_start(schedule.first_day, "Europe/Berlin")
    timetable = assemble(schedule, at, at + 7200)
    (found,) = find_rides(timetable, ends_of({0: 0}), ends_of({6: 0}), Wish(0, 0, 3, slack))
    ((first, second),) = with_best_changes(between_of(timetable, {0: 0}, {6: 0}, STATION, slack), [found.rides])
    return call(timetable, first.trip, first.alight)[0], call(timetable, second.trip, second.board)[0]


def test_a_change_in_the_station_is_better_than_one_across_the_road() -> None:
    assert change_at({(2, 3): 60, (1, 4): 120}) == (1, 4)


def test_a_long_walk_in_a_station_is_worse_than_a_short_one_across_the_road() -> None:
    assert change_at({(2, 3): 60, (1, 4): 400}) == (2, 3)


def test_a_change_with_time_is_better_than_one_in_a_hurry() -> None:
    assert change_at({(2, 3): 200, (1, 3): 230}) == (1, 3), "six minutes to spare instead of two"
    assert change_at({(2, 3): 300, (1, 3): 330}) == (1, 3), "and never one that just works"


def test_slack_rules_a_place_out() -> None:
    assert change_at({(2, 3): 60, (1, 4): 400}, slack=300) == (1, 4)
