"""What regions state to be owed: set and withdrawn by their officers, and never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from transit.models import Duty, Operator, Region
from transit.register.supervision import OVERSEE_REGION


@dataclass(frozen=True, slots=True)
class Stated:
    """A kind of service, or one operator of it, owes a level after a day, by a law."""

    kind: str
    level: int
    due_on: date
    legal_basis: str
    legal_url: str = ""
    operator: str = ""


def list_stated(region_code: str) -> list[Duty]:
    """What is stated in a region now."""
    rows = Duty.objects.filter(region__code=region_code, withdrawn_at=None).select_related("operator", "region")
    return list(rows.order_by("kind", "level", "operator__legal_name", "pk"))


def state(region_code: str, stated: Stated, user: Any, now: datetime) -> Duty:
    """State a duty, in place of what was stated for the same.

    Raises Region.DoesNotExist for who may not, Operator.DoesNotExist for one of another region.
    """
    with transaction.atomic():
        region = _lock(region_code, user)
        operator = Operator.objects.get(code=stated.operator, region=region) if stated.operator else None
        same = Duty.objects.filter(region=region, operator=operator, kind=stated.kind, level=stated.level)
        same.filter(withdrawn_at=None).update(withdrawn_at=now)
        return Duty.objects.create(
            region=region,
            operator=operator,
            kind=stated.kind,
            level=stated.level,
            due_on=stated.due_on,
            legal_basis=stated.legal_basis,
            legal_url=stated.legal_url,
            set_by=user,
            set_at=now,
        )


def withdraw(region_code: str, pk: int, user: Any, now: datetime) -> None:
    """Nothing is owed by it any more. Raises Region.DoesNotExist, Duty.DoesNotExist."""
    with transaction.atomic():
        region = _lock(region_code, user)
        if not Duty.objects.filter(pk=pk, region=region, withdrawn_at=None).update(withdrawn_at=now):
            raise Duty.DoesNotExist


def _lock(code: str, user: Any) -> Region:
    if not user.has_perm(OVERSEE_REGION, code):
        raise Region.DoesNotExist
    return Region.objects.select_for_update().get(code=code)
