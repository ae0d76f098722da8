"""The departures of stops and stations."""

from __future__ import annotations

import pytest

from tests.transit.journeys.cities import at, engine_of
from transit.journeys.board import board_of
from transit.journeys.engine import Engine, NoSuchStop
from transit.journeys.places import place_at, places_named


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return engine_of(tmp_path_factory.mktemp("city"))


def test_the_next_departures_of_a_stop(engine: Engine) -> None:
    board = board_of(engine, "city:A", at("08:10"), 3, "sv")
    assert (board.name, board.timezone) == ("Torget", "Europe/Helsinki")
    assert [row.departure_at for row in board.departures] == [at("08:30"), at("09:00"), at("09:30")]
    assert {row.service.line for row in board.departures} == {"1"}


def test_a_station_shows_the_departures_of_its_stops(engine: Engine) -> None:
    (row, *_) = board_of(engine, "city:S", at("08:10"), 3, "fi").departures
    assert (row.stop_id, row.platform, row.service.line, row.mode) == ("city:C2", "2", "2", "tram")


def test_nothing_leaves_where_lines_end(engine: Engine) -> None:
    assert board_of(engine, "city:D", at("08:10"), 3, "fi").departures == ()


def test_late_departures_reach_into_the_next_day(engine: Engine) -> None:
    board = board_of(engine, "city:A", at("23:40"), 3, "fi")
    assert [row.departure_at for row in board.departures] == [at("23:50"), at("07:00", 25), at("07:30", 25)]


def test_a_stop_that_is_not_there(engine: Engine) -> None:
    with pytest.raises(NoSuchStop):
        board_of(engine, "city:none", at("08:00"), 3, "fi")


def test_places_by_name(engine: Engine) -> None:
    (place, *_) = places_named(engine, "asem", "fi", None, 5)
    assert (place.kind, place.stop_id) == ("station", "city:S")


def test_what_is_at_a_coordinate(engine: Engine) -> None:
    stop, street = place_at(engine, 60.00001, 24.05, "fi"), place_at(engine, 60.0004, 24.03, "fi")
    assert stop is not None
    assert street is not None
    assert (stop.kind, stop.stop_id) == ("stop", "city:B")
    assert (street.kind, street.name) == ("street", "Rantatie")
    assert place_at(engine, 60.5, 24.5, "fi") is None
