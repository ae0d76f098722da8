"""The compiled search finds exactly what two slow ones find, and every journey can be ridden."""

from __future__ import annotations

import networkx as nx
import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.oracles.expanded import Expanded, layers
from tests.oracles.rounds import Rounds, Transfers, runs_of, transfers_of
from tests.transit.routing.networks import (
    Asked,
    ScheduleText,
    SequenceText,
    TripText,
    cases,
    in_fifo_order,
    in_seat,
    schedule_texts,
    told,
)
from transit.routing.kernels.raptor import Ends
from transit.routing.raptor import Rides, Wish, find_rides
from transit.routing.timetable import U8, Schedule, Timetable
from transit.routing.window import assemble, reverse

MANY = settings(
    max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
SOME = settings(MANY, max_examples=100)
LENGTH_S = 30 * 3600
Case = tuple[ScheduleText, Asked]


def ends_of(near: dict[int, int]) -> Ends:
    return Ends(np.array(list(near), np.uint32), np.array(list(near.values()), np.int32))


def pattern_of(timetable: Timetable, trip: int) -> int:
    return int(np.searchsorted(timetable.pattern_trip_start, trip, side="right")) - 1


def call(timetable: Timetable, trip: int, position: int) -> tuple[int, int, int]:
    """Stop, arrival and departure."""
    p = pattern_of(timetable, trip)
    first, last = timetable.pattern_trip_start[p : p + 2].tolist()
    start, end = timetable.pattern_stop_start[p : p + 2].tolist()
    events = int(timetable.pattern_event_start[p])
    arrival = timetable.arrivals[events + (trip - first) * (end - start) + position]
    departure = timetable.departures[events + position * (last - first) + trip - first]
    return int(timetable.pattern_stops[start + position]), int(arrival), int(departure)


def assert_ridable(
    timetable: Timetable, rides: Rides, near: tuple[dict[int, int], dict[int, int]], transfers: Transfers, slack: int
) -> None:
    """Follows a journey ride by ride."""
    access, egress = near
    stop, at = None, rides.leave_s
    for ride in rides.rides:
        p = pattern_of(timetable, ride.trip)
        start = int(timetable.pattern_stop_start[p])
        assert ride.board < ride.alight
        assert timetable.boardable[start + ride.board]
        assert timetable.alightable[start + ride.alight]
        there, _, departure = call(timetable, ride.trip, ride.board)
        at += access[there] if stop is None else transfers[stop, there] + slack
        assert departure >= at
        stop, at, _ = call(timetable, ride.trip, ride.alight)
    assert stop is not None
    assert at + egress[stop] == rides.arrive_s


def window_of(text: ScheduleText) -> tuple[Schedule, int, int]:
    """What every search of a random network is made of."""
    return text.schedule, text.from_at, text.from_at + LENGTH_S


def allowed(timetable: Timetable, asked: Asked) -> U8 | None:
    if asked.modes is None:
        return None
    return np.isin(timetable.pattern_mode, list(asked.modes)).astype(np.uint8)


@given(cases())
@MANY
def test_leaving(case: Case) -> None:
    text, asked = case
    timetable = assemble(*window_of(text))
    wish = Wish(*asked.window, asked.vehicles, asked.slack, allowed(timetable, asked))
    found = find_rides(timetable, ends_of(asked.access), ends_of(asked.egress), wish)
    answer = [(r.leave_s, r.arrive_s, len(r.rides)) for r in found]
    assert len(set(answer)) == len(answer)
    near = asked.access, asked.egress
    transfers = transfers_of(text.schedule)
    rounds = Rounds(runs_of(*window_of(text), modes=asked.modes), transfers_of(text.schedule, asked.slack))
    expanded = Expanded(*window_of(text), slack=asked.slack, modes=asked.modes)
    by_rounds = told(rounds.leaving_between(*near, asked.window, asked.vehicles))
    assert told(expanded.leaving_between(*near, asked.window, asked.vehicles)) == by_rounds
    assert told(set(answer)) == by_rounds
    for rides in found:
        assert_ridable(timetable, rides, near, transfers, asked.slack)


@given(cases())
@MANY
def test_arriving(case: Case) -> None:
    text, asked = case
    backward = reverse(assemble(*window_of(text)))
    low, high = asked.window
    wish = Wish(-high, -low, asked.vehicles, asked.slack, allowed(backward, asked))
    found = find_rides(backward, ends_of(asked.egress), ends_of(asked.access), wish)
    answer = [(-r.arrive_s, -r.leave_s, len(r.rides)) for r in found]
    assert len(set(answer)) == len(answer)
    near = asked.access, asked.egress
    rounds = Rounds(runs_of(*window_of(text), modes=asked.modes), transfers_of(text.schedule, asked.slack))
    expanded = Expanded(*window_of(text), slack=asked.slack, modes=asked.modes)
    by_rounds = told(rounds.arriving_between(*near, asked.window, asked.vehicles))
    assert told(expanded.arriving_between(*near, asked.window, asked.vehicles)) == by_rounds
    assert told(set(answer)) == by_rounds
    turned = {(b, a): seconds for (a, b), seconds in transfers_of(text.schedule).items()}
    for rides in found:
        assert_ridable(backward, rides, (asked.egress, asked.access), turned, asked.slack)


@given(cases(), st.data())
@MANY
def test_the_slow_searches_agree_on_staying_seated(case: Case, data: st.DataObject) -> None:
    text, asked = case
    links = data.draw(in_seat(text))
    rounds = Rounds(runs_of(*window_of(text), links), transfers_of(text.schedule, asked.slack))
    expanded = Expanded(*window_of(text), slack=asked.slack, links=links)
    for search in ("leaving_between", "arriving_between"):
        wish = asked.access, asked.egress, asked.window, asked.vehicles
        assert told(getattr(expanded, search)(*wish)) == told(getattr(rounds, search)(*wish))


@given(schedule_texts(), st.integers(0, 3))
@SOME
def test_layers_are_the_distances_of_dijkstra(text: ScheduleText, vehicles: int) -> None:
    expanded = Expanded(*window_of(text))
    for graph, edges in ((expanded.graph, expanded.onward), (expanded.graph.reverse(), expanded.back)):
        for start in list(graph)[::20]:
            distances = nx.single_source_dijkstra_path_length(graph, start, vehicles, weight="vehicles")
            assert layers(edges, [start], vehicles) == distances


@given(schedule_texts())
@SOME
def test_window_holds_every_run_in_fifo_patterns(text: ScheduleText) -> None:
    timetable = assemble(*window_of(text))
    expected = {(r.trip, r.day): (r.stops, r.arrivals, r.departures) for r in runs_of(*window_of(text))}
    found = {}
    for p in range(timetable.patterns):
        first, last = timetable.pattern_trip_start[p : p + 2].tolist()
        n = int(timetable.pattern_stop_start[p + 1] - timetable.pattern_stop_start[p])
        calls = [[call(timetable, trip, i) for i in range(n)] for trip in range(first, last)]
        assert in_fifo_order([tuple(a for _, a, _ in row) for row in calls])
        assert in_fifo_order([tuple(d for _, _, d in row) for row in calls])
        for trip, row in zip(range(first, last), calls, strict=True):
            key = int(timetable.trip_source[trip]), int(timetable.trip_day[trip])
            assert key not in found
            found[key] = tuple(tuple(column) for column in zip(*row, strict=True))
    assert found == expected


@given(schedule_texts())
@SOME
def test_reversing_twice_changes_nothing(text: ScheduleText) -> None:
    timetable = assemble(*window_of(text))
    twice = reverse(reverse(timetable))
    for name in ("departures", "arrivals", "pattern_stops", "boardable", "alightable", "trip_source", "stop_positions"):
        assert np.array_equal(getattr(timetable, name), getattr(twice, name)), name


def test_more_journeys_than_there_is_room_for_at_first() -> None:
    trips = tuple(TripText(((at, at), (at + 600, at + 600)), 0) for at in range(7200, 7200 + 300 * 60, 60))
    timetable = assemble(*window_of(ScheduleText((SequenceText((0, 1), (0, 0), (0, 0), trips),), 2, ())))
    found = find_rides(timetable, ends_of({0: 0}), ends_of({1: 0}), Wish(0, 24 * 3600))
    assert len(found) == 300
    assert {rides.arrive_s - rides.leave_s for rides in found} == {600}
    assert [rides.leave_s for rides in found] == sorted((rides.leave_s for rides in found), reverse=True)


def test_an_earlier_trip_of_a_line_is_caught_further_on() -> None:
    """Two feeders reach one line: the first stop too late for its first trip, the second stop to the second for it."""

    def runs(stops: tuple[int, ...], *starts: int) -> SequenceText:
        trips = tuple(TripText(tuple((at + i * 600, at + i * 600) for i in range(len(stops))), 0) for at in starts)
        return SequenceText(stops, (0,) * len(stops), (0,) * len(stops), trips)

    feeders = (runs((0, 1), 7200 + 300), runs((0, 2), 7200 + 540))
    line = runs((1, 2, 3), 7200 + 600, 7200 + 3600)
    timetable = assemble(*window_of(ScheduleText((*feeders, line), 4, ((1, 1, 60), (2, 2, 60)))))
    start = int(timetable.departures.min())
    (rides,) = find_rides(timetable, ends_of({0: 0}), ends_of({3: 0}), Wish(start, start))
    assert rides.arrive_s - start == 1500
    assert [(ride.board, ride.alight) for ride in rides.rides] == [(0, 1), (1, 2)]


def test_staying_seated_is_no_change() -> None:
    """Line 1 goes on as line 2, where nobody may change; it takes a break, and a third trip leaves in the meantime."""

    def line(stops: tuple[int, int], *times: int) -> SequenceText:
        return SequenceText(stops, (0, 0), (0, 0), (TripText(((times[0],) * 2, (times[1],) * 2), 0),))

    lines = (line((0, 1), 81000, 81600), line((1, 2), 81900, 82500), line((1, 2), 81660, 82800))
    text = ScheduleText(lines, 3, ())
    wish = {0: 0}, {2: 0}, (0, 24 * 3600), 3
    for links, expected in (
        (set(), []),
        ({(0, 1)}, ["+00:30 → +00:55 with 1"]),
        ({(1, 0), (0, 2)}, ["+00:30 → +01:00 with 1"]),
    ):
        rounds, expanded = Rounds(runs_of(*window_of(text), links), {}), Expanded(*window_of(text), links=links)
        for oracle in (rounds, expanded):
            assert told(oracle.leaving_between(*wish)) == expected
            assert told(oracle.arriving_between(*wish)) == expected
