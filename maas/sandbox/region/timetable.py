"""Trips and their times: GTFS calendar, trips, stop times and frequencies of the lines of a feed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from maas.sandbox.region.fares import Row
from maas.sandbox.region.headways import DAYS, HEADWAYS, departures
from maas.sandbox.region.lines import Line, Way

DAYS_BEFORE, DAYS_AFTER = 30, 365
# Days on which everything runs as on a Sunday: month, day.
_HOLIDAYS = ((1, 1), (1, 6), (5, 1), (12, 6), (12, 24), (12, 25), (12, 26))


def calendars(start: date) -> dict[str, list[Row]]:
    """`calendar.txt` and `calendar_dates.txt` around a day."""
    first, last = start - timedelta(DAYS_BEFORE), start + timedelta(DAYS_AFTER)
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    weekdays = {"weekday": range(5), "saturday": (5,), "sunday": (6,)}
    rows: list[Row] = [
        _row(service_id=day)
        | {name: int(n in weekdays[day]) for n, name in enumerate(names)}
        | _row(start_date=f"{first:%Y%m%d}", end_date=f"{last:%Y%m%d}")
        for day in DAYS
    ]
    dates: list[Row] = []
    for offset in range((last - first).days + 1):
        today = first + timedelta(offset)
        if (today.month, today.day) in _HOLIDAYS and today.weekday() != 6:
            usual = "saturday" if today.weekday() == 5 else "weekday"
            dates.append({"service_id": usual, "date": f"{today:%Y%m%d}", "exception_type": 2})
            dates.append({"service_id": "sunday", "date": f"{today:%Y%m%d}", "exception_type": 1})
    return {"calendar.txt": rows, "calendar_dates.txt": dates}


def _row(**cells: object) -> Row:
    return cells


def runs(lines: list[Line]) -> dict[str, list[Row]]:
    """`trips.txt`, `stop_times.txt`, `frequencies.txt`."""
    tables: dict[str, list[Row]] = {"trips.txt": [], "stop_times.txt": [], "frequencies.txt": []}
    for number, line in enumerate(lines):
        for direction, way in enumerate(line.ways):
            times = call_times(line, way)
            for day in DAYS:
                if line.by_frequency:
                    _add_frequencies(tables, line, day, times)
                    continue
                for at in departures(line.timetable, day, _shift(line, number, direction)):
                    _add_trip(tables, line, direction, day, at, times)
    return tables


def _shift(line: Line, number: int, direction: int) -> int:
    """Lines of one kind do not all leave in the same minute. The main line does, so that its night trip is fixed."""
    if line.timetable in ("town-main", "ferry", "ferry-town"):
        return 0
    return 60 * ((3 * number + 4 * direction) % 10)


def call_times(line: Line, way: Way) -> list[tuple[int, int]]:
    """Arrival and departure at each stop, in seconds after the first departure, to the half minute."""
    at, result = 0, [(0, 0)]
    for before, here in zip(way.along_m, way.along_m[1:], strict=False):
        ride = max(30, round((here - before) / (line.speed_kmh / 3.6) / 30) * 30)
        at = result[-1][1] + ride
        result.append((at, at + line.dwell_s))
    result[-1] = (at, at)
    return result


def _add_frequencies(tables: dict[str, list[Row]], line: Line, day: str, times: list[tuple[int, int]]) -> None:
    windows = HEADWAYS[line.timetable][day]
    trip_id = _add_trip(tables, line, 0, day, windows[0].start_s, times)
    for window in windows:
        tables["frequencies.txt"].append(
            {
                "trip_id": trip_id,
                "start_time": clock(window.start_s),
                "end_time": clock(window.end_s),
                "headway_secs": window.headway_s,
                "exact_times": 0,
            }
        )


def _add_trip(
    tables: dict[str, list[Row]], line: Line, direction: int, day: str, at: int, times: list[tuple[int, int]]
) -> str:
    trip_id = f"{line.id}-{direction}-{day[:2]}-{clock(at)[:5].replace(':', '')}"
    way = line.ways[direction]
    tables["trips.txt"].append(
        {
            "route_id": line.id,
            "service_id": day,
            "trip_id": trip_id,
            "trip_headsign": way.headsign.fi,
            "direction_id": direction,
            "shape_id": f"{line.id}-{direction}",
            "wheelchair_accessible": 1,
            "bikes_allowed": 1 if line.route_type != 3 else 2,
        }
    )
    tables["stop_times.txt"] += _stop_times(line, way, trip_id, at, times)
    return trip_id


def _stop_times(line: Line, way: Way, trip_id: str, at: int, times: list[tuple[int, int]]) -> Iterator[Row]:
    last = len(way.stops) - 1
    for n, (stop, along, (arrival, departure)) in enumerate(zip(way.stops, way.along_m, times, strict=True)):
        is_known = not line.sparse or n in (0, last) or n % 4 == 0
        yield {
            "trip_id": trip_id,
            "arrival_time": clock(at + arrival) if is_known else "",
            "departure_time": clock(at + departure) if is_known else "",
            "stop_id": stop.id,
            "stop_sequence": n + 1,
            "shape_dist_traveled": round(along, 1),
            "timepoint": int(is_known and (not line.sparse or n in (0, last))),
        }


def clock(seconds: int) -> str:
    """Seconds of the service day as GTFS writes them; hours may exceed 24."""
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
