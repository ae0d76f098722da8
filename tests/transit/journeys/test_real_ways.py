"""Ways in real cities: directions with words that add up, and lines that follow streets and shapes without a jump."""

from __future__ import annotations

import hashlib
import random
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from transit.journeys.engine import Engine
from transit.journeys.instants import metres_along
from transit.journeys.planning import Turned, page_of, planned
from transit.network.build import Source, build
from transit.network.store import open_network
from transit.routing.filters import worth_showing
from transit.routing.itinerary import Itinerary, Leg, Turn
from transit.routing.journey import Journey
from transit.routing.kernels.ways import DETOUR
from transit.routing.planner import Day, find_journeys
from transit.routing.query import Location, Query

CITIES = {
    "tampere": datetime(2022, 2, 22, 7, 30, tzinfo=ZoneInfo("Europe/Helsinki")),
    "rnv": datetime(2016, 11, 4, 8, 0, tzinfo=ZoneInfo("Europe/Berlin")),
}
# A stop stands at the kerb or on its own side of a wide road; shapes run along the middle of the lane or the track.
BESIDE_M = 60


@pytest.fixture(scope="module", params=CITIES)
def city(request: pytest.FixtureRequest, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def engine(city: str, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    files = sorted(path for path in (shared_data / city).iterdir() if path.suffix in {".zip", ".pbf"})
    sources = [
        Source(path.stem, path, hashlib.sha256(path.read_bytes()).hexdigest(), path.suffix == ".pbf") for path in files
    ]
    return Engine(open_network(build(sources, tmp_path_factory.mktemp("networks"))))


@pytest.fixture(scope="module")
def queries(engine: Engine, city: str) -> list[Query]:
    chooser, stops = random.Random(47), engine.network.stops

    def anywhere() -> Location:
        stop = chooser.randrange(len(stops.lat))
        return Location(float(stops.lat[stop]) + 0.001, float(stops.lon[stop]) - 0.001)

    return [Query(anywhere(), anywhere(), CITIES[city], arrive_by=i % 2 == 1, directions=True) for i in range(30)]


@pytest.fixture(scope="module")
def found(engine: Engine, queries: list[Query], city: str) -> list[Itinerary]:
    return [itinerary for query in queries for itinerary in planned(engine, query, CITIES[city].replace(hour=4))]


@pytest.fixture(scope="module")
def walks(found: list[Itinerary]) -> list[Leg]:
    return [leg for itinerary in found for leg in itinerary.legs if not leg.is_transit and leg.distance_m]


def test_directions_add_up_and_have_words(walks: list[Leg]) -> None:
    assert len(walks) > 300
    for leg in walks:
        assert sum(step.distance_m for step in leg.steps) == leg.distance_m
        assert leg.steps[0].turn == Turn.DEPART
        assert leg.steps[0].heading
        assert leg.steps[-1].turn == Turn.ARRIVE
        on_streets = len(leg.steps) > 2
        assert all(step.street or step.kind for step in leg.steps[:-1]) or not on_streets
    assert sum(bool(leg.steps[0].street or leg.steps[0].kind) for leg in walks) > 0.8 * len(walks)


def test_lines_are_as_long_as_the_ways(walks: list[Leg]) -> None:
    for leg in walks:
        along = metres_along(np.array(leg.drawn).reshape(-1, 2))
        straight = len(leg.polyline) == 2
        assert along * (DETOUR if straight else 1) == pytest.approx(leg.distance_m, rel=0.02, abs=8)


def test_lines_join_at_stops(found: list[Itinerary]) -> None:
    for itinerary in found:
        for before, after in pairwise(itinerary.legs):
            if len(before.polyline) > 1 and len(after.polyline) > 1:
                assert metres_along(np.array((before.polyline[-1], after.polyline[0]))) <= BESIDE_M
        for leg in itinerary.legs:
            for end, point in ((leg.start, leg.polyline[:1]), (leg.end, leg.polyline[-1:])):
                assert all(metres_along(np.array(((end.lon, end.lat), at))) <= BESIDE_M for at in point)


def test_lines_are_drawn_to_a_metre(found: list[Itinerary]) -> None:
    for itinerary in found:
        for leg in itinerary.legs:
            assert len(leg.drawn) != 1
            assert all(before != after for before, after in pairwise(leg.drawn)) or len(leg.drawn) == 2
            for lon, lat in leg.drawn:
                assert (lon, lat) == (round(lon, 5), round(lat, 5))


def test_nobody_walks_out_to_the_street_and_back(walks: list[Leg]) -> None:
    for leg in walks:
        line = np.array(leg.polyline) * [np.cos(np.radians(leg.start.lat)), 1.0] * 111_194.9
        parts = np.diff(line, axis=0)
        lengths = np.hypot(*parts.T)
        for (a, b), (first, second) in zip(pairwise(parts), pairwise(lengths), strict=True):
            if min(first, second) > 50:
                assert float(a @ b) / (first * second) > -0.98


def test_pages_hold_what_the_search_finds(engine: Engine, queries: list[Query], city: str) -> None:
    """A morning by pages: each journey that nothing beats has its place on one of them."""
    shown = 0
    for query in queries[::6]:
        long_ago = CITIES[city].replace(hour=4)
        pages = [page_of(engine, query, long_ago)]
        while len(pages) < 4:
            pages.append(page_of(engine, query, long_ago, Turned(after=pages[-1].until_at + timedelta(seconds=1))))
        day = engine.day_at(query.time_at)
        whole = find_journeys(day, engine.ground, replace(query, window_s=4 * 7201 - 1))
        for page in pages:
            low, high = (int(at.timestamp()) - day.timetable.base_at for at in (page.from_at, page.until_at))
            inside = worth_showing([journey for journey in whole if low <= journey.start_s <= high], None)
            expected = {by_minutes(day, journey) for journey in inside}
            rides = {shown_by_minutes(each) for each in page.itineraries if each.vehicles}
            slower_than_walking = any(each.is_walk for each in page.itineraries)
            assert rides <= expected if slower_than_walking else rides == expected
            shown += len(rides)
    assert shown > 50


def shown_by_minutes(itinerary: Itinerary) -> tuple[int, int, int]:
    """The minutes of leaving and arriving as they are read, and the vehicles."""
    start, end = int(itinerary.start_at.timestamp()), int(itinerary.end_at.timestamp())
    return start // 60, -(-end // 60), itinerary.vehicles


def by_minutes(day: Day, journey: Journey) -> tuple[int, int, int]:
    """The same of a journey. Of trips that leave, arrive and change alike, either may be found."""
    base_at = day.timetable.base_at
    return (base_at + journey.start_s) // 60, -(-(base_at + journey.end_s) // 60), journey.vehicles
