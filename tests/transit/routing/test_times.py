"""Travel times to everywhere at many moments: those of a slow search, and those that the planner finds for a pair."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.oracles import everywhere
from tests.oracles.rounds import runs_of, transfers_of
from tests.transit.routing.networks import DAYS, SEEDS, Asked, ScheduleText, cases, ends, sequence_text
from tests.transit.routing.towns import SOUTH, STEP, WEST, towns
from transit.routing.access import Ground, find_way, spot_at
from transit.routing.doors import Walker
from transit.routing.journey import Journey
from transit.routing.kernels.ranges import Moments, Spread, quantiles, sample
from transit.routing.kernels.raptor import UNREACHED, Ends
from transit.routing.planner import Day, find_journeys
from transit.routing.query import Location, Query
from transit.routing.raptor import lines_of
from transit.routing.streets import WALK, Streets
from transit.routing.times import Leaving, Points, Times, _room, percentiles
from transit.routing.window import assemble

LENGTH_S = 30 * 3600
MANY = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
SOME = settings(MANY, max_examples=15)


def spread_of(near: list[dict[int, int]], stops: int) -> Spread:
    rows = sorted((stop, seconds, point) for point, found in enumerate(near) for stop, seconds in found.items())
    start = np.searchsorted([stop for stop, _, _ in rows], np.arange(stops + 1)).astype(np.uint32)
    return Spread(
        start, np.array([point for _, _, point in rows], np.uint32), np.array([s for _, s, _ in rows], np.int32)
    )


def told(times: np.ndarray) -> list[list[float]]:
    """Rows of seconds."""
    return np.where(times == UNREACHED, np.inf, times).tolist()  # type: ignore[no-any-return]


@MANY
@given(cases(), SEEDS)
def test_kernel_is_the_oracle(case: tuple[ScheduleText, Asked], seed: int) -> None:
    text, asked = case
    chooser = Random(seed)
    near = [ends(chooser, text.stops) for _ in range(4)]
    first_s, step_s, count = asked.window[0], chooser.choice((60, 300, 900)), chooser.choice((1, 2, 7))
    limit_s, vehicles = chooser.choice((1800, 7200, 12 * 3600)), chooser.choice((0, 0, 1, 2))
    timetable = assemble(text.schedule, text.from_at, text.from_at + LENGTH_S)
    access = Ends(np.array(list(asked.access), np.uint32), np.array(list(asked.access.values()), np.int32))
    room, out = _room(timetable.stops, timetable.patterns, len(near)), np.empty((count, len(near)), np.int32)
    moments = Moments(*map(np.int32, (first_s, step_s, count, limit_s, vehicles)))
    runs = runs_of(text.schedule, text.from_at, text.from_at + LENGTH_S)
    transfers = transfers_of(text.schedule)
    expected = []
    for leave in range(first_s, first_s + count * step_s, step_s):
        found = everywhere.arrivals(runs, transfers, asked.access, leave, vehicles)
        expected.append(everywhere.times_to_points(found, near, leave, limit_s))
    # Twice on the same scratch: what a search leaves behind must not be found by the next one.
    for _ in range(2):
        sample(lines_of(timetable), access, spread_of(near, timetable.stops), moments, room, out)
        assert told(out) == expected


@MANY
@given(st.lists(st.lists(st.sampled_from((0, 60, 600, 3600, UNREACHED)), min_size=3, max_size=3), min_size=1))
def test_percentiles_are_the_oracle(rows: list[list[int]]) -> None:
    percents = (5, 25, 50, 75, 95, 100)
    found = percentiles(np.array(rows, np.int32), percents)
    for i, percent in enumerate(percents):
        columns = zip(*rows, strict=True)
        assert found[i].tolist() == [everywhere.percentile(list(column), percent) for column in columns]


@st.composite
def journeys(draw: st.DrawFn) -> tuple[Streets | None, ScheduleText, list[tuple[float, float]], int]:
    """Streets or none, buses among five stops, four places, and when to leave."""
    streets, chooser = draw(towns()), Random(draw(SEEDS))
    lines = tuple(sequence_text(chooser, 5, [0], 4) for _ in range(chooser.choice((2, 5))))
    changes = tuple((s, s, chooser.choice((0, 60))) for s in range(5) if chooser.random() < 0.8)
    text = ScheduleText(lines, 5, changes, (((1,) * DAYS, 0),))
    places = [(SOUTH + chooser.uniform(0, 3) * STEP, WEST + chooser.uniform(0, 3) * STEP) for _ in range(4)]
    return streets if chooser.random() < 0.8 else None, text, places, chooser.randint(0, 18) * 300


@SOME
@given(journeys())
def test_times_are_those_of_the_planner(
    case: tuple[Streets | None, ScheduleText, list[tuple[float, float]], int],
) -> None:
    streets, text, places, late_s = case
    lat, lon = (SOUTH + np.array([0, 0, 1, 2, 3]) * STEP, WEST + np.array([0, 3, 1, 2, 3]) * STEP)
    ground = Ground(lat, lon, streets)
    day = Day(assemble(text.schedule, text.from_at, text.from_at + LENGTH_S))
    first_s, limit_s = 2 * 3600 + late_s, 4 * 3600
    walker = Walker(1.0, 240)
    ends = np.array(places)
    points = Points(ground, ends[:, 0], ends[:, 1], walker)
    times = Times(day.timetable, points, Leaving(first_s, 300, 3, limit_s))
    for origin in places[:2]:
        on_foot = [seconds_on_foot(ground, origin, place, walker) for place in places]
        expected = []
        for leave in range(first_s, first_s + 900, 300):
            at = datetime.fromtimestamp(text.from_at + leave, UTC)
            seconds = [
                min([walk, *(each.end_s - leave for each in ridden(day, ground, origin, place, at))])
                for walk, place in zip(on_foot, places, strict=True)
            ]
            expected.append([each if each <= limit_s else np.inf for each in seconds])
        assert told(times.sampled(spot_at(ground, *origin))) == expected


def ridden(
    day: Day, ground: Ground, origin: tuple[float, float], place: tuple[float, float], at: datetime
) -> list[Journey]:
    """What the planner finds before it leaves out what people would laugh at."""
    ends = Location(*origin), Location(*place)
    return find_journeys(day, ground, Query(*ends, at, window_s=0, walk_speed_mps=1.0, max_walk_s=240, max_vehicles=12))


def seconds_on_foot(ground: Ground, origin: tuple[float, float], place: tuple[float, float], walker: Walker) -> float:
    """Walking all the way."""
    here, there = spot_at(ground, *origin), spot_at(ground, *place)
    limit_m = walker.speed_mps * walker.limit_s
    way = find_way(ground, here, there, WALK, limit_m)
    return np.inf if way is None else float(np.ceil(way.metres / walker.speed_mps))


def test_a_stop_that_was_chosen_is_the_place_itself() -> None:
    ground = Ground(np.zeros(2), np.array([0.0, 0.2]))
    text = ScheduleText((), 2, ((0, 0, 60), (1, 1, 60)))
    timetable = assemble(text.schedule, text.from_at, text.from_at + LENGTH_S)
    points = Points(ground, ground.stop_lat, ground.stop_lon, Walker(1.25, 900), np.arange(2))
    times = Times(timetable, points, Leaving(0, 60, 2, 3600)).sampled(spot_at(ground, 0.0, 0.0), (0,))
    assert told(times) == [[0, np.inf], [0, np.inf]]


def test_quantiles_out_of_order_ranks() -> None:
    out = np.empty((2, 1), np.int32)
    quantiles(np.array([[30], [10], [20]], np.int32), np.array([2, 0], np.uint32), out)
    assert out.tolist() == [[30], [10]]


@pytest.mark.parametrize("percent", [0, 100])
def test_the_ends_of_the_percents(percent: int) -> None:
    found = percentiles(np.array([[5], [7]], np.int32), (percent,))
    assert found.tolist() == [[5 if percent == 0 else 7]]
