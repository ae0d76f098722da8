"""TOMP 1.6: a commit that is repeated after a lost answer is refused with 403, which is no refusal at all."""

from __future__ import annotations

from typing import Any

import pytest

from tests.features import coast
from tests.features.market import Market

pytestmark = pytest.mark.django_db


def order(market: Market, **habits: Any) -> str:
    """The ferry company speaks the older protocol."""
    return coast.order(market, version="1.6", **habits)


def test_there_is_a_ticket(market: Market) -> None:
    code = order(market)
    market.pay(code)
    assert market.work(code) == "COMPLETED charged 7.70: bus CONFIRMED, sea CONFIRMED; tickets ISSUED, ISSUED"
    assert market.packages("sea") == ["CONFIRMED"]


@pytest.mark.parametrize("kind", ["lost", "error_after", "error_before"])
@pytest.mark.parametrize("path", ["events", "bookings"])
def test_a_lost_answer_costs_no_journey(market: Market, kind: str, path: str) -> None:
    """Both the booking and the commit are looked up before they are repeated."""
    code = order(market)
    if path == "bookings":
        market.fault("sea", path=path, method="POST", kind=kind)
    market.pay(code)
    if path == "events":
        market.fault("sea", path=path, method="POST", kind=kind)
    assert market.work(code) == "COMPLETED charged 7.70: bus CONFIRMED, sea CONFIRMED; tickets ISSUED, ISSUED"
    assert market.packages("sea") == ["CONFIRMED"]
    assert market.money() == "captured 7.70, authorised 0.00, refunded 0.00"


def test_a_second_commit_is_refused_and_means_nothing(market: Market) -> None:
    """The answer is lost, and so is the first look: only a booking that was read says what has happened."""
    code = order(market)
    market.pay(code)
    market.fault("sea", path="events", method="POST", kind="lost")
    market.fault("sea", path="bookings", method="GET", kind="error_before")
    assert market.work(code).startswith("COMPLETED charged 7.70")


def test_who_does_not_pay_has_bought_nothing(market: Market) -> None:
    code = order(market)
    market.work(code, until="UNWINDING")
    assert market.work(code).startswith("FAILED (payment_abandoned) charged 0.00")
    assert market.packages("sea") == ["ROLLBACK"]


def test_the_driver_is_asked_here_too(market: Market) -> None:
    code = order(market, confirms="conditionally")
    market.pay(code)
    assert market.work(code, until="AWAITING_OPERATOR").endswith("sea CONDITIONAL")
    assert market.work(code).startswith("COMPLETED charged 7.70")


def test_the_ferry_is_full(market: Market) -> None:
    code = order(market)
    market.fault("sea", path="bookings", method="POST", kind="sold_out")
    assert market.work(code) == "FAILED (sold_out) charged 0.00: bus RELEASED, sea RELEASED"


def test_what_is_bought_cannot_be_given_back_here(market: Market) -> None:
    """1.x names no fee beforehand."""
    code = order(market)
    market.pay(code)
    market.work(code)
    assert not market.get(f"orders/{code}/cancellation")["cancellable"]
