"""Hosted operators: seats and reservations under the provider's own reference."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from bookings.capacity import SoldOut
from bookings.models import Capacity, Reservation
from bookings.operators.hosted import reservations
from bookings.operators.hosted.reservations import Departure, Wanted
from tests.factories import NOW
from transit.money import Money

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def hold(seats: int = 1, ref: UUID | None = None, cap: int | None = 2, minutes: int = 0) -> Reservation:
    now = NOW + timedelta(minutes=minutes)
    departures = [Departure(f"f:{trip}@2026-11-23", seats, cap) for trip in (2, 1)]
    expires = now + timedelta(minutes=15)
    wanted = Wanted("bus", Money(700, "EUR"), NOW + timedelta(hours=1), expires, departures, {})
    return reservations.hold("self", ref or uuid4(), wanted, now)


def taken() -> list[int]:
    return list(Capacity.objects.order_by("key").values_list("taken", flat=True))


def test_the_same_reference_holds_once() -> None:
    ref = uuid4()
    assert hold(2, ref) == hold(2, ref)
    assert taken() == [2, 2]


def test_a_full_departure_refuses_and_keeps_nothing() -> None:
    hold(2)
    with pytest.raises(SoldOut):
        hold(1)
    assert Reservation.objects.count() == 1
    assert taken() == [2, 2]


def test_uncounted_seats_are_never_sold_out() -> None:
    for _ in range(5):
        hold(9, cap=None)
    assert not Capacity.objects.exists()


def test_an_expired_hold_makes_room_and_cannot_be_confirmed() -> None:
    old = hold(2)
    hold(2, minutes=15)
    assert taken() == [2, 2]
    assert reservations.confirm(old, NOW + timedelta(minutes=16)).state == "EXPIRED"


def test_confirming_and_cancelling_twice_changes_nothing_more() -> None:
    row = hold(1)
    assert [reservations.confirm(row, NOW).state for _ in range(2)] == ["CONFIRMED"] * 2
    assert reservations.expire_due(NOW + timedelta(hours=9)) == 0
    cancelled = [reservations.cancel(row, Money(70, "EUR"), NOW) for _ in range(2)]
    assert [(each.state, each.fee_minor) for each in cancelled] == [("CANCELLED", 70)] * 2
    assert taken() == [0, 0]


def test_a_hold_is_let_go_free_of_charge_and_can_be_extended_before() -> None:
    row = hold(1)
    later = NOW + timedelta(minutes=40)
    assert reservations.extend(row, later, NOW).expires_at == later
    released = reservations.cancel(row, Money(70, "EUR"), NOW)
    assert (released.state, released.fee_minor) == ("RELEASED", 0)
    assert reservations.confirm(row, NOW).state == "RELEASED"
