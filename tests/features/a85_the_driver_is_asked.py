"""An operator asks a driver first (conditional confirmation): nothing is charged before the driver has accepted."""

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


def test_the_money_waits_for_the_driver(market: Market) -> None:
    code = order(market, confirms="conditionally")
    market.pay(code)
    assert market.work(code, until="AWAITING_OPERATOR").startswith("AWAITING_OPERATOR charged 0.00: bus CONFIRMED, sea")
    assert market.money() == "captured 0.00, authorised 7.70, refunded 0.00"
    assert "Confirming with every operator" in market.client.get(f"/orders/{code}").content.decode()
    assert market.work(code) == "COMPLETED charged 7.70: bus CONFIRMED, sea CONFIRMED; tickets ISSUED, ISSUED"


def test_the_driver_declines(market: Market) -> None:
    code = order(market, confirms="conditionally", accepts=False)
    market.pay(code)
    assert market.work(code).startswith("FAILED (confirm_rejected) charged 0.00: bus RELEASED, sea RELE")
    assert market.money() == "captured 0.00, authorised 0.00, refunded 0.00"


def test_nobody_ever_says_anything(market: Market) -> None:
    code = order(market, confirms="conditionally", decides_after_s=3600)
    market.pay(code)
    market.work(code, until="UNWINDING")
    assert market.work(code).startswith("FAILED (confirm_rejected) charged 0.00: bus RELEASED")
    assert market.packages("sea") == ["ROLLBACK"]
