"""A ticket of an operator that has no sales system of its own: offer, payment, ticket."""

import pytest

from tests.features import lines
from tests.features.market import Market

pytestmark = pytest.mark.db

BUS = """
stop H 60.150 24.900 Harbour
stop M 60.190 24.950 Market
line 1 bus H 10:06 M 10:15

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers,transfer_duration
hour,3.50,EUR,1,,3600
"""


def test_from_search_to_ticket(market: Market) -> None:
    market.publish(bus=BUS)
    market.sells("bus")
    offer = market.ask("bus:H", "bus:M", "10:00", "adult", "child")
    assert lines.offer(offer) == "7.00 EUR: Bus Ltd 7.00 (hour + hour)"
    code = market.accept(offer)
    assert market.work(code, until="NEEDS_ACTION") == "NEEDS_ACTION charged 0.00: bus HELD"
    assert market.pay(code) == f"/orders/{code}"
    assert market.work(code) == "COMPLETED charged 7.00: bus CONFIRMED; tickets ISSUED, ISSUED"
    assert market.money() == "captured 7.00, authorised 0.00, refunded 0.00"
    page = market.client.get(f"/orders/{code}").content.decode()
    assert "Your journey is booked" in page
