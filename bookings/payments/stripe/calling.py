"""How we call Stripe: the client of the settings, and its exceptions in our words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

import stripe
from django.conf import settings
from stripe import StripeClient

from bookings.payments.base import Charge, PaymentError

_REASON_LENGTH: Final = 40
_KEYS_LIVE: Final = timedelta(hours=23)
CLOCK_SKEW: Final = timedelta(minutes=10)


def create_client(http_client: stripe.HTTPClient | None = None) -> StripeClient:
    """The client of the settings. Only the runner retries, so the library never does."""
    base: Any = {"api": settings.STRIPE_API_BASE} if settings.STRIPE_API_BASE else {}
    return StripeClient(
        settings.STRIPE_API_KEY,
        base_addresses=base,
        max_network_retries=0,
        http_client=http_client or _wire(),
    )


@cache
def _wire() -> stripe.RequestsClient:
    """Each thread keeps its connection: a call needs no new one as long as Stripe keeps it open too."""
    return stripe.RequestsClient(timeout=(3, 10))


def refuse_old(charge: Charge, now: datetime) -> None:
    """A key that Stripe has forgotten would be a second call."""
    if charge.key_since is not None and now - charge.key_since > _KEYS_LIVE:
        raise PaymentError("key_too_old", permanent=True)


def noted(thing: Any, name: str) -> str:
    """What we wrote into an object's metadata under `name`, or nothing."""
    metadata = thing.metadata
    return str(metadata[name]) if metadata and name in metadata else ""


@contextmanager
def translated() -> Iterator[None]:
    """Stripe's exceptions as PaymentError: a refusal is what Stripe decided, all else is not known.

    Permanent are neither 429 nor 409: the call was not executed, or its first sending is still under way.
    """
    try:
        yield
    except stripe.StripeError as error:
        status = str(error.http_status or "lost")
        if error.http_status == 409:
            raise PaymentError("payment_under_way", permanent=False, status=status) from error
        if isinstance(error, (stripe.CardError, stripe.InvalidRequestError, stripe.IdempotencyError)):
            reason = (error.code or "payment_refused")[:_REASON_LENGTH]
            raise PaymentError(reason, permanent=True, status=status) from error
        if isinstance(error, (stripe.AuthenticationError, stripe.PermissionError)):
            raise PaymentError("payment_misconfigured", permanent=True, status=status) from error
        raise PaymentError("payment_unknown", permanent=False, status=status) from error
