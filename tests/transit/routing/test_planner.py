"""Access × transit × egress: every journey shown can be made, at the times and places that it says."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.transit.routing.networks import FIRST_DAY, SequenceText, TripText, schedule_of, schedules
from tests.transit.routing.towns import SOUTH, STEP, WEST, towns
from transit.routing.access import Ground
from transit.routing.journey import Journey, StreetLeg, TransitLeg
from transit.routing.planner import Day, Ends, plan, warm
from transit.routing.query import Location, Mode, Query
from transit.routing.streets import Streets
from transit.routing.timetable import Schedule
from transit.routing.window import assemble, service_day_start

BASE_AT = service_day_start(FIRST_DAY, "Europe/Berlin")
BUS = list(Mode).index(Mode.BUS)


def trips(*starts: int, minutes: int = 10) -> tuple[TripText, ...]:
    return tuple(TripText(((at, at), (at + minutes * 60, at + minutes * 60)), 0) for at in starts)


def line(*stops: int, starts: tuple[int, ...], mode: int = BUS) -> SequenceText:
    return SequenceText(stops, (0, 0), (0, 0), trips(*starts), mode)


def hour(hours: float) -> datetime:
    return datetime.fromtimestamp(BASE_AT + hours * 3600, UTC)


# Stops 0, 1 far apart along the equator of the test, 2 beside 1, 3 far on.
LON = np.array([0.0, 0.10, 0.101, 0.30])
GROUND = Ground(np.zeros(4), LON)
TRANSFERS = {(s, s): 60 for s in range(4)} | {(1, 2): 145, (2, 1): 145}


def day_of(*lines: SequenceText) -> Day:
    return Day(assemble(schedule_of(lines, 4, TRANSFERS), BASE_AT, BASE_AT + 86400))


def query(start: float, end: float, at: datetime, **wishes: object) -> Query:
    return Query(Location(0.0, start), Location(0.0, end), at, **wishes)  # type: ignore[arg-type]


TWO_BUSES = day_of(line(0, 1, starts=(28800, 30600)), line(2, 3, starts=(30000, 32400)))


def test_two_buses_with_a_walk_between() -> None:
    (journey,) = plan(TWO_BUSES, GROUND, query(0.001, 0.301, hour(7.9), window_s=600, bicycle=False))
    access, first, change, second, egress = journey.legs
    assert isinstance(access, StreetLeg)
    assert isinstance(change, StreetLeg)
    assert isinstance(first, TransitLeg)
    assert isinstance(second, TransitLeg)
    walk_s = int(np.ceil(0.001 * 111_194.9 * 1.3 / 1.25))
    assert (access.start_s, access.end_s) == (28800 - walk_s, 28800)
    assert (first.end_s, change.start_s, change.end_s) == (29400, 29400, 29545)
    assert (second.start_s, second.end_s) == (30000, 30600)
    assert egress.end_s == 30600 + walk_s
    assert access.polyline == ((0.001, 0.0), (0.0, 0.0))
    assert change.polyline == ((0.10, 0.0), (0.101, 0.0))


def test_arriving_by_a_time_leaves_as_late_as_possible() -> None:
    (journey,) = plan(TWO_BUSES, GROUND, query(0.0, 0.3, hour(9.5), arrive_by=True, window_s=0, bicycle=False))
    assert [leg.start_s for leg in journey.legs if isinstance(leg, TransitLeg)] == [30600, 32400]
    assert len(journey.legs) == 3


def test_slow_walkers_are_given_longer_to_change() -> None:
    at = {"window_s": 0, "bicycle": False, "walk_speed_mps": 0.3, "max_walk_s": 3600}
    (journey,) = plan(TWO_BUSES, GROUND, query(0.0, 0.3, hour(7.9), **at))
    assert [leg.start_s for leg in journey.legs if isinstance(leg, TransitLeg)] == [28800, 32400]


def test_modes_not_wished_for_are_not_used() -> None:
    tram = list(Mode).index(Mode.TRAM)
    day = day_of(line(0, 3, starts=(28800,)), line(0, 3, starts=(29400,), mode=tram))
    modes = frozenset({Mode.TRAM})
    (journey,) = plan(day, GROUND, query(0.0, 0.3, hour(7.9), bicycle=False, transit_modes=modes))
    assert journey.start_s == 29400


def test_a_chosen_station_means_all_its_stops() -> None:
    day = day_of(line(1, 3, starts=(30000,)))
    wish = query(0.0, 0.3, hour(8.2), window_s=900, bicycle=False)
    assert plan(day, GROUND, wish) == []
    (journey,) = plan(day, GROUND, wish, Ends((0, 1), ()))
    (ride,) = journey.legs
    assert isinstance(ride, TransitLeg)
    assert (ride.start_stop, ride.start_s) == (1, 30000)


def test_direct_ways_stand_beside() -> None:
    found = plan(TWO_BUSES, GROUND, query(0.0, 0.004, hour(8), window_s=0))
    modes = [leg.mode for journey in found for leg in journey.legs if isinstance(leg, StreetLeg)]
    assert modes == [Mode.WALK, Mode.BICYCLE]
    backwards = plan(TWO_BUSES, GROUND, query(0.0, 0.004, hour(8), window_s=0, arrive_by=True))
    assert {journey.end_s for journey in backwards} == {8 * 3600}


PLACE = st.tuples(st.integers(0, 30), st.integers(0, 30)).map(
    lambda xy: Location(SOUTH + xy[1] * STEP / 10, WEST + xy[0] * STEP / 10)
)


def assert_made(journey: Journey, query: Query) -> None:
    """Legs follow each other in time and place, from the origin to the destination."""
    assert (journey.start_s <= journey.end_s) or not journey.vehicles
    for before, after in pairwise(journey.legs):
        assert before.end_s <= after.start_s
        assert before.end_stop == after.start_stop is not None
    for leg in journey.legs:
        assert leg.start_s <= leg.end_s
        if isinstance(leg, StreetLeg) and leg.polyline:
            ends = (query.origin, query.destination)
            if leg.start_stop is None:
                assert leg.polyline[0] == (ends[0].lon, ends[0].lat)
            if leg.end_stop is None:
                assert leg.polyline[-1] == (ends[1].lon, ends[1].lat)


@given(schedules(), towns(), PLACE, PLACE, st.booleans(), st.sampled_from((0, 7200)), st.integers(0, 40))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_journeys_can_be_made(
    schedule: Schedule,
    streets: Streets,
    origin: Location,
    destination: Location,
    arrive_by: bool,
    window_s: int,
    at: int,
) -> None:
    stops = len(schedule.transfer_start) - 1
    lat, lon = np.linspace(SOUTH, SOUTH + 3 * STEP, stops), np.linspace(WEST + 3 * STEP, WEST, stops)
    ground = Ground(lat, lon, with_stops(streets, stops))
    start_at = BASE_AT + 86400
    day = Day(assemble(schedule, start_at, start_at + 36 * 3600))
    time_at = datetime.fromtimestamp(start_at + at * 1800, UTC)
    wish = Query(origin, destination, time_at, arrive_by=arrive_by, window_s=window_s, max_walk_s=300)
    found = plan(day, ground, wish)
    starts = [journey.start_s for journey in found if journey.vehicles]
    assert starts == sorted(starts)
    for journey in found:
        assert_made(journey, wish)
        asked = at * 1800
        if arrive_by:
            assert journey.end_s <= asked
        else:
            assert journey.start_s >= asked
            assert window_s == 0 or journey.start_s <= asked + window_s


def with_stops(streets: Streets, stops: int) -> Streets:
    """Streets with a number of stops, those beyond the fifth off the streets."""
    many = {"stop_edge": 0xFFFFFFFF, "stop_fraction": 0, "stop_offset_m": 0}
    columns = {name: np.resize(getattr(streets, name), 5) for name in many}
    padded = {
        name: np.concatenate((columns[name], np.full(stops, value, columns[name].dtype)))[:stops]
        for name, value in many.items()
    }
    fields = {name: getattr(streets, name) for name in streets.__dataclass_fields__} | padded
    return Streets(**fields)


def test_warming_works_without_any_network() -> None:
    warm()


@pytest.mark.parametrize("module", ["transit.routing.planner", "transit.routing.fares"])
def test_routing_needs_no_django(module: str) -> None:
    script = f"import {module}, sys; assert not any(name.startswith('django') for name in sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True)
