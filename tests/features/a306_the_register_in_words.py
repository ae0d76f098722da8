"""The pages of the register: hours, prices, booking and accessibility in the reader's language, without scripts."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

from tests.features import registered
from transit.models import OperationArea, Region, Service, Taxi

pytestmark = [pytest.mark.django_db, pytest.mark.db]
NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _register(db: None) -> None:
    region = registered.region()
    registered.taxi(region)
    registered.bus(region)
    registered.ride(region)


def words(client: Client, path: str, language: str = "en") -> str:
    with time_machine.travel(NOW, tick=False):
        answer = client.get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", text)


def test_a_taxi_in_english(client: Client) -> None:
    page = words(client, "/register/services/valley-taxi")
    for line in ("Valley Taxi Taxis by telephone.", "River valley Port", "Monday–Friday 06:00–22:00",
                 "Saturday 18:00–02:00 (the next day) Busy.", "24 December 2026–25 December 2026 closed Christmas",
                 "Booking in advance is possible", "Start: €6.00 to start with", "Distance: €1.10 a kilometre",
                 "One can pay with: cash, credit card", "Ask for help at the latest 2 h before the ride.",
                 "Low floor not stated", "Room to sit in a wheelchair Partly, or when asked for", "Child seat No",
                 "Two suitcases each."):  # fmt: skip
        assert line in page, line
    office = words(client, "/register/operators/valley-taxi")
    for line in ("Supervising transport bureau Coast Transport Bureau", "1 January 2024–31 December 2029",
                 "It takes orders for: village-ride"):  # fmt: skip
        assert line in office, line


def test_in_finnish_and_japanese(client: Client) -> None:
    page = words(client, "/register/services/valley-taxi", "fi")
    for line in ("Laakson taksi Takseja puhelimitse.", "Jokilaakso", "Maanantai–perjantai 6.00–22.00",
                 "Lähtö: aloitusmaksu 6,00 €", "Matala lattia ei ilmoitettu"):  # fmt: skip
        assert line in page, line
    page = words(client, "/register/services/valley-taxi", "ja")
    for line in ("谷タクシー", "月曜日～金曜日 6:00～22:00", "初乗り", "低床 記載なし"):
        assert line in page, line


def test_a_ride_that_is_ordered(client: Client) -> None:
    page = words(client, "/register/services/village-ride")
    for line in ("Must be booked in advance", "Order by 16:30 on the day before the ride.",
                 "Say if you use a wheelchair.", "Coast Transport Council 12/2026 4 March 2026", "0200 5",
                 "Service hours not stated"):  # fmt: skip
        assert line in page, line


def test_what_its_data_are(client: Client) -> None:
    page = words(client, "/register/services/coast-bus")
    for line in ("Contract traffic", "TOMP-API 2.0", "Bookings, payment", "600 requests in 60 seconds",
                 "99.5 % of the time", "None: open to everybody", "CC BY 4.0"):  # fmt: skip
        assert line in page, line


def test_looked_for(client: Client) -> None:
    found = words(client, "/register?q=jokilaakso")
    assert "1 service Valley Taxi" in found
    assert "1 service Valley Taxi" in words(client, "/register?place_text=port&kind=taxi")
    assert "1 service Valley Taxi" in words(client, "/register?place_at=60.15,24.9~~Here&place_text=Here")
    assert "Nothing was found." in words(client, "/register?place_at=60.25,24.9~~Here&place_text=Here")
    assert "Nothing was found." in words(client, "/register?kind=logistics")
    assert "3 services" in words(client, "/register?kind=rocket"), "an unknown kind is none"
    finnish = words(client, "/register", "fi")
    assert finnish.index("Laakson taksi") < finnish.index("Rannikon bussi"), "in the order of the names one reads"
    assert client.get("/register?cursor=x").status_code == 404
    assert "Village Ride Co-operative" in words(client, "/register/operators?q=village")
    assert client.get("/register/operators/nobody").status_code == 404


def test_page_by_page(client: Client) -> None:
    operator = Service.objects.get(code="coast-bus").operator
    Service.objects.bulk_create([Service(operator=operator, name=f"Line {n:02}", kind="bus") for n in range(40)])
    answer = client.get("/register?kind=bus")
    assert "Line 18" in answer.content.decode()
    assert "Line 19" not in answer.content.decode()
    found = re.search(r'href="(\?[^"]*cursor=[^"]*)"', answer.content.decode())
    assert found is not None
    following = client.get("/register" + found[1].replace("&amp;", "&")).content.decode()
    assert "Line 19" in following
    assert "kind=bus" in found[1]


def test_a_taxi_that_journeys_are_planned_with(client: Client) -> None:
    """What is written for planning is disclosed, and need not be written twice."""
    operator = Service.objects.get(code="coast-bus").operator
    service = Service.objects.create(operator=operator, code="planned", name="Planned Taxi")
    night = [{"days": [4, 5], "from": 64800, "until": 93600}]
    Taxi.objects.create(service=service, area=registered.VALLEY, hours=night, timezone=Region.clock(), currency="EUR",
                        phone="0100 3", base_minor=500, per_km_minor=120)  # fmt: skip
    page = words(client, "/register/services/planned")
    for line in ("Kind Taxi", "Friday–Saturday 18:00–02:00 (the next day)", "€5.00 to start with", "€1.20 a kilometre",
                 "0100 3", "The area that is drawn on the map."):  # fmt: skip
        assert line in page, line
    found = client.get("/api/v1/register/services?kind=taxi&lat=60.15&lon=24.9").json()
    assert [each["code"] for each in found["services"]] == ["planned", "valley-taxi"]
    OperationArea.objects.create(service=service, name="Only here")
    assert "Only here" in words(client, "/register/services/planned"), "what the register says itself counts first"
