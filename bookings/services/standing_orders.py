"""Rides that come again and again: what was agreed, on which days, with exceptions; who pays, and how they end.

How each day is booked is told by `occurrences`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db import transaction

from bookings.models import BillingAccount, Occurrence, StandingOrder, Wallet
from bookings.services import customers
from bookings.states import OCCURRENCE, STANDING_ORDER
from transit.ondemand import versions
from transit.register.regions import RegionView, find_region_of_code
from transit.routing.query import Location

AHEAD_DAYS: Final = 14
"""So far ahead a day is booked where no service says how far it can be."""
MOST: Final = 20
"""Standing orders of one person."""


class StandingOrderError(Exception):
    """`code`: too_many, no_days, way_not_allowed, not_recurring, day_wrong, booked_already."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Agreed:
    """What is agreed: weekdays as bits (Monday is 1), the region's clock, and who comes along by rider category."""

    origin: Location
    destination: Location
    weekdays: int
    at: time
    arrives: bool
    first_day: date
    last_day: date | None
    region: str
    pay_with: str
    skips_holidays: bool = True
    service: str = ""
    purpose: str = ""
    mobility: str = "any"
    travellers: tuple[tuple[str, int], ...] = (("adult", 1),)


@dataclass(frozen=True, slots=True)
class DayShown:
    """A day of a standing order. `state` is that of its occurrence, or `holiday`, or PLANNED where it is still far."""

    day: date
    at: time
    state: str
    reason: str = ""
    order_code: str = ""
    holiday: str = ""


def list_ways(person_id: int) -> list[tuple[str, str]]:
    """How a person can pay without being asked each time: key, and the holder of an invoice."""
    accounts = BillingAccount.objects.filter(users__pk=person_id, active=True).order_by("pk")
    wallets = Wallet.objects.filter(owner_id=person_id).order_by("pk")
    invoices = [(f"invoice:{each.code}", str(each.holder["name"])) for each in accounts]
    return [*invoices, *((f"wallet:{each.code}", "") for each in wallets)]


def list_services(region: str, day: date) -> list[tuple[str, str]]:
    """Code and name of the services on demand of a region that take recurring rides."""
    found = versions.list_services(day)
    own = [(service, rules) for service, rules in found if versions.region_of(service).code == region]
    return [(service.code, service.name) for service, rules in own if versions.rules_of(rules).booking.recurring]


def create(person_id: int, agreed: Agreed, by: Any, now: datetime) -> StandingOrder:
    """Agree on rides. Raises StandingOrderError."""
    if not 0 < agreed.weekdays < 128 or (agreed.last_day is not None and agreed.last_day < agreed.first_day):
        raise StandingOrderError("no_days")
    if agreed.pay_with not in dict(list_ways(person_id)):
        raise StandingOrderError("way_not_allowed")
    if agreed.service and not _recurs(agreed.service, agreed.first_day):
        raise StandingOrderError("not_recurring")
    with transaction.atomic():
        if StandingOrder.objects.filter(owner_id=person_id).exclude(state="ENDED").count() >= MOST:
            raise StandingOrderError("too_many")
        row = StandingOrder.objects.create(
            owner_id=person_id,
            said={
                "origin": _said(agreed.origin),
                "destination": _said(agreed.destination),
                "travellers": dict(agreed.travellers),
                "mobility": agreed.mobility,
            },
            weekdays=agreed.weekdays,
            time=agreed.at,
            arrives=agreed.arrives,
            first_day=agreed.first_day,
            last_day=agreed.last_day,
            region=agreed.region,
            skips_holidays=agreed.skips_holidays,
            service=agreed.service,
            purpose=agreed.purpose,
            pay_with=agreed.pay_with,
            made_by=by,
            created_at=now,
        )
        customers.note(person_id, "standing", by.pk, now, standing_order=row.code)
    return row


def get(person_id: int, code: str) -> StandingOrder:
    """A standing order of a person. Raises StandingOrder.DoesNotExist, also for another's."""
    return StandingOrder.objects.get(owner_id=person_id, code=code)


def list_for(person_id: int) -> list[StandingOrder]:
    """Those that have not ended, the oldest first."""
    return list(StandingOrder.objects.filter(owner_id=person_id).exclude(state="ENDED").order_by("pk"))


def move(person_id: int, code: str, state: str, by: Any, now: datetime) -> None:
    """Pause, go on, or end. What is booked stays booked. Raises StandingOrder.DoesNotExist, IllegalMove."""
    with transaction.atomic():
        row = StandingOrder.objects.select_for_update().get(owner_id=person_id, code=code)
        STANDING_ORDER.move(row, state, by=by.pk)
        customers.note(person_id, "standing", by.pk, now, standing_order=code, state=state)


def skip(person_id: int, code: str, day: date, by: Any, now: datetime) -> None:
    """No ride on a day. One that is booked is given back first, as any order. Raises StandingOrderError."""
    _except(person_id, code, day, by, now, None)


def change_time(person_id: int, code: str, day: date, at: time, by: Any, now: datetime) -> None:
    """Another time on a day that is not booked yet. Raises StandingOrderError."""
    _except(person_id, code, day, by, now, at)


def _except(person_id: int, code: str, day: date, by: Any, now: datetime, at: time | None) -> None:
    with transaction.atomic():
        standing = StandingOrder.objects.select_for_update().get(owner_id=person_id, code=code)
        if not is_day(standing, day):
            raise StandingOrderError("day_wrong")
        row, _ = Occurrence.objects.select_for_update().get_or_create(standing_order=standing, day=day)
        if row.state in {"ORDERED", "BOOKED"}:
            raise StandingOrderError("booked_already")
        row.time, row.reason, row.try_at = at, "", None
        if at is None and row.state != "SKIPPED":
            OCCURRENCE.move(row, "SKIPPED", fields=["time", "reason", "try_at"], by=by.pk)
        elif at is not None and row.state != "PLANNED":
            OCCURRENCE.move(row, "PLANNED", fields=["time", "reason", "try_at"], by=by.pk)
        else:
            row.save(update_fields=["time", "reason", "try_at"])
        customers.note(person_id, "skipped" if at is None else "standing", by.pk, now, day=day.isoformat())


def list_days(standing: StandingOrder, today: date, count: int) -> list[DayShown]:
    """The next days of a standing order, holidays among them."""
    rows = {row.day: row for row in standing.occurrences.select_related("order").filter(day__gte=today)}
    region = find_region_of_code(standing.region)
    found: list[DayShown] = []
    for day in _days(standing, today):
        row, free = rows.get(day), _holiday(standing, day, region)
        if row is not None:
            at = row.time or standing.time
            found.append(DayShown(day, at, row.state, row.reason, row.order.code if row.order else ""))
        else:
            found.append(DayShown(day, standing.time, "holiday" if free else "PLANNED", holiday=free or ""))
        if len(found) >= count:
            break
    return found


def is_day(standing: StandingOrder, day: date) -> bool:
    """Whether a day is one of its weekdays, within its time."""
    within = standing.first_day <= day and (standing.last_day is None or day <= standing.last_day)
    return within and bool(standing.weekdays >> day.weekday() & 1)


def due_days(standing: StandingOrder, today: date) -> list[date]:
    """The days that can be booked by now: none of them a holiday, where those are left out."""
    region = find_region_of_code(standing.region)
    days = (today + timedelta(days=n) for n in range((due_until(standing, today) - today).days + 1))
    return [day for day in days if is_day(standing, day) and _holiday(standing, day, region) is None]


def _days(standing: StandingOrder, today: date) -> Iterator[date]:
    day = max(today, standing.first_day)
    for _ in range(400):
        if is_day(standing, day):
            yield day
        day += timedelta(days=1)


def _holiday(standing: StandingOrder, day: date, region: RegionView | None) -> str | None:
    """What a day is called on which there is no ride; None where there is one."""
    if not standing.skips_holidays:
        return None
    for holiday, names in region.holidays if region else ():
        if holiday == day:
            return names.get("en", "") or next(iter(names.values()), "")
    if standing.service and (rule_set := versions.current(standing.service, day)) is not None:
        for special in versions.rules_of(rule_set).special_days:
            if special.first_day <= day <= special.last_day and not special.spans:
                return special.name
    return None


def due_until(standing: StandingOrder, today: date) -> date:
    """The last day that can be booked by now."""
    rule_set = versions.current(standing.service, today) if standing.service else None
    ahead = versions.rules_of(rule_set).booking.ahead_days if rule_set else AHEAD_DAYS
    return today + timedelta(days=min(AHEAD_DAYS, ahead))


def _recurs(service: str, day: date) -> bool:
    rule_set = versions.current(service, day)
    return rule_set is not None and versions.rules_of(rule_set).booking.recurring


def _said(place: Location) -> dict[str, Any]:
    return {"name": place.name, "lat": place.lat, "lon": place.lon, "stop_id": place.stop_id}
