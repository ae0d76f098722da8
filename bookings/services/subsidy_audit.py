"""What a payer gave in a year, out of the ledger: by month, service, group and purpose, and without a word about
persons. What few persons rode is told together with others, and not at all where all of them are few.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bookings.ledger import accounts
from bookings.ledger.anonymity import FEWEST, merge_small
from bookings.models import LedgerEntry, SubsidyBudget, SubsidyClaim
from bookings.services.statements import safe_cell
from transit.money import Money

_UNKNOWN = "unknown"
"""All whom nobody knows count as one: it may be the same guest each time."""


@dataclass(frozen=True, slots=True)
class AuditLine:
    """A month of a service. Without `apart`, several groups that are not told one by one."""

    month: date
    service_code: str
    group: str
    purpose: str
    apart: bool
    rides: int
    given: Money
    taken_back: Money

    @property
    def owed(self) -> Money:
        """What the payer owes for it."""
        return self.given - self.taken_back


@dataclass(frozen=True, slots=True)
class _Entry:
    month: date
    service_code: str
    kind: tuple[str, str]
    person: str
    reference: str
    minor: int


def list_lines(budget: SubsidyBudget) -> list[AuditLine]:
    """Everything that the payer of a budget owes in its year and region, in its currency.

    They sum to the ledger, less the months of a service in which fewer people rode than anything is said of.
    """
    by_month: dict[tuple[date, str], list[_Entry]] = defaultdict(list)
    for entry in _entries(budget):
        by_month[entry.month, entry.service_code].append(entry)
    return [line for (month, code), rows in sorted(by_month.items()) for line in _lines(month, code, rows, budget)]


def to_csv(budget: SubsidyBudget, lines: Iterable[AuditLine]) -> str:
    """The same as RFC 4180. No cell can become a formula in a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(
        ["payer", "month", "service", "group", "purpose", "rides", "given", "taken_back", "owed", "currency"]
    )
    for line in lines:
        kind = [line.group or "any", line.purpose or "any"] if line.apart else ["not_broken_down", "not_broken_down"]
        amounts = [f"{each.decimal()}" for each in (line.given, line.taken_back, line.owed)]
        names = map(safe_cell, [budget.payer, f"{line.month:%Y-%m}", line.service_code, *kind])
        writer.writerow([*names, line.rides, *amounts, budget.currency])
    return out.getvalue()


def _entries(budget: SubsidyBudget) -> Iterator[_Entry]:
    zone = ZoneInfo(budget.timezone)
    begin, end = (datetime(year, 1, 1, tzinfo=zone) for year in (budget.year, budget.year + 1))
    rows = LedgerEntry.objects.filter(
        account__code=accounts.region_subsidy(budget.payer), currency=budget.currency, txn__posted=True,
        txn__at__gte=begin, txn__at__lt=end,
    )  # fmt: skip
    claims = {
        f"{claim.booking.order.code}-{claim.booking.seq}": claim
        for claim in SubsidyClaim.objects.filter(
            booking__isnull=False, budget__payer=budget.payer, budget__region_code=budget.region_code
        ).select_related("booking__order", "budget")
        if claim.booking is not None
    }
    for minor, reference, at in rows.order_by("pk").values_list("amount_minor", "reference", "txn__at"):
        claim = claims.get(reference)
        if claim is not None:
            month = at.astimezone(zone).date().replace(day=1)
            person = claim.person or _UNKNOWN
            yield _Entry(month, claim.budget.service_code, (claim.group, claim.purpose), person, reference, minor)


def _lines(month: date, code: str, rows: list[_Entry], budget: SubsidyBudget) -> Iterator[AuditLine]:
    people: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        people[row.kind].add(row.person)
    apart, together = merge_small(people)
    for kind in sorted(apart):
        yield _line(month, code, kind, [row for row in rows if row.kind == kind], budget)
    if len(set().union(*(people[kind] for kind in together))) >= FEWEST:
        yield _line(month, code, None, [row for row in rows if row.kind in together], budget)


def _line(month: date, code: str, kind: tuple[str, str] | None, rows: list[_Entry], budget: SubsidyBudget) -> AuditLine:
    group, purpose = kind or ("", "")
    return AuditLine(
        month,
        code,
        group,
        purpose,
        kind is not None,
        len({row.reference for row in rows if row.minor > 0}),
        Money(sum(row.minor for row in rows if row.minor > 0), budget.currency),
        Money(-sum(row.minor for row in rows if row.minor < 0), budget.currency),
    )
