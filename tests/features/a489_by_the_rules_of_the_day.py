"""What the rules of the day of a ride say holds for it: the end of a budget, and a purpose that needs a proof."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bookings.models import Concession, SubsidyBudget, WayToPay
from tests.features import riding
from tests.features.a92_cash_to_the_driver import staff
from tests.features.a445_a_ride_to_the_door import RIDE
from tests.features.market import Market
from tests.features.riding import ANY, HOME, MALL, VALLEY
from tests.features.switchboard import book, keep
from transit.models import Ride
from transit.ondemand.rules import Purpose, Subsidy

pytestmark = pytest.mark.django_db(transaction=True)
HALF = Subsidy("half", "region:coast", share_basis_points=5000, yearly_minor=150)
DECEMBER = "2026-12-02"


def test_a_budget_that_grows_in_december_grows_for_december(market: Market, patient: None) -> None:
    market.publish(rail=riding.TRAIN)
    made = riding.release(replace(VALLEY, subsidies=(HALF,)))
    riding.renew(made, replace(VALLEY, subsidies=(replace(HALF, yearly_minor=450),)), date(2026, 12, 1))
    first = market.ask(HOME, MALL, "10:00", **ANY)
    second = market.ask(HOME, MALL, "12:00", **ANY)
    assert (first["due"]["minor"], second["due"]["minor"]) == (150, 150)
    market.pay(code := market.accept(first))
    market.work(code)
    winter = market.ask(HOME, MALL, "10:00", day=DECEMBER, **ANY)
    assert winter["due"]["minor"] == 150, "another version's year is longer"
    assert market.ask(HOME, MALL, "14:00", **ANY)["due"]["minor"] == 300, "but not for a ride in November"
    late = market.post("orders", {"offer": second["code"]}, 409, key="late")
    assert late["code"] == "subsidy_changed", "what was shown was given to somebody else"
    market.pay(code := market.accept(winter))
    market.work(code)
    row = SubsidyBudget.objects.get()
    assert (row.spent_minor, row.cap_minor) == (300, 450)


def test_a_purpose_whose_proof_was_seen(market: Market, patient: None) -> None:
    market.publish(rail=riding.TRAIN)
    riding.release(replace(VALLEY, purposes=(Purpose("health", "Health", priority=True, needs_proof=True),)))
    WayToPay.objects.create(provider="cash", operator_code="valley", allowed=True)
    desk = staff("desk_agent")
    where = keep(desk, at="counter")
    with pytest.raises(AssertionError, match="for this purpose, is not noted"):
        book(desk, where, RIDE)
    assert not Ride.objects.exists()
    assert desk.post(f"{where}/rights", {"group": "purpose:health", "seen": "on"}).status_code == 302
    assert Concession.objects.get().group == "purpose:health"
    book(desk, where, RIDE)
