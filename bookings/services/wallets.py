"""Wallets: opened and topped up at a desk, with cash and a receipt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from bookings.ledger import accounts
from bookings.ledger.posting import post
from bookings.models import TopUp, Wallet
from bookings.payments.wallet.provider import available
from bookings.series import next_number
from transit.money import Money
from transit.register.sellers import list_currencies

MOST_MINOR = 50_000
"""The most that a desk takes at once: more is a mistyped amount."""


class TopUpError(Exception):
    """Money that cannot be taken. `code` is one of no_such_person, amount_invalid."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Holding:
    """A wallet and what can be spent of it."""

    wallet: Wallet
    left: Money


def list_for(user_id: int | None) -> list[Holding]:
    """A resident's wallets."""
    rows = Wallet.objects.filter(owner_id=user_id).order_by("currency") if user_id is not None else ()
    return [Holding(wallet, available(wallet)) for wallet in rows]


def find_person(email: str) -> Any:
    """The resident with that address. Raises TopUpError."""
    person = get_user_model().objects.filter(email__iexact=email.strip(), is_active=True).first()
    if person is None:
        raise TopUpError("no_such_person")
    return person


def top_up(person: Any, amount: Money, key: str, staff: Any, now: datetime) -> TopUp:
    """Take cash for a resident's wallet, which is opened where there is none. The same `key` counts once.

    Whether `staff` may is checked where the request comes in. Raises TopUpError.
    """
    if not 0 < amount.minor <= MOST_MINOR or amount.currency not in list_currencies():
        raise TopUpError("amount_invalid")
    with transaction.atomic():
        Wallet.objects.get_or_create(owner=person, currency=amount.currency)
        wallet = Wallet.objects.select_for_update().get(owner=person, currency=amount.currency)
        taken = TopUp.objects.filter(key=key).first()
        if taken is not None:
            return taken
        taken = TopUp.objects.create(
            wallet=wallet,
            key=key,
            receipt=next_number(f"T-{now.year}"),
            amount_minor=amount.minor,
            taken_by=staff,
            taken_at=now,
        )
        post(f"topup:{taken.pk}", "", {accounts.DESK_CASH: amount, accounts.rider_credit(wallet.code): -amount}, now)
        return taken
