"""An operator answers 202 and confirms later: that is neither a yes nor a no, and nothing is charged before."""

from __future__ import annotations

import pytest

from tests.features.coast import order
from tests.features.market import Market

pytestmark = pytest.mark.db


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
