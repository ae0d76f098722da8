"""Released rules → GOFS 1.0 (https://gofs.org/reference): documents by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from transit.models import Service
from transit.money import Money
from transit.ondemand.rules import Fares, Vehicle
from transit.publishing.on_demand.geometry import geometry_of
from transit.publishing.on_demand.ordering import message_of, order_of
from transit.publishing.on_demand.periods import Period, Run, periods_of, runs_of
from transit.publishing.on_demand.ways import End, ways_of
from transit.publishing.timetables import clock, language_of

VERSION: Final = "1.0"
TTL_S: Final = 3600
FILES: Final = (
    "system_information", "service_brands", "vehicle_types", "zones", "operating_rules", "calendars", "booking_rules",
    "fares",
)  # fmt: skip
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_COLOUR, _TEXT_COLOUR = "0B4F7D", "FFFFFF"
Json = dict[str, Any]


def gofs_of(service: Service, today: date, said_at: datetime, addresses: Mapping[str, str]) -> dict[str, Json]:
    """The documents by name, the discovery file `gofs` among them; `addresses` is where each of FILES is."""
    written = _Written()
    for period in periods_of(service, today):
        _add(written, service, period)
    feeds = [{"name": name, "url": addresses[name]} for name in FILES]
    data: dict[str, Any] = {
        "gofs": {language_of(service.operator): {"feeds": feeds}},
        "system_information": _about(service),
        "service_brands": {"service_brands": [_brand(service)]},
        "vehicle_types": {"vehicle_types": list(written.vehicle_types.values())},
        "zones": {"zones": {"type": "FeatureCollection", "features": written.zones}},
        "operating_rules": {"operating_rules": written.rules},
        "calendars": {"calendars": written.calendars},
        "booking_rules": {"booking_rules": written.bookings},
        "fares": {"fares": written.fares},
    }
    head = {"last_updated": int(said_at.timestamp()), "ttl": TTL_S, "version": VERSION}
    return {name: {**head, "data": said} for name, said in data.items()}


@dataclass
class _Written:
    """What is written so far. Two versions may be in it, each with zones and fares of its own where they differ."""

    zones: list[Json] = field(default_factory=list)
    rules: list[Json] = field(default_factory=list)
    calendars: list[Json] = field(default_factory=list)
    bookings: list[Json] = field(default_factory=list)
    fares: list[Json] = field(default_factory=list)
    vehicle_types: dict[str, Json] = field(default_factory=dict)
    known: dict[End, str] = field(default_factory=dict)

    def zone(self, end: End) -> str:
        """The id of an end."""
        if end not in self.known:
            taken = set(self.known.values())
            codes = (end.code, *(f"{end.code}.{number}" for number in range(2, len(taken) + 3)))
            key = next(code for code in codes if code not in taken)
            geometry, properties = geometry_of(end.outline), {"name": end.name}
            self.zones.append({"zone_id": key, "type": "Feature", "properties": properties, "geometry": geometry})
            self.known[end] = key
        return self.known[end]


def _add(written: _Written, service: Service, period: Period) -> None:
    rules, fare = period.rules, f"v{period.number}"
    written.fares.append(_fare(fare, rules.fares, rules.currency))
    types = [_type_of(written, vehicle) for vehicle in rules.vehicles if vehicle.shifts]
    ways = [(written.zone(origin), written.zone(destination)) for origin, destination in ways_of(rules)]
    ends = sorted({end for way in ways for end in way})
    written.bookings.append(_booking(service, period, ends))
    for run in runs_of(period):
        key = f"v{period.number}-{run.key}"
        written.calendars.append(_calendar(key, run))
        for origin, destination in ways:
            written.rules.append(
                {
                    "from_zone_id": origin,
                    "to_zone_id": destination,
                    "start_pickup_window": clock(run.start_s),
                    "end_pickup_window": clock(run.last_pickup_s),
                    "end_dropoff_window": clock(run.end_s),
                    "calendars": [key],
                    "brand_id": service.code,
                    "vehicle_type_id": sorted(set(types)),
                    "fare_id": fare,
                }
            )


def _type_of(written: _Written, vehicle: Vehicle) -> str:
    """The id of a kind of vehicle: by its places."""
    seats = max(layout[0] + layout[1] + layout[2] for layout in vehicle.layouts)
    wheelchair = any(layout[1] for layout in vehicle.layouts)
    key = f"{seats}-seats{'-wheelchair' if wheelchair else ''}"
    said = {"vehicle_type_id": key, "max_capacity": str(seats), "wheelchair_boarding": str(wheelchair).lower()}
    written.vehicle_types.setdefault(key, said)
    return key


def _about(service: Service) -> Json:
    operator = service.operator
    said = {
        "language": language_of(operator),
        "timezone": operator.region.timezone if operator.region else "UTC",
        "name": service.name,
        "operator": operator.legal_name,
        "url": service.url or operator.homepage,
        "phone_number": service.booking_phone or operator.phone,
        "email": operator.email,
    }
    return {key: value for key, value in said.items() if value}


def _brand(service: Service) -> Json:
    return {
        "brand_id": service.code,
        "brand_name": service.name,
        "brand_color": _COLOUR,
        "brand_text_color": _TEXT_COLOUR,
    }


def _calendar(key: str, run: Run) -> Json:
    said: Json = {
        "calendar_id": key,
        "days": [_DAYS[day] for day in run.weekdays],
        "start_date": f"{run.first:%Y%m%d}",
        "end_date": f"{run.last:%Y%m%d}",
    }
    return said | ({"excepted_dates": [f"{day:%Y%m%d}" for day in run.without]} if run.without else {})


def _booking(service: Service, period: Period, zones: list[str]) -> Json:
    """Of the zones of a version. Where a later one keeps a zone, both rules are said of it: the earlier comes first."""
    order = order_of(period.rules, service)
    said = {
        "from_zone_ids": zones,
        "to_zone_ids": zones,
        "booking_type": order.kind,
        "prior_notice_duration_min": order.notice_min,
        "prior_notice_last_day": order.last_day,
        "prior_notice_last_time": None if order.last_s is None else clock(order.last_s),
        "prior_notice_start_day": order.start_day,
        "prior_notice_start_time": None if order.start_day is None else "00:00:00",
        "message": message_of(period.rules, language_of(service.operator)),
        "phone_number": order.phone,
        "info_url": service.url,
        "booking_url": service.booking_url,
    }
    return {key: value for key, value in said.items() if value not in (None, "")}


def _fare(fare: str, fares: Fares, currency: str) -> Json:
    """What an adult pays. Crossed zones, limits and groups have no words in the format."""
    return {"fare_id": fare, "currency": currency} | dict(_segments(fares, currency))


def _segments(fares: Fares, currency: str) -> Iterator[tuple[str, list[Json]]]:
    parts = (("rider", fares.base_minor), ("kilometer", fares.per_km_minor), ("active_minute", fares.per_minute_minor))
    for name, minor in parts:
        if minor or name == "rider":
            amount = float(Money(minor, currency).decimal())
            start = 1 if name == "rider" else 0
            yield name, [{"interval": 1, "start": start, "amount": amount}]
