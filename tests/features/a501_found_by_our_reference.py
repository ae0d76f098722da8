"""TOMP 1.6 without a look-up by number (class C): what became of a lost call is found in the list of bookings."""

from __future__ import annotations

import pytest

from tests.features import coast
from tests.features.market import Market
from transit.models import Interface

pytestmark = pytest.mark.db


def order(market: Market) -> str:
    """The ferry company lists what was booked with our reference, and knows no booking by its number."""
    market.publish(bus=coast.BUS, sea=coast.SEA)
    market.sells("bus")
    market.sells_itself("sea", coast.SEA, version="1.6")
    Interface.objects.filter(name="sea-sales").update(capability="C")
    market.fault("sea", path="/bookings/", method="GET", kind="reject", times=999)
    return market.accept(market.ask("bus:H", "sea:I", "10:00"))


@pytest.mark.parametrize(("path", "kind"), [("/bookings", "lost"), ("/bookings", "error_before"), ("events", "lost")])
def test_a_lost_answer_costs_no_journey(market: Market, path: str, kind: str) -> None:
    code = order(market)
    if path != "events":
        market.fault("sea", path=path, method="POST", kind=kind)
    market.pay(code)
    if path == "events":
        market.fault("sea", path=path, method="POST", kind=kind)
    assert market.work(code) == "COMPLETED charged 7.70: bus CONFIRMED, sea CONFIRMED; tickets ISSUED, ISSUED"
    assert market.packages("sea") == ["CONFIRMED"]


def test_who_does_not_pay_has_bought_nothing(market: Market) -> None:
    code = order(market)
    market.work(code, until="UNWINDING")
    assert market.work(code).startswith("FAILED (payment_abandoned) charged 0.00")
    assert market.packages("sea") == ["ROLLBACK"]
