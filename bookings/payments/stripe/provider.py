"""Stripe: a Checkout page that authorises, a capture of our own, refunds.

The state of a payment is what a fresh GET of the Checkout Session and its PaymentIntent says (API 2026-10-28);
webhooks only tell us when to ask. Idempotency keys live for 24 hours, so nothing older than 23 is posted again.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

import stripe
from stripe import StripeClient

from bookings.payments.base import Charge, DisputeView, ProviderBooks, RefundView, Standing, StandingState
from bookings.payments.stripe import books, reading, saved, transfers
from bookings.payments.stripe.calling import CLOCK_SKEW, create_client, noted, refuse_old, translated
from bookings.payments.stripe.reading import REFUND_STATES
from transit.money import Money

_INTENT_STATES: Final = {
    "requires_capture": StandingState.AUTHORISED,
    "succeeded": StandingState.CAPTURED,
    "canceled": StandingState.VOIDED,
}


class StripePayments:
    """Payments by card: through a Checkout page with manual capture, or by a card that was saved."""

    name = "stripe"

    def __init__(self, connect: Callable[[], StripeClient] = create_client) -> None:
        self._connect = connect

    def look_up(self, charge: Charge, now: datetime) -> Standing:
        """See PaymentProvider."""
        if charge.method_ref:
            return saved.look_up(self._connect(), charge)
        with translated():
            session = self._find_session(charge)
            return Standing(StandingState.NONE) if session is None else _standing(session)

    def authorise(self, charge: Charge, now: datetime) -> Standing:
        """Open the payer's page, or charge a saved card whose owner is there."""
        if charge.method_ref:
            return saved.authorise(self._connect(), charge, now)
        refuse_old(charge, now)
        with translated():
            session = self._connect().v1.checkout.sessions.create(
                _session_params(charge), {"idempotency_key": charge.key}
            )
            return _standing(session)

    def capture(self, charge: Charge, now: datetime) -> Standing:
        """Stripe answers with the payment as it is by then, which is read again only where it is not captured."""
        refuse_old(charge, now)
        with translated():
            intent = self._connect().v1.payment_intents.capture(
                charge.provider_ref, {"amount_to_capture": charge.amount.minor}, {"idempotency_key": charge.key}
            )
        if intent.status != "succeeded":
            return self.look_up(charge, now)
        captured = Money(intent.amount_received, intent.currency.upper())
        return Standing(StandingState.CAPTURED, provider_ref=intent.id, captured=captured)

    def void(self, charge: Charge, now: datetime) -> Standing:
        """Close the page first, so that nobody can pay any more, then let the authorisation go."""
        if charge.method_ref:
            return saved.void(self._connect(), charge)
        with translated():
            session = self._find_session(charge)
            if session is None:
                return Standing(StandingState.NONE)
            if session.status == "open":
                # Refused when the payer has finished since: then there is something to let go.
                with suppress(stripe.InvalidRequestError):
                    self._connect().v1.checkout.sessions.expire(session.id)
            standing = self.look_up(charge, now)
            if standing.state == StandingState.AUTHORISED:
                self._connect().v1.payment_intents.cancel(standing.provider_ref)
        return self.look_up(charge, now)

    def find_refund(self, charge: Charge, now: datetime) -> Standing:
        """See PaymentProvider."""
        standing = self.look_up(charge, now)
        with translated():
            rows = self._connect().v1.refunds.list({"payment_intent": charge.provider_ref, "limit": 100})
            for refund in rows.auto_paging_iter():
                if noted(refund, "key") == charge.key:
                    return _with_refund(standing, refund)
        return standing

    def refund(self, charge: Charge, now: datetime) -> Standing:
        """See PaymentProvider."""
        refuse_old(charge, now)
        with translated():
            refund = self._connect().v1.refunds.create(
                {
                    "payment_intent": charge.provider_ref,
                    "amount": charge.amount.minor,
                    "reason": "requested_by_customer",
                    "metadata": {"order": charge.order_code, "key": charge.key},
                },
                {"idempotency_key": charge.key},
            )
        return _with_refund(self.look_up(charge, now), refund)

    def charge_saved(self, charge: Charge, now: datetime) -> Standing:
        """See PaymentProvider."""
        return saved.charge_alone(self._connect(), charge, now)

    def find_transfer(self, charge: Charge, now: datetime) -> Standing:
        """See PaymentProvider."""
        return transfers.find_transfer(self._connect(), charge)

    def transfer(self, charge: Charge, now: datetime) -> Standing:
        """See PaymentProvider."""
        return transfers.transfer(self._connect(), charge, now)

    def find_reversal(self, charge: Charge, now: datetime) -> Standing:
        """See PaymentProvider."""
        return transfers.find_reversal(self._connect(), charge)

    def reverse(self, charge: Charge, now: datetime) -> Standing:
        """See PaymentProvider."""
        return transfers.reverse(self._connect(), charge, now)

    def read_refund(self, ref: str) -> RefundView:
        """See PaymentProvider."""
        return reading.read_refund(self._connect(), ref)

    def read_dispute(self, ref: str) -> DisputeView:
        """See PaymentProvider."""
        return reading.read_dispute(self._connect(), ref)

    def list_books(self, since: datetime, until: datetime) -> ProviderBooks:
        """See ListsBooks."""
        return books.list_books(self._connect(), since, until)

    def _find_session(self, charge: Charge) -> stripe.checkout.Session | None:
        sessions = self._connect().v1.checkout.sessions
        if charge.checkout_ref:
            return sessions.retrieve(charge.checkout_ref, {"expand": ["payment_intent.latest_charge"]})
        if charge.sent_at is None:
            return None
        since = int((charge.sent_at - CLOCK_SKEW).timestamp())
        for session in sessions.list({"created": {"gte": since}, "limit": 100}).auto_paging_iter():
            if session.client_reference_id == charge.order_code:
                return sessions.retrieve(session.id, {"expand": ["payment_intent.latest_charge"]})
        return None


def _session_params(charge: Charge) -> Any:
    """Equal for equal charges: the key is refused for other parameters."""
    assert charge.expires_at is not None, "the page of a payment ends"
    return {
        "mode": "payment",
        "client_reference_id": charge.order_code,
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": charge.amount.currency.lower(),
                    "unit_amount": charge.amount.minor,
                    "product_data": {"name": charge.order_code},
                },
            }
        ],
        "payment_intent_data": {"capture_method": "manual", "metadata": {"order": charge.order_code}},
        "metadata": {"order": charge.order_code},
        "success_url": charge.return_url,
        "cancel_url": charge.return_url,
        "expires_at": int(charge.expires_at.timestamp()),
        "locale": charge.language,
    }


def _standing(session: stripe.checkout.Session) -> Standing:
    """The session's payment if there is one that counts, else the page itself."""
    intent = session.payment_intent
    if isinstance(intent, stripe.PaymentIntent) and intent.status in _INTENT_STATES:
        before = saved.capture_before(intent.latest_charge)
        return Standing(
            state=_INTENT_STATES[intent.status],
            checkout_ref=session.id,
            provider_ref=intent.id,
            captured=Money(intent.amount_received, intent.currency.upper()),
            capture_before_at=before,
        )
    name = intent.id if isinstance(intent, stripe.PaymentIntent) else intent or ""
    if session.status == "expired":
        return Standing(StandingState.VOIDED, checkout_ref=session.id, provider_ref=name)
    return Standing(
        StandingState.REQUIRES_ACTION, checkout_ref=session.id, provider_ref=name, action_url=session.url or ""
    )


def _with_refund(standing: Standing, refund: stripe.Refund) -> Standing:
    return Standing(
        state=standing.state,
        checkout_ref=standing.checkout_ref,
        provider_ref=standing.provider_ref,
        captured=standing.captured,
        refund_ref=refund.id,
        refund_state=REFUND_STATES[refund.status or "pending"],
    )
