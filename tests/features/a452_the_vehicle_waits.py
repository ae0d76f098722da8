"""The promise of connections: the train is late, and the vehicle that was called meets people later by itself."""

from __future__ import annotations

import pytest
from django.test import Client

from bookings import tasks
from bookings.models import Outbox
from tests.features import riding
from tests.features.a107_statements import member
from tests.features.driving import Driving
from tests.features.market import Market
from tests.features.riding import ANY, CITY, HOME, MALL
from tests.features.shuttle import clock_of
from transit.models import Operator, Region, Ride, Service

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.db]


TRAIN = """
stop S 60.100 24.900 Station
stop C 60.300 24.900 City
line R rail C 10:05 S 10:35
line R rail C 20:05 S 20:35

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers
ticket,5.00,EUR,1,
"""


@pytest.fixture
def valley(market: Market, patient: None) -> Driving:
    """A valley with one small bus, and trains that bring people to it."""
    market.publish(rail=TRAIN)
    riding.release()
    return Driving(market)


def buys(day: Driving, at: str, sold_with_train: bool = True) -> Ride:
    """By the train of that hour to the station, and on to the mall; it is half an hour before the train."""
    offer = day.market.ask(CITY, MALL, at, **ANY)
    day.code = day.market.accept(offer, contact="aino@example.org")
    day.market.pay(day.code)
    line = day.market.work(day.code)
    assert ("rail CONFIRMED" in line) is sold_with_train
    hour = int(at[:2])
    day.goes_to(f"{hour - 1:02}:40")
    day.mails()
    return Ride.objects.get(reference=day.reference)


def is_late(day: Driving, hour: int, delay: str) -> None:
    """The railway says so of its train of that hour; a sweep goes by."""
    said = {"trip_id": f"rail:R-{int(hour > 10)}", "service_date": "2026-11-24", "delay": delay}
    day.market.post("operators/rail/trip-events", said, 202, RAIL[0])
    tasks.sweep_orders()
    tasks.sweep_orders()


RAIL: list[Client] = []


@pytest.fixture(autouse=True)
def rail_office(db: None) -> None:
    RAIL[:] = [member("operator_staff", "rail")]


def test_it_waits_for_the_train(valley: Driving) -> None:
    riding.sells_trains()
    before = buys(valley, "10:00")
    assert clock_of(before.told_at) == "10:35"
    is_late(valley, 10, "00:20:00")
    after = Ride.objects.get(pk=before.pk)
    assert clock_of(after.told_at) == "10:55"
    assert after.latest_at - after.earliest_at == before.latest_at - before.earliest_at, "the promise moves with it"
    assert valley.mails() == ["Your vehicle waits for you"]
    assert "You need not do anything." in valley.last_mail
    assert valley.market.order(valley.code)["disruption"] is None
    is_late(valley, 10, "00:20:00")
    assert valley.mails() == []


def test_also_for_trains_that_are_not_sold_here(valley: Driving) -> None:
    operator = Operator.objects.create(
        code="rail", legal_name="Rail Ltd", country="FI", region=Region.objects.get(code="coast")
    )
    Service.objects.create(operator=operator, agency_id="rail:ag", name="Rail", sales="elsewhere")
    before = buys(valley, "10:00", sold_with_train=False)
    is_late(valley, 10, "00:20:00")
    assert Ride.objects.get(pk=before.pk).told_at > before.told_at
    assert valley.mails() == ["Your vehicle waits for you"]


def test_nobody_else_is_harmed(valley: Driving) -> None:
    """Somebody else is promised the same vehicle soon after: it cannot wait for so long."""
    riding.sells_trains()
    offer = valley.market.ask(HOME, MALL, "11:20", "adult", "adult", "adult", travellers="adult:3", **ANY)
    other = valley.market.accept(offer)
    valley.market.pay(other)
    valley.market.work(other)
    theirs = Ride.objects.get()
    before = buys(valley, "10:00")
    is_late(valley, 10, "00:45:00")
    assert Ride.objects.get(pk=before.pk).told_at == before.told_at
    assert Ride.objects.get(pk=theirs.pk).told_at == theirs.told_at
    found = valley.market.order(valley.code)["disruption"]
    assert found["kind"] == "missed"
    assert "Your journey does not run as you booked it" in valley.mails()
    assert not Outbox.objects.filter(topic__startswith="order.ride", payload__order=other).exists()


def test_the_day_is_over(valley: Driving) -> None:
    """The driver goes home at ten: another way on is offered instead."""
    riding.sells_trains()
    before = buys(valley, "20:00")
    is_late(valley, 20, "01:10:00")
    assert Ride.objects.get(pk=before.pk).told_at == before.told_at
    assert valley.market.order(valley.code)["disruption"]["kind"] == "missed"
