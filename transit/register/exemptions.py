"""Exemptions from the duty: asked for by an operator, decided by an officer, each with a reason and its days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from transit.models import EXEMPTION, Exemption
from transit.register import supervision
from transit.register.supervision import ANSWER, OVERSEE

SHORTEST_TEXT: Final = 5


class ExemptionError(Exception):
    """`code`: no_reason, ends_before_it_begins, decided_already, own."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Wish:
    """From what, why, and for which days. No kind is every kind, no level every level, no last day without an end."""

    kind: str
    level: int | None
    reason: str
    text: str
    first_day: date
    last_day: date | None


def list_of(operator_code: str) -> list[Exemption]:
    """All that an operator has asked for, the newest first."""
    return list(Exemption.objects.filter(operator__code=operator_code).order_by("-pk"))


def list_waiting(region_codes: list[str]) -> list[Exemption]:
    """What waits for an officer of some regions, the oldest first."""
    rows = Exemption.objects.filter(operator__region__code__in=region_codes, state="ASKED")
    return list(rows.select_related("operator__region").order_by("pk"))


def ask(operator_code: str, wish: Wish, user: Any, now: datetime) -> Exemption:
    """Ask, as staff of the operator or for it as an officer. Raises ExemptionError, Operator.DoesNotExist."""
    operator = supervision.get_operator(user, operator_code, ANSWER, OVERSEE)
    _check(wish.text, wish.first_day, wish.last_day)
    return Exemption.objects.create(
        operator=operator,
        kind=wish.kind,
        level=wish.level,
        reason=wish.reason,
        text=wish.text.strip(),
        first_day=wish.first_day,
        last_day=wish.last_day,
        asked_by=user,
        asked_at=now,
    )


def decide(pk: int, user: Any, now: datetime, *, grant: bool, answer: str, last_day: date | None = None) -> Exemption:
    """Grant it, for a shorter time if the officer says so, or refuse it. Raises ExemptionError, DoesNotExist."""
    with transaction.atomic():
        row = _lock(pk, user, OVERSEE)
        if row.state != "ASKED":
            raise ExemptionError("decided_already")
        if row.asked_by_id == user.pk:
            raise ExemptionError("own")
        days = [day for day in (row.last_day, last_day) if day is not None]
        row.last_day = min(days, default=None)
        _check(answer, row.first_day, row.last_day)
        row.answer, row.decided_by, row.decided_at = answer.strip(), user, now
        EXEMPTION.move(
            row,
            "GRANTED" if grant else "REFUSED",
            fields=["answer", "decided_by", "decided_at", "last_day"],
            by="officer",
        )
    return row


def revoke(pk: int, user: Any, now: datetime) -> Exemption:
    """It ends with today. Raises ExemptionError, Exemption.DoesNotExist."""
    with transaction.atomic():
        row = _lock(pk, user, OVERSEE)
        if row.state != "GRANTED":
            raise ExemptionError("decided_already")
        today = supervision.today(row.operator.region, now)
        row.last_day = min(today, row.last_day or today)
        EXEMPTION.move(row, "REVOKED", fields=["last_day"], by="officer")
    return row


def withdraw(pk: int, user: Any, now: datetime) -> Exemption:
    """The operator no longer asks. Raises ExemptionError, Exemption.DoesNotExist."""
    with transaction.atomic():
        row = _lock(pk, user, ANSWER)
        if row.state != "ASKED":
            raise ExemptionError("decided_already")
        EXEMPTION.move(row, "WITHDRAWN", by="operator")
    return row


def _lock(pk: int, user: Any, permission: str) -> Exemption:
    row = Exemption.objects.select_for_update(of=("self",)).select_related("operator__region").filter(pk=pk).first()
    if row is None or not user.has_perm(permission, row.operator.code):
        raise Exemption.DoesNotExist
    return row


def _check(text: str, first_day: date, last_day: date | None) -> None:
    if len(text.strip()) < SHORTEST_TEXT:
        raise ExemptionError("no_reason")
    if last_day is not None and last_day < first_day:
        raise ExemptionError("ends_before_it_begins")
