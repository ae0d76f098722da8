"""Once a day, everything of the last days is compared with the books of providers and operators.

Each difference is a case, opened once and closed by itself when it has gone; what software can mend is left to it
first. Whoever could not be asked is named. Nobody is called inside a transaction.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction

from bookings.ledger import accounts
from bookings.ledger.posting import balance
from bookings.models import Case, Comparison, Payment
from bookings.operators.base import ListedSale, ListsSales, OperatorError
from bookings.payments.base import ListsBooks, PaymentError, ProviderBooks
from bookings.payments.stripe.webhooks import Hint
from bookings.services import calling_off, cases, hints, ledger_differences, reconciliation
from bookings.services.asking import TOMP_1
from bookings.services.calls import forbid_transaction
from bookings.services.differences import KINDS, Difference, Window, quiet
from bookings.services.money_differences import MoneyBooks
from bookings.services.ports import OUTSIDE, Ports
from bookings.services.sale_differences import SaleBooks, find_booking
from transit.register.sellers import SalesWay, list_sales_ways

logger = logging.getLogger(__name__)
DAYS: Final = timedelta(days=8)
"""An authorisation lives for seven days: whatever became of one is seen once more after its end."""
EVERY: Final = timedelta(hours=24)
MOST_SHOWN: Final = 30
VANISHED: Final = "vanished"
_READ_AGAIN: Final = {"dispute_unknown": "charge.dispute.updated", "refund_differs": "refund.updated"}


@dataclass
class _Found:
    """What comparing with one other side came to. `failed` is why it was not compared to the end, if so.

    `sales` tells the ways apart in which one operator may sell.
    """

    who: str
    sales: str = ""
    rows: int = 0
    differences: list[Difference] = field(default_factory=list)
    failed: str = ""
    said: dict[str, Any] = field(default_factory=dict)


def list_last() -> list[Comparison]:
    """The latest comparisons, the newest first."""
    return list(Comparison.objects.all()[:MOST_SHOWN])


def is_due(now: datetime) -> bool:
    """Whether a day has passed since the last one began."""
    return not Comparison.objects.filter(started_at__gt=now - EVERY).exists()


def compare(now: datetime, ports: Ports = OUTSIDE) -> Comparison:
    """Compare with everybody, and draw the consequences."""
    forbid_transaction()
    window = Window(now - DAYS, now)
    earlier = Comparison.objects.exclude(ended_at=None).first()
    run = Comparison.objects.create(started_at=now, since_at=window.since, until_at=now)
    figures: Counter[str] = Counter(woken=reconciliation.wake_lost(now) + reconciliation.wake_lost_sold(now))
    tried = set(earlier.mended) if earlier else set()
    for found in _everybody(window, ports):
        figures["found"] += len(found.differences)
        for difference in found.differences:
            if difference.mend and difference.name not in tried and _mend(difference, run, now):
                run.mended = [*run.mended, difference.name]
            else:
                figures["opened"] += _open(difference, now)
        if not found.failed:
            figures["vanished"] += _close_gone(found, window)
            run.compared = [*run.compared, {"who": found.who, "rows": found.rows, **found.said}]
        else:
            run.not_compared = [*run.not_compared, {"who": found.who, "why": found.failed}]
    run.figures = dict(figures) | {"mended": len(run.mended)}
    run.ended_at = now
    run.save()
    return run


def _everybody(window: Window, ports: Ports) -> Iterator[_Found]:
    for name, provider in ports.payments.items():
        if Payment.objects.filter(provider=name).exists():
            yield _with_provider(name, provider, window)
    for way in list_sales_ways():
        yield _with_operator(way, window, ports)


def _with_provider(name: str, provider: Any, window: Window) -> _Found:
    found = _Found(name)
    try:
        if not isinstance(provider, ListsBooks):
            found.failed = "cannot_list"
            return found
        theirs = provider.list_books(window.start, window.until)
        ledger_differences.note_costs(name, theirs.moves or ())
        books = MoneyBooks(name, theirs, window)
        found.differences = list(books.differences())
        known = tuple(found.differences)
        found.differences += ledger_differences.list_differences(name, theirs.moves, window, known)
        found.rows, found.said = len(theirs.payments) + len(theirs.refunds), _balances(name, theirs)
    except PaymentError as error:
        found.failed = error.reason
    except Exception:
        # What is wrong with one must not keep back the comparison with the others.
        logger.exception("%s cannot be compared", name)
        found.failed = "broken"
    return found


def _balances(name: str, theirs: ProviderBooks) -> dict[str, Any]:
    """What the provider holds for us by its word and by ours: people see it, as orders under way move both."""
    sums: Counter[str] = Counter()
    for amount in theirs.balances:
        sums[amount.currency] += amount.minor
    ours = {currency: balance(accounts.clearing(name), currency).minor for currency in sorted(sums)}
    return {"balances": [{"currency": each, "theirs": sums[each], "ours": ours[each]} for each in sorted(ours)]}


def _with_operator(way: SalesWay, window: Window, ports: Ports) -> _Found:
    sales = way.sales or ("tomp1" if way.format == TOMP_1 else "tomp")
    found = _Found(way.operator_code, sales)
    port = ports.operators.get(sales)
    if way.capability == "D" or port is None:
        found.failed = "cannot_be_asked"
        return found
    try:
        listed = _listed(port, way.operator_code, window)
        books = SaleBooks(way.operator_code, sales, port, listed, window)
        found.rows, found.said = len(books.ours), {} if books.lists else {"one_way": True}
        for difference in books.differences():
            found.differences.append(difference)
    except OperatorError as error:
        found.failed = error.reason
    except Exception:
        logger.exception("%s cannot be compared", way.operator_code)
        found.failed = "broken"
    return found


def _listed(port: Any, operator_code: str, window: Window) -> list[ListedSale] | None:
    """What an operator lists; None where it does not serve lists, and only what we know of can be looked up."""
    if not isinstance(port, ListsSales):
        return None
    try:
        return port.list_sales(operator_code, window.start, window.until)
    except OperatorError as error:
        if error.permanent:
            return None
        raise


def _mend(difference: Difference, run: Comparison, now: datetime) -> bool:
    """Leave a difference to the software that mends it; False where it cannot."""
    if difference.mend == "call_off" and (booking := find_booking(difference.order, difference.evidence["reference"])):
        calling_off.note(booking, now)
        return True
    kind = _READ_AGAIN.get(difference.kind)
    if difference.mend != "read_again" or kind is None:
        return False
    ref = difference.evidence["reference"]
    hint = Hint(f"comparison:{run.pk}:{ref}", "", kind, ref, "", difference.evidence.get("payment", ""))
    return hints.take(difference.evidence["with"], hint, now)


def _open(difference: Difference, now: datetime) -> bool:
    """A case of its own, unless there is one, or staff have closed one about just the same. Whether it is new."""
    same = Case.objects.filter(kind=difference.kind, subject=difference.subject)
    if same.filter(resolution="").exists():
        return False
    settled = same.exclude(resolved_by=None).order_by("-pk").first()
    if settled is not None and _facts(settled.evidence) == _facts(difference.evidence):
        return False
    try:
        with transaction.atomic():
            Case.objects.create(
                kind=difference.kind,
                subject=difference.subject,
                order=difference.order,
                evidence=dict(difference.evidence),
                opened_at=now,
            )
    except IntegrityError:
        return False  # another comparison at the same time has found it too
    return True


def _facts(evidence: Any) -> dict[str, str]:
    return {name: text for name, text in evidence.items() if name != "at"}


def _close_gone(found: _Found, window: Window) -> int:
    """Cases about what no longer differs are closed; those about what is too old to be compared stay open."""
    standing = {difference.name for difference in found.differences}
    closed = 0
    open_cases = Case.objects.filter(kind__in=KINDS, resolution="", evidence__with=found.who).select_related("order")
    for case in open_cases.exclude(subject=""):
        if case.evidence.get("sales", "") != found.sales:
            continue
        at = datetime.fromisoformat(case.evidence["at"])
        rests = case.order is None or case.order.pk in quiet([case.order.pk], window)
        if f"{case.kind} {case.subject}" in standing or at < window.since or not rests:
            continue
        with transaction.atomic():
            locked = cases.lock(case.pk)
            if not locked.resolution and not locked.write_offs.filter(state="PROPOSED").exists():
                locked.resolution = VANISHED
                locked.save(update_fields=["resolution"])
                closed += 1
    return closed
