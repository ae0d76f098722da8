"""What a twin of a system of shared vehicles has, and how it comes and goes by itself."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
STATIONS = 40
APART_DEG = 0.004
"""Stations are not nearer to each other than this, in degrees of latitude or longitude."""
ASIDE_DEG = 0.0006
"""A station stands a little aside of the stop that it is named after."""


@dataclass
class Stand:
    """A station."""

    station_id: str
    name: str
    lat: float
    lon: float
    docks: int = 12
    bikes: int = 6
    translations: dict[str, str] = field(default_factory=dict)
    """The name in other languages."""


@dataclass
class Fleet:
    """A system; `language` is that of its stations' names. `age_s` is how old what it says is; `broken` what it sends
    instead of what there is.
    """

    name: str
    language: str = "en"
    stands: list[Stand] = field(default_factory=list)
    scooters: list[Json] = field(default_factory=list)
    """And other vehicles in the street, which name their type."""
    types: list[Json] = field(default_factory=list)
    """Kinds of vehicle beside bicycles and scooters."""
    no_parking: list[list[list[float]]] = field(default_factory=list)
    """Rings of (lon, lat)."""
    no_riding: list[list[list[float]]] = field(default_factory=list)
    calm: bool = False
    age_s: int = 0
    broken: str = ""

    def bikes_at(self, stand: Stand, ten_minutes: int) -> int:
        """How many bicycles stand at a station; always the same at one time."""
        if self.calm:
            return stand.bikes
        digest = hashlib.sha256(f"{stand.station_id}/{ten_minutes}".encode()).digest()
        return digest[0] % (stand.docks + 1)


def fleets_of(feeds: dict[str, bytes]) -> dict[str, Fleet]:
    """Bicycles and scooters around the stops of the first feed that has any."""
    for feed in sorted(feeds):
        with zipfile.ZipFile(io.BytesIO(feeds[feed])) as archive:
            if stops := _stops(_rows(archive, "stops.txt")):
                fleet = town_fleet("Market Bikes", stops)
                _translate(fleet, _rows(archive, "feed_info.txt"), _rows(archive, "translations.txt"))
                return {"shared": fleet}
    return {}


def town_fleet(name: str, stops: list[tuple[str, float, float]]) -> Fleet:
    """Stations at stops that are apart, a scooter near every other one, and one area where none may be left."""
    fleet = Fleet(name)
    for stop, lat, lon in stops:
        if len(fleet.stands) == STATIONS:
            break
        if all(max(abs(lat - each.lat), abs(lon - each.lon)) > APART_DEG for each in fleet.stands):
            number = str(len(fleet.stands) + 1)
            fleet.stands.append(Stand(number, stop, lat + ASIDE_DEG, lon + ASIDE_DEG))
    for each in fleet.stands[::2]:
        scooter = {"vehicle_id": f"s{each.station_id}", "lat": each.lat - 2 * ASIDE_DEG, "lon": each.lon}
        fleet.scooters.append(scooter | {"current_range_meters": 4000 + 1500 * (len(fleet.scooters) % 8)})
    if fleet.stands:
        middle = fleet.stands[0]
        fleet.no_parking.append(square(middle.lat, middle.lon, 0.0015))
    return fleet


def square(lat: float, lon: float, half_deg: float) -> list[list[float]]:
    """A ring around a place."""
    corners = ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
    return [[lon + east * half_deg, lat + north * half_deg] for east, north in corners]


def _rows(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    if name not in archive.namelist():
        return []
    with archive.open(name) as table:
        return list(csv.DictReader(io.TextIOWrapper(table, "utf-8-sig")))


def _stops(rows: list[dict[str, str]]) -> list[tuple[str, float, float]]:
    named = sorted(rows, key=lambda row: hashlib.sha256(row["stop_id"].encode()).digest())
    return [
        (row["stop_name"], float(row["stop_lat"]), float(row["stop_lon"]))
        for row in named
        if row.get("stop_lat") and (row.get("location_type") or "0") in ("0", "1")
    ]


def _translate(fleet: Fleet, about: list[dict[str, str]], translations: list[dict[str, str]]) -> None:
    """Name the stations in the languages that the feed has for the names themselves."""
    fleet.language = next((row["feed_lang"] for row in about if row.get("feed_lang")), fleet.language)
    by_name: dict[str, dict[str, str]] = {}
    for row in translations:
        if row.get("field_name") == "stop_name" and row.get("field_value"):
            by_name.setdefault(row["field_value"], {})[row["language"]] = row["translation"]
    for each in fleet.stands:
        each.translations = by_name.get(each.name, {})
