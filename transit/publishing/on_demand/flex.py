"""Released rules → GTFS-Flex (GTFS Schedule reference: stop_times.txt, locations.geojson, booking_rules.txt).

For every way and all hours a trip of two rows: one is picked up in the one area and set down in the other. Areas within
which nobody is driven cut the others; a price that is always the same is in Fares v2. What the format has no words for
(limits of walks, a bus that does as well, prices by the way) is left to whoever answers an order.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date

from transit.models import Service
from transit.models.hours import WEEKDAYS
from transit.ondemand.rules import Load, LoadKind, MeetingStop, Rules
from transit.publishing.archive import Row, pack
from transit.publishing.on_demand.excluded import without_excluded
from transit.publishing.on_demand.flat_fares import fares_of
from transit.publishing.on_demand.geometry import geometry_of
from transit.publishing.on_demand.ordering import message_of, order_of
from transit.publishing.on_demand.periods import Period, Run, periods_of, runs_of
from transit.publishing.on_demand.ways import End, ways_of
from transit.publishing.timetables import clock, language_of

_BUS = 3
"""route_type; extended types, of which one is for buses on demand, are not part of the reference."""
_NO_STOPS = b"stop_id,stop_name,stop_lat,stop_lon\r\n"
"""Zones alone need no stops.txt, but validators miss it."""
_BY_ORDER, _NOT_HERE = 2, 1
"""pickup_type and drop_off_type: by order; not here."""


def flex_of(service: Service, today: date, address: str) -> bytes:
    """The zip; `address` is told to passengers where neither service nor operator has a page."""
    tables, zones = _tables(service, today, address)
    files = {} if tables["stops.txt"] else {"stops.txt": _NO_STOPS}
    if zones:
        files["locations.geojson"] = json.dumps({"type": "FeatureCollection", "features": zones}).encode()
    digest = hashlib.sha256(pack(tables, files)).hexdigest()[:12]
    (info,) = tables["feed_info.txt"]
    return pack({**tables, "feed_info.txt": [{**info, "feed_version": digest}]}, files)


def takes_wheelchairs(rules: Rules) -> bool:
    """Whether any vehicle does."""
    at = list(LoadKind).index(LoadKind.WHEELCHAIR)
    layouts: list[Load] = [layout for vehicle in rules.vehicles for layout in vehicle.layouts]
    return any(layout[at] for layout in layouts)


def _tables(service: Service, today: date, address: str) -> tuple[dict[str, list[Row]], list[Row]]:
    places, trips, times, calendar, dates = _Places(), list[Row](), list[Row](), list[Row](), list[Row]()
    rules_rows: list[Row] = []
    periods = periods_of(service, today)
    for period in periods:
        rules_rows.append(_booking_rule(service, period))
        for run in runs_of(period):
            key = f"v{period.number}-{run.key}"
            calendar.append(_calendar(key, run))
            dates += [{"service_id": key, "date": _date(day), "exception_type": 2} for day in run.without]
            for origin, destination in without_excluded(ways_of(period.rules), period.rules):
                trip = f"{key}-{origin.code}-{destination.code}"
                trips.append(_trip(service, period, key, trip))
                times += _stop_times(trip, run, f"v{period.number}", places.of(origin), places.of(destination))
    tables: dict[str, list[Row]] = {
        "agency.txt": [_agency(service, address)],
        "routes.txt": [_route(service)],
        "trips.txt": trips,
        "stop_times.txt": times,
        "calendar.txt": calendar,
        "calendar_dates.txt": dates,
        "booking_rules.txt": rules_rows,
        "stops.txt": places.stops,
        "location_groups.txt": places.groups,
        "location_group_stops.txt": places.members,
        "feed_info.txt": [_info(service, periods, address)],
        **fares_of(service.code, service.name, periods),
    }
    return tables, places.zones


class _Places:
    """Areas and groups of stops by ids; those of a later version that differ have an id of their own."""

    def __init__(self) -> None:
        self.zones: list[Row] = []
        self.groups: list[Row] = []
        self.members: list[Row] = []
        self._stops: dict[str, MeetingStop] = {}
        self._known: dict[End, Row] = {}
        self._ids: set[str] = set()

    def of(self, end: End) -> Row:
        """How a stop time names it."""
        if end not in self._known:
            self._known[end] = self._add(end)
        return self._known[end]

    @property
    def stops(self) -> list[Row]:
        """The stops of the groups."""
        return [_stop(key, stop) for key, stop in self._stops.items()]

    def _add(self, end: End) -> Row:
        key = self._new(end.code)
        if not end.stops:
            properties = {"stop_name": end.name}
            geometry = geometry_of(end.rings)
            self.zones.append({"type": "Feature", "id": key, "properties": properties, "geometry": geometry})
            return {"location_id": key, "location_group_id": ""}
        self.groups.append({"location_group_id": key, "location_group_name": end.name})
        for stop in end.stops:
            self.members.append({"location_group_id": key, "stop_id": self._stop_of(stop)})
        return {"location_id": "", "location_group_id": key}

    def _stop_of(self, stop: MeetingStop) -> str:
        for key, known in self._stops.items():
            if known == stop:
                return key
        key = self._new(f"stop-{stop.code}")
        self._stops[key] = stop
        return key

    def _new(self, code: str) -> str:
        number = 1
        key = code
        while key in self._ids:
            number += 1
            key = f"{code}.{number}"
        self._ids.add(key)
        return key


def _agency(service: Service, address: str) -> Row:
    operator = service.operator
    return {
        "agency_id": service.code,
        "agency_name": service.name,
        "agency_url": service.url or operator.homepage or address,
        "agency_timezone": operator.region.timezone if operator.region else "UTC",
        "agency_lang": language_of(operator),
        "agency_phone": service.booking_phone or operator.phone,
        "agency_email": operator.email,
    }


def _route(service: Service) -> Row:
    return {
        "route_id": service.code,
        "agency_id": service.code,
        "route_long_name": service.name,
        "route_type": _BUS,
    }


def _trip(service: Service, period: Period, key: str, trip: str) -> Row:
    promise = period.rules.promise
    return {
        "route_id": service.code,
        "service_id": key,
        "trip_id": trip,
        "wheelchair_accessible": 1 if takes_wheelchairs(period.rules) else 2,
        "safe_duration_factor": f"{promise.detour_factor:g}",
        "safe_duration_offset": promise.detour_s,
    }


def _stop_times(trip: str, run: Run, rule: str, origin: Row, destination: Row) -> Iterator[Row]:
    for number, (place, until_s) in enumerate(((origin, run.last_pickup_s), (destination, run.end_s)), 1):
        yield {
            "trip_id": trip,
            "stop_id": "",
            **place,
            "stop_sequence": number,
            "start_pickup_drop_off_window": clock(run.start_s),
            "end_pickup_drop_off_window": clock(until_s),
            "pickup_type": _BY_ORDER if number == 1 else _NOT_HERE,
            "drop_off_type": _NOT_HERE if number == 1 else _BY_ORDER,
            "pickup_booking_rule_id": rule if number == 1 else "",
            "drop_off_booking_rule_id": "" if number == 1 else rule,
        }


def _booking_rule(service: Service, period: Period) -> Row:
    order = order_of(period.rules, service)
    starts = order.start_day is not None
    return {
        "booking_rule_id": f"v{period.number}",
        "booking_type": order.kind,
        "prior_notice_duration_min": _said(order.notice_min),
        "prior_notice_last_day": _said(order.last_day),
        "prior_notice_last_time": "" if order.last_s is None else clock(order.last_s),
        "prior_notice_start_day": _said(order.start_day),
        "prior_notice_start_time": "00:00:00" if starts else "",
        "message": message_of(period.rules, language_of(service.operator)),
        "phone_number": order.phone,
        "info_url": service.url,
        "booking_url": service.booking_url,
    }


def _said(number: int | None) -> object:
    return "" if number is None else number


def _calendar(key: str, run: Run) -> Row:
    days = {name: int(number in run.weekdays) for number, name in enumerate(WEEKDAYS)}
    return {"service_id": key, **days, "start_date": _date(run.first), "end_date": _date(run.last)}


def _stop(key: str, stop: MeetingStop) -> Row:
    return {
        "stop_id": key,
        "stop_name": stop.name,
        "stop_lat": f"{stop.lat:.6f}",
        "stop_lon": f"{stop.lon:.6f}",
        "wheelchair_boarding": {None: 0, True: 1, False: 2}[stop.wheelchair],
    }


def _info(service: Service, periods: list[Period], address: str) -> Row:
    operator = service.operator
    return {
        "feed_publisher_name": operator.legal_name,
        "feed_publisher_url": operator.homepage or address,
        "feed_lang": language_of(operator),
        "feed_start_date": _date(min(each.first for each in periods)),
        "feed_end_date": _date(max(each.last for each in periods)),
        "feed_contact_email": operator.email,
        "feed_contact_url": operator.homepage or address,
    }


def _date(day: date) -> str:
    return day.strftime("%Y%m%d")
