"""What the register discloses, as values: the one place that decides what of a row is public.

No credential, capability or note of how we sell is among it. Texts by language are `{language: text}`; lists and codes
have the names of the Finnish national access point where it has one (see docs/register.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from shapely.geometry import shape

from transit.models import (
    BookingRule,
    Interface,
    OperationArea,
    Operator,
    PriceClass,
    Service,
    ServiceException,
    ServiceHours,
    Taxi,
)
from transit.money import Money
from transit.register.ties import Ties

Texts = dict[str, str]
Box = tuple[float, ...]
_SECRET = re.compile(r"key$|token|secret|passw|pwd|^sig|signature|credential|^auth(orization)?$", re.IGNORECASE)
_ADDRESS = re.compile(r"url$|^homepage$")
_MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class OperatorEntry:
    """An operator. Dispatchers and associated operators are codes of others."""

    code: str
    legal_name: str
    region: str
    business_id: str
    vat_id: str
    country: str
    homepage: str
    phone: str
    email: str
    visiting_address: str
    billing_address: str
    licensing_office: str
    licence_number: str
    licence_from: date | None
    licence_until: date | None
    dispatchers: tuple[str, ...]
    associated_operators: tuple[str, ...]

    @classmethod
    def of(cls, row: Operator) -> OperatorEntry:
        """Of a row with its region, dispatchers and associated operators."""
        return cls(
            **_plain(row, cls, "region", "dispatchers", "associated_operators"),
            region=row.region.code if row.region else "",
            dispatchers=_codes(row.dispatchers.all()),
            associated_operators=_codes(row.associated_operators.all()),
        )


@dataclass(frozen=True, slots=True)
class Area:
    """Where: in words; if known the box around it (west, south, east, north), and where it was asked for GeoJSON."""

    name: str
    names: Texts
    primary: bool
    box: Box | None
    geometry: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Hours:
    """Weekdays (Monday is 0) and times; `closes` not after `opens` is on the day after, 00:00 to 00:00 a whole day."""

    weekdays: tuple[int, ...]
    opens: time
    closes: time
    start_date: date | None
    end_date: date | None
    notes: Texts


@dataclass(frozen=True, slots=True)
class OtherHours:
    """Days on which other hours hold; closed without times."""

    start_date: date
    end_date: date
    opens: time | None
    closes: time | None
    notes: Texts


@dataclass(frozen=True, slots=True)
class Rule:
    """Until when and how a ride is ordered, with the fields of GTFS-Flex; durations in minutes."""

    booking_type: int
    prior_notice_duration_min: int | None
    prior_notice_duration_max: int | None
    prior_notice_last_day: int | None
    prior_notice_last_time: time | None
    prior_notice_start_day: int | None
    prior_notice_start_time: time | None
    messages: Texts
    phone_number: str
    info_url: str
    booking_url: str


@dataclass(frozen=True, slots=True)
class Price:
    """A price that people are told, and for each what."""

    name: str
    names: Texts
    price: Money
    unit: str


@dataclass(frozen=True, slots=True)
class ServiceEntry:
    """A service. `timezone` is that of its hours; `facilities` are pairs of what it has and how far (all, some, none);
    what is not among them is not stated. `interfaces` are names: those of it, else those of its operator for all.
    """

    code: str
    operator_code: str
    operator_name: str
    agency_id: str
    name: str
    names: Texts
    descriptions: Texts
    kind: str
    subtype: str
    transport_types: tuple[str, ...]
    brokerage: bool
    traffic: str
    published_on: date | None
    url: str
    council: str
    council_decision: str
    council_decided_on: date | None
    timezone: str
    areas: tuple[Area, ...]
    hours: tuple[Hours, ...]
    exceptions: tuple[OtherHours, ...]
    advance_reservation: str
    booking_phone: str
    booking_url: str
    booking_rules: tuple[Rule, ...]
    prices: tuple[Price, ...]
    price_notes: Texts
    price_url: str
    payment_methods: tuple[str, ...]
    facilities: tuple[tuple[str, str], ...]
    accessibility_notes: Texts
    accessibility_url: str
    assistance_notice_s: int | None
    luggage_notes: Texts
    sales: str
    sales_url: str
    interfaces: tuple[str, ...]

    @classmethod
    def of(cls, row: Service, ties: Ties, *, geometry: bool) -> ServiceEntry:
        """Of a row with everything that hangs on it, with or without the geometry of its areas.

        A taxi that is planned with has its area, hours and prices there; they count where the register has no others.
        """
        made = {
            "operator_code": row.operator.code,
            "operator_name": row.operator.legal_name,
            "timezone": _timezone(row),
            "areas": tuple(_area(each, geometry) for each in row.areas.all()),
            "hours": tuple(_hours(each) for each in row.hours.all()),
            "exceptions": tuple(_other_hours(each) for each in row.exceptions.all()),
            "booking_rules": tuple(_rule(each) for each in row.booking_rules.all()),
            "prices": tuple(_price(each) for each in row.price_classes.all()),
            "facilities": tuple(sorted((each.facility, each.extent) for each in row.facilities.all())),
            "interfaces": ties.interfaces_of(row),
        }
        if taxi := getattr(row, "taxi", None):
            made |= {name: value for name, value in _of_taxi(taxi, geometry).items() if not made.get(name)}
        made = {name: value for name, value in made.items() if value != "" or not hasattr(row, name)}
        return cls(**(_plain(row, cls, *made) | made))


@dataclass(frozen=True, slots=True)
class InterfaceEntry:
    """An interface. `url` is without credentials; `services` are codes. The share of time for which it is promised to
    work is in hundredths of a percent.
    """

    name: str
    operator_code: str
    operator_name: str
    format: str
    version: str
    url: str
    of: str
    services: tuple[str, ...]
    contents: tuple[str, ...]
    licence: str
    licence_url: str
    terms_url: str
    attribution: str
    documentation_url: str
    authentication: str
    sandbox_url: str
    rate_limit_requests: int | None
    rate_limit_period_s: int
    contact_email: str
    contact_url: str
    availability_basis_points: int | None
    sla_url: str

    @classmethod
    def of_row(cls, row: Interface, ties: Ties) -> InterfaceEntry:
        """Of a row with its operator and its timetable."""
        made: dict[str, Any] = {
            "operator_code": row.operator.code if row.operator else "",
            "operator_name": row.operator.legal_name if row.operator else "",
            "url": public_url(row.url),
            "sandbox_url": public_url(row.sandbox_url),
            "of": row.of.name if row.of else "",
            "services": ties.services_of(row),
        }
        return cls(**(_plain(row, cls, *made) | made))


def public_url(url: str) -> str:
    """An address without user, password and whatever of the query looks like a key; empty if it is none of the web."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    query = [each for each in parse_qsl(parts.query, keep_blank_values=True) if not _SECRET.search(each[0])]
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~")
    return parts._replace(netloc=host + port, path=path, query=urlencode(query), fragment="").geturl()


def _plain(row: Any, kind: type[Any], *others: str) -> dict[str, Any]:
    """The fields of a value that are those of the row; lists become tuples, and addresses are of the web or empty."""
    return {name: _public(name, getattr(row, name)) for name in kind.__slots__ if name not in others}


def _public(name: str, value: Any) -> Any:
    if _ADDRESS.search(name):
        return value if value.startswith(("https://", "http://")) else ""
    return tuple(value) if isinstance(value, list) else value


def _codes(rows: Iterable[Any]) -> tuple[str, ...]:
    return tuple(sorted(row.code for row in rows))


def _timezone(row: Service) -> str:
    return row.operator.region.timezone if row.operator.region else ""


def _area(row: OperationArea, geometry: bool) -> Area:
    sides = (row.west, row.south, row.east, row.north)
    box = tuple(side for side in sides if side is not None)
    return Area(row.name, row.names, row.primary, box or None, row.geometry if geometry else None)


def _hours(row: ServiceHours) -> Hours:
    return Hours(tuple(row.weekdays), **_plain(row, Hours, "weekdays"))


def _other_hours(row: ServiceException) -> OtherHours:
    return OtherHours(**_plain(row, OtherHours))


def _rule(row: BookingRule) -> Rule:
    return Rule(**_plain(row, Rule))


def _price(row: PriceClass) -> Price:
    return Price(row.name, row.names, Money(row.amount_minor, row.currency), row.unit)


def _of_taxi(row: Taxi, geometry: bool) -> dict[str, Any]:
    """What is known of a taxi for planning."""
    spans = row.spans or [(tuple(range(7)), 0, 86_400)]
    amounts = [(PriceClass.Unit.START, row.base_minor), (PriceClass.Unit.KILOMETRE, row.per_km_minor or None),
               (PriceClass.Unit.MINUTE, row.per_minute_minor or None)]  # fmt: skip
    return {
        "timezone": row.timezone,
        "areas": (Area("", {}, True, shape(row.area).bounds, row.area if geometry else None),),
        "hours": tuple(Hours(days, _clock(start), _clock(end), None, None, {}) for days, start, end in spans),
        "prices": tuple(
            Price("", {}, Money(amount, row.currency), unit.value)
            for unit, amount in amounts
            if amount is not None and row.base_minor is not None
        ),
        "booking_phone": row.service.booking_phone or row.phone,
        "booking_url": _public("url", row.service.booking_url or row.booking_url),
        "kind": row.service.kind or Service.Kind.TAXI.value,
    }


def _clock(second: int) -> time:
    """The clock so many seconds after midnight, perhaps of the next day."""
    minute = second // 60 % (24 * 60)
    return time(minute // 60, minute % 60) if minute else _MIDNIGHT
