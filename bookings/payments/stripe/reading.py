"""What happens after the sale without our asking, read afresh: refunds that change, and disputes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import stripe
from stripe import StripeClient

from bookings.payments.base import DisputeMove, DisputeView, RefundState, RefundView
from bookings.payments.stripe.calling import noted, translated
from transit.money import Money

REFUND_STATES: Final = {
    "succeeded": RefundState.SUCCEEDED,
    "pending": RefundState.PENDING,
    "requires_action": RefundState.PENDING,
    "failed": RefundState.FAILED,
    "canceled": RefundState.FAILED,
}
_DISPUTE_STATES: Final = {"won": "WON", "warning_closed": "WON", "prevented": "WON", "lost": "LOST"}


def read_refund(client: StripeClient, ref: str) -> RefundView:
    """Raises PaymentError."""
    with translated():
        refund = client.v1.refunds.retrieve(ref)
    return RefundView(refund.id, noted(refund, "key"), REFUND_STATES[refund.status or "pending"])


def read_dispute(client: StripeClient, ref: str) -> DisputeView:
    """Raises PaymentError."""
    with translated():
        return view_of(client.v1.disputes.retrieve(ref))


def view_of(dispute: stripe.Dispute) -> DisputeView:
    """A dispute in our words."""
    currency = dispute.currency.upper()
    intent = dispute.payment_intent
    due = dispute.evidence_details.due_by
    return DisputeView(
        ref=dispute.id,
        payment_ref=intent.id if isinstance(intent, stripe.PaymentIntent) else intent or "",
        state=_DISPUTE_STATES.get(dispute.status, "OPEN"),
        amount=Money(dispute.amount, currency),
        reason=dispute.reason[:40],
        due_at=datetime.fromtimestamp(due, UTC) if due else None,
        moves=tuple(
            DisputeMove(move.id, Money(move.amount, currency), Money(move.fee, currency))
            for move in dispute.balance_transactions
        ),
    )
