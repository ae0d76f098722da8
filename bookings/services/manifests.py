"""What a driver has to do on a shift: where, when, for whom. Who rides is shown on the day alone; that is logged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from bookings.models import DriverAction
from bookings.services import driver_actions, driver_shifts, riders
from bookings.services.riders import Rider
from transit.ondemand import sheets
from transit.ondemand.quote import Spot
from transit.ondemand.sheets import Carried, Sheet, Task

DUE_BEFORE: Final = timedelta(minutes=30)
"""So long before the pick-up a driver can ring somebody up, and until they are aboard."""


class NotDue(LookupError):
    """Nobody may be rung up for a ride now."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Something to do: at a place for somebody, or a break. `place` is empty where only the coordinates are known."""

    task: Task
    spot: Spot | None = None
    place: str = ""
    rider: Rider | None = None
    may_ring: bool = False
    no_show_from: datetime | None = None

    @property
    def ride(self) -> Carried:
        """Of what is no break."""
        assert self.task.ride is not None
        return self.task.ride

    @property
    def pause_min(self) -> int:
        """How long a break lasts."""
        return self.task.pause_s // 60


@dataclass(frozen=True, slots=True)
class Manifest:
    """A shift with what is to be done, in order; what is done is left out but counted."""

    sheet: Sheet
    stops: tuple[Stop, ...]
    done: int
    on_break: bool

    @property
    def next(self) -> Stop | None:
        """The first of them."""
        return self.stops[0] if self.stops else None


def get(user: Any, shift_id: int, now: datetime) -> Manifest:
    """That of a shift which one has taken oneself. Raises NoShift."""
    sheet = driver_shifts.get_own(user, shift_id, now)
    tasks = sheets.list_tasks([shift_id]).get(shift_id, [])
    left = [task for task in tasks if not _is_over(task)]
    known = riders.find_all({task.ride.reference for task in left if task.ride})
    _log(user, shift_id, known, now)
    stops = tuple(_stop(task, known, now) for task in left)
    return Manifest(sheet, stops, len(tasks) - len(left), driver_shifts.is_on_break(shift_id))


def reveal_phone(user: Any, shift_id: int, reference: UUID, now: datetime) -> str:
    """The number of somebody whose ride is due. Raises NoShift, NotDue."""
    driver_shifts.get_own(user, shift_id, now)
    ride = sheets.list_carried([reference]).get(reference)
    if ride is None or ride.shift != shift_id or not _is_due(ride, now):
        raise NotDue
    driver_actions.note_look(user, shift_id, "phone", reference, now)
    return riders.find_phone(reference)


def _is_over(task: Task) -> bool:
    """A held ride is on the route and may never be driven; it is not shown before it is confirmed."""
    if task.is_done:
        return True
    if task.ride is None:
        return task.what != "break"
    return task.ride.state not in {"CONFIRMED", "BOARDED"}


def _is_due(ride: Carried, now: datetime) -> bool:
    return ride.state == "CONFIRMED" and now >= ride.planned_pickup_at - DUE_BEFORE


def _stop(task: Task, known: dict[UUID, Rider], now: datetime) -> Stop:
    ride = task.ride
    if ride is None:
        return Stop(task)
    rider, end = known.get(ride.reference), 0 if task.what == "pickup" else 1
    return Stop(
        task,
        spot=task.place or (ride.pickup, ride.drop_off)[end],
        place="" if task.place else ride.places[end] or (rider.places[end] if rider else ""),
        rider=rider,
        may_ring=bool(rider and rider.has_phone and end == 0 and _is_due(ride, now)),
        no_show_from=driver_actions.earliest_no_show(ride) if end == 0 else None,
    )


def _log(user: Any, shift_id: int, known: dict[UUID, Rider], now: datetime) -> None:
    """Whose names a driver has read, and when first."""
    seen = DriverAction.objects.filter(driver=user, what="seen", reference__in=known)
    new = known.keys() - set(seen.values_list("reference", flat=True))
    DriverAction.objects.bulk_create(
        [
            DriverAction(
                driver=user, shift=shift_id, what="seen", reference=reference, outcome="done", at=now, received_at=now
            )
            for reference in new
        ],
        ignore_conflicts=True,
    )
