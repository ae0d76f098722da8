"""An operator asks a driver first (conditional confirmation): nothing is charged before the driver has accepted."""

from __future__ import annotations

import pytest

from tests.features.coast import order
from tests.features.market import Market

pytestmark = pytest.mark.db


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
    market.work(code, until="AWAITING_OPERATOR")
    market.clock.shift(10 * 60)
    assert market.work(code).startswith("FAILED (confirm_rejected) charged 0.00: bus RELEASED")
    assert market.packages("sea") == ["ROLLBACK"]
