"""Reading services on demand (GOFS 1.0): documents by name → zones, when one is taken from which to which, and prices.

A document that is not one at all is refused, so that the last good ones stay; what of it makes no sense is left out and
counted. Several booking rules of a zone are alternatives: the one that asks for the least notice counts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from transit.feeds.gbfs import Document, Refused
from transit.feeds.gbfs_reading import Json, Unusable, string_of
from transit.feeds.gbfs_zones import zone_of
from transit.feeds.gofs_fares import Fare, fare_of
from transit.routing.booking import Booking, Rule

NEEDED: Final = ("system_information", "service_brands", "zones", "operating_rules", "calendars")
OPTIONAL: Final = ("vehicle_types", "booking_rules", "fares")
QUERIES: Final = ("realtime_booking", "wait_time")
"""What is asked live, the one that says more first."""
MOST_RULES: Final = 2000
MOST_CORNERS: Final = 10_000
MOST_S: Final = 2 * 86_400
MOST_IN_A_CAR: Final = 6
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Ring = tuple[tuple[float, float], ...]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of a calendar."""

    calendar_id: str
    weekdays: frozenset[int]
    first: date
    last: date
    excepted: frozenset[date]

    def runs(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.first <= day <= self.last and day.weekday() in self.weekdays and day not in self.excepted


@dataclass(frozen=True, slots=True)
class OperatingRule:
    """From where to where one is taken, and when: the windows are seconds of the service day, both ends included.

    `key` names it within the system; `wheelchair` None: not known. `notice` is the calendar of `booking`'s days.
    """

    key: str
    brands: tuple[str, ...]
    name: str
    origin: tuple[Ring, ...]
    destination: tuple[Ring, ...]
    pickup: tuple[int, int]
    drop_off: tuple[int, int]
    calendars: tuple[Calendar, ...]
    wheelchair: bool | None
    is_car: bool
    """Whether all its vehicles are known to be cars, with MOST_IN_A_CAR seats at most."""
    fare: Fare | None
    booking: Rule
    notice: Calendar | None

    def runs(self, day: date) -> bool:
        """Whether one is taken on a day."""
        return any(calendar.runs(day) for calendar in self.calendars)


@dataclass(frozen=True)
class OnCall:
    """A system: what it is called, whom to ring, where it is asked live, and its rules."""

    name: str
    operator: str
    timezone: str
    url: str
    phone: str
    queries: Mapping[str, str]
    rules: tuple[OperatingRule, ...]
    faults: Counter[str] = field(default_factory=Counter)


def addresses_of(discovery: Document, languages: Iterable[str]) -> dict[str, str]:
    """The addresses of the files by name, of the first language that there is. Raises Refused."""
    listed = {tag: block for tag, block in discovery.data.items() if isinstance(block, dict)}
    tag = next((each for each in languages if each in listed), next(iter(listed), ""))
    rows = listed.get(tag, {}).get("feeds") or discovery.data.get("feeds")
    rows = rows if isinstance(rows, list) else []
    found = {str(row.get("name")): str(row.get("url")) for row in rows if isinstance(row, dict)}
    missing = [name for name in NEEDED if name not in found]
    if missing:
        raise Refused(f"gofs.json does not name {', '.join(missing)}: is this the address of gofs.json?")
    return found


def system_of(documents: Mapping[str, Document], addresses: Mapping[str, str]) -> OnCall:
    """A system. Raises Refused where it says too little to take anybody anywhere."""
    about, faults = documents["system_information"].data, Counter[str]()
    reader = _Reader(documents, faults)
    try:
        zone = ZoneInfo(string_of(about, "timezone")).key
        name = string_of(about, "name")
    except (Unusable, ValueError, LookupError, OSError):
        raise Refused("system_information lacks a name or a time zone: ask the publisher.") from None
    rules = reader.rules(name)
    if not rules:
        raise Refused("No operating rule can be used: every one needs known zones and calendars. Ask the publisher.")
    texts = {key: str(about.get(key) or "")[:200] for key in ("operator", "url", "phone_number")}
    queries = {each: addresses[each] for each in QUERIES if each in addresses}
    url, phone = link(texts["url"]), texts["phone_number"]
    return OnCall(name, texts["operator"] or name, zone, url, phone, queries, rules, faults)


class _Reader:
    """The documents of a system, each read once."""

    def __init__(self, documents: Mapping[str, Document], faults: Counter[str]) -> None:
        self._documents, self._faults = documents, faults
        features = documents["zones"].data.get("zones")
        features = features.get("features") if isinstance(features, dict) else None
        self._zones = dict(taken(faults, features, _zone, lambda each: each[0]))
        calendars = self._each("calendars", _calendar, lambda each: each.calendar_id)
        self._calendars = {each.calendar_id: each for each in calendars}
        self._fares = {each.fare_id: each for each in self._each("fares", fare_of, lambda fare: fare.fare_id)}
        self._brands = dict(self._each("service_brands", _brand, lambda each: each[0]))
        self._vehicles = dict(self._each("vehicle_types", _vehicle_type, lambda each: each[0]))
        listed = self._rows("booking_rules")
        self._bookings = taken(faults, list(enumerate(listed)), self._booking, lambda each: str(each[0]))

    def rules(self, system: str) -> tuple[OperatingRule, ...]:
        """The operating rules that make sense."""
        rows = list(enumerate(self._rows("operating_rules")[:MOST_RULES]))
        return taken(self._faults, rows, lambda row: self._rule(row, system), lambda rule: rule.key)

    def _rows(self, name: str) -> list[Any]:
        document = self._documents.get(name)
        found = document.data.get(name) if document else None
        return found if isinstance(found, list) else []

    def _each(self, name: str, make: Any, key: Any) -> tuple[Any, ...]:
        return taken(self._faults, self._rows(name), lambda row: make(_object(row)), key)

    def _rule(self, numbered: tuple[int, Any], system: str) -> OperatingRule:
        number, row = numbered[0], _object(numbered[1])
        start, end = string_of(row, "from_zone_id"), string_of(row, "to_zone_id")
        calendars = tuple(self._calendars[each] for each in _strings(row, "calendars") if each in self._calendars)
        if start not in self._zones or end not in self._zones or not calendars:
            raise Unusable("unknown_zone_or_calendar")
        brand = row.get("brand_id")
        brands = (str(brand),) if brand in self._brands else tuple(self._brands)
        first, last = _time(row, "start_pickup_window", 0), _time(row, "end_pickup_window", MOST_S)
        end_at = _time(row, "end_dropoff_window", MOST_S)
        last = min(last, end_at) if "end_pickup_window" in row or "end_dropoff_window" in row else 86_399
        if first > last:
            raise Unusable("impossible_window")
        booking, notice = self._ordered(start, end)
        name = self._brands[brands[0]] if len(brands) == 1 else system
        vehicles = [self._vehicles.get(each, (None, None)) for each in _strings(row, "vehicle_type_id")]
        wheelchair = _any_of([fits for fits, _ in vehicles])
        is_car = bool(vehicles) and all(seats is not None and seats <= MOST_IN_A_CAR for _, seats in vehicles)
        key = f"{number}-{start}-{end}"[:120]
        return OperatingRule(
            key, brands, name, self._zones[start], self._zones[end], (first, last), (first, end_at),
            calendars, wheelchair, is_car, self._fares.get(str(row.get("fare_id"))), booking, notice,
        )  # fmt: skip

    def _ordered(self, start: str, end: str) -> tuple[Rule, Calendar | None]:
        """The rule between two zones that asks for the least notice; without any, one orders when one wants to ride."""
        fitting = [
            (rule, self._calendars.get(notice))
            for _, rule, notice, zones in self._bookings
            if all(not named or zone in named for named, zone in zip(zones, (start, end), strict=True))
        ]
        if not fitting:
            return Rule("", Booking.REAL_TIME), None
        return min(fitting, key=lambda each: (each[0].kind, each[0].notice_min_s or 0, each[0].last_day or 0))

    def _booking(self, numbered: tuple[int, Any]) -> tuple[int, Rule, str, tuple[tuple[str, ...], tuple[str, ...]]]:
        number, row = numbered[0], _object(numbered[1])
        kind = row.get("booking_type")
        if kind not in (0, 1, 2):
            raise Unusable("unknown_booking_type")
        shortest, longest, last_day, start_day = (
            _whole(row, f"prior_notice_{each}") for each in ("duration_min", "duration_max", "last_day", "start_day")
        )
        last, start = (_time(row, f"prior_notice_{each}_time", 0) for each in ("last", "start"))
        said, pickup, drop_off = (
            str(row.get(each) or "")[:500] for each in ("message", "pickup_message", "drop_off_message")
        )
        phone = str(row.get("phone_number") or "")[:40]
        info, booking = link(row.get("info_url")), link(row.get("booking_url"))
        rule = Rule(
            str(number), Booking(int(kind)), shortest and shortest * 60, longest and longest * 60, last_day, last,
            start_day, start, None, said, pickup, drop_off, phone, info, booking,
        )  # fmt: skip
        if (kind == 1 and shortest is None) or (kind == 2 and last_day is None):
            raise Unusable("no_prior_notice")
        zones = _strings(row, "from_zone_ids"), _strings(row, "to_zone_ids")
        return number, rule, str(row.get("prior_notice_calendar_id") or ""), zones


def taken(faults: Counter[str], rows: Any, make: Callable[[Any], T], key: Callable[[T], str]) -> tuple[T, ...]:
    """What can be made of rows; of several with one key the first."""
    found: dict[str, T] = {}
    for row in rows if isinstance(rows, list) else []:
        try:
            made = make(row)
        except Unusable as wrong:
            faults[str(wrong)] += 1
            continue
        if found.setdefault(key(made), made) is not made:
            faults["duplicate_id"] += 1
    return tuple(found.values())


def _zone(row: Any) -> tuple[str, tuple[Ring, ...]]:
    found = zone_of({"geometry": _object(row).get("geometry"), "properties": {}}, "")
    rings = tuple(ring for polygon in found.polygons for ring in polygon)
    if sum(map(len, rings)) > MOST_CORNERS:
        raise Unusable("too_many_corners")
    return string_of(row, "zone_id"), rings


def _calendar(row: Json) -> Calendar:
    named = _strings(row, "days") or WEEKDAYS
    weekdays = frozenset(WEEKDAYS.index(each) for each in named if each in WEEKDAYS)
    excepted = frozenset(_date(each) for each in _strings(row, "excepted_dates"))
    first, last = (_date(string_of(row, key)) for key in ("start_date", "end_date"))
    return Calendar(string_of(row, "calendar_id"), weekdays, first, last, excepted)


def _brand(row: Json) -> tuple[str, str]:
    return string_of(row, "brand_id"), string_of(row, "brand_name")


def _vehicle_type(row: Json) -> tuple[str, tuple[bool | None, int | None]]:
    said = str(row.get("wheelchair_boarding") or "")
    fits = None if not said or said == "unknown" else "inac" not in said and said not in ("false", "no", "2")
    seats = str(row.get("max_capacity") or "")
    return string_of(row, "vehicle_type_id"), (fits, int(seats) if seats.isdecimal() and len(seats) < 4 else None)


def _any_of(known: list[bool | None]) -> bool | None:
    """Whether one of several kinds of vehicle takes wheelchairs."""
    return True if True in known else False if known and None not in known else None


def _object(row: Any) -> Json:
    if not isinstance(row, dict):
        raise Unusable("not_an_object")
    return row


def _strings(row: Json, key: str) -> tuple[str, ...]:
    value = row.get(key)
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _whole(row: Json, key: str) -> int | None:
    value = row.get(key)
    if value is None:
        return None
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value <= 100_000 or value != int(value):
        raise Unusable(f"no_{key}")
    return int(value)


def _time(row: Json, key: str, default: int) -> int:
    value = row.get(key)
    if value is None:
        return default
    found = re.fullmatch(r"(\d{1,2}):([0-5]\d):([0-5]\d)", str(value), re.ASCII)
    if found is None:
        raise Unusable(f"no_{key}")
    hour, minute, second = map(int, found.groups())
    return min(hour * 3600 + minute * 60 + second, MOST_S)


def _date(text: str) -> date:
    if not re.fullmatch(r"\d{8}", text, re.ASCII):
        raise Unusable("no_date")
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        raise Unusable("no_date") from None


def link(value: object) -> str:
    """A web address that may be shown; anything else is none."""
    text = str(value or "")
    return text if len(text) <= 500 and urlsplit(text).scheme in ("https", "http") else ""
