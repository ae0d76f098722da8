"""Itineraries say everything that a rider needs, by outside ids."""

from __future__ import annotations

import gc
import pickle
from copy import copy
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from tests.transit.journeys.cities import FEED, HELSINKI, NEAR_A, NEAR_D, at, engine_of
from transit.journeys.engine import Engine, NoSuchStop
from transit.journeys.planning import planned
from transit.money import Money
from transit.routing.itinerary import Itinerary, Leg
from transit.routing.query import Location, Mode, Query, RiderCategory, Traveller


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return engine_of(tmp_path_factory.mktemp("city"))


def ride(engine: Engine, **wishes: object) -> Itinerary:
    """The first journey with vehicles from near A to near D."""
    query = Query(NEAR_A, NEAR_D, at("08:00"), **{"language": "fi", "bicycle": False, **wishes})  # type: ignore[arg-type]
    found = planned(engine, query, at("08:00"))
    return next(itinerary for itinerary in found if itinerary.vehicles)


def test_a_journey_with_a_change(engine: Engine) -> None:
    journey = ride(engine)
    assert [leg.mode for leg in journey.legs] == [Mode.WALK, Mode.BUS, Mode.WALK, Mode.TRAM, Mode.WALK]
    _, bus, change, tram, walk = journey.legs
    assert (bus.start_at, bus.end_at) == (at("08:30"), at("08:50"))
    assert (tram.start_at, tram.end_at) == (at("08:55"), at("09:05"))
    assert (change.start.platform, change.end.platform) == ("1", "2")
    assert walk.end.name == "Ranta"
    assert walk.end.stop_id is None
    for before, after in pairwise(journey.legs):
        assert before.end == after.start
        assert before.end_at <= after.start_at


def test_what_runs_a_leg(engine: Engine) -> None:
    _, bus, *_ = ride(engine).legs
    assert bus.service is not None
    assert bus.service.trip_id.startswith("city:1-")
    assert bus.service.service_date == date(2026, 11, 24)
    assert (bus.service.route_id, bus.service.line, bus.service.agency_id) == ("city:1", "1", "city:ag")
    assert (bus.start.stop_id, bus.end.stop_id) == ("city:A", "city:C1")
    assert (bus.start_sequence, bus.end_sequence) == (1, 3)
    (call,) = bus.calls
    assert (call.place.name, call.arrival_at) == ("Silta", at("08:40"))
    assert bus.distance_m == pytest.approx(5560, rel=0.01)


def test_walks_follow_the_street(engine: Engine) -> None:
    walk = ride(engine).legs[0]
    assert walk.polyline[0] == (NEAR_A.lon, NEAR_A.lat)
    assert walk.polyline[-1] == (24.0, 60.0)
    assert walk.distance_m == pytest.approx(56, abs=2)


def test_what_is_left_for_later_is_part_of_a_leg(engine: Engine) -> None:
    leg, again, other = (ride(engine).legs[1] for _ in range(3))
    assert pickle.loads(pickle.dumps(leg)) == leg == replace(again) == copy(other)
    assert hash(leg) == hash(ride(engine).legs[1])
    assert replace(again, calls=()) != leg
    with pytest.raises(AttributeError, match="colour"):
        _ = leg.colour  # type: ignore[attr-defined]


def test_one_ticket_for_both_zones_and_each_traveller(engine: Engine) -> None:
    travellers = (Traveller("1"), Traveller("2", RiderCategory.CHILD))
    journey = ride(engine, travellers=travellers)
    assert [(fare.name, fare.legs, fare.price, fare.traveller) for fare in journey.fares] == [
        ("both", (1, 3), Money(400, "EUR"), traveller) for traveller in travellers
    ]
    assert journey.unpriced_legs == ()


def test_names_in_the_language_of_the_reader(engine: Engine) -> None:
    assert ride(engine, language="sv").legs[1].start.name == "Torget"
    assert ride(engine, language="ja").legs[1].start.name == "Tori"


def test_departures_before_now_are_not_offered(engine: Engine) -> None:
    query = Query(NEAR_A, NEAR_D, at("08:00"), bicycle=False)
    starts = [itinerary.legs[1].start_at for itinerary in planned(engine, query, at("08:29:30"))]
    assert starts[0] == at("09:00")
    assert planned(engine, query, at("12:00")) == []


def test_arriving_by_a_time(engine: Engine) -> None:
    query = Query(NEAR_A, NEAR_D, at("09:20"), arrive_by=True, window_s=3600, bicycle=False)
    journeys = planned(engine, query, at("00:00"))
    assert [journey.legs[1].start_at for journey in journeys] == [at("08:00"), at("08:30")]
    assert all(at("08:20") <= journey.end_at <= at("09:20") for journey in journeys)


def test_a_chosen_stop_needs_no_walk_and_a_station_means_its_stops(engine: Engine) -> None:
    start = Location(60.0, 24.0, "Tori", "city:A")
    station = Location(60.0, 24.1, "Asema", "city:S")
    (first, *_) = planned(engine, Query(start, station, at("08:00"), bicycle=False), at("08:00"))
    (leg,) = first.legs
    assert (leg.start.stop_id, leg.end.stop_id) == ("city:A", "city:C1")


def test_a_stop_that_is_not_there(engine: Engine) -> None:
    with pytest.raises(NoSuchStop, match="city:gone"):
        planned(engine, Query(Location(60, 24, "", "city:gone"), NEAR_D, at("08:00")), at("08:00"))


def test_trips_after_midnight_keep_their_service_date(engine: Engine) -> None:
    query = Query(NEAR_A, Location(60.0, 24.1, ""), at("23:30"), bicycle=False)
    (journey,) = planned(engine, query, at("23:30"))
    (_, bus, *_) = journey.legs
    assert bus.service is not None
    assert bus.service.service_date == date(2026, 11, 24)
    assert bus.end_at == at("00:20", 25)


def test_the_direct_ways(engine: Engine) -> None:
    query = Query(NEAR_A, Location(60.0, 24.02, "Kauppa"), at("08:00"))
    found = planned(engine, query, at("08:00"))
    assert {itinerary.legs[0].mode for itinerary in found if not itinerary.vehicles} == {Mode.WALK, Mode.BICYCLE}
    walk = next(itinerary for itinerary in found if itinerary.legs[0].mode == Mode.WALK)
    assert -2 <= walk.duration.total_seconds() - walk.legs[0].distance_m / 1.25 < 60  # whole minutes are shown
    assert walk.fares == ()


def test_without_streets(tmp_path: Path) -> None:
    journey = ride(engine_of(tmp_path, FEED, "street residential 10.0,10.0 10.0,10.001"))
    assert journey.vehicles == 2
    assert journey.start_at.astimezone(HELSINKI).date() == date(2026, 11, 24)


@pytest.mark.parametrize("arrive_by", [False, True])
def test_a_day_without_service(engine: Engine, arrive_by: bool) -> None:
    query = Query(NEAR_A, NEAR_D, at("08:00").replace(year=2031), bicycle=False, arrive_by=arrive_by)
    assert planned(engine, query, at("08:00")) == []


def test_the_legs_of_an_answer_are_gone_with_its_last_reader(engine: Engine) -> None:
    """None waits for the collector of garbage, for which all threads wait."""

    def legs() -> int:
        return sum(isinstance(each, Leg) for each in gc.get_objects())

    gc.collect()
    before = legs()
    assert [leg.polyline for leg in ride(engine).legs]
    assert legs() == before
