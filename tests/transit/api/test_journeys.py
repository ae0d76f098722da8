"""`/plan`, `/places`, `/departures` over HTTP, on imported feeds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from tests import feeds
from transit import tokens
from transit.models import Publication, Region
from transit.network import current

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)  # 9:30 in Helsinki
FEED = """
station S 60.2000 24.9000 Keskusasema
stop A 60.2000 24.9000 Keskusasema parent=S platform=2
stop H 60.1900 24.9500 Satama
line 3 bus A 10:00 H 10:20
line 3 bus A 11:00 H 11:20
line T tram A 10:10 H 10:40

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers,transfer_duration
zone,3.50,EUR,1,,5400

[translations.txt]
table_name,field_name,language,translation,record_id
stops,stop_name,en,Central Station,S
stops,stop_name,en,Central Station,A
stops,stop_name,ja,中央駅,S
stops,stop_name,ja,中央駅,A
"""
STREETS = "street residential 60.2000,24.9000 60.1990,24.9010 # Rantatie"
FROM_A_TO_H = {"from": "bus:S", "to": "60.19,24.95", "time": "2026-11-23T09:45:00+02:00"}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Networks are named by their content: a folder for all tests builds each once."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture
def unpublished(kept: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.DATA_DIR = kept
    monkeypatch.setattr(current, "_CURRENT", current.Current())
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def town(unpublished: None, tmp_path: Path) -> None:
    feeds.publish(tmp_path, {"bus": FEED}, STREETS, now=NOW)
    Region.objects.create(code="r", name="R", currency="EUR", timezone="Europe/Helsinki", country="FI")


def plan(client: Client, language: str = "en", **changes: str) -> list[dict[str, Any]]:
    answer = client.get("/api/v1/plan", FROM_A_TO_H | changes, headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["itineraries"]
    return found


def rides(found: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Line and departure of each journey with one vehicle."""
    legs = [leg for each in found for leg in each["legs"] if leg["service"]]
    return [(leg["service"]["line"], leg["start_at"]) for leg in legs]


def test_a_plan_says_everything_in_local_time(client: Client, town: None) -> None:
    (first, *_) = [each for each in plan(client, window="1800") if each["vehicles"]]
    (ride,) = [leg for leg in first["legs"] if leg["service"]]
    assert (ride["mode"], ride["start"]["stop_id"], ride["end"]["stop_id"]) == ("bus", "bus:A", "bus:H")
    assert (ride["start"]["name"], ride["start"]["platform"]) == ("Central Station", "2")
    assert (ride["start_at"], ride["end_at"]) == ("2026-11-23T10:00:00+02:00", "2026-11-23T10:20:00+02:00")
    service = ride["service"]
    assert (service["trip_id"], service["service_date"], service["line"]) == ("bus:3-0", "2026-11-23", "3")
    assert (service["agency_id"], service["agency_name"]) == ("bus:ag", "Agency")
    assert first["duration_s"] == 1200
    assert [fare["price"] for fare in first["fares"]] == [{"minor": 350, "currency": "EUR"}]
    assert len(ride["polyline"]) >= 2


def test_a_token_brings_the_journey_back(client: Client, town: None) -> None:
    found = next(each for each in plan(client, travellers="adult:1,senior:2") if each["vehicles"])
    itinerary = tokens.read_token(found["token"], NOW)
    assert [leg.service.trip_id for leg in itinerary.legs if leg.service] == ["bus:3-0"]
    assert [traveller.category.value for traveller in itinerary.travellers] == ["adult", "senior", "senior"]
    assert [fare["traveller"]["category"] for fare in found["fares"]] == ["adult", "senior", "senior"]


def test_window_arrival_and_modes(client: Client, town: None) -> None:
    assert [line for line, _ in rides(plan(client, window="3600"))] == ["3", "T"], "the tram leaves later"
    assert rides(plan(client, window="0")) == [("3", "2026-11-23T10:00:00+02:00")]
    assert rides(plan(client, modes="tram")) == [("T", "2026-11-23T10:10:00+02:00")]
    assert rides(plan(client, modes="walk")) == []
    late = rides(plan(client, time="2026-11-23T11:30:00+02:00", arrive_by="true", window="900"))
    assert late == [("3", "2026-11-23T11:00:00+02:00")]


def test_a_day_without_service(client: Client, town: None) -> None:
    assert rides(plan(client, time="2100-01-01T10:00")) == []
    assert client.get("/api/v1/departures", {"stop": "bus:S", "time": "2100-01-01T10:00"}).json()["departures"] == []


def test_times_without_an_offset_are_the_regions(client: Client, town: None) -> None:
    assert rides(plan(client, time="2026-11-23T10:30", window="3600")) == [("3", "2026-11-23T11:00:00+02:00")]
    assert rides(plan(client, time="2026-11-23T10:30:00 02:00", window="3600")) == [("3", "2026-11-23T11:00:00+02:00")]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"from": "somewhere"}, "from"),
        ({"from": "91,0"}, "from"),
        ({"from": "nan,nan"}, "from"),
        ({"time": "noon"}, "time"),
        ({"time": "9999-12-31T23:59:59-14:00"}, "time"),
        ({"window": "-1"}, "window"),
        ({"travellers": "adult:0"}, "travellers"),
        ({"travellers": "adult:10"}, "travellers"),
        ({"travellers": "giant:1"}, "travellers"),
        ({"modes": "rocket"}, "modes"),
        ({"arrive_by": "perhaps"}, "arrive_by"),
    ],
)
def test_what_is_wrong_is_named(client: Client, town: None, changes: dict[str, str], field: str) -> None:
    answer = client.get("/api/v1/plan", FROM_A_TO_H | changes)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid"), answer.content
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_unknown_stops(client: Client, town: None) -> None:
    for path, query in (("plan", FROM_A_TO_H | {"from": "bus:X"}), ("departures", {"stop": "bus:X"})):
        answer = client.get(f"/api/v1/{path}", query)
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_stop")


def test_places_in_the_readers_language(client: Client, town: None) -> None:
    def find(text: str, language: str) -> list[tuple[str, str, str | None]]:
        answer = client.get("/api/v1/places", {"q": text}, headers={"Accept-Language": language})
        return [(place["kind"], place["name"], place["stop_id"]) for place in answer.json()["places"]]

    assert ("station", "Central Station", "bus:S") in find("keskus", "en")
    assert ("station", "Keskusasema", "bus:S") in find("keskus", "fi")
    assert ("station", "中央駅", "bus:S") in find("央駅", "ja")
    assert [name for kind, name, _ in find("ranta", "fi") if kind == "street"] == ["Rantatie"]
    assert find("zzz", "en") == []
    assert client.get("/api/v1/places").status_code == 400


def test_what_a_point_is_called(client: Client, town: None) -> None:
    at = {"lat": "60.1900", "lon": "24.9500"}
    assert client.get("/api/v1/places/at", at).json()["stop_id"] == "bus:H"
    assert client.get("/api/v1/places/at", {"lat": "60.1995", "lon": "24.9005"}).json()["name"] == "Rantatie"
    assert client.get("/api/v1/places/at", {"lat": "0", "lon": "0"}).status_code == 404
    assert client.get("/api/v1/places/at", {"lat": "91", "lon": "0"}).status_code == 400


def test_departures_of_a_station(client: Client, town: None) -> None:
    board = client.get("/api/v1/departures", {"stop": "bus:S", "limit": "2"}, headers={"Accept-Language": "fi"}).json()
    assert (board["name"], board["timezone"]) == ("Keskusasema", "Europe/Helsinki")
    rows = [(row["departure_at"], row["service"]["line"], row["platform"]) for row in board["departures"]]
    assert rows == [("2026-11-23T10:00:00+02:00", "3", "2"), ("2026-11-23T10:10:00+02:00", "T", "2")]


def test_without_a_network_there_is_a_reason(client: Client, unpublished: None) -> None:
    assert not Publication.objects.exists()
    for path, query in (
        ("plan", {"from": "60,24", "to": "60,25"}),
        ("places", {"q": "a"}),
        ("departures", {"stop": "a:b"}),
    ):
        answer = client.get(f"/api/v1/{path}", query)
        assert (answer.status_code, answer.json()["code"]) == (503, "no_network")
