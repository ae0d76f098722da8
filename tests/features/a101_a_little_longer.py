"""One operator answers late, and another's hold would end meanwhile: it is asked for a little longer, once."""

from __future__ import annotations

import pytest

from tests.features.coast import BUS, SEA
from tests.features.market import Market

pytestmark = pytest.mark.db
HOLD_S, LATE_S = 150, 100


@pytest.fixture
def code(market: Market) -> str:
    """An order of which the bus is held, for less than a minute more, and the ferry is about to be asked again."""
    market.publish(bus=BUS, sea=SEA)
    market.sells_itself("bus", BUS, hold_s=HOLD_S)
    market.sells_itself("sea", SEA)
    order = market.accept(market.ask("bus:H", "sea:I", "10:00"))
    market.fault("sea", path="purchase-offers", kind="error_before")
    market.work(order, until="HOLDING")
    assert market.packages("bus") == ["PENDING"]
    market.clock.shift(LATE_S)
    return order


def test_it_agrees(market: Market, code: str) -> None:
    market.pay(code)
    assert market.work(code) == "COMPLETED charged 7.70: bus CONFIRMED, sea CONFIRMED; tickets ISSUED, ISSUED"


def test_it_does_not(market: Market, code: str) -> None:
    market.fault("bus", path="extend-expiry-time", kind="reject")
    assert market.work(code) == "FAILED (too_late) charged 0.00: bus RELEASED, sea RELEASED"
    assert (market.packages("bus"), market.packages("sea")) == (["ROLLBACK"], ["ROLLBACK"])


def test_its_answer_is_lost(market: Market, code: str) -> None:
    """A second extension changes nothing but a time, so it is just asked for again."""
    market.fault("bus", path="extend-expiry-time", kind="lost")
    market.pay(code)
    assert market.work(code).startswith("COMPLETED charged 7.70")
