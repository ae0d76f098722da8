"""What an answer changes: bookings, payments, the ledger and tickets, in the transaction that stores the answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bookings.models import Booking, Effect, Order, Ticket
from bookings.operators.base import Holding, HoldingState
from bookings.services import charging, fees, payouts, receipts, rides, sales, ticketing
from bookings.services.calls import Answer, Outcome
from bookings.states import BOOKING, TICKET


def record(order: Order, effect: Effect, answer: Answer, now: datetime) -> Answer:
    """Write an answer down where it belongs. The answer comes back changed when our own books contradict it."""
    if effect.booking_seq == 0:
        if answer.standing is not None:
            charging.note_standing(order, answer.standing)
        if effect.kind == "REFUND" and answer.standing is not None:
            charging.note_refund(order, effect.idem_key, answer.standing, now)
        return answer
    booking = Booking.objects.select_for_update().get(order=order, seq=effect.booking_seq)
    if effect.kind in payouts.KINDS:
        payouts.note(order, booking, effect, answer, now)
        return answer
    if effect.kind == "HOLD" and answer.holding is not None:
        answer = _checked(order, booking, answer)
    if answer.outcome == Outcome.REFUSED:
        _refused(booking, effect.kind, answer.reason)
    elif answer.holding is not None:
        _progress(order, booking, effect, answer.outcome, answer.holding, now)
    return answer


def complete(order: Order, now: datetime) -> None:
    """Everything is bought and secured: the ledger and the tickets, in the same breath."""
    bookings = sales.list_sold(order)
    sales.post_sale(order, bookings, now)
    fees.post_commission(order, bookings, now)
    receipts.issue(order, bookings, now)
    for booking in bookings:
        for product in booking.part.products.all():
            ticketing.issue(booking, product, now)
    rides.note(order, bookings)


def _checked(order: Order, booking: Booking, answer: Answer) -> Answer:
    """A hold in another currency, for less than nothing, or under a name that is another booking's, is none."""
    holding = answer.holding
    assert holding is not None, "only answers that show something are checked"
    if holding.price is not None and holding.price.currency != order.currency:
        return replace(answer, outcome=Outcome.REFUSED, reason="currency_changed")
    if holding.price is not None and holding.price.minor < 0:
        return replace(answer, outcome=Outcome.REFUSED, reason="price_negative")
    same = Booking.objects.filter(operator_code=booking.operator_code, operator_ref=holding.operator_ref)
    if holding.operator_ref and same.exclude(pk=booking.pk).exists():
        return replace(answer, outcome=Outcome.REFUSED, reason="reference_reused")
    return answer


def _refused(booking: Booking, kind: str, reason: str) -> None:
    if kind in {"HOLD", "CONFIRM"} and BOOKING.allows(booking.state, "REJECTED"):
        BOOKING.move(booking, "REJECTED", reason=reason)


def _progress(
    order: Order, booking: Booking, effect: Effect, outcome: Outcome, holding: Holding, now: datetime
) -> None:
    kind = effect.kind
    booking.operator_ref = holding.operator_ref or booking.operator_ref
    booking.rollback_expires_at = holding.rollback_expires_at or booking.rollback_expires_at
    if kind in {"HOLD", "EXTEND"}:
        booking.hold_expires_at = holding.expires_at
    if kind == "HOLD" and holding.price is not None:
        booking.price_minor = holding.price.minor
        booking.others_minor = sales.owed_by_others(booking)
    fields = ["operator_ref", "rollback_expires_at", "hold_expires_at", "price_minor", "others_minor"]
    booking.save(update_fields=fields)
    if kind in {"HOLD", "CONFIRM"}:
        _rise(booking, holding.state)
    elif kind in {"CANCEL", "SWEEP"} and outcome == Outcome.DONE:
        _undone(order, booking, holding, now, after_sale=effect.request["mode"] != "rollback")


def _rise(booking: Booking, state: HoldingState) -> None:
    """NEW → HELD → CONDITIONAL → CONFIRMED, over the states between."""
    if state in {HoldingState.HELD, HoldingState.CONDITIONAL, HoldingState.CONFIRMED} and booking.state == "NEW":
        BOOKING.move(booking, "HELD")
    if booking.state != str(state) and BOOKING.allows(booking.state, str(state)):
        BOOKING.move(booking, str(state))


def _undone(order: Order, booking: Booking, holding: Holding, now: datetime, *, after_sale: bool) -> None:
    if not after_sale:
        if holding.fee is not None:
            sales.post_rollback_fee(order, booking, holding.fee, now)
        if booking.state != "RELEASED":
            BOOKING.move(booking, "RELEASED")
        return
    booking.fee_minor = booking.fee_quoted_minor if holding.fee is None else holding.fee.minor
    booking.save(update_fields=["fee_minor"])
    BOOKING.move(booking, "CANCELLED", fee_minor=booking.fee_minor)
    sales.post_cancellation(order, booking, now)
    fees.give_back_commission(order, booking, now)
    receipts.credit(order, booking, now)
    for ticket in Ticket.objects.select_for_update().filter(booking=booking, state="ISSUED"):
        TICKET.move(ticket, "VOID")
