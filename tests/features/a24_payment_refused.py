"""The bank refuses the card: another one may be tried; without any, nothing is bought."""

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


def test_another_card_works(market: Market) -> None:
    market.publish(bus=BUS)
    market.sells("bus")
    code = market.accept(market.ask("bus:H", "bus:Q", "10:00"))
    assert market.pay(code, "declined") == "402"
    assert market.order(code)["status"]["state"] == "NEEDS_ACTION"
    assert market.pay(code) == f"/orders/{code}"
    assert market.work(code) == "COMPLETED charged 3.50: bus CONFIRMED; tickets ISSUED"


def test_no_card_works(market: Market) -> None:
    market.publish(bus=BUS)
    market.sells("bus")
    code = market.accept(market.ask("bus:H", "bus:Q", "10:00"))
    market.pay(code, "declined")
    market.clock.shift(14 * 60)
    assert market.work(code) == "FAILED (payment_abandoned) charged 0.00: bus RELEASED"
    assert market.money() == "captured 0.00, authorised 0.00, refunded 0.00"
    page = market.client.get(f"/orders/{code}").content.decode()
    assert "The payment was not finished in time." in page
