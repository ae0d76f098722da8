"""Operators that cancel what is sold: noticed, paid back whole, and told with a way on.

Hosted operators' staff say so themselves; the others are asked again while their rides come near.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F, Min, Q

from bookings.models import Booking, Order
from bookings.operators.base import HoldingState, OperatorError
from bookings.services import charging, fees, outbox, receipts, redress
from bookings.services.calls import call_of, forbid_transaction
from bookings.services.cancelling import take_back
from bookings.services.orders import OrderError
from bookings.services.package_error import PackageError
from bookings.services.ports import OUTSIDE, Ports

logger = logging.getLogger(__name__)
REASON: Final = "operator_cancelled"
WATCHED_BEFORE: Final = timedelta(hours=24)
WATCHED_EVERY: Final = timedelta(minutes=15)
MOST_AT_ONCE: Final = 50
_OURS: Final = ("hosted", "ondemand")
_GONE: Final = frozenset({HoldingState.CANCELLED, HoldingState.RELEASED, HoldingState.EXPIRED})


def call_off(operator_code: str, reference: str, now: datetime) -> None:
    """A hosted operator cancels one of its bookings, or what a provider has sold of it; its seats are free again.

    Raises Booking.DoesNotExist for what is not sold, or is another operator's or kept in a system of its own, and
    OrderError where somebody rides already.
    """
    try:
        if redress.call_off(operator_code, reference, now):
            return
    except PackageError as refused:
        raise OrderError("already_used" if refused.code == "used" else "operator_unavailable") from refused
    booking = get_sold(operator_code, reference)
    try:
        gone = OUTSIDE.operators[booking.sales].cancel(call_of(booking, {"mode": "rollback"}), now)
    except OperatorError as refused:
        raise OrderError("already_used" if refused.permanent else "operator_unavailable") from refused
    if gone.state == HoldingState.NONE:
        raise Booking.DoesNotExist
    if gone.state not in _GONE:
        raise OrderError("not_possible_now")
    note(booking, now)


def get_sold(operator_code: str, reference: str) -> Booking:
    """What a hosted operator has sold, or our own dispatcher, by its public reference. Raises Booking.DoesNotExist."""
    order_code, _, seq = reference.rpartition("-")
    if not seq.isdecimal() or len(seq) > 4:
        raise Booking.DoesNotExist
    sold = Booking.objects.filter(operator_code=operator_code, sales__in=_OURS, state="CONFIRMED")
    return sold.select_related("order", "part").get(order__code=order_code, seq=int(seq))


def call_off_departure(departure_key: str, now: datetime) -> int:
    """A departure does not run: every hosted booking with a ride on it is cancelled, and what providers have sold.

    How many there were.
    """
    sold = Booking.objects.filter(
        rides__departure_key=departure_key, sales="hosted", state="CONFIRMED", called_off_at=None
    )
    bookings = list(sold.select_related("order").order_by("pk").distinct())
    for booking in bookings:
        with suppress(Booking.DoesNotExist):  # given back meanwhile
            call_off(booking.operator_code, booking.reference, now)
    return len(bookings) + redress.call_off_departure(departure_key, now)


def watch(now: datetime, ports: Ports = OUTSIDE) -> None:
    """Ask operators with a system of their own whether what they sold still stands, a few at a time."""
    forbid_transaction()
    sold = Booking.objects.filter(state="CONFIRMED", order__state="COMPLETED", called_off_at=None).exclude(
        sales="hosted"
    )
    coming = sold.annotate(start=Min("rides__start_at")).filter(start__gt=now, start__lte=now + WATCHED_BEFORE)
    due = coming.filter(Q(looked_at=None) | Q(looked_at__lte=now - WATCHED_EVERY)).select_related("part")
    for booking in due.order_by(F("looked_at").asc(nulls_first=True), "pk")[:MOST_AT_ONCE]:
        try:
            gone = ports.operators[booking.sales].look_up(call_of(booking), now).state == HoldingState.CANCELLED
        except OperatorError as error:
            logger.warning("booking %s cannot be looked at: %s", booking.pk, error.reason)
            gone = False
        Booking.objects.filter(pk=booking.pk).update(looked_at=now)
        if gone:
            note(booking, now)


def follow(now: datetime) -> list[Order]:
    """Begin to pay back what operators have cancelled. The orders that have to be carried on."""
    gone = Booking.objects.filter(called_off_at__isnull=False, state="CONFIRMED", order__state="COMPLETED")
    gone = gone.exclude(order__cases__kind="not_given_back")
    found = []
    for order_id in sorted(set(gone.values_list("order_id", flat=True)[:MOST_AT_ONCE])):
        with transaction.atomic():
            order = Order.objects.select_for_update().get(pk=order_id)
            seqs = gone.filter(order=order).values_list("seq", flat=True)
            if order.state == "COMPLETED" and seqs:
                found.append(take_back(order, dict.fromkeys(seqs, 0), now, REASON))
                _forgive_fee(order, set(seqs), now)
                outbox.queue(order, "called_off", f"called_off:{order.cancel_epoch}", now)
    return found


def _forgive_fee(order: Order, seqs: set[int], now: datetime) -> None:
    """Where nothing is left of an order, the platform keeps nothing of it either."""
    if order.bookings.filter(state="CONFIRMED").exclude(seq__in=seqs).exists():
        return
    if charging.is_only_authorised(order):
        order.fee_minor = 0
        order.save(update_fields=["fee_minor"])
        return
    fees.give_back_service_fee(order, now)
    receipts.credit_fee(order, now)


def note(booking: Booking, now: datetime) -> None:
    """An operator has cancelled a booking: what follows from it is drawn by `follow`."""
    Booking.objects.filter(pk=booking.pk, called_off_at=None).update(called_off_at=now)
