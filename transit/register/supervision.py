"""Who oversees the duty in a region, what day it is there, and how long answers may take."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from transit.models import Operator, Region, Supervision

OVERSEE: Final = "transit.oversee"
"""Of an operator, by its code."""
OVERSEE_REGION: Final = "transit.oversee_region"
OVERSEE_ANY: Final = "transit.oversee_any"
ANSWER: Final = "transit.answer_duty"
"""For an operator, by its code: its staff."""


def today(region: Region | None, now: datetime) -> date:
    """The date on the calendars of a region."""
    return now.astimezone(ZoneInfo(region.timezone if region else Region.clock())).date()


def of_region(region: Region | None) -> Supervision:
    """What a region has set, else the defaults."""
    found = Supervision.objects.filter(region=region).first() if region else None
    return found or Supervision(region=region)


def list_regions(user: Any) -> list[Region]:
    """The regions that somebody oversees."""
    return [each for each in Region.objects.order_by("name", "pk") if user.has_perm(OVERSEE_REGION, each.code)]


def get_operator(user: Any, code: str, *permissions: str) -> Operator:
    """An operator for which somebody has one of the permissions. Raises Operator.DoesNotExist."""
    if not any(user.has_perm(each, code) for each in permissions):
        raise Operator.DoesNotExist
    return Operator.objects.select_related("region").get(code=code)


def save(region_code: str, user: Any, values: dict[str, Any]) -> Supervision:
    """Set who oversees and how long answers may take. Raises Region.DoesNotExist."""
    if not user.has_perm(OVERSEE_REGION, region_code):
        raise Region.DoesNotExist
    region = Region.objects.get(code=region_code)
    row, _ = Supervision.objects.update_or_create(region=region, defaults=values)
    return row
