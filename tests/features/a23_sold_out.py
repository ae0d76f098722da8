"""The ferry is sold out between offer and order: nothing is held, nothing is charged, and a sentence says why."""

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


def test_sold_out_at_the_last_moment(market: Market) -> None:
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus", seats_per_departure=5)
    market.sells_itself("sea", SEA)
    code = market.accept(market.ask("bus:H", "sea:I", "10:00"))
    market.fault("sea", path="purchase-offers", kind="sold_out")
    assert market.work(code) == "FAILED (sold_out) charged 0.00: bus RELEASED, sea RELEASED"
    assert market.packages("sea") == []
    assert market.money() == "captured 0.00, authorised 0.00, refunded 0.00"
    page = market.client.get(f"/orders/{code}").content.decode()
    assert "A part of this journey is sold out." in page
    assert "Nothing was charged, and nothing is reserved." in page
    assert "See later departures" in page


def test_the_operator_does_not_confirm_what_was_paid(market: Market) -> None:
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus", seats_per_departure=5)
    market.sells_itself("sea", SEA)
    code = market.accept(market.ask("bus:H", "sea:I", "10:00"))
    market.fault("sea", path="confirm-purchase", kind="reject")
    market.pay(code)
    assert market.work(code) == "FAILED (confirm_rejected) charged 0.00: bus RELEASED, sea RELEASED"
    assert market.packages("sea") == ["ROLLBACK"]
    assert market.money() == "captured 0.00, authorised 0.00, refunded 0.00"


def test_the_answer_is_lost_but_the_ferry_is_held(market: Market) -> None:
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus")
    market.sells_itself("sea", SEA)
    code = market.accept(market.ask("bus:H", "sea:I", "10:00"))
    market.fault("sea", path="purchase-offers", kind="lost")
    market.pay(code)
    assert market.work(code).startswith("COMPLETED charged 7.70")
    assert market.packages("sea") == ["CONFIRMED"]
