"""The compiled search finds exactly what the slow one finds, and every journey can be ridden."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.oracles.rounds import Transfers, arriving_between, leaving_between, runs_of, transfers_of
from tests.transit.routing.networks import SequenceText, TripText, ends, in_fifo_order, schedule_of, schedules
from transit.routing.kernels.raptor import Ends
from transit.routing.raptor import Rides, Wish, find_rides
from transit.routing.timetable import Schedule, Timetable
from transit.routing.window import assemble, reverse

MANY = settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
SOME = settings(MANY, max_examples=100)
BASE_AT = int(datetime(2016, 10, 29, 22, tzinfo=ZoneInfo("Europe/Berlin")).timestamp())
LENGTH_S = 30 * 3600


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


@given(schedules(), st.data())
@MANY
def test_leaving(schedule: Schedule, data: st.DataObject) -> None:
    stops = len(schedule.transfer_start) - 1
    access, egress = data.draw(ends(stops)), data.draw(ends(stops))
    low = data.draw(st.integers(0, 4 * 12)) * 600
    window = (low, low + data.draw(st.sampled_from((0, 3600, 7200, 6 * 3600))))
    vehicles, slack = data.draw(st.integers(1, 5)), data.draw(st.sampled_from((0, 0, 120)))
    timetable = assemble(schedule, BASE_AT, BASE_AT + LENGTH_S)
    transfers = transfers_of(schedule)
    slackened = {pair: seconds + slack for pair, seconds in transfers.items()}
    runs = runs_of(schedule, BASE_AT, BASE_AT + LENGTH_S)
    found = find_rides(timetable, ends_of(access), ends_of(egress), Wish(*window, vehicles, slack))
    answer = [(r.leave_s, r.arrive_s, len(r.rides)) for r in found]
    assert len(set(answer)) == len(answer)
    assert set(answer) == leaving_between(runs, slackened, access, egress, window, vehicles)
    for rides in found:
        assert_ridable(timetable, rides, (access, egress), transfers, slack)


@given(schedules(), st.data())
@MANY
def test_arriving(schedule: Schedule, data: st.DataObject) -> None:
    stops = len(schedule.transfer_start) - 1
    access, egress = data.draw(ends(stops)), data.draw(ends(stops))
    low = data.draw(st.integers(0, 4 * 12)) * 600
    window = (low, low + data.draw(st.sampled_from((0, 3600, 7200, 6 * 3600))))
    vehicles = data.draw(st.integers(1, 5))
    timetable = assemble(schedule, BASE_AT, BASE_AT + LENGTH_S)
    backward = reverse(timetable)
    transfers = transfers_of(schedule)
    runs = runs_of(schedule, BASE_AT, BASE_AT + LENGTH_S)
    found = find_rides(backward, ends_of(egress), ends_of(access), Wish(-window[1], -window[0], vehicles))
    answer = {(-r.arrive_s, -r.leave_s, len(r.rides)) for r in found}
    assert answer == arriving_between(runs, transfers, access, egress, window, vehicles)
    turned = {(b, a): seconds for (a, b), seconds in transfers.items()}
    for rides in found:
        assert_ridable(backward, rides, (egress, access), turned, 0)


@given(schedules())
@SOME
def test_window_holds_every_run_in_fifo_patterns(schedule: Schedule) -> None:
    timetable = assemble(schedule, BASE_AT, BASE_AT + LENGTH_S)
    runs = runs_of(schedule, BASE_AT, BASE_AT + LENGTH_S)
    expected = {(r.trip, r.day): (r.stops, r.arrivals, r.departures) for r in runs}
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


@given(schedules())
@SOME
def test_reversing_twice_changes_nothing(schedule: Schedule) -> None:
    timetable = assemble(schedule, BASE_AT, BASE_AT + LENGTH_S)
    twice = reverse(reverse(timetable))
    for name in ("departures", "arrivals", "pattern_stops", "boardable", "alightable", "trip_source", "stop_positions"):
        assert np.array_equal(getattr(timetable, name), getattr(twice, name)), name


def test_more_journeys_than_there_is_room_for_at_first() -> None:
    trips = tuple(TripText(((at, at), (at + 600, at + 600)), 0) for at in range(7200, 7200 + 300 * 60, 60))
    schedule = schedule_of((SequenceText((0, 1), (0, 0), (0, 0), trips),), 2, {})
    timetable = assemble(schedule, BASE_AT, BASE_AT + LENGTH_S)
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
    schedule = schedule_of((*feeders, line), 4, {(1, 1): 60, (2, 2): 60})
    timetable = assemble(schedule, BASE_AT, BASE_AT + LENGTH_S)
    start = int(timetable.departures.min())
    (rides,) = find_rides(timetable, ends_of({0: 0}), ends_of({3: 0}), Wish(start, start))
    assert rides.arrive_s - start == 1500
    assert [(ride.board, ride.alight) for ride in rides.rides] == [(0, 1), (1, 2)]
