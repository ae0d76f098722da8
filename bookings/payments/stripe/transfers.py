"""Separate charges and transfers: an operator's share moves on to its connected account, and back at a refund."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import stripe
from stripe import StripeClient

from bookings.payments.base import ACCOUNT_NOT_READY, Charge, PaymentError, Standing, StandingState
from bookings.payments.stripe.calling import noted, refuse_old, translated

CAPTURED = StandingState.CAPTURED


def transfer(client: StripeClient, charge: Charge, now: datetime) -> Standing:
    """Out of the payment's own charge, so that it waits for that money and no other."""
    refuse_old(charge, now)
    with translated(), _to_an_account():
        source = client.v1.payment_intents.retrieve(charge.provider_ref).latest_charge
        if not isinstance(source, str):
            raise PaymentError("nothing_captured", permanent=True)
        made = client.v1.transfers.create(
            {
                "amount": charge.amount.minor,
                "currency": charge.amount.currency.lower(),
                "destination": charge.destination,
                "source_transaction": source,
                "transfer_group": charge.order_code,
                "metadata": {"order": charge.order_code, "key": charge.key},
            },
            {"idempotency_key": charge.key},
        )
    return Standing(CAPTURED, transfer_ref=made.id)


@contextmanager
def _to_an_account() -> Iterator[None]:
    """The account may be restricted, or no longer connected, since it was read."""
    try:
        yield
    except stripe.InvalidRequestError as refusal:
        gone = refusal.code == "resource_missing" and refusal.param == "destination"
        if gone or refusal.code == "insufficient_capabilities_for_transfer":
            raise PaymentError(ACCOUNT_NOT_READY, permanent=True, status=str(refusal.http_status)) from refusal
        raise


def find_transfer(client: StripeClient, charge: Charge) -> Standing:
    """By the order's group and the key that was written on it."""
    with translated():
        rows = client.v1.transfers.list({"transfer_group": charge.order_code, "limit": 100})
        return _standing(rows.auto_paging_iter(), charge)


def reverse(client: StripeClient, charge: Charge, now: datetime) -> Standing:
    """Take a part of a transfer back."""
    refuse_old(charge, now)
    with translated():
        made = client.v1.transfers.reversals.create(
            charge.transfer_ref,
            {"amount": charge.amount.minor, "metadata": {"order": charge.order_code, "key": charge.key}},
            {"idempotency_key": charge.key},
        )
    return Standing(CAPTURED, transfer_ref=made.id)


def find_reversal(client: StripeClient, charge: Charge) -> Standing:
    """By the key that was written on it."""
    with translated():
        rows = client.v1.transfers.reversals.list(charge.transfer_ref, {"limit": 100})
        return _standing(rows.auto_paging_iter(), charge)


def _standing(rows: Any, charge: Charge) -> Standing:
    found = next((row.id for row in rows if noted(row, "key") == charge.key), "")
    return Standing(CAPTURED, transfer_ref=found)
