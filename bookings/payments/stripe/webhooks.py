"""Stripe's webhooks: signed hints that an object has changed. What they say is not believed, only where to look."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import stripe
from django.conf import settings

EVENTS: Final = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.expired",
        "payment_intent.amount_capturable_updated",
        "payment_intent.payment_failed",
        "refund.updated",
        "refund.failed",
        "charge.dispute.created",
        "charge.dispute.updated",
        "charge.dispute.closed",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.funds_reinstated",
        "setup_intent.succeeded",
        "setup_intent.setup_failed",
        "setup_intent.canceled",
    }
)
"""What the endpoint of our own account has to be told. Others are understood, too, but nobody waits for them."""
_TOLERANCE_S: Final = 300


class BadSignature(Exception):
    """The message is not Stripe's, or is too old to be accepted."""


@dataclass(frozen=True, slots=True)
class Hint:
    """A verified message. `order_code` and `card_code` are our own references in the object's metadata, `payment_ref`
    is the payment that it belongs to; each is empty where there is none.
    """

    event_id: str
    account: str
    kind: str
    object_ref: str
    order_code: str
    payment_ref: str = ""
    card_code: str = ""


def verify(body: bytes, signature: str) -> Hint:
    """The message in `body`, if the header `Stripe-Signature` signs these very bytes. Raises BadSignature."""
    try:
        _check(body.decode(), signature)
        event = json.loads(body)
        thing = event["data"]["object"]
        return Hint(
            event_id=event["id"],
            account=event.get("account") or "",
            kind=event["type"],
            object_ref=thing.get("id") or "",
            order_code=_text(thing.get("metadata"), "order"),
            payment_ref=thing["id"] if thing.get("object") == "payment_intent" else _text(thing, "payment_intent"),
            card_code=_text(thing.get("metadata"), "card"),
        )
    except (stripe.SignatureVerificationError, ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise BadSignature from wrong


def _check(body: str, signature: str) -> None:
    """Signed by one of our secrets; an empty one would let anybody sign. Raises stripe.SignatureVerificationError."""
    first, *others = [secret for secret in _secrets() if secret] or [""]
    if not first:
        raise BadSignature
    for secret in others:
        with suppress(stripe.SignatureVerificationError):
            stripe.WebhookSignature.verify_header(body, signature, secret, tolerance=_TOLERANCE_S)
            return
    stripe.WebhookSignature.verify_header(body, signature, first, tolerance=_TOLERANCE_S)


def _secrets() -> tuple[str, str]:
    return settings.STRIPE_WEBHOOK_SECRET, settings.STRIPE_CONNECT_WEBHOOK_SECRET


def _text(group: Any, name: str) -> str:
    found = (group or {}).get(name)
    return found if isinstance(found, str) else ""
