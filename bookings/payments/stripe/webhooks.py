"""Stripe's webhooks: signed hints that an object has changed. What they say is not believed, only where to look."""

from __future__ import annotations

import json
from dataclasses import dataclass

import stripe
from django.conf import settings


class BadSignature(Exception):
    """The message is not Stripe's, or is too old to be accepted."""


@dataclass(frozen=True, slots=True)
class Hint:
    """A verified message. `order_code` is our own reference in the object's metadata, empty where there is none."""

    event_id: str
    account: str
    kind: str
    object_ref: str
    order_code: str


def verify(body: bytes, signature: str) -> Hint:
    """The message in `body`, if the header `Stripe-Signature` signs these very bytes. Raises BadSignature."""
    if not settings.STRIPE_WEBHOOK_SECRET:
        raise BadSignature  # an empty secret would let anybody sign
    try:
        stripe.WebhookSignature.verify_header(body.decode(), signature, settings.STRIPE_WEBHOOK_SECRET, tolerance=300)
        event = json.loads(body)
        thing = event["data"]["object"]
        return Hint(
            event_id=event["id"],
            account=event.get("account") or "",
            kind=event["type"],
            object_ref=thing.get("id") or "",
            order_code=(thing.get("metadata") or {}).get("order", ""),
        )
    except (stripe.SignatureVerificationError, ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise BadSignature from wrong
