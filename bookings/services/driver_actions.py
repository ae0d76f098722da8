"""What drivers do, as their devices report it: at once, or later where there was no network; each counts once.

A device gives each action a key. The row with the key is written first, and how it ended afterwards: reported again, it
is only answered again; where the first try died in between, it is carried out again, which the state of the ride allows
once.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max, Q

from bookings.models import DriverAction, DriverShift, Ticket
from bookings.services import driver_shifts, inspecting
from bookings.services.driver_shifts import NoShift
from transit.ondemand import sheets, shifts
from transit.ondemand.quote import RideRefused
from transit.ondemand.sheets import Carried
from transit.states import IllegalMove

ABOUT_RIDES: Final = ("arrive", "board", "no_show", "finish")
AFTER_LEAVING: Final = frozenset({"arrive", "board", "finish"})
"""What still counts where it happened before a shift was handed over: nothing that costs somebody else a ride or money.
"""
LOOKS: Final = ("seen", "phone")
"""What is read, not done: it may come from elsewhere."""
ABOUT_SHIFTS: Final = ("begin", "pause", "resume", "delay", "break_down", "end")
MOST_AT_ONCE: Final = 200
MOST_GUESSES: Final = 5
"""Wrong codes for one ride; then only a ticket, or the driver's word, is taken."""
TOGETHER: Final = timedelta(minutes=10)
LONGEST_QUEUED: Final = timedelta(hours=12)
CLOCKS: Final = timedelta(minutes=2)
"""So well a device's clock agrees with ours before it has heard of it."""
LONGEST_TEXT: Final = inspecting.LONGEST
MOST_LATE_MIN: Final = 180
_AFTERWARDS: Final = {
    "board": frozenset({"BOARDED", "DONE"}),
    "finish": frozenset({"DONE"}),
    "no_show": frozenset({"NO_SHOW"}),
}
"""Where a ride is once an action has worked."""


@dataclass(frozen=True, slots=True)
class Action:
    """What a driver did. `text` is a code or a ticket that was shown, `minutes` by how much one is late.

    `offline`: nobody could check the text then, so that a wrong code is no more than the driver's word.
    """

    key: UUID
    what: str
    at: datetime
    reference: UUID | None = None
    text: str = ""
    minutes: int = 0
    offline: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """How an action ended: done, wrong_code, wrong_ticket, too_many, too_soon, or not_now (the state forbids it)."""

    key: UUID
    outcome: str


def perform(
    user: Any, shift_id: int, actions: Sequence[Action], now: datetime, sent_at: datetime | None = None
) -> list[Answered]:
    """Carry out what a driver did on a shift of theirs, in order; `sent_at` is now by the clock of their device. Raises
    NoShift for who never had it, or no more drives for its operator.
    """
    had = DriverShift.objects.filter(shift=shift_id, driver=user).first() if user.is_authenticated else None
    if had is None or not user.has_perm("bookings.drive", had.operator_code):
        raise NoShift
    timed = _timed(actions, _last_heard(user, shift_id, actions, now), had.taken_at, now, sent_at or now)
    repeats = _find_repeats(timed)
    return [
        Answered(action.key, _once(user, shift_id, action, now, counts=action.key not in repeats)) for action in timed
    ]


def _last_heard(user: Any, shift_id: int, actions: Sequence[Action], now: datetime) -> datetime:
    """When the driver's device was heard of before: what was done by then it has told then."""
    known = DriverAction.objects.filter(driver=user, shift=shift_id).exclude(what__in=LOOKS)
    earlier = known.exclude(key__in=[action.key for action in actions]).filter(received_at__lt=now)
    heard = earlier.aggregate(last=Max("received_at"))["last"]
    return max(now - LONGEST_QUEUED, heard - CLOCKS) if heard else now - LONGEST_QUEUED


def _timed(
    actions: Sequence[Action], since: datetime, taken_at: datetime, now: datetime, sent_at: datetime
) -> list[Action]:
    """The same by our clock: none before the one before it, nor before the device was heard of last, nor after now.

    What is said to be of before the shift was taken stays so: somebody else drove then.
    """
    found, least = [], since
    for action in actions:
        at = now - min(max(sent_at - action.at, timedelta()), LONGEST_QUEUED)
        if at + CLOCKS >= taken_at:
            at = least = max(at, least)
        found.append(replace(action, at=at))
    return found


def _find_repeats(actions: Sequence[Action]) -> set[UUID]:
    """Of delays that were told one after the other the last one counts: the plan that they are beside was the same."""
    told = [each for each in actions if each.what in {"delay", *ABOUT_RIDES}]
    return {each.key for each, following in pairwise(told) if each.what == following.what == "delay"}


def earliest_no_show(ride: Carried) -> datetime | None:
    """From when on it can be said that nobody came: so long after the vehicle was there, and after the time told."""
    if ride.arrived_at is None:
        return None
    return max(ride.arrived_at, ride.told_at) + timedelta(seconds=ride.conduct.no_show_wait_s)


def _once(user: Any, shift_id: int, action: Action, now: datetime, *, counts: bool) -> str:
    defaults = {
        "shift": shift_id,
        "what": action.what,
        "reference": action.reference,
        "detail": _detail(shift_id, action, counts=counts),
        "at": action.at,
        "received_at": now,
    }
    row, _ = DriverAction.objects.get_or_create(driver=user, key=action.key, defaults=defaults)
    if (row.shift, row.what, row.reference) != (shift_id, action.what, action.reference):
        return "not_now"
    if row.outcome:
        return row.outcome
    outcome = _carry_out(user, row, action.text, now)
    DriverAction.objects.filter(pk=row.pk).update(outcome=outcome)
    return outcome


def _detail(shift_id: int, action: Action, *, counts: bool) -> dict[str, Any]:
    """Of a delay that counts also until when, which stays the same however often it is carried out."""
    if action.what == "delay":
        said = {"minutes": action.minutes}
        if not counts or sheets.find(shift_id) is None:
            return said
        return said | {"until": shifts.delayed_until(shift_id, action.minutes * 60, action.at).isoformat()}
    if action.what == "board":
        by = "ticket" if "." in action.text else "code" if action.text else "word"
        return {"by": by, "offline": True} if action.offline else {"by": by}
    return {}


def _may(user: Any, row: DriverAction) -> bool:
    """Whether the shift was the driver's when it was done, and where it is no more, whether that still matters."""
    had = DriverShift.objects.filter(shift=row.shift, driver=user, taken_at__lte=row.at + CLOCKS)
    return had.filter(left_at=None).exists() or (row.what in AFTER_LEAVING and had.filter(left_at__gte=row.at).exists())


def _carry_out(user: Any, row: DriverAction, text: str, now: datetime) -> str:
    if not _may(user, row):
        return "not_now"
    try:
        if row.what in ABOUT_SHIFTS:
            return _with_shift(row, now)
        return _with_ride(user, row, text, now)
    except (IllegalMove, RideRefused, LookupError):
        return "not_now"


def _with_shift(row: DriverAction, now: datetime) -> str:
    """What it changes of others' rides is planned by the clock as it is now."""
    act: dict[str, Callable[[], object]] = {
        "begin": lambda: shifts.begin(row.shift, now),
        "end": lambda: shifts.end(row.shift, now),
        "break_down": lambda: shifts.break_down(row.shift, now),
        "delay": lambda: _put_off(row, now),
        "pause": lambda: shifts.pause(row.shift, now, at=row.at),
        "resume": lambda: shifts.resume(row.shift, now, at=row.at),
    }
    sheet = sheets.find(row.shift)
    reached = {"begin": "OUT", "end": "OVER", "break_down": "BROKEN_DOWN"}.get(row.what)
    if sheet is None or (sheet.state != "OUT" and reached is None):
        return "not_now"
    if sheet.state != reached:
        act[row.what]()
    if row.what == "end":
        driver_shifts.leave(row.shift, row.received_at)
    return "done"


def _put_off(row: DriverAction, now: datetime) -> None:
    """A delay that is over says nothing any more."""
    if "until" in row.detail and (until := datetime.fromisoformat(row.detail["until"])) > now:
        shifts.put_off(row.shift, until, now)


def _with_ride(user: Any, row: DriverAction, text: str, now: datetime) -> str:
    ride = sheets.list_carried([row.reference]).get(row.reference) if row.reference else None
    if ride is None or ride.shift != row.shift:
        return "not_now"
    is_done = ride.state in _AFTERWARDS.get(row.what, ()) or (row.what == "arrive" and ride.arrived_at is not None)
    if is_done and not (row.what == "board" and _is_awaited(row.shift, ride)):
        return "done"
    if row.what == "no_show":
        earliest = earliest_no_show(ride)
        if earliest is None or row.at < earliest:
            return "too_soon"
    if row.what == "board" and (wrong := _find_obstacle(user, row, ride, text)):
        return wrong
    plans = now - row.at <= CLOCKS
    act = {"arrive": shifts.arrive, "board": shifts.board, "finish": shifts.finish}
    if row.what == "no_show":
        shifts.no_show(ride.reference, row.at)
    else:
        act[row.what](ride.reference, row.at, plans=plans)
    if row.what == "arrive":
        for each in _others_there(row.shift, ride):
            shifts.arrive(each.reference, row.at, plans=plans)
    return "done"


def _is_awaited(shift_id: int, ride: Carried) -> bool:
    """Whether somebody who has been aboard another vehicle, which broke down, is still to be met by this one."""
    tasks = sheets.list_tasks([shift_id])[shift_id]
    return any(task.ride == ride and task.what == "pickup" and not task.is_done for task in tasks)


def _others_there(shift_id: int, ride: Carried) -> list[Carried]:
    """Who else is met at the same place at the same time."""
    pickups = [task for task in sheets.list_tasks([shift_id])[shift_id] if task.what == "pickup" and not task.is_done]
    return [
        each
        for each in (task.ride for task in pickups)
        if each is not None
        and (each.pickup, each.state, each.arrived_at) == (ride.pickup, "CONFIRMED", None)
        and abs(each.planned_pickup_at - ride.planned_pickup_at) <= TOGETHER
    ]


def _find_obstacle(user: Any, row: DriverAction, ride: Carried, text: str) -> str:
    """Why what was shown does not prove that it is this ride's; empty where it does."""
    if "." in text:
        return _check_ticket(user, row, ride, text)
    if not text:
        return ""  # the driver's word; it stands in the log
    with transaction.atomic():
        # One guess after the other, so that no two can be the last one.
        list(DriverShift.objects.select_for_update().filter(shift=row.shift))
        wrong = DriverAction.objects.filter(reference=ride.reference, what="board", outcome="wrong_code").count()
        said = "".join(each for each in text.upper() if each.isalnum())
        is_right = wrong < MOST_GUESSES and hmac.compare_digest(said.encode(), ride.code.upper().encode())
        if is_right:
            return ""
        if row.detail.get("offline"):
            # They have ridden meanwhile.
            row.detail = row.detail | {"by": "word"}
            row.save(update_fields=["detail"])
            return ""
        outcome = "too_many" if wrong >= MOST_GUESSES else "wrong_code"
        DriverAction.objects.filter(pk=row.pk).update(outcome=outcome)
        return outcome


def _check_ticket(user: Any, row: DriverAction, ride: Carried, text: str) -> str:
    sheet = sheets.find(row.shift)
    assert sheet is not None, "a ride on it was found"
    seen = inspecting.judge(sheet.operator_code, text, boarding=True, now=row.at).ticket
    # Of somebody else's ticket nothing is written down: it would be used up.
    sold = Q(booking__client_ref=ride.reference) | Q(reservation__client_ref=ride.reference)
    if seen is None or not Ticket.objects.filter(sold, serial=seen.serial).exists():
        return "wrong_ticket"
    verdict = inspecting.check(sheet.operator_code, text, boarding=True, user_id=user.pk, now=row.at)
    return "" if verdict.code in {"valid", "used"} else "wrong_ticket"


def note_look(user: Any, shift_id: int, what: str, reference: UUID, now: datetime) -> None:
    """Somebody has read who rides, or their number."""
    try:
        with transaction.atomic():
            DriverAction.objects.create(
                driver=user, shift=shift_id, what=what, reference=reference, outcome="done", at=now, received_at=now
            )
    except IntegrityError:
        return  # seen before
