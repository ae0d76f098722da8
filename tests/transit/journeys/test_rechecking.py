"""What was proposed is found again, or what changed is named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.transit.journeys.cities import FEED, NEAR_A, NEAR_D, at, engine_of
from transit.journeys.engine import Engine
from transit.journeys.planning import planned
from transit.journeys.rechecking import ItineraryChanged, rechecked
from transit.routing.itinerary import Itinerary
from transit.routing.query import Query


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return engine_of(tmp_path_factory.mktemp("city"))


@pytest.fixture(scope="module")
def itinerary(engine: Engine) -> Itinerary:
    query = Query(NEAR_A, NEAR_D, at("08:00"), bicycle=False, directions=True, language="fi")
    return planned(engine, query, at("08:00"))[0]


def bare(itinerary: Itinerary) -> Itinerary:
    """As it comes back from a token."""
    legs = tuple(replace(leg, polyline=(), calls=()) for leg in itinerary.legs)
    return replace(itinerary, legs=legs, fares=(), unpriced_legs=())


def test_the_same_network_gives_the_same_itinerary(engine: Engine, itinerary: Itinerary) -> None:
    found = rechecked(engine, bare(itinerary), "fi")
    assert found.fares == itinerary.fares
    assert [replace(leg, polyline=()) for leg in found.legs] == [replace(leg, polyline=()) for leg in itinerary.legs]
    assert found.legs[0].polyline == itinerary.legs[0].polyline
    assert found.legs[1].polyline == itinerary.legs[1].polyline


def test_names_follow_the_reader(engine: Engine, itinerary: Itinerary) -> None:
    found = rechecked(engine, bare(itinerary), "sv")
    assert found.legs[1].start.name == "Torget"
    assert found.legs[0].end.name == "Torget"
    assert found.legs[0].start.name == "Koti"


@pytest.mark.parametrize(
    ("before", "after", "legs"),
    [
        ("A 7:00 B 7:10 C1 7:20", "A 7:01 B 7:10 C1 7:20", (1,)),
        ("A 7:00 B 7:10 C1 7:20", "A 7:00 B 7:10 C1 7:21", (1,)),
        ("A 7:00 B 7:10 C1 7:20", "B 7:00 A 7:10 C1 7:20", (1,)),
        ("line 2 tram C2 7:25 D 7:35", "line 9 tram C2 7:25 D 7:35", (3,)),
        ("tram C2 7:25 D 7:35", "tram C2 7:26 D 7:36", (3,)),
    ],
)
def test_what_changed_is_named(
    itinerary: Itinerary, tmp_path: Path, before: str, after: str, legs: tuple[int, ...]
) -> None:
    assert before in FEED
    with pytest.raises(ItineraryChanged) as changed:
        rechecked(engine_of(tmp_path, FEED.replace(before, after)), bare(itinerary), "fi")
    assert changed.value.legs == legs


def test_another_arrival_in_between_does_not_matter(itinerary: Itinerary, tmp_path: Path) -> None:
    found = rechecked(engine_of(tmp_path, FEED.replace("B 7:10", "B 7:11")), bare(itinerary), "fi")
    assert found.legs[1].calls[0].arrival_at == at("08:41")


def test_a_trip_that_no_longer_runs_that_day(itinerary: Itinerary, tmp_path: Path) -> None:
    off = "\n[calendar_dates.txt]\nservice_id,date,exception_type\ndaily,20261125,1\n"
    with pytest.raises(ItineraryChanged) as changed:
        rechecked(engine_of(tmp_path, FEED + off), bare(itinerary), "fi")
    assert changed.value.legs == (1, 3)


def test_prices_are_those_of_now(itinerary: Itinerary, tmp_path: Path) -> None:
    found = rechecked(engine_of(tmp_path, FEED.replace("both,4.00", "both,4.40")), bare(itinerary), "fi")
    assert [fare.price.minor for fare in found.fares] == [440]
