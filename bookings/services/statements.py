"""What an operator was due in a period, out of the ledger: to the cent, and without a word about persons.

Nothing is kept beside the ledger: a statement is its entries on the operator's account, so consecutive ones chain.
Amounts are the operator's: positive is what it is due.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import QuerySet, Sum

from bookings.ledger import accounts
from bookings.models import Booking, LedgerEntry
from transit.money import Money, total
from transit.register.sellers import LegalEntity, find_legal_entity

LONGEST: Final = timedelta(days=366)
MOST_LINES: Final = 1000
"""So many lines are shown or printed; the CSV has all."""
KINDS: Final = {
    "sale": "sale",
    "receivable": "sale",
    "cancel": "cancellation",
    "provider_sale": "sale",
    "provider_refund": "cancellation",
    "rollback": "kept_fee",
    "fee": "platform_fee",
    "fee_back": "platform_fee",
    "bill": "cash",
    "transfer": "transfer",
    "reverse": "transfer",
    "withhold": "withheld",
    "free": "withheld",
    "payout": "payout",
}
"""What the postings that touch an operator's account are called in a statement."""
OTHER: Final = "other"
"""What other postings are called."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


@dataclass(frozen=True, slots=True)
class Line:
    """One movement. `reference` is the booking's public one, `operator_ref` the operator's own name for it."""

    at: datetime
    kind: str
    reference: str
    operator_ref: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Statement:
    """A period of an operator's account: both days are included, by the operator's clock."""

    operator_code: str
    operator: LegalEntity
    first_day: date
    last_day: date
    opening: Money
    lines: tuple[Line, ...]

    @property
    def closing(self) -> Money:
        """What the operator is due at the end."""
        return self.opening + total((line.amount for line in self.lines), self.opening.currency)

    @property
    def sums(self) -> dict[str, Money]:
        """What each kind of movement came to, in the order of KINDS."""
        found: dict[str, Money] = defaultdict(lambda: Money(0, self.opening.currency))
        for line in self.lines:
            found[line.kind] += line.amount
        return {kind: found[kind] for kind in dict.fromkeys([*KINDS.values(), OTHER]) if kind in found}


class NoSuchOperator(LookupError):
    """The register does not know the operator."""


def list_currencies(operator_code: str) -> list[str]:
    """The currencies in which an operator's account has moved."""
    return list(_entries(operator_code).order_by("currency").values_list("currency", flat=True).distinct())


def list_balances(operator_code: str) -> list[Money]:
    """What an operator is due in all, in each currency."""
    sums = _entries(operator_code).values_list("currency").annotate(Sum("amount_minor")).order_by("currency")
    return [Money(-minor, currency) for currency, minor in sums]


def make(operator_code: str, currency: str, first_day: date, last_day: date) -> Statement:
    """The statement of an operator for some days. Raises NoSuchOperator; ValueError for a period that is none."""
    operator = find_legal_entity(operator_code)
    if operator is None:
        raise NoSuchOperator(operator_code)
    if not timedelta(0) <= last_day - first_day <= LONGEST:
        raise ValueError("period")
    zone = ZoneInfo(operator.timezone)
    begin, end = (datetime.combine(day, time(), zone) for day in (first_day, last_day + timedelta(days=1)))
    entries = _entries(operator_code).filter(currency=currency)
    before = entries.filter(txn__at__lt=begin).aggregate(sum=Sum("amount_minor"))["sum"] or 0
    rows = entries.filter(txn__at__gte=begin, txn__at__lt=end).select_related("txn").order_by("txn__at", "pk")
    lines = tuple(_lines(list(rows), operator_code, zone))
    return Statement(operator_code, operator, first_day, last_day, Money(-before, currency), lines)


def to_csv(statement: Statement) -> str:
    """A statement as RFC 4180. Amounts stand in one of two columns without a sign: what the operator gets and gives.

    No cell can become a formula in a spreadsheet (ASVS 1.2.10).
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["date", "kind", "reference", "operator_reference", "to_operator", "from_operator", "currency"])
    opening, closing = statement.opening, statement.closing
    writer.writerow([statement.first_day, "opening_balance", "", "", *_columns(opening)])
    for line in statement.lines:
        moment = line.at.isoformat(timespec="seconds")
        cells = [moment, line.kind, line.reference, line.operator_ref]
        writer.writerow([*map(safe_cell, cells), *_columns(line.amount)])
    writer.writerow([statement.last_day, "closing_balance", "", "", *_columns(closing)])
    return out.getvalue()


def safe_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _columns(amount: Money) -> list[str]:
    written = str(abs(amount.decimal()))
    return [written, "", amount.currency] if amount.minor >= 0 else ["", written, amount.currency]


def _entries(operator_code: str) -> QuerySet[LedgerEntry]:
    return LedgerEntry.objects.filter(account__code=accounts.operator_payable(operator_code), txn__posted=True)


def _lines(entries: list[LedgerEntry], operator_code: str, zone: ZoneInfo) -> Iterator[Line]:
    codes = {entry.txn.order_code for entry in entries} | {entry.reference.rpartition("-")[0] for entry in entries}
    bookings = Booking.objects.filter(operator_code=operator_code, order__code__in=codes).select_related("order")
    names = {booking.reference: booking.operator_ref or "" for booking in bookings}
    for entry in entries:
        yield Line(
            at=entry.txn.at.astimezone(zone),
            kind=KINDS.get(entry.txn.kind, OTHER),
            reference=entry.reference,
            operator_ref=names.get(entry.reference, ""),
            amount=Money(-entry.amount_minor, entry.currency),
        )
