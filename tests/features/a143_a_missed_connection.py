"""A delay breaks the next leg: it is noticed from what the operator says, and the resident goes on in one press."""

import re

import pytest
from django.test import Client

from bookings import tasks
from bookings.models import Disruption, Outbox, Ride, Wallet
from bookings.services.wallets import top_up
from maas.accounts.models import User
from tests.features.a107_statements import member
from tests.features.a138_changing import BUS
from tests.features.market import Market
from tests.feeds import NOW
from transit.money import Money

pytestmark = pytest.mark.db
HOUR_S = 3600

SEA = """
stop F 60.1901 24.9501 Ferry Pier
stop I 60.1200 24.9900 Island
line F ferry F 10:40 I 11:10
line F ferry F 11:40 I 12:10
line F ferry F 13:40 I 14:10

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers
crossing,4.20,EUR,1,0
"""


@pytest.fixture
def code(market: Market) -> str:
    """Bus and ferry, which keeps 10 %, paid with travel money; on the day, half an hour before the bus."""
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus")
    market.sells("sea", refund_fee_basis_points=1000)
    aino, desk = User.objects.create_user("aino@example.com"), User.objects.create_user("desk@example.com")
    top_up(aino, Money(2000, "EUR"), "one", desk, NOW)
    market.client.force_login(aino)
    offer = market.ask("bus:H", "sea:I", "10:00")
    code = market.accept(offer, pay_with=f"wallet:{Wallet.objects.get().code}")
    market.work(code)
    market.clock.shift(24 * HOUR_S + HOUR_S // 2)
    return code


def late(market: Market, code: str, delay: str) -> None:
    ride = Ride.objects.get(booking__order__code=code, booking__operator_code="bus")
    trip, _, day = ride.departure_key.rpartition("@")
    said = {"trip_id": trip, "service_date": day, "delay": delay}
    market.post("operators/bus/trip-events", said, 202, STAFF[0])
    tasks.sweep_orders()


STAFF: list[Client] = []


@pytest.fixture(autouse=True)
def bus_office(db: None) -> None:
    STAFF[:] = [member("operator_staff", "bus")]


def test_noticed_told_and_rebooked_in_one_press(market: Market, code: str) -> None:
    late(market, code, "00:05:00")
    assert market.order(code)["disruption"] is None, "there is time enough"
    late(market, code, "00:30:00")
    found = market.order(code)["disruption"]
    assert (found["kind"], found["leave_at"][:16]) == ("missed", "2026-11-24T08:50")
    late(market, code, "00:30:00")
    assert Outbox.objects.filter(topic="order.disrupted").count() == 1
    page = market.client.get(f"/orders/{code}").content.decode()
    assert "You will probably miss this connection." in page
    page = market.client.get(f"/orders/{code}/go-on").content.decode()
    assert "11:39" in page
    assert "You get back €3.78 of the old booking, so the change costs you €0.42." in page
    assert "You pay in the same way as before." in page
    assert market.client.post(f"/orders/{code}/go-on").status_code == 200, "nothing that was not shown"
    shown = re.search(r'name="offer" value="([^"]+)"', page)
    assert shown is not None
    pressed = market.client.post(f"/orders/{code}/go-on", {"offer": shown[1]}).headers["Location"]
    new = pressed.split("/")[2]
    assert market.work(new) == "COMPLETED charged 4.20: sea CONFIRMED; tickets ISSUED"
    tasks.sweep_orders()
    assert market.work(code) == "COMPLETED charged 3.92: bus CONFIRMED, sea CANCELLED; tickets ISSUED, VOID"
    assert market.order(code)["disruption"] is None
    assert "€11.88" in market.client.get("/tickets").content.decode(), "20.00 - 7.70 - 4.20 + 3.78"


def test_on_time_again(market: Market, code: str) -> None:
    late(market, code, "00:30:00")
    late(market, code, "00:00:00")
    assert market.order(code)["disruption"] is None
    assert "miss this connection" not in market.client.get(f"/orders/{code}").content.decode()
    assert market.post(f"orders/{code}/way-on", {}, 409)["code"] == "not_disrupted"
    assert Disruption.objects.get().closed_at is not None


def test_the_first_ride_does_not_run(market: Market, code: str) -> None:
    ride = Ride.objects.get(booking__order__code=code, booking__operator_code="bus")
    trip, _, day = ride.departure_key.rpartition("@")
    market.post("operators/bus/trip-events", {"trip_id": trip, "service_date": day, "cancelled": True}, 202, STAFF[0])
    tasks.sweep_orders()
    assert market.work(code) == "COMPLETED charged 4.20: bus CANCELLED, sea CONFIRMED; tickets VOID, ISSUED"
    assert market.order(code)["disruption"]["kind"] == "cancelled"
    offer = market.post(f"orders/{code}/way-on", {}, 201)
    rides = [f"{leg['line']} {leg['start_at'][11:16]}" for leg in offer["legs"] if leg["line"]]
    assert rides == ["1 13:06", "F 13:40"], "not with the bus that does not run"
    assert offer["replaces"]["refund"]["minor"] == 378
    assert market.post(f"orders/{code}/way-on", {}, 201)["code"] == offer["code"], "the same as long as it lasts"
    assert Client().post(f"/api/v1/orders/{code}/way-on").status_code == 404
