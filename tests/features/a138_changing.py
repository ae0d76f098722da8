"""A journey is changed: the new one is bought first, the old one is given back then, and the difference remains."""

import re

import pytest

from bookings import tasks
from bookings.models import Case
from tests.features.market import Market
from transit.models import Service

pytestmark = pytest.mark.db

BUS = """
stop H 60.1500 24.9000 Harbour
stop Q 60.1900 24.9500 Quay
line 1 bus H 10:06 Q 10:20
line 1 bus H 13:06 Q 13:20

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers,transfer_duration
hour,3.50,EUR,1,,3600
"""
SEA = """
stop F 60.1901 24.9501 Ferry Pier
stop I 60.1200 24.9900 Island
line F ferry F 10:40 I 11:10
line F ferry F 13:40 I 14:10

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers
crossing,4.20,EUR,1,0
"""


@pytest.fixture
def code(market: Market) -> str:
    """Bus (10 % fee) and ferry at ten, bought for tomorrow."""
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus", refund_fee_basis_points=1000)
    market.sells_itself("sea", SEA)
    return market.buy("bus:H", "sea:I", "10:00")


def choose(market: Market, code: str) -> str:
    """The address of the offer for the first journey after one o'clock."""
    page = market.client.get(f"/orders/{code}/change?date=2026-11-24&time=13:00").content.decode()
    assert "Fee €0.35, you get back €3.15" in page
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token is not None
    return str(market.client.post(f"/orders/{code}/change", {"token": token[1]}).headers["Location"])


def accept(market: Market, address: str) -> str:
    return str(market.client.post(address, {"pay_with": "stripe"}).headers["Location"]).split("/")[2]


def test_later_and_the_difference_remains(market: Market, code: str) -> None:
    assert f"/orders/{code}/change" in market.client.get(f"/orders/{code}").content.decode()
    address = choose(market, code)
    page = market.client.get(address).content.decode()
    assert f"This journey takes the place of rides in your booking {code}." in page
    assert "You get back €7.35 of the old booking, so the change costs you €0.35." in page
    new = accept(market, address)
    market.pay(new)
    assert market.order(code)["status"]["state"] == "COMPLETED", "not before the new one is bought"
    assert market.work(new).startswith("COMPLETED charged 7.70")
    tasks.sweep_orders()
    assert market.work(code) == "CANCELLED charged 0.35: bus CANCELLED, sea CANCELLED; tickets VOID, VOID"
    assert market.money() == "captured 15.40, authorised 0.00, refunded 7.35"
    assert market.packages("sea") == ["CANCELLED", "CONFIRMED"]
    assert "You chose another journey instead." in market.client.get(f"/orders/{code}/help").content.decode()
    again = market.client.get(f"/orders/{code}/change")
    assert again.status_code == 200
    assert "Way back" not in again.content.decode()
    tasks.sweep_orders()
    assert market.money() == "captured 15.40, authorised 0.00, refunded 7.35"


def test_the_old_one_stays_where_the_new_one_cannot_be_had(market: Market, code: str) -> None:
    new = accept(market, choose(market, code))
    market.fault("sea", kind="reject", path="confirm", times=99)
    market.pay(new)
    assert market.work(new).startswith("FAILED")
    tasks.sweep_orders()
    assert market.work(code) == "COMPLETED charged 7.70: bus CONFIRMED, sea CONFIRMED; tickets ISSUED, ISSUED"
    assert market.money().startswith("captured 7.70, authorised 0.00")


def test_an_old_part_that_is_not_taken_back_is_a_case(market: Market, code: str) -> None:
    new = accept(market, choose(market, code))
    Service.objects.filter(agency_id="bus:ag").update(refund_fee_basis_points=9000)
    market.pay(new)
    market.work(new)
    tasks.sweep_orders()
    market.work(code, until="COMPLETED")
    assert Case.objects.get().kind == "not_given_back"
    page = market.client.get(f"/orders/{code}/help").content.decode()
    assert "An operator did not take back a part that should have been given back." in page


def test_by_the_api_only_the_ferry(market: Market, code: str) -> None:
    (other, *_) = market.plan("sea:F", "sea:I", "13:00")
    body = {"token": other["token"], "bookings": [2]}
    offer = market.post(f"orders/{code}/changes", body, 201)
    assert offer["replaces"] == {"order": code, "bookings": [2], "refund": {"minor": 420, "currency": "EUR"}}
    assert market.ask("sea:F", "sea:I", "13:00")["replaces"] is None
    new = market.accept(offer)
    market.pay(new)
    market.work(new)
    tasks.sweep_orders()
    assert market.work(code).startswith("COMPLETED charged 3.50: bus CONFIRMED, sea CANCELLED")
    assert market.money() == "captured 11.90, authorised 0.00, refunded 4.20"
    gone = market.accept(market.ask("bus:H", "bus:Q", "10:00"))
    assert market.post(f"orders/{gone}/changes", body, 409)["code"] == "not_changeable"
