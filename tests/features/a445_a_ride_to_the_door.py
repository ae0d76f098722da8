"""Somebody with a right rings up for a ride on demand: by the group that staff have seen, at its price, to the door."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client

from bookings import tasks
from bookings.models import BillingAccount, Customer, Occurrence, Order, WayToPay
from tests.features import riding
from tests.features.a92_cash_to_the_driver import staff
from tests.features.market import Market
from tests.features.riding import VALLEY
from tests.features.switchboard import TOMORROW, book, guest, keep, search, text_of, work
from transit.models import Ride
from transit.ondemand.rules import RiderGroup

pytestmark = pytest.mark.django_db
NEEDS = RiderGroup("needs", "Needs help", needs_proof=True, valid_days=200, proof=(("en", "The card."),))
RULES = replace(VALLEY, groups=(NEEDS,))
RIDE = {"from_at": "60.12,24.85~~Kotikatu 4", "to_at": "60.11,24.98~~Clinic", "purpose": "health", **TOMORROW}


@pytest.fixture
def desk(market: Market, patient: None) -> Client:
    """A valley with one small bus that is called, whose driver takes cash."""
    market.publish(rail=riding.TRAIN)
    riding.release(RULES)
    WayToPay.objects.create(provider="cash", operator_code="valley", allowed=True)
    return staff("desk_agent")


def test_at_the_price_of_a_right_that_was_seen(market: Market, desk: Client) -> None:
    where = keep(desk, at="counter")
    assert "It costs €3.00." in text_of(search(desk, where, RIDE))
    desk.post(f"{where}/rights", {"group": "needs", "seen": "on"})
    page = text_of(search(desk, where, RIDE))
    assert "Valley Rides: you are picked up between 10:00 and 10:15 at Kotikatu 4. You are at Clinic by 10:54." in page
    assert "It costs €0.75." in page, "a quarter, by the right that she has"
    order_page = book(desk, where, RIDE)
    work(market)
    (ride,) = Ride.objects.all()
    assert (ride.state, ride.group, ride.purpose, ride.priority) == ("CONFIRMED", "needs", "health", True)
    assert " ".join(ride.code) in text_of(desk.get(order_page))


def test_nobody_rides_as_one_of_a_group_whose_proof_nobody_has_seen(market: Market, desk: Client) -> None:
    where = guest(desk)
    assert "It costs €3.00." in text_of(search(desk, where, {**RIDE, "group": "needs"})), "not to be chosen"
    (found,) = market.plan("60.120,24.850", "60.110,24.980", "10:00", group="needs", **riding.ANY)
    problem = market.post("offers", {"token": found["token"], "travellers": [{"category": "adult"}]}, 409)
    assert (problem["code"], problem["legs"]) == ("no_right", [0])


def test_to_dialysis_and_back_by_the_called_bus_alone(market: Market, desk: Client) -> None:
    where = keep(desk)
    account = BillingAccount.objects.create(holder={"name": "Kela", "address": ""}, currency="EUR", limit_minor=99_999)
    account.users.add(Customer.objects.get().user)
    agreed = {
        "from_text": "", "to_text": "", "from_at": RIDE["from_at"], "to_at": RIDE["to_at"], "when": "arrive",
        "time": "11:00", "back": "15:00", "first_day": "2026-11-24", "weekdays": ["1"], "adult": "1",
        "service": "valley", "purpose": "health", "pay_with": f"invoice:{account.code}",
    }  # fmt: skip
    answer = desk.post(f"{where}/recurring", agreed)
    assert answer.status_code == 302, text_of(answer)
    for _ in range(15):
        tasks.book_occurrences()
        tasks.sweep_orders()
        market.clock.shift(60)
    said = [f"{row.day:%a %d} {row.state}{row.reason}" for row in Occurrence.objects.all()]
    assert said == [
        "Tue 24 BOOKED", "Tue 24 BOOKED", "Tue 01 BOOKED", "Tue 01 BOOKED",
    ]  # fmt: skip
    assert [ride.purpose for ride in Ride.objects.all()] == ["health"] * 4
    there = min((order.offer.journey for order in Order.objects.all()), key=lambda journey: journey.end_at)
    assert f"{there.end_at:%H:%M}" <= "09:00", "in UTC"
