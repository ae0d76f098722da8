"""An operator takes silence for a yes: what is not bought is let go before its time is over, never left to itself."""

from __future__ import annotations

import pytest

from tests.features.coast import order
from tests.features.market import Market

pytestmark = pytest.mark.db


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
