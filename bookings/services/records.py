"""What an answer changes: bookings, payments, the ledger and tickets, in the transaction that stores the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bookings.models import Booking, Effect, Ticket
from bookings.operators.base import Holding, HoldingState
from bookings.services import ceilings, charging, fees, payouts, receipts, rides, sales, subsidies, ticketing
from bookings.services.calls import Answer, Outcome
from bookings.services.dossier import Dossier
from bookings.states import BOOKING, TICKET
from transit.states import Moves

_SECURED = frozenset({"COMPLETED", "CANCELLING"})
"""States of orders that are sold; what is charged now, is charged for use."""


def record(dossier: Dossier, effect: Effect, answer: Answer, now: datetime) -> Answer:
    """Write an answer down where it belongs. The answer comes back changed when our own books contradict it."""
    order, booking = dossier.order, dossier.find_booking(effect.booking_seq)
    if booking is None:
        if answer.standing is not None:
            charging.note_standing(dossier, answer.standing)
        if effect.kind == "REFUND" and answer.standing is not None:
            charging.note_refund(order, effect.idem_key, answer.standing, now)
            dossier.forget_payments()
        if effect.kind in {"CAPTURE", "VOID"} and order.state in _SECURED and answer.outcome == Outcome.DONE:
            sell(dossier, now)
        return answer
    if effect.kind in payouts.KINDS:
        payouts.note(order, booking, effect, answer, now)
        return answer
    if effect.kind in {"HOLD", "USE"} and answer.holding is not None:
        answer = _checked(dossier, booking, answer)
    if effect.kind == "USE" and answer.outcome == Outcome.DONE and answer.holding and answer.holding.price is None:
        answer = replace(answer, outcome=Outcome.REFUSED, reason="no_price")
    if answer.outcome == Outcome.REFUSED:
        _refused(booking, effect.kind, answer.reason, dossier.moves)
    elif answer.holding is not None:
        _progress(dossier, booking, effect, answer.outcome, answer.holding, now)
    return answer


def complete(dossier: Dossier, now: datetime) -> None:
    """Everything is bought and secured: the ledger and the tickets, in the same breath.

    Where something is paid by use, there are tickets only: what is owed for it is known after the ride.
    """
    bookings = sales.with_products(dossier.bookings)
    ticketing.issue(bookings, now)
    rides.note(dossier.order, bookings)
    if not any(booking.price_is_ceiling for booking in bookings):
        sell(dossier, now)


def charge_nothing(bookings: Sequence[Booking]) -> None:
    """Operators have not told in time what was used: nobody is charged for that."""
    for booking in bookings:
        if booking.price_is_ceiling:
            booking.price_is_ceiling, booking.price_minor, booking.others_minor = False, 0, 0
            booking.save(update_fields=["price_is_ceiling", "price_minor", "others_minor"])


def sell(dossier: Dossier, now: datetime) -> None:
    """What is owed is known: the sale in the ledger, the platform's share of it, and the receipts.

    The receipts come last: their numbers make other sales of the same sellers wait until the end of the transaction.
    """
    order, bookings = dossier.order, sales.with_products(dossier.bookings)
    subsidies.settle(bookings)
    sales.post_sale(order, bookings, dossier.payment, now)
    fees.post_commission(order, bookings, now)
    receipts.issue(order, bookings, now)


def _checked(dossier: Dossier, booking: Booking, answer: Answer) -> Answer:
    """A hold in another currency, for less than nothing, or under a name that is another booking's, is none."""
    holding = answer.holding
    assert holding is not None, "only answers that show something are checked"
    if holding.price is not None and holding.price.currency != dossier.order.currency:
        return replace(answer, outcome=Outcome.REFUSED, reason="currency_changed")
    if holding.price is not None and holding.price.minor < 0:
        return replace(answer, outcome=Outcome.REFUSED, reason="price_negative")
    unheard = holding.operator_ref and holding.operator_ref != booking.operator_ref
    if unheard and _is_of_another(dossier, booking, holding.operator_ref):
        return replace(answer, outcome=Outcome.REFUSED, reason="reference_reused")
    return answer


def _is_of_another(dossier: Dossier, booking: Booking, ref: str | None) -> bool:
    """Whether another booking has that name at the operator; one of this order may not be written yet."""
    names = {(each.operator_code, each.operator_ref) for each in dossier.bookings if each.pk != booking.pk}
    same = Booking.objects.filter(operator_code=booking.operator_code, operator_ref=ref)
    return (booking.operator_code, ref) in names or same.exclude(pk=booking.pk).exists()


def _refused(booking: Booking, kind: str, reason: str, moves: Moves) -> None:
    if kind in {"HOLD", "CONFIRM"} and BOOKING.allows(booking.state, "REJECTED"):
        BOOKING.move(booking, "REJECTED", moves=moves, reason=reason)


def _progress(
    dossier: Dossier, booking: Booking, effect: Effect, outcome: Outcome, holding: Holding, now: datetime
) -> None:
    kind = effect.kind
    booking.operator_ref = holding.operator_ref or booking.operator_ref
    booking.rollback_expires_at = holding.rollback_expires_at or booking.rollback_expires_at
    if kind in {"HOLD", "EXTEND"}:
        booking.hold_expires_at = holding.expires_at
    if kind == "HOLD" and holding.price is not None:
        price = ceilings.ceiling_of(holding.price) if booking.price_is_ceiling else holding.price
        if price.minor != booking.price_minor:
            booking.price_minor = price.minor
            booking.others_minor = sales.owed_by_others(booking)
    fields = ["operator_ref", "rollback_expires_at", "hold_expires_at", "price_minor", "others_minor"]
    dossier.moves.change(booking, *fields)
    if kind in {"HOLD", "CONFIRM"}:
        _rise(booking, holding.state, dossier.moves)
    if kind == "USE" and outcome == Outcome.DONE:
        _used(booking, holding, dossier.moves)
    if kind in {"CANCEL", "SWEEP"} and outcome == Outcome.DONE:
        _undone(dossier, booking, holding, now, after_sale=effect.request["mode"] != "rollback")


def _used(booking: Booking, holding: Holding, moves: Moves) -> None:
    """The operator tells what the ride came to; never more is charged than was agreed to."""
    assert holding.price is not None, "a use without a price is refused"
    booking.price_minor = min(booking.price_minor, holding.price.minor)
    booking.price_is_ceiling = False
    booking.others_minor = sales.owed_by_others(booking)
    moves.change(booking, "price_minor", "price_is_ceiling", "others_minor")


def _rise(booking: Booking, state: HoldingState, moves: Moves) -> None:
    """NEW → HELD → CONDITIONAL → CONFIRMED, over the states between."""
    if state in {HoldingState.HELD, HoldingState.CONDITIONAL, HoldingState.CONFIRMED} and booking.state == "NEW":
        BOOKING.move(booking, "HELD", moves=moves)
    if booking.state != str(state) and BOOKING.allows(booking.state, str(state)):
        BOOKING.move(booking, str(state), moves=moves)


def _undone(dossier: Dossier, booking: Booking, holding: Holding, now: datetime, *, after_sale: bool) -> None:
    order, moves = dossier.order, dossier.moves
    if not after_sale:
        if holding.fee is not None:
            sales.post_rollback_fee(order, booking, holding.fee, now)
        if booking.state != "RELEASED":
            BOOKING.move(booking, "RELEASED", moves=moves)
        return
    booking.fee_minor = booking.fee_quoted_minor if holding.fee is None else holding.fee.minor
    if unsold := charging.is_only_authorised(order):  # then nothing but the fee ever is
        booking.price_minor, booking.price_is_ceiling = booking.fee_minor, False
        booking.others_minor = sales.owed_by_others(booking)
    fields = ["fee_minor", "price_minor", "price_is_ceiling", "others_minor"]
    BOOKING.move(booking, "CANCELLED", fields=fields, moves=moves, fee_minor=booking.fee_minor)
    subsidies.drop_places(booking)
    if not unsold:
        subsidies.take_back(booking)
        sales.post_cancellation(order, booking, now)
        fees.give_back_commission(order, booking, now)
        receipts.credit(order, booking, now)
    for ticket in Ticket.objects.select_for_update().filter(booking=booking, state="ISSUED"):
        TICKET.move(ticket, "VOID", at=now.isoformat())
