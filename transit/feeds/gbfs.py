"""Reading shared vehicles (GBFS 1.1 to 3.0): documents by name → a system and what it has now.

A document that is not one at all is refused, so that the last good one stays; what of it makes no sense is left out
and counted. Files that a publisher does not have are read as saying nothing. Texts are in one language per file before
3.0: `texts_in` has the same files in other languages.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from transit.feeds.gbfs_plans import plan_of
from transit.feeds.gbfs_reading import (
    Json,
    Unusable,
    count_of,
    flag_of,
    metres_of,
    point_of,
    string_of,
    texts_of,
    uris_of,
)
from transit.feeds.gbfs_zones import rules_of, zone_of
from transit.routing.rentals import Form, Return, Rule, Station, StationStatus, Status, System, Vehicle, VehicleType

STATIC: Final = (
    "system_information", "vehicle_types", "station_information", "system_pricing_plans", "geofencing_zones"
)  # fmt: skip
"""Documents that change seldom."""
CURRENT: Final = ("station_status", "vehicle_status", "free_bike_status")
"""Documents that say what there is now; the third is what the second was called before 3.0."""
LISTS: Final = {
    "vehicle_types": ("vehicle_types",), "station_information": ("stations",), "system_pricing_plans": ("plans",),
    "geofencing_zones": ("geofencing_zones",), "station_status": ("stations",),
    "vehicle_status": ("vehicles",), "free_bike_status": ("bikes",),
}  # fmt: skip
MOST: Final = 200_000
"""Entities of one document; no system is that large."""
FORMS: Final = {
    "bicycle": Form.BICYCLE, "cargo_bicycle": Form.CARGO_BICYCLE, "car": Form.CAR, "moped": Form.MOPED,
    "scooter": Form.SCOOTER, "scooter_standing": Form.SCOOTER, "scooter_seated": Form.SCOOTER,
}  # fmt: skip
RETURNS: Final = {each.value: each for each in Return}
T = TypeVar("T")
ANY_TYPE: Final = VehicleType("", Form.BICYCLE, Return.HYBRID)
"""What vehicles are where no types are published: bicycles."""


class Refused(ValueError):
    """A document that cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Document:
    """One file: its name, what it holds, when it was said and how long it holds."""

    name: str
    data: Json
    said_at: datetime
    ttl_s: int
    version: str


@dataclass(frozen=True, slots=True)
class _Taken:
    """The entities that make sense, by id, and how often something did not."""

    faults: Counter[str] = field(default_factory=Counter)

    def each(self, rows: Iterable[object], make: Callable[[Json], T], name: Callable[[T], str]) -> tuple[T, ...]:
        """What can be made of rows; of several with one id the first."""
        found: dict[str, T] = {}
        for row in rows:
            try:
                if not isinstance(row, dict):
                    raise Unusable("not_an_object")
                made = make(row)
                if name(made) in found:
                    raise Unusable("duplicate_id")
                found[name(made)] = made
            except Unusable as wrong:
                self.faults[str(wrong)] += 1
        return tuple(found.values())


def document_of(name: str, content: bytes) -> Document:
    """A file as it came. Raises Refused."""
    try:
        whole = json.loads(content)
    except (ValueError, RecursionError):
        raise Refused(f"{name} is not JSON, or not all of it came: ask the publisher.") from None
    if not isinstance(whole, dict) or not isinstance(whole.get("data"), dict):
        raise Refused(f"{name} has no object `data`: is this the address of a GBFS file?")
    ttl = whole.get("ttl")
    said_at = moment_of(whole.get("last_updated"))
    if said_at is None:
        raise Refused(f"{name} does not say when it was written (last_updated): ask the publisher.")
    for _ in _rows(name, whole["data"]):
        break
    ttl_s = int(ttl) if isinstance(ttl, int | float) and math.isfinite(ttl) and not isinstance(ttl, bool) else 0
    return Document(name, whole["data"], said_at, ttl_s, str(whole.get("version", "")))


def addresses_of(discovery: Document) -> dict[str, dict[str, str]]:
    """By language the addresses of the files, by name; from 3.0 on under the language "". Raises Refused."""
    data = discovery.data
    listed = {"": data} if "feeds" in data else {tag: each for tag, each in data.items() if isinstance(each, dict)}
    found = {tag: dict(_addresses(each.get("feeds"))) for tag, each in listed.items()}
    found = {tag: files for tag, files in found.items() if files}
    if not found:
        raise Refused("gbfs.json names no files: is this the address of the auto-discovery file (gbfs.json)?")
    return found


def system_of(
    documents: Mapping[str, Document], texts_in: Mapping[str, Mapping[str, Document]] | None = None
) -> System:
    """What of a system changes seldom. Raises Refused."""
    about = documents.get("system_information")
    if about is None:
        raise Refused("There is no system_information: every system must have one; ask the publisher.")
    own = _language(about.data)
    taken = _Taken()
    named = _names(texts_in or {})
    plans = taken.each(_of(documents, "system_pricing_plans"), lambda row: plan_of(row, own), lambda each: each.plan_id)
    types = taken.each(_of(documents, "vehicle_types"), lambda row: _type(row, own), lambda each: each.type_id)
    stations = taken.each(
        _of(documents, "station_information"), lambda row: _station(row, own, named), lambda each: each.station_id
    )
    numbers = iter(range(MOST))
    zones = taken.each(
        _of(documents, "geofencing_zones"), lambda row: (next(numbers), zone_of(row, own)), lambda each: str(each[0])
    )
    try:
        return System(
            string_of(about.data, "system_id"), texts_of(about.data, "name", own), string_of(about.data, "timezone"),
            texts_of(about.data, "operator", own, needed=False), str(about.data.get("url") or ""),
            types or (ANY_TYPE,), stations, plans, tuple(zone for _, zone in zones),
            _outside(documents.get("geofencing_zones")), tuple(sorted(taken.faults.items())),
        )  # fmt: skip
    except Unusable as wrong:
        raise Refused(f"system_information is incomplete ({wrong}): ask the publisher.") from None


def status_of(documents: Mapping[str, Document], system: System) -> Status:
    """What a system has now. Raises Refused where nothing says so."""
    said = [documents[name].said_at for name in CURRENT if name in documents]
    if not said:
        raise Refused("There is neither station_status nor vehicle_status: ask the publisher.")
    taken = _Taken()
    stations = taken.each(_of(documents, "station_status"), _station_status, lambda each: each.station_id)
    known = tuple(each for each in stations if each.station_id in system.station_by_id)
    if len(known) < len(stations):
        taken.faults["unknown_station"] += len(stations) - len(known)
    rows = [*_of(documents, "vehicle_status"), *_of(documents, "free_bike_status")]
    free = [row for row in rows if not isinstance(row, dict) or _is_free(row)]
    vehicles = taken.each(free, lambda row: _vehicle(row, system), lambda each: each.vehicle_id)
    return Status(min(said), known, vehicles, tuple(sorted(taken.faults.items())))


def moment_of(value: object) -> datetime | None:
    """A time as 3.0 (RFC 3339) or earlier versions (Unix seconds) write it."""
    try:
        if isinstance(value, str):
            at = datetime.fromisoformat(value)
            return None if at.tzinfo is None else at.astimezone(UTC)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    return None


def _addresses(feeds: object) -> Iterator[tuple[str, str]]:
    for each in feeds if isinstance(feeds, list) else []:
        if isinstance(each, dict) and isinstance(each.get("name"), str) and isinstance(each.get("url"), str):
            yield each["name"], each["url"]


def _rows(name: str, data: Json) -> Iterator[object]:
    """The entities of a file. Raises Refused where they are no list or too many."""
    for key in LISTS.get(name, ()):
        rows = data.get(key)
        if key == "geofencing_zones" and isinstance(rows, dict):
            rows = rows.get("features")
        if not isinstance(rows, list):
            raise Refused(f"{name} has no list `{key}`: ask the publisher.")
        if len(rows) > MOST:
            raise Refused(f"{name} has {len(rows)} entries, more than any system: ask the publisher.")
        yield from rows


def _of(documents: Mapping[str, Document], name: str) -> list[object]:
    document = documents.get(name)
    return list(_rows(name, document.data)) if document else []


def _outside(fences: Document | None) -> tuple[Rule, ...]:
    """The rules where no zone is. Raises Refused: nothing could be said of any place."""
    try:
        return rules_of(fences.data.get("global_rules") if fences else None)
    except Unusable:
        raise Refused("geofencing_zones has global_rules that are no rules: ask the publisher.") from None


def _language(about: Json) -> str:
    """The publisher's own language."""
    listed = about.get("languages")
    first = listed[0] if isinstance(listed, list) and listed else about.get("language")
    return first if isinstance(first, str) else "en"


def _names(texts_in: Mapping[str, Mapping[str, Document]]) -> dict[str, list[tuple[str, str]]]:
    """The names of stations in other languages."""
    found: dict[str, list[tuple[str, str]]] = {}
    for language, documents in texts_in.items():
        for row in _of(documents, "station_information"):
            if isinstance(row, dict) and isinstance(row.get("name"), str) and row["name"]:
                found.setdefault(str(row.get("station_id")), []).append((language, row["name"]))
    return found


def _type(row: Json, own: str) -> VehicleType:
    form = FORMS.get(str(row.get("form_factor")), Form.OTHER)
    # Before 2.3 nothing is said of it: where there are stations one may use them, else one need not.
    returned = RETURNS.get(str(row.get("return_constraint")), Return.HYBRID)
    plan = row.get("default_pricing_plan_id")
    return VehicleType(
        string_of(row, "vehicle_type_id"), form, returned, texts_of(row, "name", own, needed=False),
        metres_of(row, "max_range_meters") or None, plan if isinstance(plan, str) else "",
    )  # fmt: skip


def _station(row: Json, own: str, named: Mapping[str, list[tuple[str, str]]]) -> Station:
    station_id = string_of(row, "station_id")
    lat, lon = point_of(row)
    name = texts_of(row, "name", own)
    others = tuple(each for each in named.get(station_id, ()) if each[0] != own)
    capacity = count_of(row, "capacity") if row.get("capacity") is not None else None
    return Station(station_id, name + others, lat, lon, capacity, uris_of(row))


def _station_status(row: Json) -> StationStatus:
    key = "num_vehicles_available" if "num_vehicles_available" in row else "num_bikes_available"
    vehicles = _by_type(row.get("vehicle_types_available")) or {"": count_of(row, key)}
    docks = _by_type(row.get("vehicle_docks_available"))
    if not docks and row.get("num_docks_available") is not None:
        docks = {"": count_of(row, "num_docks_available")}
    here = flag_of(row, "is_installed")
    rents, takes_back = flag_of(row, "is_renting"), flag_of(row, "is_returning")
    return StationStatus(string_of(row, "station_id"), vehicles, docks or None, here and rents, here and takes_back)


def _by_type(listed: Any) -> dict[str, int]:
    """Counts by type of vehicle. One that several types share is each one's."""
    found: dict[str, int] = {}
    for each in listed if isinstance(listed, list) else []:
        if not isinstance(each, dict):
            raise Unusable("not_an_object")
        types = each.get("vehicle_type_ids", [each.get("vehicle_type_id")])
        for type_id in types if isinstance(types, list) else []:
            if isinstance(type_id, str):
                found[type_id] = found.get(type_id, 0) + count_of(each, "count")
    return found


def _is_free(row: Json) -> bool:
    """Whether a vehicle can be hired and stands in the street: one at a station is counted there."""
    return not (row.get("is_reserved") or row.get("is_disabled") or row.get("station_id"))


def _vehicle(row: Json, system: System) -> Vehicle:
    lat, lon = point_of(row)
    type_id = str(row.get("vehicle_type_id") or "")
    if type_id not in system.type_by_id:
        if type_id or len(system.types) > 1:
            raise Unusable("unknown_type")
        type_id = system.types[0].type_id
    plan = row.get("pricing_plan_id")
    key = "vehicle_id" if "vehicle_id" in row else "bike_id"
    return Vehicle(
        string_of(row, key), lat, lon, type_id, metres_of(row, "current_range_meters"),
        plan if isinstance(plan, str) else "", uris_of(row),
    )  # fmt: skip
