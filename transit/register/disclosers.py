"""Who discloses for whom: proposed by the one that owes, accepted by the one that discloses, never in a circle."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from transit.models import DISCLOSURE, Disclosure, Operator
from transit.register import supervision
from transit.register.duty import Reach, Span, Through, find_loop
from transit.register.supervision import ANSWER, OVERSEE

MOST: Final = 10
"""Those who disclose for one operator: how many hands a chain may branch into."""
_STANDING: Final = ("PROPOSED", "ACCEPTED")


class DisclosureError(Exception):
    """`code`: itself, loop, too_many, there_already, decided_already. `chain` names the operators of a loop."""

    def __init__(self, code: str, chain: tuple[str, ...] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.chain = chain


def list_of(operator_code: str) -> list[Disclosure]:
    """Who discloses for an operator, and for whom it does; those that stand or wait."""
    mine = Q(operator__code=operator_code) | Q(by__code=operator_code)
    return list(Disclosure.objects.select_related("operator", "by").filter(mine, state__in=_STANDING))


def propose(operator_code: str, by: str, reach: Reach, days: Span, user: Any, now: datetime) -> Disclosure:
    """Let another one disclose. It does once it has accepted. Raises DisclosureError, Operator.DoesNotExist."""
    operator = supervision.get_operator(user, operator_code, ANSWER, OVERSEE)
    other = Operator.objects.get(code=by)
    if other == operator:
        raise DisclosureError("itself")
    first_day = days.first or supervision.today(operator.region, now)
    with transaction.atomic():
        Operator.objects.select_for_update().get(pk=operator.pk)
        standing = Disclosure.objects.filter(operator=operator, state__in=_STANDING)
        if standing.filter(by=other, kind=reach.kind, level=reach.level).exists():
            raise DisclosureError("there_already")
        if standing.count() >= MOST:
            raise DisclosureError("too_many")
        _refuse_loop(Through(operator.code, other.code, reach, days))
        return Disclosure.objects.create(
            operator=operator,
            by=other,
            kind=reach.kind,
            level=reach.level,
            first_day=first_day,
            last_day=days.last,
            proposed_by=user,
            proposed_at=now,
        )


def answer(pk: int, user: Any, now: datetime, *, accept: bool) -> Disclosure:
    """The other one, or an officer who oversees it, agrees or does not. Raises DisclosureError, DoesNotExist."""
    with transaction.atomic():
        row = _lock(pk)
        if not any(user.has_perm(each, row.by.code) for each in (ANSWER, OVERSEE)):
            raise Disclosure.DoesNotExist
        if row.state != "PROPOSED":
            raise DisclosureError("decided_already")
        if accept:
            _refuse_loop(_through(row))
        DISCLOSURE.move(row, "ACCEPTED" if accept else "DECLINED", by=row.by.code)
    return row


def end(pk: int, user: Any, now: datetime) -> Disclosure:
    """Either of the two ends it, with today; what is not accepted yet is withdrawn.

    Raises DisclosureError, Disclosure.DoesNotExist.
    """
    with transaction.atomic():
        row = _lock(pk)
        mine = [who for who in (row.operator, row.by) if any(user.has_perm(p, who.code) for p in (ANSWER, OVERSEE))]
        if not mine:
            raise Disclosure.DoesNotExist
        if row.state == "PROPOSED" and row.operator in mine:
            DISCLOSURE.move(row, "WITHDRAWN", by=row.operator.code)
        elif row.state == "ACCEPTED":
            today: date = supervision.today(row.operator.region, now)
            row.last_day = min(today, row.last_day or today)
            DISCLOSURE.move(row, "ENDED", fields=["last_day"], by=mine[0].code)
        else:
            raise DisclosureError("decided_already")
    return row


def _lock(pk: int) -> Disclosure:
    rows = Disclosure.objects.select_for_update(of=("self",)).select_related("operator__region", "by")
    return rows.get(pk=pk)


def _through(row: Disclosure) -> Through:
    return Through(row.operator.code, row.by.code, Reach(row.kind, row.level), Span(row.first_day, row.last_day))


def _refuse_loop(new: Through) -> None:
    """What is accepted counts; two that propose each other meet when the second accepts."""
    kept: dict[str, list[Through]] = defaultdict(list)
    for row in Disclosure.objects.select_related("operator", "by").filter(state="ACCEPTED"):
        kept[row.operator.code].append(_through(row))
    if chain := find_loop(kept, new):
        raise DisclosureError("loop", chain)
