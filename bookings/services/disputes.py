"""Disputes: a bank takes a payment back. Nothing of it is settled meanwhile, and a person decides what follows."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bookings.ledger import accounts
from bookings.ledger.posting import Line, balance_of_booking, balance_of_order, post
from bookings.models import Case, Dispute, Order, Payment
from bookings.payments.base import DisputeView
from bookings.states import DISPUTE
from transit.money import Money, total


def is_open(order: Order) -> bool:
    """Whether settling with operators has to wait."""
    return Dispute.objects.filter(payment__order=order, state="OPEN").exists()


def note(payment: Payment, view: DisputeView, now: datetime) -> None:
    """Write down how a dispute stands, any number of times."""
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=payment.order_id)
        dispute, fresh = Dispute.objects.get_or_create(
            provider_ref=view.ref,
            defaults={
                "payment": payment,
                "amount_minor": view.amount.minor,
                "reason": view.reason,
                "due_at": view.due_at,
            },
        )
        if fresh:
            evidence = {"dispute": view.ref, "reason": view.reason}
            Case.objects.create(kind="dispute", order=order, opened_at=now, evidence=evidence)
        for move in view.moves:
            lines = {accounts.PSP_CLEARING: move.amount - move.fee, accounts.DISPUTED: -move.amount}
            post(f"dispute:{move.ref}", order.code, lines | {accounts.PLATFORM_LOSS: move.fee}, now)
        if dispute.state == "OPEN":
            _withhold(order, dispute, now, back=False)
        if view.state != dispute.state and DISPUTE.allows(dispute.state, view.state):
            DISPUTE.move(dispute, view.state)
            if view.state == "WON":
                _withhold(order, dispute, now, back=True)
            Order.objects.filter(pk=order.pk, state="COMPLETED").update(wake_at=now)


def withheld(order: Order) -> Money:
    """What is owed to the operators of an order and was set aside."""
    rows = order.bookings.select_related("order")
    sums = [
        -balance_of_booking(row.reference, accounts.operator_withheld(row.operator_code), order.currency)
        for row in rows
    ]
    return total(sums, order.currency)


def is_lost(order: Order) -> bool:
    """Whether the bank has decided against us and nothing else is under dispute."""
    rows = set(Dispute.objects.filter(payment__order=order).values_list("state", flat=True))
    return "LOST" in rows and "OPEN" not in rows


def settle_lost(order: Order, now: datetime, *, by_operators: bool) -> None:
    """A lost dispute of a locked order: what was set aside covers what the bank took, or goes to the operators.

    What is not covered stays on `disputed`, to be written off.
    """
    left = balance_of_order(order.code, accounts.DISPUTED, order.currency) if by_operators else Money(0, order.currency)
    for booking in order.bookings.select_related("order"):
        code, reference = booking.operator_code, booking.reference
        owed = -balance_of_booking(reference, accounts.operator_withheld(code), order.currency)
        borne = max(Money(0, order.currency), min(owed, left))
        left -= borne
        lines = [
            Line(accounts.operator_withheld(code), owed, reference),
            Line(accounts.DISPUTED, -borne),
            Line(accounts.operator_payable(code), borne - owed, reference),
        ]
        post(f"lost:{reference}:{now.isoformat()}", order.code, lines, now)


def _withhold(order: Order, dispute: Dispute, now: datetime, *, back: bool) -> None:
    """What is still owed to the operators of an order is set aside, and set free when the dispute is won."""
    for booking in order.bookings.select_related("order"):
        code, reference = booking.operator_code, booking.reference
        payable, withheld = accounts.operator_payable(code), accounts.operator_withheld(code)
        source, target = (withheld, payable) if back else (payable, withheld)
        owed = balance_of_booking(reference, source, order.currency)
        lines = [Line(source, -owed, reference), Line(target, owed, reference)]
        post(f"{'free' if back else 'withhold'}:{dispute.pk}:{reference}", order.code, lines, now)
