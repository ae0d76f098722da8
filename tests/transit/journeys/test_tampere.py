"""A real city: every itinerary holds together, can be found again, and is priced as the operator publishes."""

from __future__ import annotations

import hashlib
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from transit.journeys.engine import Engine
from transit.journeys.planning import planned
from transit.journeys.rechecking import rechecked
from transit.network.build import Source, build
from transit.network.store import open_network
from transit.routing.itinerary import Itinerary
from transit.routing.query import Location, Query

MORNING = datetime(2022, 2, 22, 7, 30, tzinfo=ZoneInfo("Europe/Helsinki"))
NOW = MORNING.replace(hour=5)


@pytest.fixture(scope="module")
def engine(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    files = [shared_data / "tampere" / name for name in ("tampere.zip", "tampere.osm.pbf")]
    sources = [
        Source(path.name.split(".")[0], path, hashlib.sha256(path.read_bytes()).hexdigest(), path.suffix == ".pbf")
        for path in files
    ]
    return Engine(open_network(build(sources, tmp_path_factory.mktemp("networks"))))


@pytest.fixture(scope="module")
def queries(engine: Engine) -> list[Query]:
    """Forty pairs of places near stops, half of them to arrive by a time."""
    chooser = random.Random(33)
    stops = engine.network.stops

    def anywhere() -> Location:
        stop = chooser.randrange(len(stops.lat))
        return Location(float(stops.lat[stop]) + 0.0005, float(stops.lon[stop]) - 0.0005)

    return [Query(anywhere(), anywhere(), MORNING, arrive_by=i % 2 == 1) for i in range(40)]


@pytest.fixture(scope="module")
def found(engine: Engine, queries: list[Query]) -> list[Itinerary]:
    """The journeys of all queries."""
    return [itinerary for query in queries for itinerary in planned(engine, query, NOW)]


def test_threads_do_not_disturb_each_other(engine: Engine, queries: list[Query], found: list[Itinerary]) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(lambda query: planned(engine, query, NOW), queries)
        assert [itinerary for answer in answers for itinerary in answer] == found


def test_itineraries_hold_together(found: list[Itinerary]) -> None:
    assert sum(itinerary.vehicles > 0 for itinerary in found) > 100
    for itinerary in found:
        for leg in itinerary.legs:
            assert leg.start_at <= leg.end_at
            times = [
                leg.start_at,
                *(at for call in leg.calls for at in (call.arrival_at, call.departure_at)),
                leg.end_at,
            ]
            assert times == sorted(times)
            assert len(leg.polyline) >= 2 or leg.distance_m == 0
        for before, after in pairwise(itinerary.legs):
            assert before.end_at <= after.start_at
            if not after.stay_seated:
                assert (before.end.lat, before.end.lon) == (after.start.lat, after.start.lon)


def test_itineraries_are_found_again(engine: Engine, found: list[Itinerary]) -> None:
    for itinerary in found[:60]:
        again = rechecked(engine, itinerary, "en")
        assert again.fares == itinerary.fares
        assert [leg.service for leg in again.legs] == [leg.service for leg in itinerary.legs]


def test_two_buses_within_ninety_minutes_are_one_ticket(found: list[Itinerary]) -> None:
    changes = [itinerary for itinerary in found if itinerary.vehicles == 2 and not itinerary.unpriced_legs]
    assert changes
    for itinerary in changes:
        first, *_, second = (leg for leg in itinerary.legs if leg.is_transit)
        in_time = (second.start_at - first.start_at).total_seconds() <= 5400
        assert len(itinerary.fares) == (1 if in_time else 2)


def test_every_ride_in_zones_with_tickets_is_priced(found: list[Itinerary]) -> None:
    for itinerary in found:
        for i in itinerary.unpriced_legs:
            zones = {itinerary.legs[i].start.zone_id, itinerary.legs[i].end.zone_id}
            assert not zones <= {"tampere:A", "tampere:B", "tampere:C"}
