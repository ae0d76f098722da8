"""Rides that our own dispatcher plans: what a search may use of them by their rules, and their legs.

Until the dispatcher has been asked (`quotes`) a ride takes as long as it may at most: the pick-up window, and the
longest ride that is promised. So whatever is reached with it is reached with what is promised.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from typing import Any, Final

from transit.journeys.called_areas import Caller, Rings, called, day_of
from transit.journeys.drives import driven
from transit.journeys.engine import Engine
from transit.journeys.instants import instant
from transit.models import RuleSet, Service
from transit.ondemand import versions
from transit.ondemand.areas import holds
from transit.ondemand.bounds import Relation, hubs_in, relations_of
from transit.ondemand.hours import holidays_of, spans_of, start_of
from transit.ondemand.rules import LoadKind, MeetingKind, Rules, Zone
from transit.routing import itinerary
from transit.routing.booking import Booking, Rule
from transit.routing.itinerary import Leg, Ordering, Place
from transit.routing.query import Location, Mode, Query
from transit.routing.zones import OnDemand, ZoneService

PREFIX: Final = "ondemand:"
NUMBERS: Final = -(1 << 60)
"""Services have this number and below: less the service."""
SOONEST_S: Final = 300
"""Nobody has ordered and paid in less."""
MOST_IN_A_CAR: Final = 6
WALK_MPS: Final = 1.25
_DAYS: Final = range(-2, 5)


@dataclass(frozen=True)
class Offered:
    """A service with the rules that hold on some day."""

    service: Service
    rules: Rules

    @property
    def name(self) -> str:
        """What stands in a leg in place of a trip, and of an agency."""
        return f"{PREFIX}{self.service.code}"

    @property
    def mode(self) -> Mode:
        """A small vehicle is met like a taxi."""
        most = max((load[0] for vehicle in self.rules.vehicles for load in vehicle.layouts), default=0)
        return Mode.TAXI if most <= MOST_IN_A_CAR else Mode.BUS

    @property
    def wheelchair(self) -> bool:
        """Whether any vehicle takes one."""
        place = list(LoadKind).index(LoadKind.WHEELCHAIR)
        return any(load[place] for vehicle in self.rules.vehicles for load in vehicle.layouts)

    def title(self, language: str) -> str:
        """Its public name."""
        return str(self.service.names.get(language) or self.service.name)


class Versions:
    """The released versions, whose rules are kept: they are never edited, and the same in all searches."""

    def __init__(self) -> None:
        self._rules: dict[tuple[int, Any], Rules] = {}

    def between(self, first: date, last: date) -> dict[date, list[Offered]]:
        """What holds on each of some days, by service."""
        rows = RuleSet.objects.filter(state="RELEASED", effective_on__lte=last).defer("content")
        ordered = list(rows.select_related("service__operator__region").order_by("service_id", "effective_on"))
        found: dict[date, list[Offered]] = {}
        for ahead in range((last - first).days + 1):
            day = first + timedelta(days=ahead)
            held = {row.service_id: row for row in ordered if row.effective_on and row.effective_on <= day}
            found[day] = [Offered(row.service, self._rules_of(row)) for row in held.values()]
        return found

    def _rules_of(self, row: RuleSet) -> Rules:
        key = row.pk, row.released_at
        if key not in self._rules:
            self._rules[key] = versions.rules_of(row)
        return self._rules[key]


_VERSIONS = Versions()


@dataclass(frozen=True, slots=True)
class Choices:
    """The groups and purposes that services on demand know, by code and name; groups with a proof are marked."""

    groups: tuple[tuple[str, str, bool], ...]
    purposes: tuple[tuple[str, str], ...]

    @property
    def any(self) -> bool:
        """Whether there is anything to choose."""
        return bool(self.groups or self.purposes)


def choices_on(day: date, language: str) -> Choices:
    """What can be said of oneself and of the ride, in a language."""
    rules = [each.rules for each in _VERSIONS.between(day, day)[day]]
    groups = {
        each.code: (each.code, dict(each.names).get(language) or each.name, each.needs_proof)
        for one in rules
        for each in one.groups
    }
    purposes = {
        each.code: (each.code, dict(each.names).get(language) or each.name) for one in rules for each in one.purposes
    }
    return Choices(tuple(groups.values()), tuple(purposes.values()))


def is_offered() -> bool:
    """Whether rides are planned here at all."""
    return RuleSet.objects.filter(state="RELEASED").exists()


def find_offered(code: str, day: date) -> Offered | None:
    """A service by its code, as it is on a day."""
    return next((each for each in _VERSIONS.between(day, day)[day] if each.service.code == code), None)


def offered_by(leg: Leg) -> Offered | None:
    """Our own service that a leg is in; None where it is none, or no longer offered."""
    if leg.service is None or not leg.service.trip_id.startswith(PREFIX):
        return None
    return find_offered(leg.service.trip_id.removeprefix(PREFIX), leg.service.service_date)


def offered_by_number(today: int) -> dict[int, Offered]:
    """Our services, as they are on a day (ordinal), by the number that a search knows them by."""
    on = date.fromordinal(today)
    return {NUMBERS - each.service.pk: each for each in _VERSIONS.between(on, on)[on]}


def list_around(places: tuple[Location, ...], day: date) -> list[Offered]:
    """The services with a zone that holds one of some places."""
    return [each for each in _VERSIONS.between(day, day)[day] if any(_zones_at(each.rules, at) for at in places)]


def dispatched_around(engine: Engine, query: Query, base_at: int) -> OnDemand | None:
    """What a search may use of our own services that come to one of its ends."""
    today = day_of(base_at)
    return called(engine, query, today, _list_callers(engine, query, today)) if query.dispatched else None


def _list_callers(engine: Engine, query: Query, today: int) -> list[Caller]:
    """`today` is the day (ordinal) of the search's timetable."""
    days = (date.fromordinal(today + ahead) for ahead in (_DAYS[0], _DAYS[-1]))
    days_of: dict[int, tuple[Offered, list[int]]] = {}
    for day, listed in _VERSIONS.between(*days).items():
        for each in listed:
            days_of.setdefault(id(each.rules), (each, []))[1].append(day.toordinal() - today)
    return [caller for each, held in days_of.values() for caller in _callers(engine, query, each, held, today)]


def _callers(engine: Engine, query: Query, offered: Offered, days: list[int], today: int) -> Iterator[Caller]:
    if not query.mobility.may_ride(offered.wheelchair):
        return
    ends = tuple(_zones_at(offered.rules, place) for place in (query.origin, query.destination))
    relations = [each for each in relations_of(offered.rules) if each.origin in ends[0] or each.destination in ends[1]]
    if not relations:
        return
    hours = _hours(offered, days, today)
    for relation, (span, held) in product(relations, hours.items()):
        ride = _ride(offered, span)
        rings, stops = zip(*_sides(engine, offered.rules, relation), strict=True)
        yield Caller(rings[0], rings[1], ride, tuple(held), changes=(stops[0], stops[1]))


def _hours(offered: Offered, days: list[int], today: int) -> dict[tuple[int, int, int], list[int]]:
    """Days by their hours: from when, until when one is met, and by when rides are over, in seconds of the day."""
    region, found = offered.service.operator.region, dict[tuple[int, int, int], list[int]]()
    holidays = holidays_of(region.holidays if region else [])
    for ahead in days:
        day = date.fromordinal(today + ahead)
        begins = start_of(day, offered.rules.timezone)
        for span in spans_of(offered.rules, day, holidays):
            ends = (span.start_at, span.last_pickup_at, span.end_at)
            start_s, pickup_s, end_s = (round((at - begins).total_seconds()) for at in ends)
            found.setdefault((start_s, pickup_s, end_s), []).append(ahead)
    return found


def _sides(engine: Engine, rules: Rules, relation: Relation) -> Iterator[tuple[Rings, tuple[int, ...] | None]]:
    """The area of each end, and at which stops one changes there: at hubs, where the rules have some."""
    has_hubs = any(hubs_in(rules, zone) for zone in rules.zones) or rules.meeting.kind == MeetingKind.STOP
    for zone, hubs_alone in ((relation.origin, relation.from_hubs), (relation.destination, relation.to_hubs)):
        stops = hub_stops(engine, rules, zone) if has_hubs or hubs_alone else None
        yield () if hubs_alone else zone.rings, None if stops is None else tuple(stops)


def hub_stops(engine: Engine, rules: Rules, zone: Zone) -> dict[int, str]:
    """The stops of the network that belong to hubs in a zone, with the hub's code."""
    found = dict[int, str]()
    for hub in hubs_in(rules, zone):
        if engine.network.find_stop(hub.stop_id) is not None:
            found |= dict.fromkeys(engine.members(hub.stop_id), hub.code)
    return found


def _ride(offered: Offered, span: tuple[int, int, int]) -> ZoneService:
    """The bound of a ride in some hours."""
    rules, promise = offered.rules, offered.rules.promise
    walk_s = 2 * rules.meeting.walk_m / WALK_MPS if rules.meeting.kind == MeetingKind.STOP else 0.0
    safe = max(1.0, promise.detour_factor), promise.detour_s + promise.window_s + promise.boarding_s + walk_s
    booking = Rule("", Booking.SAME_DAY, notice_min_s=max(rules.booking.notice_s, SOONEST_S))
    start_s, pickup_s, end_s = span
    return ZoneService(
        NUMBERS - offered.service.pk, 0, 0, (start_s, pickup_s), (start_s, end_s), 0, rules.timezone, (booking,),
        offered.mode, *safe,
    )  # fmt: skip


def leg_of(engine: Engine, language: str, number: int, when: tuple[int, int], ends: tuple[Place, Place]) -> Leg:
    """The bound of a ride: on a service day (ordinal), leaving at a Unix second, between two places."""
    day, start_at = when
    on = date.fromordinal(day)
    (offered,) = (each for each in _VERSIONS.between(on, on)[on] if each.service.pk == NUMBERS - number)
    drive = driven(engine, *ends)
    safe_s = _ride(offered, (0, 0, 0)).safe_s(drive.seconds)
    start, until = instant(start_at), instant(start_at + offered.rules.promise.window_s)
    return Leg(
        offered.mode,
        *ends,
        start,
        instant(start_at + safe_s),
        round(drive.metres),
        polyline=drive.polyline,
        service=service_of(offered, language, on),
        wheelchair=offered.wheelchair,
        ordering=Ordering(start, until, None, None, drive.seconds, safe_s, offered.rules.timezone),
    )


def service_of(offered: Offered, language: str, day: date) -> itinerary.Service:
    """What runs a leg."""
    operator = offered.service.operator
    return itinerary.Service(
        offered.name, day, offered.name, offered.title(language), "", offered.name, operator.legal_name,
        agency_url=operator.homepage, agency_phone=offered.rules.booking.phone or operator.phone,
    )  # fmt: skip


def _zones_at(rules: Rules, place: Location) -> list[Zone]:
    return [zone for zone in rules.zones if holds(zone.rings, place.lon, place.lat)]
