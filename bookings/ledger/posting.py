"""Balanced postings. The database itself refuses what does not sum to zero (triggers of the migrations)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Sum

from bookings.models import LedgerAccount, LedgerEntry, LedgerTxn
from transit.money import Money


@dataclass(frozen=True, slots=True)
class Line:
    """A signed amount for an account: debit positive. `reference` names the booking that it is about, if one."""

    account: str
    amount: Money
    reference: str = ""


def post(external_ref: str, order_code: str, lines: Mapping[str, Money] | Iterable[Line], at: datetime) -> bool:
    """Post one transaction. False when `external_ref` was posted before.

    What `external_ref` begins with, before a colon, is the kind of the transaction. Amounts of zero are left out, lines
    of one account and reference become one entry; a posting without any other amount is none. Raises
    django.db.DatabaseError when the lines do not sum to zero in every currency.
    """
    if isinstance(lines, Mapping):
        lines = [Line(account, amount) for account, amount in lines.items()]
    amounts = _together(lines)
    if not amounts:
        return False
    defaults: dict[str, Any] = {"order_code": order_code, "at": at}
    with transaction.atomic():
        txn, created = LedgerTxn.objects.get_or_create(external_ref=external_ref, defaults=defaults)
        if not created:
            return False
        for (code, reference, currency), minor in sorted(amounts.items()):
            account, _ = LedgerAccount.objects.get_or_create(code=code)
            LedgerEntry.objects.create(
                txn=txn, account=account, amount_minor=minor, currency=currency, reference=reference
            )
        txn.posted = True
        txn.save(update_fields=["posted"])
    return True


def balance(account_code: str, currency: str) -> Money:
    """The balance of an account in one currency; zero when nothing was ever posted there."""
    entries = LedgerEntry.objects.filter(account__code=account_code, currency=currency, txn__posted=True)
    return Money(entries.aggregate(total=Sum("amount_minor"))["total"] or 0, currency)


def balance_of_order(order_code: str, account_code: str, currency: str) -> Money:
    """What one order has left on an account."""
    entries = LedgerEntry.objects.filter(
        account__code=account_code, currency=currency, txn__posted=True, txn__order_code=order_code
    )
    return Money(entries.aggregate(total=Sum("amount_minor"))["total"] or 0, currency)


def balance_of_booking(reference: str, account_code: str, currency: str) -> Money:
    """What one booking has left on an account."""
    entries = LedgerEntry.objects.filter(
        account__code=account_code, currency=currency, txn__posted=True, reference=reference
    )
    return Money(entries.aggregate(total=Sum("amount_minor"))["total"] or 0, currency)


def _together(lines: Iterable[Line]) -> dict[tuple[str, str, str], int]:
    sums: dict[tuple[str, str, str], int] = defaultdict(int)
    for line in lines:
        sums[line.account, line.reference, line.amount.currency] += line.amount.minor
    return {key: minor for key, minor in sums.items() if minor}
