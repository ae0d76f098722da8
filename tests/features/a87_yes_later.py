"""An operator answers 202 and confirms later: that is neither a yes nor a no, and nothing is charged before."""

from __future__ import annotations

from typing import Any

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


def order(market: Market, **habits: Any) -> str:
    """An order for the bus, which we sell, and the ferry, which has habits of its own."""
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus")
    market.sells_itself("sea", SEA, **habits)
    return market.accept(market.ask("bus:H", "sea:I", "10:00"))


def test_it_confirms_after_a_while(market: Market) -> None:
    code = order(market, confirms="later", decides_after_s=90)
    market.pay(code)
    assert market.work(code, until="CONFIRMING").startswith("CONFIRMING charged 0.00")
    assert market.money() == "captured 0.00, authorised 7.70, refunded 0.00"
    assert market.work(code) == "COMPLETED charged 7.70: bus CONFIRMED, sea CONFIRMED; tickets ISSUED, ISSUED"
    assert market.packages("sea") == ["CONFIRMED"]


def test_it_refuses_after_a_while(market: Market) -> None:
    code = order(market, confirms="later", accepts=False)
    market.pay(code)
    assert market.work(code).startswith("FAILED (confirm_rejected) charged 0.00: bus RELEASED")
    assert market.packages("sea") == ["RELEASED"]
    assert market.money() == "captured 0.00, authorised 0.00, refunded 0.00"
