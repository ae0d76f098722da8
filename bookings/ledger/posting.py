"""Balanced postings. The database itself refuses what does not sum to zero (triggers of the migrations)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

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
    with transaction.atomic(savepoint=False):
        # Who posts the same at the same time waits here for the other, and then finds it posted.
        begun = LedgerTxn(external_ref=external_ref, order_code=order_code, at=at)
        LedgerTxn.objects.bulk_create([begun], ignore_conflicts=True)
        txn = LedgerTxn.objects.filter(external_ref=external_ref, posted=False).first()
        if txn is None:
            return False
        known = _accounts({code for code, _, _ in amounts})
        LedgerEntry.objects.bulk_create(
            LedgerEntry(txn=txn, account=known[code], amount_minor=minor, currency=currency, reference=reference)
            for (code, reference, currency), minor in sorted(amounts.items())
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


def _accounts(codes: Collection[str]) -> dict[str, LedgerAccount]:
    """The accounts of these codes; those are opened that nothing was ever posted to."""
    known = {account.code: account for account in LedgerAccount.objects.filter(code__in=codes)}
    for code in sorted(set(codes) - set(known)):
        known[code], _ = LedgerAccount.objects.get_or_create(code=code)
    return known


def _together(lines: Iterable[Line]) -> dict[tuple[str, str, str], int]:
    sums: dict[tuple[str, str, str], int] = defaultdict(int)
    for line in lines:
        sums[line.account, line.reference, line.amount.currency] += line.amount.minor
    return {key: minor for key, minor in sums.items() if minor}
