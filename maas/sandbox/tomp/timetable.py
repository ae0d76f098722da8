"""The operator's own view of its timetable: which trips go from here to there, when, and for how much."""

from __future__ import annotations

import csv
import io
import math
import zipfile
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from maas.sandbox.tomp.tariff import Fare, Tariff

Row = dict[str, str]
# GTFS route types, basic and extended, as TOMP modes; by hundreds for the extended ones.
_MODES = {0: "TRAM", 1: "METRO", 2: "RAIL", 3: "BUS", 4: "FERRY", 5: "CABLEWAY", 6: "CABLEWAY", 7: "FUNICULAR"}
_MODES |= {11: "TROLLEYBUS", 12: "RAIL", 100: "RAIL", 200: "COACH", 400: "METRO", 700: "BUS", 900: "TRAM"}
_MODES |= {1000: "WATER", 1200: "FERRY"}
NEAR_M = 900.0


@dataclass(frozen=True, slots=True)
class StopPlace:
    """A stop or a station, with the stops at which vehicles call there."""

    id: str
    name: str
    lat: float
    lon: float
    zone: str
    calls: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ride:
    """One vehicle from one stop to another on one day, with its price for one traveller. Times are aware UTC."""

    trip_id: str
    service_date: date
    start: StopPlace
    end: StopPlace
    start_sequence: int
    end_sequence: int
    departs_at: datetime
    arrives_at: datetime
    line: str
    headsign: str
    mode: str
    fare: Fare


@dataclass(frozen=True, slots=True)
class Trip:
    """A timed run, with what is said of it by stop. Times are seconds after noon − 12 h."""

    id: str
    route: Row
    service: str
    headsign: str
    stops: tuple[str, ...]
    sequences: tuple[int, ...]
    arrivals: tuple[int, ...]
    departures: tuple[int, ...]


@dataclass(slots=True)
class Timetable:
    """Trips of a GTFS feed, found by the pair of stops that they serve."""

    zone: ZoneInfo
    places: dict[str, StopPlace]
    tariff: Tariff
    services: dict[str, set[date]]
    trips: dict[str, Trip]
    _by_stop: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of_gtfs(cls, source: Path | bytes, agency: str = "") -> Timetable:
        """Reads a zip archive; only the trips of one agency if one is named.

        Trips that run by frequency are left out: they have no seats to claim by departure.
        """
        with zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source) as archive:
            tables = {name: _rows(archive, name) for name in _TABLES}
        zone = ZoneInfo(tables["agency.txt"][0]["agency_timezone"])
        timetable = cls(
            zone,
            _places(tables["stops.txt"]),
            Tariff.of_rows(tables["fare_attributes.txt"], tables["fare_rules.txt"]),
            _services(tables["calendar.txt"], tables["calendar_dates.txt"]),
            _trips(tables, agency),
        )
        for trip in timetable.trips.values():
            for stop in set(trip.stops):
                timetable._by_stop.setdefault(stop, []).append(trip.id)
        return timetable

    def place(self, reference: str) -> StopPlace | None:
        """The stop or station with an identifier."""
        return self.places.get(reference)

    def near(self, lat: float, lon: float) -> StopPlace | None:
        """The stop or station closest to a coordinate, no further than a walk away."""
        found = min(self.places.values(), key=lambda p: (_metres(p, lat, lon), p.id))
        return found if _metres(found, lat, lon) <= NEAR_M else None

    def rides(self, start: StopPlace, end: StopPlace, since: datetime, until: datetime) -> list[Ride]:
        """Rides that leave within a time, soonest first. Rides without a published fare are not for sale."""
        wanted = {t for stop in start.calls for t in self._by_stop.get(stop, ())}
        wanted &= {t for stop in end.calls for t in self._by_stop.get(stop, ())}
        first = since.astimezone(self.zone).date() - timedelta(1)
        days = [first + timedelta(n) for n in range((until - since).days + 3)]
        found = [
            ride
            for trip_id in wanted
            for day in days
            if day in self.services.get(self.trips[trip_id].service, ())
            for ride in self._ride(self.trips[trip_id], day, start, end)
            if since <= ride.departs_at <= until
        ]
        return sorted(found, key=lambda ride: (ride.departs_at, ride.arrives_at, ride.trip_id))

    def _ride(self, trip: Trip, day: date, start: StopPlace, end: StopPlace) -> Iterator[Ride]:
        board = next((n for n, stop in enumerate(trip.stops) if stop in start.calls), None)
        if board is None:
            return
        leave = next((n for n, stop in enumerate(trip.stops) if n > board and stop in end.calls), None)
        if leave is None:
            return
        a, b = self.places[trip.stops[board]], self.places[trip.stops[leave]]
        touched = frozenset(self.places[stop].zone for stop in trip.stops[board : leave + 1])
        fare = self.tariff.find(trip.route["route_id"], trip.route.get("agency_id", ""), a.zone, b.zone, touched)
        if fare is None:
            return
        midnight = datetime.combine(day, time(12), self.zone).astimezone(UTC) - timedelta(hours=12)
        yield Ride(
            trip.id,
            day,
            a,
            b,
            trip.sequences[board],
            trip.sequences[leave],
            midnight + timedelta(seconds=trip.departures[board]),
            midnight + timedelta(seconds=trip.arrivals[leave]),
            trip.route.get("route_short_name") or trip.route.get("route_long_name", ""),
            trip.headsign,
            _mode(int(trip.route["route_type"])),
            fare,
        )


_TABLES = (
    "agency.txt",
    "stops.txt",
    "routes.txt",
    "trips.txt",
    "stop_times.txt",
    "calendar.txt",
    "calendar_dates.txt",
    "frequencies.txt",
    "fare_attributes.txt",
    "fare_rules.txt",
)


def _rows(archive: zipfile.ZipFile, name: str) -> list[Row]:
    if name not in archive.namelist():
        return []
    text = archive.read(name).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), skipinitialspace=True))


def _places(rows: list[Row]) -> dict[str, StopPlace]:
    platforms: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row.get("parent_station"):
            platforms[row["parent_station"]].add(row["stop_id"])
    return {
        row["stop_id"]: StopPlace(
            row["stop_id"],
            row["stop_name"],
            float(row["stop_lat"]),
            float(row["stop_lon"]),
            row.get("zone_id", ""),
            frozenset({row["stop_id"], *platforms[row["stop_id"]]}),
        )
        for row in rows
        if row.get("stop_lat") and row.get("location_type", "0") in ("", "0", "1")
    }


def _services(calendar: list[Row], changes: list[Row]) -> dict[str, set[date]]:
    days: dict[str, set[date]] = defaultdict(set)
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    for row in calendar:
        first, last = _date(row["start_date"]), _date(row["end_date"])
        running = {n for n, name in enumerate(names) if row[name] == "1"}
        every = (first + timedelta(n) for n in range((last - first).days + 1))
        days[row["service_id"]] |= {day for day in every if day.weekday() in running}
    for row in changes:
        change = days[row["service_id"]].add if row["exception_type"] == "1" else days[row["service_id"]].discard
        change(_date(row["date"]))
    return days


def _date(text: str) -> date:
    return datetime.strptime(text, "%Y%m%d").replace(tzinfo=UTC).date()


def _trips(tables: dict[str, list[Row]], agency: str) -> dict[str, Trip]:
    ours = [row for row in tables["routes.txt"] if not agency or row.get("agency_id") == agency]
    routes = {row["route_id"]: row for row in ours}
    by_frequency = {row["trip_id"] for row in tables["frequencies.txt"]}
    calls: dict[str, list[Row]] = defaultdict(list)
    for row in tables["stop_times.txt"]:
        calls[row["trip_id"]].append(row)
    result: dict[str, Trip] = {}
    for row in tables["trips.txt"]:
        stops = sorted(calls[row["trip_id"]], key=lambda call: int(call["stop_sequence"]))
        if len(stops) > 1 and row["trip_id"] not in by_frequency and row["route_id"] in routes:
            result[row["trip_id"]] = Trip(
                row["trip_id"],
                routes[row["route_id"]],
                row["service_id"],
                row.get("trip_headsign", ""),
                tuple(call["stop_id"] for call in stops),
                tuple(int(call["stop_sequence"]) for call in stops),
                _filled([_seconds(call["arrival_time"] or call["departure_time"]) for call in stops]),
                _filled([_seconds(call["departure_time"] or call["arrival_time"]) for call in stops]),
            )
    return result


def _seconds(clock: str) -> int | None:
    if not clock.strip():
        return None
    hours, minutes, seconds = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds)


def _filled(times: list[int | None]) -> tuple[int, ...]:
    """Missing times in even steps between the known ones; the first and the last are always known."""
    known = [n for n, at in enumerate(times) if at is not None]
    result: list[int] = []
    for n, at in enumerate(times):
        if at is None:
            after = known[bisect_left(known, n)]
            before = known[bisect_left(known, n) - 1]
            low, high = times[before], times[after]
            assert low is not None
            assert high is not None
            at = low + (high - low) * (n - before) // (after - before)
        result.append(at)
    return tuple(result)


def _mode(route_type: int) -> str:
    return _MODES.get(route_type) or _MODES.get(route_type // 100 * 100, "OTHER")


def _metres(place: StopPlace, lat: float, lon: float) -> float:
    east = (place.lon - lon) * math.cos(math.radians(lat))
    return math.hypot(place.lat - lat, east) * 111_320
