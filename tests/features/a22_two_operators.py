"""Bus and ferry in one order, paid once: the bus is sold here, the ferry company sells by TOMP."""

import pytest

from tests.features import lines
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


def test_both_or_nothing_and_it_is_both(market: Market) -> None:
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus")
    market.sells_itself("sea", SEA)
    offer = market.ask("bus:H", "sea:I", "10:00")
    assert lines.offer(offer) == "7.70 EUR: Bus Ltd 3.50 (hour), Sea Ltd 4.20 (crossing)"
    assert market.packages("sea") == []
    code = market.accept(offer)
    assert market.work(code, until="NEEDS_ACTION") == "NEEDS_ACTION charged 0.00: bus HELD, sea HELD"
    assert market.packages("sea") == ["PENDING"]
    market.pay(code)
    assert market.work(code) == "COMPLETED charged 7.70: bus CONFIRMED, sea CONFIRMED; tickets ISSUED, ISSUED"
    assert market.packages("sea") == ["CONFIRMED"]
    assert market.money() == "captured 7.70, authorised 0.00, refunded 0.00"


def test_the_bank_asks_first(market: Market) -> None:
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus")
    market.sells_itself("sea", SEA)
    code = market.accept(market.ask("bus:H", "sea:I", "10:00"))
    bank = market.pay(code, "confirm")
    assert bank.startswith("/authenticate/")
    assert market.order(code)["status"]["state"] == "NEEDS_ACTION"
    assert market.approve(bank) == f"/orders/{code}"
    assert market.work(code).startswith("COMPLETED charged 7.70")
