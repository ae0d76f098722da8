"""Flaws of vehicles and how rides are put together."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from shapely.geometry import Point

from transit.ondemand.area_checks import shape_of, why_not_an_area
from transit.ondemand.flaw import Flaw, outside, repeated
from transit.ondemand.rules import Rules, ShiftPattern, Vehicle
from transit.ondemand.time_checks import DAY_S, MOST_S, clock

MOST_VEHICLES, MOST_PLACES = 500, 60
_FAR_DEGREES = 2.0
"""A depot that is farther from every zone was mistyped."""


def check(rules: Rules) -> Iterator[Flaw]:
    """All of these."""
    return chain(_fleet(rules), _matching(rules))


def _fleet(rules: Rules) -> Iterator[Flaw]:
    if not any(vehicle.shifts for vehicle in rules.vehicles):
        yield Flaw("vehicles", _("No vehicle is out yet."), _("Enter at least one vehicle with a shift."))
    if len(rules.vehicles) > MOST_VEHICLES:
        yield Flaw("vehicles", _("There are too many vehicles."), _("At most 500 are possible."))
    yield from repeated("vehicles", (vehicle.code for vehicle in rules.vehicles))
    zones = {zone.code for zone in rules.zones}
    areas = [shape_of(zone.rings) for zone in rules.zones if not why_not_an_area(zone.rings)]
    for vehicle in rules.vehicles:
        yield from _vehicle(vehicle, zones)
        if areas and all(area.distance(Point(vehicle.lon, vehicle.lat)) > _FAR_DEGREES for area in areas):
            what = _("The depot of “%s” is far from every zone.") % vehicle.name
            yield Flaw("vehicles", what, _("Choose another place. Perhaps longitude and latitude are mixed up."))
    yield from _uncovered(rules)


def _vehicle(vehicle: Vehicle, zones: set[str]) -> Iterator[Flaw]:
    name = vehicle.name or vehicle.code
    if not vehicle.name:
        yield Flaw("vehicles", _("The vehicle “%s” has no name.") % vehicle.code, _("Write what people see on it."))
    counts = [count for layout in vehicle.layouts for count in layout]
    if not vehicle.layouts or any(sum(layout[:3]) < 1 for layout in vehicle.layouts):
        yield Flaw("vehicles", _("“%s” has no place for anybody.") % name, _("Write how many seats it has."))
    if any(not 0 <= count <= MOST_PLACES for count in counts):
        yield Flaw("vehicles", _("“%s” has more places than a bus.") % name, _("Write 0 to 60 places of each kind."))
    for code in set(vehicle.zones) - zones:
        what = _("“%(name)s” serves the zone “%(zone)s”, which there is not.") % {"name": name, "zone": code}
        yield Flaw("vehicles", what, _("Choose another zone."))
    costs = (vehicle.per_km_minor, vehicle.per_hour_minor, vehicle.availability_minor, vehicle.co2_g_per_km)
    if min(costs) < 0 or not 0 <= vehicle.driver_notice_s <= 7 * DAY_S:
        yield Flaw("vehicles", _("Costs or notice of “%s” are not possible.") % name, _("Write no negative numbers."))
    for shift in vehicle.shifts:
        yield from _shift(name, shift)


def _shift(name: str, shift: ShiftPattern) -> Iterator[Flaw]:
    said = {"name": name, "from": clock(shift.start_s), "until": clock(shift.end_s)}
    if not shift.days or not set(shift.days) <= set(range(7)):
        what = _("The shift of “%(name)s” from %(from)s to %(until)s is on no day.") % said
        yield Flaw("vehicles", what, _("Choose at least one day of the week."))
    if not 0 <= shift.start_s < shift.end_s <= MOST_S or shift.end_s - shift.start_s > DAY_S:
        what = _("The shift of “%(name)s” from %(from)s to %(until)s is not possible.") % said
        yield Flaw("vehicles", what, _("It ends after it begins. After midnight write 25:00 for one o'clock."))
    for each in shift.breaks:
        within = shift.start_s <= each.from_s <= each.until_s and each.until_s + each.duration_s <= shift.end_s
        if not within or each.duration_s <= 0:
            what = _("A break in the shift of “%(name)s” from %(from)s to %(until)s does not fit into it.") % said
            yield Flaw("vehicles", what, _("It begins and ends within the shift."))
    if shift.first_day and shift.last_day and shift.last_day < shift.first_day:
        yield Flaw("vehicles", _("A season of “%s” ends before it begins.") % name, _("Exchange the two days."))


def _uncovered(rules: Rules) -> Iterator[Flaw]:
    """Hours in which no vehicle is ever out."""
    shifts = [shift for vehicle in rules.vehicles for shift in vehicle.shifts]
    for day, name in WEEKDAYS.items():
        for span in (each for each in rules.spans if each.start_s < each.end_s):
            out = any(
                day in shift.days and shift.start_s < span.end_s and shift.end_s > span.start_s for shift in shifts
            )
            if day in span.days and shifts and not out:
                said = {"day": name, "from": clock(span.start_s), "until": clock(span.end_s)}
                what = _("On %(day)s from %(from)s to %(until)s no vehicle is out.") % said
                yield Flaw("vehicles", what, _("Enter a shift for these hours, or take them out of the hours."))


def _matching(rules: Rules) -> Iterator[Flaw]:
    matching = rules.matching
    yield from outside("matching", _("The weight of empty kilometres"), matching.empty_weight, 0, 10)
    yield from outside("matching", _("The share that is kept free"), matching.spare_share, 0, 0.9)
    yield from outside(
        "matching", _("The time until which it is kept, in minutes"), matching.spare_until_s / 60, 0, 10_080
    )
    factors = matching.speed_factors
    if len(factors) not in (0, 24) or any(not 0.2 <= factor <= 10 for factor in factors):
        yield Flaw("matching", _("The traffic by hour is not complete."), _("Write 24 factors, or none."))
