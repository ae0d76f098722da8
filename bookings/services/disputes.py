"""Disputes: a bank takes a payment back. Nothing of it is settled meanwhile, and a person decides what follows."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bookings.ledger import accounts
from bookings.ledger.posting import Line, balance_of_booking, post
from bookings.models import Case, Dispute, Order, Payment
from bookings.payments.base import DisputeView
from bookings.states import DISPUTE


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


def _withhold(order: Order, dispute: Dispute, now: datetime, *, back: bool) -> None:
    """What is still owed to the operators of an order is set aside, and set free when the dispute is won."""
    for booking in order.bookings.select_related("order"):
        code, reference = booking.operator_code, booking.reference
        payable, withheld = accounts.operator_payable(code), accounts.operator_withheld(code)
        source, target = (withheld, payable) if back else (payable, withheld)
        owed = balance_of_booking(reference, source, order.currency)
        lines = [Line(source, -owed, reference), Line(target, owed, reference)]
        post(f"{'free' if back else 'withhold'}:{dispute.pk}:{reference}", order.code, lines, now)
