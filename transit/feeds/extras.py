"""Who publishes a feed and whom it credits, and what GTFS-JP adds: kept for people to read, never searched.

Sources: GTFS Schedule, feed_info.txt and attributions.txt; GTFS-JP (standard bus information format of Japan),
agency_jp.txt, office_jp.txt, routes_jp.txt, pattern_jp.txt and the columns `jp_*` of trips.txt.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from transit.feeds import calendars
from transit.feeds.entities import Columns
from transit.feeds.notices import Notices

Row = dict[str, str]
ROLES = ("producer", "operator", "authority", "data_source")
JP_TABLES = ("agency_jp", "routes_jp", "pattern_jp")
WEEK, MONTH = 7, 30
"""Days of validity that a feed should have left (gtfs-validator)."""


@dataclass(frozen=True, slots=True)
class FeedInfo:
    """feed_info.txt. Dates are ISO 8601, "" where not said."""

    publisher: str = ""
    publisher_url: str = ""
    language: str = ""
    version: str = ""
    start_date: str = ""
    end_date: str = ""
    contact_email: str = ""
    contact_url: str = ""


@dataclass(frozen=True, slots=True)
class Attribution:
    """Whom to credit: for the agency, route or trip of that id, for the whole feed where all three are ""."""

    organization: str
    roles: tuple[str, ...]
    url: str
    email: str
    phone: str
    agency_id: str = ""
    route_id: str = ""
    trip_id: str = ""


@dataclass(frozen=True, slots=True)
class Office:
    """A bus office of GTFS-JP, which answers for the trips that name it."""

    id: str
    name: str
    url: str
    phone: str


@dataclass(frozen=True, slots=True)
class TripNotes:
    """What GTFS-JP says of trips: their office, a remark, the symbol of the remark, their pattern."""

    office_id: str
    description: str
    symbol: str
    pattern_id: str


@dataclass(frozen=True)
class Extras:
    """All of this of one feed. `trip_notes` are by the feed's own `trip_id`; `tables` are rows as they stand."""

    info: FeedInfo = field(default_factory=FeedInfo)
    attributions: tuple[Attribution, ...] = ()
    offices: tuple[Office, ...] = ()
    tables: dict[str, list[Row]] = field(default_factory=dict)
    trip_notes: dict[str, TripNotes] = field(default_factory=dict)


def read_info(columns: Columns, notices: Notices) -> FeedInfo:
    """The one row of feed_info.txt."""
    if not columns.rows:
        return FeedInfo()
    file = "feed_info.txt"
    if columns.rows > 1:
        notices.warn("more_than_one_entity", file, lines=[int(columns.lines[1])])

    def first(name: str) -> str:
        return columns.texts(name)[0]

    days = {name: first(name) for name in ("feed_start_date", "feed_end_date")}
    found = {name: calendars.day_of(text) if text else None for name, text in days.items()}
    for name, text in days.items():
        notices.warn("invalid_date", file, name, [text] if text and found[name] is None else [])
    start, end = found.values()
    if start and end and end < start:
        notices.warn("start_and_end_range_out_of_order", file, "feed_end_date", [days["feed_end_date"]])
        start = end = None
    return FeedInfo(
        *(first(name) for name in ("feed_publisher_name", "feed_publisher_url", "feed_lang", "feed_version")),
        *(date.fromordinal(day).isoformat() if day else "" for day in (start, end)),
        *(first(name) for name in ("feed_contact_email", "feed_contact_url")),
    )


def note_validity(start_date: str, end_date: str, today: date, notices: Notices) -> None:
    """A warning where a feed is not valid yet or not for long; the dates are those of `FeedInfo`."""
    file = "feed_info.txt"
    if start_date and date.fromisoformat(start_date) > today:
        notices.warn("feed_not_valid_yet", file, "feed_start_date", [start_date])
    if end_date:
        left = (date.fromisoformat(end_date) - today).days
        if left < MONTH:
            code = "feed_expiration_date7_days" if left < WEEK else "feed_expiration_date30_days"
            notices.warn(code, file, "feed_end_date", [end_date])


def read_attributions(columns: Columns, notices: Notices) -> tuple[Attribution, ...]:
    """The attributions that name somebody."""
    file = "attributions.txt"
    names = ("organization_name", "attribution_url", "attribution_email", "attribution_phone")
    whose = ("agency_id", "route_id", "trip_id")
    flags = [columns.numbers(f"is_{role}", 0) == 1 for role in ROLES]
    found = []
    rows = zip(columns.lines.tolist(), *(columns.texts(name) for name in (*names, *whose)), strict=True)
    for i, (line, *row) in enumerate(rows):
        if not row[0]:
            notices.warn("missing_required_field", file, "organization_name", lines=[line])
            continue
        if sum(bool(key) for key in row[4:]) > 1:
            notices.warn("forbidden_field", file, values=[row[0]], lines=[line])
        roles = tuple(role for role, said in zip(ROLES, flags, strict=True) if said[i])
        found.append(Attribution(row[0], roles, *row[1:]))
    return tuple(found)


def read_offices(columns: Columns) -> tuple[Office, ...]:
    """The offices, each id once."""
    names = ("office_id", "office_name", "office_url", "office_phone")
    offices: dict[str, Office] = {}
    for row in zip(*(columns.texts(name) for name in names), strict=True):
        if row[0]:
            offices.setdefault(row[0], Office(*row))
    return tuple(offices.values())


def read_trip_notes(trips: Columns, offices: Sequence[Office], notices: Notices) -> dict[str, TripNotes]:
    """What the columns `jp_*` of trips.txt say, by trip_id."""
    names = ("jp_office_id", "jp_trip_desc", "jp_trip_desc_symbol", "jp_pattern_id")
    if not any(trips.has(name) for name in names):
        return {}
    known = {office.id for office in offices} | {""}
    found = {}
    columns = [trips.texts(name) for name in names]
    for line, trip, *row in zip(trips.lines.tolist(), trips.texts("trip_id"), *columns, strict=True):
        if row[0] not in known:
            notices.warn("foreign_key_violation", "trips.txt", "jp_office_id", [row[0]], [line])
        if any(row):
            found[trip] = TripNotes(*row)
    return found


def rows_of(columns: Columns, names: Iterable[str]) -> list[Row]:
    """The rows of a table as they stand."""
    named = {name: columns.texts(name) for name in names}
    return [dict(zip(named, row, strict=True)) for row in zip(*named.values(), strict=True)]
