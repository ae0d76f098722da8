"""The dispatcher's promise and the money for it go together, however they were interrupted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from bookings.models import Booking, Reservation
from bookings.operators.base import HoldingState, OperatorError
from bookings.operators.ondemand.port import RidesOnDemand
from bookings.services import calling_off
from bookings.services.calls import call_of
from bookings.services.orders import OrderError
from tests.features import riding
from tests.features.market import Market
from tests.features.riding import ANY, HOME, MALL
from transit.models import Ride
from transit.money import Money
from transit.ondemand import edit, rides, shifts

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.db]
PORT = RidesOnDemand()


@pytest.fixture
def valley(market: Market, patient: None) -> Market:
    """A valley with one small bus that is called. It is nine on Monday."""
    market.publish(rail=riding.TRAIN)
    riding.release()
    return market


def held(valley: Market) -> Booking:
    """A ride that waits to be paid."""
    code = valley.accept(valley.ask(HOME, MALL, "10:00", **ANY))
    valley.work(code, until="NEEDS_ACTION")
    return Booking.objects.get()


def states() -> tuple[str, str]:
    """How it stands with the ride, and with the reservation."""
    return Ride.objects.get().state, Reservation.objects.get().state


def test_time_is_over(valley: Market) -> None:
    booking = held(valley)
    until = Reservation.objects.get().expires_at
    assert PORT.confirm(call_of(booking), until).state == HoldingState.EXPIRED
    assert states()[0] == "HELD", "the dispatcher lets it go at its next sweep"


@pytest.mark.parametrize("verb", ["confirm", "extend"])
def test_only_the_money_is_late(valley: Market, verb: str) -> None:
    booking, now = held(valley), timezone.now()
    Reservation.objects.update(expires_at=now - timedelta(seconds=1))
    assert getattr(PORT, verb)(call_of(booking), now).state == HoldingState.EXPIRED
    assert states() in {("CANCELLED", "EXPIRED"), ("RELEASED", "EXPIRED")}


def test_held_by_half(valley: Market) -> None:
    """A hold that died between the ride and its reservation is made again."""
    booking, now = held(valley), timezone.now()
    Reservation.objects.all().delete()
    assert PORT.look_up(call_of(booking), now).state == HoldingState.NONE
    assert PORT.cancel(call_of(booking, {"mode": "rollback"}), now).state == HoldingState.RELEASED


def test_the_dispatcher_is_too_busy(valley: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    booking = held(valley)
    monkeypatch.setattr(edit, "TRIES", 0)
    with pytest.raises(OperatorError) as busy:
        PORT.cancel(call_of(booking, {"mode": "rollback"}), timezone.now())
    assert (busy.value.reason, busy.value.permanent) == ("operator_unavailable", False)
    assert states() == ("HELD", "HELD")


def bought(valley: Market) -> Booking:
    """A ride that is paid; its driver is out at ten."""
    valley.buy(HOME, MALL, "10:00", **ANY)
    valley.clock.move_to("2026-11-24T08:00:00Z")
    ride = Ride.objects.get()
    shifts.begin(ride.shift_id or 0, timezone.now())
    return Booking.objects.get()


def test_who_rides_is_not_called_off(valley: Market) -> None:
    booking = bought(valley)
    shifts.board(booking.client_ref, timezone.now())
    for mode in ("rollback", "no_show"):
        with pytest.raises(OperatorError, match="already_used"):
            PORT.cancel(call_of(booking, {"mode": mode}), timezone.now())
    with pytest.raises(OrderError, match="already_used"):
        calling_off.call_off("valley", booking.reference, timezone.now())
    booking.refresh_from_db()
    assert (*states(), booking.called_off_at) == ("BOARDED", "CONFIRMED", None)


@pytest.mark.parametrize(("ours", "kept"), [(True, 150), (False, 0)], ids=["ours", "the_dispatchers"])
def test_stopped_half_way_through_giving_back(valley: Market, ours: bool, kept: int) -> None:
    """What was agreed is kept, once the ride is cancelled; of what the dispatcher cancels, nothing."""
    booking, now = bought(valley), timezone.now()
    if ours:
        rides.cancel(booking.client_ref, now)
    else:
        shifts.break_down(Ride.objects.get().shift_id or 0, now)
    terms: dict[str, Any] = {"mode": "refund", "fee_cap_minor": 150}
    gone = PORT.cancel(call_of(booking, terms), now)
    assert (gone.state, gone.fee) == (HoldingState.CANCELLED, Money(kept, "EUR"))
    assert states() == ("CANCELLED", "CANCELLED")
