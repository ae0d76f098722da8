"""Who drives which shift: drivers take those of their operators, hand them over, and see nobody else's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from bookings.models import DriverAction, DriverShift
from transit.ondemand import days, sheets
from transit.ondemand.sheets import Sheet
from transit.register.sellers import list_operators


class ShiftTaken(Exception):
    """Somebody else has the shift."""


class NoShift(LookupError):
    """There is no such shift for whoever asks."""


@dataclass(frozen=True, slots=True)
class Open:
    """A shift that one may drive: one's own, a free one, or one that `driver` has."""

    sheet: Sheet
    is_own: bool
    driver: str
    on_break: bool = False


def list_for(user: Any, now: datetime) -> list[Open]:
    """Today's shifts of the operators for whom one drives. Raises NoShift for who drives for nobody."""
    codes = [code for code, _ in list_operators() if user.has_perm("bookings.drive", code)]
    if not codes:
        raise NoShift
    for code in codes:
        days.open_today(code, now)
    found = [sheet for code in codes for sheet in sheets.list_around(code, now)]
    return with_drivers([sheet for sheet in found if sheet.state != "CALLED_OFF"], user)


def with_drivers(found: list[Sheet], user: Any = None) -> list[Open]:
    """Shifts with those who have taken them."""
    rows = DriverShift.objects.filter(shift__in=[sheet.pk for sheet in found], left_at=None).select_related("driver")
    taken = {row.shift: row.driver for row in rows}
    paused = {pk for pk in taken if is_on_break(pk)}
    return [
        Open(sheet, driver is not None and driver == user, name_of(driver) if driver else "", sheet.pk in paused)
        for sheet in found
        for driver in [taken.get(sheet.pk)]
    ]


def name_of(driver: Any) -> str:
    """How colleagues call somebody: an account without a name by the beginning of its address."""
    return str(driver.name or driver.email.partition("@")[0])


def get(user: Any, shift_id: int, now: datetime) -> Sheet:
    """A shift of today of an operator for whom one drives. Raises NoShift."""
    sheet = sheets.find(shift_id)
    if sheet is None or not user.has_perm("bookings.drive", sheet.operator_code) or not sheets.is_on(sheet, now):
        raise NoShift
    return sheet


def get_own(user: Any, shift_id: int, now: datetime) -> Sheet:
    """The same that one has taken oneself. Raises NoShift."""
    sheet = get(user, shift_id, now)
    if not DriverShift.objects.filter(shift=shift_id, driver=user, left_at=None).exists():
        raise NoShift
    return sheet


def take(user: Any, shift_id: int, now: datetime) -> Sheet:
    """Take a shift that nobody has; taken again, nothing more happens. Raises NoShift, ShiftTaken."""
    sheet = get(user, shift_id, now)
    if sheet.state in {"OVER", "CALLED_OFF"}:
        raise NoShift
    try:
        with transaction.atomic():
            row, _ = DriverShift.objects.get_or_create(
                shift=shift_id, left_at=None,
                defaults={"driver": user, "operator_code": sheet.operator_code, "taken_at": now},
            )  # fmt: skip
    except IntegrityError:
        raise ShiftTaken from None
    if row.driver != user:
        raise ShiftTaken
    return sheet


def hand_over(user: Any, shift_id: int, now: datetime) -> None:
    """Give a shift back, for a colleague to take. Raises NoShift."""
    get_own(user, shift_id, now)
    leave(shift_id, now)


def leave(shift_id: int, now: datetime) -> None:
    """Nobody drives it any more."""
    DriverShift.objects.filter(shift=shift_id, left_at=None).update(left_at=now)


def is_on_break(shift_id: int) -> bool:
    """Whether its driver has said so last."""
    said = DriverAction.objects.filter(shift=shift_id, what__in=("pause", "resume"), outcome="done").last()
    return said is not None and said.what == "pause"


def find_driver(shift_id: int) -> Any | None:
    """Who has taken a shift."""
    rows = get_user_model().objects.filter(
        pk__in=DriverShift.objects.filter(shift=shift_id, left_at=None).values("driver")
    )
    return rows.first()
