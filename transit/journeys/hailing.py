"""Rides on demand as legs: who runs them, how they are ordered, and whether they are still as proposed."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from transit.journeys.courses import Office
from transit.journeys.drives import driven
from transit.journeys.engine import Engine
from transit.journeys.instants import instant
from transit.journeys.wheelchairs import UNKNOWN
from transit.network.flex import FlexTable
from transit.routing.booking import Rule
from transit.routing.itinerary import Leg, Ordering, Place, Service, Unknown
from transit.routing.window import service_day_start

FLAGS = (None, True, False)
"""By GTFS wheelchair_accessible."""


def hailed_leg(engine: Engine, language: str, number: int, day: int, start_at: int, ends: tuple[Place, Place]) -> Leg:
    """A ride in a service on a service day, ordered for a Unix second, between two places."""
    table = engine.network.flex
    ride = table.rides.services[number]
    drive = driven(engine, *ends)
    safe_s = ride.safe_s(drive.seconds)
    day_at = service_day_start(day, ride.timezone)
    service = _service(engine, language, number, day)
    from_at, until_at = table.rides.order_from(ride, day, start_at), table.rides.order_until(ride, day, start_at)
    return Leg(
        ride.mode,
        *ends,
        instant(start_at),
        instant(start_at + safe_s),
        round(drive.metres),
        polyline=drive.polyline,
        service=service,
        wheelchair=FLAGS[int(table.wheelchair[number])],
        wheelchair_unknown=(Unknown.VEHICLE,) if table.wheelchair[number] == UNKNOWN else (),
        ordering=Ordering(
            instant(day_at + ride.pickup[0]),
            instant(day_at + ride.pickup[1]),
            None if from_at is None else instant(from_at),
            None if until_at is None else instant(until_at),
            min(drive.seconds, safe_s),
            safe_s,
            ride.timezone,
            _message(ride.rules),
            _first(rule.phone for rule in ride.rules) or service.agency_phone,
            _first(rule.info_url for rule in ride.rules),
            _first(rule.booking_url for rule in ride.rules),
        ),
    )


def find_hailed(engine: Engine, language: str, leg: Leg) -> Leg | None:
    """A ride that was proposed, as the network of now has it; None where it is no longer to be had so."""
    table = engine.network.flex
    if leg.service is None:
        return None
    day, start_at = leg.service.service_date.toordinal(), int(leg.start_at.timestamp())
    for ride in table.rides.services:
        if table.trip_id[ride.number] != leg.service.trip_id:
            continue
        found = hailed_leg(engine, language, ride.number, day, start_at, (leg.start, leg.end))
        safe_s = int((found.end_at - found.start_at).total_seconds())
        span = table.rides.pickups(ride, day, safe_s, None)
        areas = ((ride.origin, leg.start), (ride.destination, leg.end))
        if span and span[0] <= start_at <= span[1] and all(_is_in(engine, table, *each) for each in areas):
            return found if found.end_at == leg.end_at else None
    return None


def _is_in(engine: Engine, table: FlexTable, area: int, place: Place) -> bool:
    """Whether a service with such an area comes to a place."""
    stop = None if place.stop_id is None else engine.network.find_stop(place.stop_id)
    if stop is not None and stop in table.rides.areas.stops_of(area):
        return True
    return bool(table.rides.areas.holds(area, np.array([place.lon]), np.array([place.lat]))[0])


def _service(engine: Engine, language: str, number: int, day: int) -> Service:
    table = engine.network.flex
    line, trip_id = engine.line(int(table.route[number]), language), table.trip_id[number]
    credited = engine.network.publishers.credits(line.agency_id, line.route_id, trip_id)
    return line.service(trip_id, day, table.headsign[number], credited, Office())


def _message(rules: tuple[Rule, ...]) -> str:
    """What the operator says of ordering."""
    said = [text for rule in rules for text in (rule.message, rule.pickup_message, rule.drop_off_message) if text]
    return " ".join(dict.fromkeys(said))


def _first(texts: Iterable[str]) -> str:
    return next((text for text in texts if text), "")
