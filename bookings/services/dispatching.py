"""A dispatcher's day: shifts with their drivers and routes, what is late, and what can be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from bookings.models import DriverAction
from bookings.services import driver_shifts
from bookings.services.driver_shifts import NoShift, Open
from transit.ondemand import days, sheets, shifts
from transit.ondemand.sheets import Sheet, Task
from transit.states import IllegalMove

LATE_AFTER: Final = timedelta(minutes=5)
ACTIONS: Final = ("call_off", "break_down", "free")


@dataclass(frozen=True, slots=True)
class Row:
    """A shift of the day. `late` are rides that are met later than they were told."""

    shift: Open
    tasks: tuple[Task, ...]
    done: int
    late: int
    is_unseen: bool
    actions: tuple[str, ...]
    by_word: int
    """How many were taken aboard without a code or a ticket."""


def list_day(operator_code: str, day: date, now: datetime) -> list[Row]:
    """The shifts of an operator on a service day."""
    days.open_today(operator_code, now)
    opened = driver_shifts.with_drivers(sheets.list_of(operator_code, day))
    tasks = sheets.list_tasks([each.sheet.pk for each in opened])
    words = DriverAction.objects.filter(
        shift__in=[each.sheet.pk for each in opened], what="board", outcome="done", detail__by="word"
    )
    by_word = list(words.values_list("shift", flat=True))
    return [_row(each, tasks.get(each.sheet.pk, []), by_word.count(each.sheet.pk), now) for each in opened]


def act(user: Any, operator_code: str, shift_id: int, action: str, now: datetime) -> bool:
    """Do something about a shift of an operator, and write down who did. False where its state forbids it.

    Raises NoShift for another one's.
    """
    sheet = sheets.find(shift_id)
    if sheet is None or sheet.operator_code != operator_code:
        raise NoShift
    if action not in _actions(sheet, has_driver=True):
        return False
    try:
        if action != "free":
            shifts.break_down(shift_id, now)
    except IllegalMove:
        return False
    if action in {"call_off", "free"}:
        driver_shifts.leave(shift_id, now)
    DriverAction.objects.create(driver=user, shift=shift_id, what=action, outcome="done", at=now, received_at=now)
    return True


def today(timezone: str, now: datetime) -> date:
    """The date where an operator is."""
    return now.astimezone(ZoneInfo(timezone)).date()


def _row(each: Open, tasks: list[Task], by_word: int, now: datetime) -> Row:
    left = [task for task in tasks if not task.is_done]
    waiting = [task.ride for task in left if task.what == "pickup" and task.ride and task.ride.state == "CONFIRMED"]
    late = sum(max(ride.planned_pickup_at, now) - ride.told_at > LATE_AFTER for ride in waiting if not ride.arrived_at)
    return Row(
        each, tuple(left), len(tasks) - len(left), late, each.sheet.is_unseen(now),
        _actions(each.sheet, has_driver=bool(each.driver)), by_word,
    )  # fmt: skip


def _actions(sheet: Sheet, *, has_driver: bool) -> tuple[str, ...]:
    found = {"PLANNED": ["call_off"], "OUT": ["break_down"]}.get(sheet.state, [])
    return (*found, "free") if has_driver and sheet.state in {"PLANNED", "OUT", "BROKEN_DOWN"} else tuple(found)
