"""Saved cards: set up on Stripe's page with the owner's consent, charged with the owner there or away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import stripe
from stripe import StripeClient

from bookings.payments.base import Charge, PaymentError, Standing, StandingState
from bookings.payments.stripe.calling import CLOCK_SKEW, noted, refuse_old, translated
from transit.money import Money

_STATES = {
    "requires_capture": StandingState.AUTHORISED,
    "succeeded": StandingState.CAPTURED,
    "requires_action": StandingState.REQUIRES_ACTION,
    "processing": StandingState.REQUIRES_ACTION,
}
"""In all others nothing can be taken any more, as nobody but us confirms these payments."""


@dataclass(frozen=True, slots=True)
class CardPage:
    """Where a card is saved: the provider's names and the address of the page."""

    customer_ref: str
    checkout_ref: str
    url: str


@dataclass(frozen=True, slots=True)
class CardView:
    """A card that is being saved. `method_ref` is empty until it is; `over` when it never will be."""

    method_ref: str = ""
    label: str = ""
    over: bool = False


def begin(client: StripeClient, code: str, customer_ref: str, return_url: str, language: str) -> CardPage:
    """Open the page on which a card is saved, for the customer there is or for a new one. Raises PaymentError."""
    metadata = {"card": code}
    with translated():
        if not customer_ref:
            customer_ref = client.v1.customers.create(
                {"metadata": metadata}, {"idempotency_key": f"card:{code}:customer"}
            ).id
        params: Any = {
            "mode": "setup",
            "customer": customer_ref,
            "payment_method_types": ["card"],
            "setup_intent_data": {"metadata": metadata},
            "metadata": metadata,
            "success_url": return_url,
            "cancel_url": return_url,
            "locale": language,
        }
        session = client.v1.checkout.sessions.create(params, {"idempotency_key": f"card:{code}:page"})
    return CardPage(customer_ref, session.id, session.url or "")


def look(client: StripeClient, checkout_ref: str) -> CardView:
    """How saving stands. Raises PaymentError."""
    with translated():
        expand: Any = {"expand": ["setup_intent.payment_method"]}
        session = client.v1.checkout.sessions.retrieve(checkout_ref, expand)
    setup = session.setup_intent
    if isinstance(setup, stripe.SetupIntent) and setup.status == "succeeded":
        method = setup.payment_method
        if isinstance(method, stripe.PaymentMethod):
            card = method.card
            return CardView(method.id, f"{card.brand} {card.last4}" if card else "")
    return CardView(over=session.status == "expired")


def forget(client: StripeClient, method_ref: str) -> None:
    """Never charge a card again. Raises PaymentError, not where it is forgotten already."""
    with translated():
        if client.v1.payment_methods.retrieve(method_ref).customer is not None:
            client.v1.payment_methods.detach(method_ref)


def find_intent(client: StripeClient, charge: Charge) -> stripe.PaymentIntent | None:
    """The payment by its name, or else by the key that was written on it."""
    if charge.provider_ref:
        return client.v1.payment_intents.retrieve(charge.provider_ref, {"expand": ["latest_charge"]})
    if charge.sent_at is None:
        return None
    since = int((charge.sent_at - CLOCK_SKEW).timestamp())
    rows = client.v1.payment_intents.list({"customer": charge.customer_ref, "created": {"gte": since}, "limit": 100})
    for intent in rows.auto_paging_iter():
        if noted(intent, "key") == charge.opened_by:
            return client.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
    return None


def look_up(client: StripeClient, charge: Charge) -> Standing:
    """How a payment by saved card stands."""
    with translated():
        intent = find_intent(client, charge)
    return Standing(StandingState.NONE) if intent is None else _standing(intent)


def authorise(client: StripeClient, charge: Charge, now: datetime) -> Standing:
    """With the owner there, whom the bank may ask at `action_url`."""
    refuse_old(charge, now)
    terms: Any = _params(charge) | {"capture_method": "manual", "return_url": charge.return_url}
    with translated():
        return _standing(client.v1.payment_intents.create(terms, {"idempotency_key": charge.key}))


def charge_alone(client: StripeClient, charge: Charge, now: datetime) -> Standing:
    """With the owner away. The authorisation that it replaces is let go first; what was taken all the same, stands."""
    refuse_old(charge, now)
    with translated():
        if charge.replaces:
            old = client.v1.payment_intents.retrieve(charge.replaces)
            if old.status == "succeeded":
                raise PaymentError("captured_after_all", permanent=True)
            if old.status == "requires_capture":
                client.v1.payment_intents.cancel(old.id)
        terms: Any = _params(charge) | {"off_session": True}
        return _standing(client.v1.payment_intents.create(terms, {"idempotency_key": charge.key}))


def void(client: StripeClient, charge: Charge) -> Standing:
    """See to it that nothing is taken."""
    with translated():
        intent = find_intent(client, charge)
        if intent is None:
            return Standing(StandingState.NONE)
        if intent.status not in {"succeeded", "canceled"}:
            intent = client.v1.payment_intents.cancel(intent.id, {"expand": ["latest_charge"]})
    return _standing(intent)


def _params(charge: Charge) -> dict[str, Any]:
    return {
        "amount": charge.amount.minor,
        "currency": charge.amount.currency.lower(),
        "customer": charge.customer_ref,
        "payment_method": charge.method_ref,
        "payment_method_types": ["card"],
        "confirm": True,
        "metadata": {"order": charge.order_code, "key": charge.key},
        "expand": ["latest_charge"],
    }


def _standing(intent: stripe.PaymentIntent) -> Standing:
    action = intent.next_action.redirect_to_url if intent.next_action else None
    return Standing(
        state=_STATES.get(intent.status, StandingState.VOIDED),
        provider_ref=intent.id,
        action_url=(action.url or "") if action else "",
        captured=Money(intent.amount_received, intent.currency.upper()),
        capture_before_at=capture_before(intent.latest_charge),
    )


def capture_before(charge: str | stripe.Charge | None) -> datetime | None:
    """When the bank lets the authorisation go: `payment_method_details.card.capture_before` of the charge."""
    if not isinstance(charge, stripe.Charge) or charge.payment_method_details is None:
        return None
    before = getattr(charge.payment_method_details.card, "capture_before", None)
    return datetime.fromtimestamp(before, UTC) if before else None
