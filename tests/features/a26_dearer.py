"""An operator asks for more than it offered: the resident is asked once, and never charged more than agreed."""

import pytest

from tests.features.market import Market

pytestmark = pytest.mark.db

BUS = """
stop H 60.1500 24.9000 Harbour
stop Q 60.1900 24.9500 Quay
line 1 bus H 10:06 Q 10:20

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers,transfer_duration
hour,3.50,EUR,1,,3600
"""
SEA = """
stop F 60.1901 24.9501 Ferry Pier
stop I 60.1200 24.9900 Island
line F ferry F 10:40 I 11:10

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers
crossing,4.20,EUR,1,0
"""


@pytest.fixture
def code(market: Market) -> str:
    """An order of 7.70 that has become 8.54, because the ferry asks for 20 % more."""
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus")
    market.sells_itself("sea", SEA)
    code = market.accept(market.ask("bus:H", "sea:I", "10:00"))
    market.fault("sea", path="purchase-offers", kind="price_up", percent=20)
    assert market.work(code, until="NEEDS_CONSENT") == "NEEDS_CONSENT charged 0.00: bus HELD, sea HELD"
    return code


def test_the_new_price_is_accepted(market: Market, code: str) -> None:
    page = market.client.get(f"/orders/{code}").content.decode()
    assert "The price has changed" in page
    assert page.index("€7.70") < page.index("€8.54")
    assert market.post(f"orders/{code}/consent", {"price": {"minor": 800, "currency": "EUR"}}, 409)
    market.post(f"orders/{code}/consent", {"price": {"minor": 854, "currency": "EUR"}}, 200)
    market.pay(code)
    assert market.work(code).startswith("COMPLETED charged 8.54: bus CONFIRMED, sea CONFIRMED")
    assert market.money() == "captured 8.54, authorised 0.00, refunded 0.00"


def test_it_is_refused(market: Market, code: str) -> None:
    market.client.post(f"/orders/{code}/give-up")
    assert market.work(code) == "FAILED (given_up) charged 0.00: bus RELEASED, sea RELEASED"


def test_no_answer_is_no(market: Market, code: str) -> None:
    market.clock.shift(15 * 60)
    assert market.work(code).startswith("FAILED (consent_refused) charged 0.00")
    assert market.money() == "captured 0.00, authorised 0.00, refunded 0.00"
