"""What drivers, dispatchers and riders read of shifts: values, no row and nobody's name. Nothing is changed here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from transit.models import Ride, RideEvent, Shift
from transit.models.ride import PLANNED
from transit.ondemand import versions
from transit.ondemand.quote import Spot
from transit.ondemand.rules import Conduct, Load

UNSEEN_AFTER: Final = timedelta(minutes=5)
"""A vehicle that is out and has not said where it is for so long is not seen."""
ENDS_LATE: Final = timedelta(hours=2)
"""So long after its end a shift may still be under way."""
AROUND: Final = timedelta(hours=30)
"""A service day may begin before midnight UTC and last beyond the next one."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A shift. `date` is the service day; `timezone` that of its region."""

    pk: int
    service: str
    service_name: str
    operator_code: str
    vehicle: str
    vehicle_name: str
    date: date
    timezone: str
    state: str
    start_at: datetime
    end_at: datetime
    lon: float | None
    lat: float | None
    seen_at: datetime | None

    def is_unseen(self, now: datetime) -> bool:
        """Whether it is out and nobody knows where."""
        return self.state == "OUT" and (self.seen_at is None or now - self.seen_at > UNSEEN_AFTER)


@dataclass(frozen=True, slots=True)
class Carried:
    """A ride as the one who drives it needs it. `places` are names of meeting stops; at a door they are empty."""

    reference: UUID
    shift: int | None
    state: str
    load: Load
    pickup: Spot
    drop_off: Spot
    places: tuple[str, str]
    told_at: datetime
    latest_at: datetime
    arrive_by: datetime
    planned_pickup_at: datetime
    planned_drop_off_at: datetime
    code: str
    arrived_at: datetime | None
    conduct: Conduct


@dataclass(frozen=True, slots=True)
class Task:
    """Something on a route, in order: a `pickup` or `drop_off` of a ride, or a `break` of `pause_s`.

    `place` is where, if not where the ride says: one is met there whose first vehicle has broken down.
    """

    what: str
    at: datetime
    is_done: bool
    ride: Carried | None = None
    pause_s: int = 0
    place: Spot | None = None


@dataclass(frozen=True, slots=True)
class Approach:
    """A vehicle on its way to somebody: how many stops it makes before, and where it was last."""

    ride: Carried
    sheet: Sheet | None
    stops_before: int


@dataclass(frozen=True, slots=True)
class Told:
    """When and by which vehicle somebody was told to be met."""

    at: datetime
    vehicle: str


def find(shift_id: int) -> Sheet | None:
    """A shift."""
    row = _shifts().filter(pk=shift_id).first()
    return None if row is None else _sheet(row)


def list_of(operator_code: str, day: date) -> list[Sheet]:
    """The shifts of an operator's services on a service day."""
    rows = _shifts().filter(day__service__operator__code=operator_code, day__date=day)
    return [_sheet(row) for row in rows]


def list_around(operator_code: str, now: datetime) -> list[Sheet]:
    """The shifts of the operator whose service day is today where they are."""
    near = Q(day__date__gte=(now - AROUND).date(), day__date__lte=(now + AROUND).date())
    sheets = [_sheet(row) for row in _shifts().filter(near, day__service__operator__code=operator_code)]
    return [sheet for sheet in sheets if is_on(sheet, now)]


def is_on(sheet: Sheet, now: datetime) -> bool:
    """Whether it is the service day of a shift, or the shift is not over yet."""
    return now.astimezone(
        ZoneInfo(sheet.timezone)
    ).date() == sheet.date or sheet.start_at <= now < sheet.end_at + timedelta(hours=2)


def list_tasks(shift_ids: Iterable[int]) -> dict[int, list[Task]]:
    """The routes of shifts, by shift."""
    shifts = list(_shifts().filter(pk__in=list(shift_ids)))
    keys = {stop["ride"] for shift in shifts for stop in shift.route if "ride" in stop}
    rides = {row.pk: _carried(row) for row in _rides().filter(pk__in=keys)}
    return {shift.pk: [_task(stop, rides) for stop in shift.route] for shift in shifts}


def list_carried(references: Iterable[UUID]) -> dict[UUID, Carried]:
    """Rides by reference; those that are not known are left out."""
    return {row.reference: _carried(row) for row in _rides().filter(reference__in=list(references))}


def list_ended(states: Iterable[str], since: date) -> dict[UUID, str]:
    """Rides of service days since a date that ended in one of some states: how, by reference."""
    rows = Ride.objects.filter(state__in=list(states), day__date__gte=since)
    return dict(rows.values_list("reference", "state"))


def find_told(reference: UUID, before: int) -> Told | None:
    """What was told last before an event of the journal; None where it still was what had been sold."""
    events = RideEvent.objects.filter(ride__reference=reference, pk__lt=before).order_by("-pk")
    for detail in events.values_list("detail", flat=True):
        if "told_at" in detail:
            return Told(datetime.fromisoformat(detail["told_at"]), detail.get("vehicle", ""))
    return None


def find_approach(reference: UUID) -> Approach | None:
    """The vehicle that somebody waits for or sits in."""
    row = _rides().filter(reference=reference).first()
    if row is None:
        return None
    shift = None if row.shift_id is None else _shifts().get(pk=row.shift_id)
    wanted = "drop_off" if row.state == "BOARDED" else "pickup"
    stops = 0
    for stop in shift.route if shift else ():
        if stop.get("ride") == row.pk and stop["what"] == wanted:
            break
        stops += "ride" in stop and not stop.get("done_at")
    return Approach(_carried(row), None if shift is None else _sheet(shift), stops if row.state in PLANNED else 0)


def _shifts() -> QuerySet[Shift]:
    return Shift.objects.select_related("day__service__operator", "day__rule_set")


def _rides() -> QuerySet[Ride]:
    return Ride.objects.select_related("day__rule_set")


def _sheet(row: Shift) -> Sheet:
    service = row.day.service
    return Sheet(
        pk=row.pk,
        service=service.code,
        service_name=service.name,
        operator_code=service.operator.code,
        vehicle=row.vehicle,
        vehicle_name=row.plan.get("name", "") or row.vehicle,
        date=row.day.date,
        timezone=versions.rules_of(row.day.rule_set).timezone,
        state=row.state,
        start_at=row.start_at,
        end_at=row.end_at,
        lon=row.lon,
        lat=row.lat,
        seen_at=row.seen_at,
    )


def _carried(row: Ride) -> Carried:
    rules = versions.rules_of(row.day.rule_set)
    names = {stop.code: stop.name for stop in rules.stops}
    seats, wheelchairs, children, luggage = row.load
    return Carried(
        reference=row.reference,
        shift=row.shift_id,
        state=row.state,
        load=(seats, wheelchairs, children, luggage),
        pickup=Spot(row.origin_lon, row.origin_lat, row.origin_stop),
        drop_off=Spot(row.destination_lon, row.destination_lat, row.destination_stop),
        places=(names.get(row.origin_stop, ""), names.get(row.destination_stop, "")),
        told_at=row.told_at,
        latest_at=row.latest_at,
        arrive_by=row.arrive_by,
        planned_pickup_at=row.planned_pickup_at,
        planned_drop_off_at=row.planned_drop_off_at,
        code=row.code,
        arrived_at=row.arrived_at,
        conduct=rules.conduct,
    )


def _task(stop: dict[str, Any], rides: dict[int, Carried]) -> Task:
    at, is_done = datetime.fromtimestamp(stop["at"], UTC), bool(stop.get("done_at"))
    if "break" in stop:
        return Task("break", at, is_done, pause_s=stop["break"])
    place = stop.get("place")
    return Task(stop["what"], at, is_done, rides.get(stop["ride"]), place=Spot(*place) if place else None)
