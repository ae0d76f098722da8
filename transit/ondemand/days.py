"""Service days: opened when somebody first asks for a ride on them, with the shifts that the rules have for them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from transit.models import PLANNED, RuleSet, Service, ServiceDay, Shift
from transit.ondemand import versions
from transit.ondemand.hours import day_of, holidays_of, runs_on, second, spans_of
from transit.ondemand.quote import Reason, RideRefused
from transit.ondemand.route import BREAK, Stop, write
from transit.ondemand.rules import Rules, ShiftPattern, Vehicle
from transit.records import encode

BEGUN: Final = ("OUT", "BROKEN_DOWN", "OVER", "CALLED_OFF")
_PLAN_FIELDS: Final = ("plan", "end_at", "breaks", "route", "revision")


@dataclass(frozen=True, slots=True)
class Book:
    """The rules that hold on a day."""

    rule_set: RuleSet
    rules: Rules
    holidays: frozenset[date]


@dataclass(frozen=True, slots=True)
class Shelf:
    """The released versions of a service, the newest first: their numbers in the database, when they were released,
    and from which day on they hold.
    """

    versions: tuple[tuple[int, datetime | None, date], ...]
    holidays: frozenset[date]

    def book(self, day: date) -> Book:
        """The rules of a service day. Raises RideRefused: UNKNOWN."""
        found = next((each for each in self.versions if each[2] <= day), None)
        if found is None:
            raise RideRefused(Reason.UNKNOWN)
        rule_set = _kept.get(found[:2])
        if rule_set is None:
            rule_set = _kept[found[:2]] = RuleSet.objects.select_related("service").get(pk=found[0])
        return Book(rule_set, versions.rules_of(rule_set), self.holidays)

    def book_at(self, at: datetime) -> Book:
        """The rules of the calendar day of a moment. Raises RideRefused: UNKNOWN."""
        # Whatever the zone is, it is no later there than a day from now.
        latest = self.book(at.date() + timedelta(days=1))
        return self.book(day_of(at, latest.rules.timezone))


_kept: dict[tuple[int, datetime | None], RuleSet] = {}
"""What is released is never edited."""


def shelf(service: str) -> Shelf:
    """The versions of a service, without reading their rules again."""
    rows = RuleSet.objects.filter(service__code=service, state="RELEASED", effective_on__isnull=False)
    fields = "pk", "released_at", "effective_on", "service__operator__region__holidays"
    found = list(rows.order_by("-effective_on").values_list(*fields))
    return Shelf(tuple(each[:3] for each in found), holidays_of((found[0][3] or ()) if found else ()))


def open_day(found: Book, day: date) -> ServiceDay:
    """The day, opened if it was not. One that nobody has a ride on, of which nothing was said, follows a version that
    was released since.
    """
    row = ServiceDay.objects.filter(service_id=found.rule_set.service_id, date=day).first()
    if row is not None and _stays(row, found):
        return row
    with transaction.atomic():
        row, is_new = ServiceDay.objects.select_for_update().get_or_create(
            service_id=found.rule_set.service_id, date=day, defaults={"rule_set": found.rule_set}
        )
        if not is_new:
            if _stays(row, found):
                return row
            row.rule_set, row.revision = found.rule_set, row.revision + 1
            row.save(update_fields=["rule_set", "revision"])
        _plan(row, found)
    return row


def _plan(row: ServiceDay, found: Book) -> None:
    """The day gets the shifts of the rules. One that begins as before stays the one that a driver has taken."""
    known = {(each.vehicle, each.start_at): each.pk for each in row.shifts.all()}
    made = shifts_of(row, found)
    for each in made:
        each.pk = known.pop((each.vehicle, each.start_at), None)
    row.shifts.filter(pk__in=known.values()).delete()
    Shift.objects.bulk_update([each for each in made if each.pk], _PLAN_FIELDS)
    Shift.objects.bulk_create([each for each in made if not each.pk])


def open_today(operator_code: str, now: datetime) -> None:
    """Open the day of an operator's services: drivers see their shifts before anybody asks for a ride."""
    services = Service.objects.filter(operator__code=operator_code, sales=Service.Sales.ONDEMAND)
    for code in services.values_list("code", flat=True):
        books = shelf(code)
        with suppress(RideRefused):
            found = books.book_at(now)
            open_day(found, day_of(now, found.rules.timezone))


def _stays(row: ServiceDay, found: Book) -> bool:
    begun = row.rides.filter(state__in=PLANNED).exists() or row.shifts.filter(state__in=BEGUN).exists()
    return row.rule_set_id == found.rule_set.pk or begun


def shifts_of(row: ServiceDay, found: Book) -> list[Shift]:
    """The shifts that the rules have for a day; none where it is closed."""
    rules, day = found.rules, row.date
    spans = spans_of(rules, day, found.holidays)
    if not spans:
        return []
    made = []
    for vehicle in rules.vehicles:
        patterns = [each for each in vehicle.shifts if runs_on(each, day, found.holidays)]
        made += [_shift(row, vehicle, each, rules.timezone) for each in patterns]
        if vehicle.backup and not vehicle.shifts:
            start, end = spans[0].start_at, max(each.end_at for each in spans)
            made.append(Shift(day=row, vehicle=vehicle.code, plan=encode(vehicle), start_at=start, end_at=end,
                              revision=row.revision))  # fmt: skip
    return made


def _shift(row: ServiceDay, vehicle: Vehicle, pattern: ShiftPattern, timezone: str) -> Shift:
    def at(seconds: int) -> int:
        return int(second(row.date, timezone, seconds).timestamp())

    pauses = sorted(pattern.breaks, key=lambda each: each.from_s)
    stops = [Stop(BREAK, at(each.from_s), seconds=each.duration_s, number=i) for i, each in enumerate(pauses)]
    return Shift(
        day=row,
        vehicle=vehicle.code,
        plan=encode(vehicle),
        start_at=second(row.date, timezone, pattern.start_s),
        end_at=second(row.date, timezone, pattern.end_s),
        breaks=[{"from": at(each.from_s), "until": at(each.until_s), "duration": each.duration_s} for each in pauses],
        route=write(stops),
        revision=row.revision,
    )
