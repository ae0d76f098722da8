"""An operator takes silence for a yes: what is not bought is let go before its time is over, never left to itself."""

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


def test_what_is_paid_is_confirmed_as_anywhere(market: Market) -> None:
    code = order(market, silence_books=True)
    market.pay(code)
    assert market.work(code).startswith("COMPLETED charged 7.70")
    assert market.packages("sea") == ["CONFIRMED"]


def test_who_does_not_pay_has_bought_nothing(market: Market) -> None:
    code = order(market, silence_books=True)
    market.work(code, until="UNWINDING")
    assert market.work(code).startswith("FAILED (payment_abandoned) charged 0.00")
    assert market.packages("sea") == ["ROLLBACK"]


def test_what_silence_has_booked_meanwhile_is_given_back(market: Market) -> None:
    """Our workers were down until the operator took silence for a yes: it is undone by its rules, at our cost."""
    code = order(market, silence_books=True)
    market.work(code, until="NEEDS_ACTION")
    market.clock.shift(11 * 60)
    assert market.packages("sea") == ["CONFIRMED"]
    assert market.work(code).startswith("FAILED (payment_abandoned) charged 0.00")
    assert market.packages("sea") == ["CANCELLED"]
    assert market.money() == "captured 0.00, authorised 0.00, refunded 0.00"
