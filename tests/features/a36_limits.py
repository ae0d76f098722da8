"""What is not sold any more: the past, an old offer, a journey that has changed, a fourth order at once."""

import pytest

from tests.features.market import Market

pytestmark = pytest.mark.db

BUS = """
stop H 60.1500 24.9000 Harbour
stop Q 60.1900 24.9500 Quay
every 60 until 20:00 line 1 bus H 10:06 Q 10:20

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers,transfer_duration
hour,3.50,EUR,1,,3600
"""
SOON = {"day": "2026-11-23"}  # it is nine o'clock


@pytest.fixture
def bus(market: Market) -> Market:
    market.publish(bus=BUS)
    market.sells("bus", seats_per_departure=50)
    return market


def test_an_old_proposal(bus: Market) -> None:
    (itinerary,) = bus.plan("bus:H", "bus:Q", "10:00", **SOON)
    asked = {"token": itinerary["token"], "travellers": [{}]}
    bus.clock.shift(29 * 60)
    bus.post("offers", asked, 201)
    bus.clock.shift(2 * 60)
    assert bus.post("offers", asked, 410)["title"] == "This proposal is too old. Please search again."


def test_the_bus_has_left(bus: Market) -> None:
    bus.clock.shift(65 * 60)
    assert bus.journeys("bus:H", "bus:Q", "10:00", **SOON) == ["10:06 Bus 1 Harbour–Quay 10:20"]
    bus.clock.shift(2 * 60)
    assert bus.journeys("bus:H", "bus:Q", "10:00", **SOON) == ["11:06 Bus 1 Harbour–Quay 11:20"]
    assert bus.journeys("bus:H", "bus:Q", "10:00", window="3600", **SOON) == []
    assert bus.journeys("bus:H", "bus:Q", "10:30", arrive_by="true", **SOON) == []


def test_two_minutes_before_is_too_late(bus: Market) -> None:
    bus.clock.shift(64 * 60 + 30)
    assert bus.ask("bus:H", "bus:Q", "10:00", status=409, **SOON)["code"] == "departed"


def test_an_old_offer(bus: Market) -> None:
    offer = bus.ask("bus:H", "bus:Q", "10:00")
    bus.clock.shift(16 * 60)
    assert bus.post("orders", {"offer": offer["code"]}, 410, key="late")["code"] == "offer_expired"
    page = bus.client.get(f"/offers/{offer['code']}").content.decode()
    assert "This offer is no longer valid." in page


def test_the_timetable_has_changed(bus: Market) -> None:
    (itinerary,) = bus.plan("bus:H", "bus:Q", "10:00")
    bus.publish(bus=BUS.replace("H 10:06", "H 10:08"))
    problem = bus.post("offers", {"token": itinerary["token"], "travellers": [{}]}, 409)
    assert (problem["code"], problem["legs"], problem["alternative"]) == ("itinerary_changed", [0], "later")


def test_seats_are_not_hoarded(bus: Market) -> None:
    for _ in range(3):
        bus.accept(bus.ask("bus:H", "bus:Q", "10:00"))
    fourth = bus.ask("bus:H", "bus:Q", "10:00")
    assert bus.post("orders", {"offer": fourth["code"]}, 409, key="4")["code"] == "too_many_orders"
