"""Stripe: a Checkout page that authorises, a capture of our own, refunds.

The state of a payment is what a fresh GET of the Checkout Session and its PaymentIntent says (API 2026-10-28);
webhooks only tell us when to ask. Idempotency keys live for 24 hours, so nothing older than 23 is posted again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import stripe
from django.conf import settings
from stripe import StripeClient

from bookings.payments.base import Charge, PaymentError, RefundState, Standing, StandingState
from transit.money import Money

_REASON_LENGTH: Final = 40
_KEYS_LIVE: Final = timedelta(hours=23)
_CLOCK_SKEW: Final = timedelta(minutes=10)
_REFUND_STATES: Final = {
    "succeeded": RefundState.SUCCEEDED,
    "pending": RefundState.PENDING,
    "requires_action": RefundState.PENDING,
    "failed": RefundState.FAILED,
    "canceled": RefundState.FAILED,
}
_INTENT_STATES: Final = {
    "requires_capture": StandingState.AUTHORISED,
    "succeeded": StandingState.CAPTURED,
    "canceled": StandingState.VOIDED,
}


def create_client(http_client: stripe.HTTPClient | None = None) -> StripeClient:
    """The client of the settings. Only the runner retries, so the library never does."""
    base: Any = {"api": settings.STRIPE_API_BASE} if settings.STRIPE_API_BASE else {}
    return StripeClient(
        settings.STRIPE_API_KEY,
        base_addresses=base,
        max_network_retries=0,
        http_client=http_client or stripe.RequestsClient(timeout=(3, 10)),
    )


class StripePayments:
    """Payments by card through a Checkout page with manual capture."""

    name = "stripe"

    def __init__(self, connect: Callable[[], StripeClient] = create_client) -> None:
        self._connect = connect

    def look_up(self, charge: Charge, now: datetime) -> Standing:
        """See PaymentProvider."""
        with _translated():
            session = self._find_session(charge)
            return Standing(StandingState.NONE) if session is None else _standing(session)

    def authorise(self, charge: Charge, now: datetime) -> Standing:
        """Open the payer's page."""
        _refuse_old(charge, now)
        with _translated():
            session = self._connect().v1.checkout.sessions.create(
                _session_params(charge), {"idempotency_key": charge.key}
            )
            return _standing(session)

    def capture(self, charge: Charge, now: datetime) -> Standing:
        """See PaymentProvider."""
        _refuse_old(charge, now)
        with _translated():
            self._connect().v1.payment_intents.capture(
                charge.provider_ref, {"amount_to_capture": charge.amount.minor}, {"idempotency_key": charge.key}
            )
        return self.look_up(charge, now)

    def void(self, charge: Charge, now: datetime) -> Standing:
        """Close the page first, so that nobody can pay any more, then let the authorisation go."""
        with _translated():
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
        with _translated():
            rows = self._connect().v1.refunds.list({"payment_intent": charge.provider_ref, "limit": 100})
            for refund in rows.auto_paging_iter():
                if refund.metadata and "key" in refund.metadata and refund.metadata["key"] == charge.key:
                    return _with_refund(standing, refund)
        return standing

    def refund(self, charge: Charge, now: datetime) -> Standing:
        """See PaymentProvider."""
        _refuse_old(charge, now)
        with _translated():
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

    def _find_session(self, charge: Charge) -> stripe.checkout.Session | None:
        sessions = self._connect().v1.checkout.sessions
        if charge.checkout_ref:
            return sessions.retrieve(charge.checkout_ref, {"expand": ["payment_intent.latest_charge"]})
        if charge.sent_at is None:
            return None
        since = int((charge.sent_at - _CLOCK_SKEW).timestamp())
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
        before = _capture_before(intent.latest_charge)
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


def _capture_before(charge: str | stripe.Charge | None) -> datetime | None:
    """When the bank lets the authorisation go: `payment_method_details.card.capture_before` of the charge."""
    if not isinstance(charge, stripe.Charge) or charge.payment_method_details is None:
        return None
    before = getattr(charge.payment_method_details.card, "capture_before", None)
    return datetime.fromtimestamp(before, UTC) if before else None


def _with_refund(standing: Standing, refund: stripe.Refund) -> Standing:
    return Standing(
        state=standing.state,
        checkout_ref=standing.checkout_ref,
        provider_ref=standing.provider_ref,
        captured=standing.captured,
        refund_ref=refund.id,
        refund_state=_REFUND_STATES[refund.status or "pending"],
    )


def _refuse_old(charge: Charge, now: datetime) -> None:
    if charge.key_since is not None and now - charge.key_since > _KEYS_LIVE:
        raise PaymentError("key_too_old", permanent=True)


@contextmanager
def _translated() -> Iterator[None]:
    """Stripe's exceptions as PaymentError: a refusal is what Stripe decided, all else is not known.

    429 is permanent nowhere: the call was not executed and may be repeated.
    """
    try:
        yield
    except (stripe.CardError, stripe.InvalidRequestError, stripe.IdempotencyError) as refused:
        reason = (refused.code or "payment_refused")[:_REASON_LENGTH]
        raise PaymentError(reason, permanent=True, status=str(refused.http_status)) from refused
    except (stripe.AuthenticationError, stripe.PermissionError) as refused:
        raise PaymentError("payment_misconfigured", permanent=True, status=str(refused.http_status)) from refused
    except stripe.StripeError as unknown:
        status = str(unknown.http_status or "lost")
        raise PaymentError("payment_unknown", permanent=False, status=status) from unknown
