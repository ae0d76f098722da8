"""Balanced postings. The database itself refuses what does not sum to zero (triggers of migration 0002)."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.db.models import Sum

from bookings.models import LedgerAccount, LedgerEntry, LedgerTxn
from transit.money import Money


def post(external_ref: str, order_code: str, lines: Mapping[str, Money]) -> bool:
    """Post one transaction: account code → signed amount. False when `external_ref` was posted before.

    Amounts of zero are left out; a posting without any other amount is none. Raises django.db.DatabaseError when the
    lines do not sum to zero in every currency.
    """
    amounts = {code: money for code, money in lines.items() if money}
    if not amounts:
        return False
    with transaction.atomic():
        txn, created = LedgerTxn.objects.get_or_create(external_ref=external_ref, defaults={"order_code": order_code})
        if not created:
            return False
        for code, money in sorted(amounts.items()):
            account, _ = LedgerAccount.objects.get_or_create(code=code)
            LedgerEntry.objects.create(txn=txn, account=account, amount_minor=money.minor, currency=money.currency)
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
