"""Rides in services on demand of other operators (GOFS): what a search may use of them, and their legs.

They are met at the door, within zones, and taken to stops as taxis are. Until the operator has been asked (`asking`),
one comes after ASSUMED_WAIT_S where it may be ordered when one wants to ride. None of them is sold here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Final

import numpy as np

from transit.feeds.gofs import OnCall, OperatingRule
from transit.feeds.gofs_files import list_on_call
from transit.journeys.called_areas import FRAME, Caller, called, day_of, far_s, inside
from transit.journeys.drives import driven
from transit.journeys.engine import Engine
from transit.journeys.instants import instant
from transit.journeys.taxis import taxi_callers
from transit.models import Interface
from transit.routing.booking import Booking, Days, Rule, order_from, order_until
from transit.routing.itinerary import Leg, Ordering, Place, Service, Unknown
from transit.routing.query import Mobility, Mode, Query
from transit.routing.window import service_day_start
from transit.routing.zones import OnDemand, ZoneService

ASSUMED_WAIT_S: Final = 900
SAFE: Final = (1.2, 120.0)
"""A ride takes nearly always at most so much longer than one drives, and so many seconds to get in and out."""
PREFIX: Final = "gofs:"
NUMBERS: Final = -(1 << 40)
"""Services have this number and below: less the interface, and its rule."""
_RULES: Final = 1 << 12
_DAYS: Final = range(-2, 5)
Ridden = tuple[Interface, OnCall, OperatingRule]


def called_around(engine: Engine, query: Query, base_at: int) -> OnDemand | None:
    """What a search may use of vehicles that are called: taxis, if wished, and services of other operators."""
    today = day_of(base_at)
    callers = taxi_callers(engine, query, today)
    listed = list_on_call()
    if listed:
        most_s = far_s(engine, query)
        callers += [each for row, system in listed for each in _callers(row, system, query.mobility, most_s, today)]
    return called(engine, query, today, callers)


def _callers(interface: Interface, system: OnCall, mobility: Mobility, most_s: int, today: int) -> Iterator[Caller]:
    for number, rule in enumerate(system.rules):
        days = tuple(day for day in _DAYS if rule.runs(date.fromordinal(today + day)))
        if not days or not mobility.may_ride(rule.wheelchair):
            continue
        ride = replace(_ride(system, rule), number=_number(interface, number), most_s=most_s)
        yield Caller(rule.origin, rule.destination, ride, days, _notice(rule, today, FRAME))


def _ride(system: OnCall, rule: OperatingRule) -> ZoneService:
    """A rule as a search has it."""
    booking = rule.booking
    if booking.kind == Booking.REAL_TIME:
        booking = replace(booking, kind=Booking.SAME_DAY, notice_min_s=ASSUMED_WAIT_S)
    mode = Mode.TAXI if rule.is_car else Mode.BUS
    return ZoneService(0, 0, 0, rule.pickup, rule.drop_off, 0, system.timezone, (booking,), mode, *SAFE)


def _notice(rule: OperatingRule, today: int, days: range) -> tuple[int, ...] | None:
    if rule.notice is None:
        return None
    return tuple(day for day in days if rule.notice.runs(date.fromordinal(today + day)))


def rules_by_number() -> dict[int, Ridden]:
    """Every rule by the number that a search knows it by."""
    listed = list_on_call()
    return {_number(row, i): (row, system, rule) for row, system in listed for i, rule in enumerate(system.rules)}


def rules_by_name() -> dict[str, Ridden]:
    """Every rule by what stands in a leg in place of a trip."""
    return {_name(row, rule): (row, system, rule) for row, system in list_on_call() for rule in system.rules}


def leg_of(engine: Engine, of: Ridden, day: int, start_at: int, ends: tuple[Place, Place]) -> Leg:
    """A ride in a service, ordered for a Unix second on a service day, between two places."""
    _, system, rule = of
    drive, ride = driven(engine, *ends), _ride(system, rule)
    safe_s = ride.safe_s(drive.seconds)
    return Leg(
        ride.mode,
        *ends,
        instant(start_at),
        instant(start_at + safe_s),
        round(drive.metres),
        polyline=drive.polyline,
        service=_service(*of, day),
        wheelchair=rule.wheelchair,
        wheelchair_unknown=(Unknown.VEHICLE,) if rule.wheelchair is None else (),
        ordering=_ordering(system, rule, (day, start_at), (drive.seconds, safe_s), drive.metres),
    )


def find_on_call(engine: Engine, leg: Leg) -> Leg | None:
    """A ride that was proposed, as its operator has it now; None where it is no longer to be had so."""
    if leg.service is None or not leg.service.trip_id.startswith(PREFIX):
        return None
    found = rules_by_name().get(leg.service.trip_id)
    if found is None:
        return None
    _, system, rule = found
    day, start_at = leg.service.service_date, int(leg.start_at.timestamp())
    ride = leg_of(engine, found, day.toordinal(), start_at, (leg.start, leg.end))
    second = start_at - service_day_start(day.toordinal(), system.timezone)
    left = second + (ride.end_at - ride.start_at).total_seconds()
    fits = rule.runs(day) and rule.pickup[0] <= second <= rule.pickup[1] and left <= rule.drop_off[1]
    held = all(_holds(engine, rings, place) for rings, place in ((rule.origin, leg.start), (rule.destination, leg.end)))
    return ride if fits and held and ride.end_at == leg.end_at else None


def _number(interface: Interface, rule: int) -> int:
    return NUMBERS - interface.pk * _RULES - rule


def _name(interface: Interface, rule: OperatingRule) -> str:
    return f"{PREFIX}{interface.name}:{rule.key}"


def _holds(engine: Engine, rings: tuple[tuple[tuple[float, float], ...], ...], place: Place) -> bool:
    area, _ = inside(engine.timetabled, rings)
    return bool(area.holds(0, np.array([place.lon]), np.array([place.lat]))[0])


def _service(interface: Interface, system: OnCall, rule: OperatingRule, day: int) -> Service:
    name, agency = _name(interface, rule), f"{interface.name}:{system.operator}"[:120]
    operator = interface.operator.legal_name if interface.operator else system.operator
    return Service(
        name, date.fromordinal(day), name, rule.name, "", agency, operator, agency_url=system.url,
        agency_phone=rule.booking.phone or system.phone,
    )  # fmt: skip


def _ordering(
    system: OnCall, rule: OperatingRule, when: tuple[int, int], seconds: tuple[int, int], metres: float
) -> Ordering:
    booking, starts_at = rule.booking, service_day_start(when[0], system.timezone)
    from_at, until_at = _bookable(rule, booking, system.timezone, when)
    low, high = (rule.fare.price(metres, each) if rule.fare else None for each in seconds)
    said = dict.fromkeys(text for text in (booking.message, booking.pickup_message, booking.drop_off_message) if text)
    return Ordering(
        instant(starts_at + rule.pickup[0]), instant(starts_at + rule.pickup[1]),
        None if from_at is None else instant(from_at), None if until_at is None else instant(until_at),
        min(seconds), seconds[1], system.timezone, " ".join(said), booking.phone or system.phone,
        booking.info_url or system.url, booking.booking_url, low, high,
    )  # fmt: skip


def _bookable(rule: OperatingRule, booking: Rule, zone: str, when: tuple[int, int]) -> tuple[int | None, int | None]:
    """From when and until when a ride can be ordered; None: at any time, until it begins."""
    day, start_at = when
    notice = _notice(rule, day, FRAME)
    active = np.zeros((1, len(FRAME)), np.uint8)
    active[0, [each - FRAME.start for each in notice or ()]] = 1
    counted = replace(booking, service=None if notice is None else 0)
    days = Days(active, day + FRAME.start)
    return order_from(counted, start_at, day, zone, days), order_until(counted, start_at, day, zone, days)
