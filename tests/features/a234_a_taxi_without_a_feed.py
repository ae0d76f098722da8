"""A taxi that publishes no feed: the register says where and when it drives, whom to call, and about what it costs."""

import pytest
import time_machine
from django.core.exceptions import ValidationError

from tests.features.a232_by_the_roads_there_are import LAKE
from tests.features.a240_rides_on_demand import CITY, HOME, MALL
from tests.features.town import TODAY, Json, Town
from transit.models import Operator, Service, Taxi

TRAIN = """
stop S 60.100 24.900 Station
stop P 60.150 24.900 Port
stop C 60.300 24.900 City
every 60 until 20:00 line R rail S 5:00 C 5:30
every 60 until 20:00 line R rail C 5:05 S 5:35
"""
RING = [[24.80, 60.09], [25.00, 60.09], [25.00, 60.17], [24.80, 60.17], [24.80, 60.09]]
VALLEY = {"type": "Polygon", "coordinates": [RING]}


@pytest.fixture
def taxi(town: Town) -> Taxi:
    town.publish(valley=TRAIN, streets=LAKE)
    operator = Operator.objects.create(code="valley-taxi", legal_name="Valley Taxi Ltd", country="FI", phone="0100 1")
    service = Service.objects.create(operator=operator, agency_id="taxi:valley", name="Valley Taxi")
    prices = {"currency": "EUR", "base_minor": 600, "per_km_minor": 100, "per_minute_minor": 60}
    called = {"phone": "0100 123", "booking_url": "https://taxi.example/order"}
    taxi = Taxi(service=service, area=VALLEY, timezone="Europe/Helsinki", **prices, **called)
    taxi.full_clean()
    taxi.save()
    return taxi


def ridden(found: list[Json]) -> list[str]:
    """`taxi 10:00–10:25 | rail 11:00–11:30` for each journey with a taxi."""
    return [
        " | ".join(f"{leg['mode']} {leg['start_at'][11:16]}–{leg['end_at'][11:16]}" for leg in each["legs"])
        for each in found
        if any(leg["mode"] == "taxi" for leg in each["legs"])
    ]


@pytest.mark.django_db
def test_all_the_way(town: Town, taxi: Taxi) -> None:
    assert town.plan(HOME, MALL, "10:00") == [], "who does not ask gets none"
    (found,) = town.plan(HOME, MALL, "10:00", taxi="true")
    # 17.2 km at 20 m/s × 1.3 are 18.6 minutes, and 24.4 nearly always.
    assert ridden([found]) == ["taxi 10:00–10:25"]
    assert found["unpriced_legs"] == [0]
    leg, facts = found["legs"][0], found["legs"][0]["ordering"]
    assert (leg["service"]["line"], leg["service"]["agency_name"]) == ("Valley Taxi", "Valley Taxi Ltd")
    assert (facts["phone"], facts["order_until_at"][11:16]) == ("0100 123", "09:45")
    # 6.00 + 17.2 + 0.60 × (18.6 … 25)
    assert [facts[each]["minor"] for each in ("price_low", "price_high")] == [pytest.approx(3437, abs=30), 3820]
    for language, words in (("en", "This is an estimate"), ("fi", "arvio"), ("ja", "目安")):
        page = town.client.get("/journey", {"token": found["token"]}, headers={"Accept-Language": language})
        text = page.content.decode()
        assert words in text
        assert 'href="tel:0100123"' in text
        assert "10:00 and 10:00" not in text
    ends = {"from_at": f"{HOME}~~Home", "to_at": f"{MALL}~~Mall", "when": "leave", "date": TODAY, "time": "10:00"}
    cards = town.client.get("/journeys", ends | {"taxi": "1"}).content.decode()
    assert "to €38.20 in the taxi" in cards
    Taxi.objects.update(base_minor=None)
    assert town.plan(HOME, MALL, "10:00", taxi="true")[0]["legs"][0]["ordering"]["price_low"] is None


@pytest.mark.django_db
def test_to_the_train_and_from_it(town: Town, taxi: Taxi, monday: time_machine.Traveller) -> None:
    # 5 km of road to the station: 5.4 minutes, 9 nearly always.
    assert ridden(town.plan(HOME, CITY, "10:00", taxi="true")) == ["taxi 10:51–11:00 | rail 11:00–11:30"]
    assert "rail 09:05–09:35 | taxi 09:35–09:44" in ridden(
        town.plan(CITY, HOME, "10:30", arrive_by="true", window="3600", taxi="true")
    )
    assert ridden(town.plan(MALL, CITY, "10:00", taxi="true")) == [], "22 km of road to the station are too far"
    # Ten minutes before the train no taxi comes in time, as it takes a quarter of an hour; there is the next train.
    monday.move_to(f"{TODAY}T08:45:00Z")
    assert ridden(town.plan(HOME, CITY, "10:45", taxi="true")) == ["taxi 11:51–12:00 | rail 12:00–12:30"]
    assert ridden(town.plan(HOME, MALL, "10:45", taxi="true")) == ["taxi 11:00–11:25"]
    token = town.plan(HOME, MALL, "10:45", taxi="true")[0]["token"]
    taxi.area = {"type": "Polygon", "coordinates": [[[24.80, 60.09], [24.81, 60.09], [24.81, 60.10], [24.80, 60.09]]]}
    taxi.save()
    assert town.plan(HOME, MALL, "10:45", taxi="true") == [], "outside its area"
    assert "11:25" not in town.client.get("/journey", {"token": token}).content.decode()


@pytest.mark.django_db
def test_when_it_drives(town: Town, taxi: Taxi) -> None:
    taxi.hours = [{"days": [1], "from": 6 * 3600, "until": 12 * 3600}]  # Tuesdays until noon
    taxi.full_clean()
    taxi.save()
    assert ridden(town.plan(HOME, MALL, "11:59", taxi="true")) == ["taxi 11:59–12:24"]
    assert ridden(town.plan(HOME, MALL, "05:00", taxi="true")) == ["taxi 06:00–06:25"]
    assert town.plan(HOME, MALL, "12:01", taxi="true") == []
    assert ridden(town.plan(HOME, CITY, "11:00", window="7200", taxi="true")) == ["taxi 11:51–12:00 | rail 12:00–12:30"]


def test_what_the_register_refuses() -> None:
    for wrong in (
        {"area": {"type": "Point", "coordinates": [24, 60]}},
        {"area": 7},
        {"hours": [{"days": [9]}]},
        {"timezone": "Mars/Base"},
        {"base_minor": 5, "currency": ""},
    ):
        with pytest.raises(ValidationError):
            Taxi(**({"area": VALLEY, "timezone": "UTC", "currency": "EUR"} | wrong)).clean()
