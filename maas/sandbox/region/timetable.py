"""Trips and their times: GTFS calendar, trips, stop times and frequencies of the lines of a feed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

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


def trips(lines: list[Line]) -> list[Row]:
    """`trips.txt`."""
    return [_trip(line, direction, day, at) for line, direction, runs in _runs(lines) for day, at in runs]


def stop_times(lines: list[Line]) -> Iterator[str]:
    """`stop_times.txt` piece by piece: a large region has millions of rows."""
    yield "trip_id,arrival_time,departure_time,stop_id,stop_sequence,shape_dist_traveled,timepoint\n"
    for line, direction, runs in _runs(lines):
        calls = _calls(line, line.ways[direction])
        for day, at in runs:
            yield _stop_times(_trip_id(line, direction, day, at), at, calls)


def frequencies(lines: list[Line]) -> list[Row]:
    """`frequencies.txt`."""
    return [row for line in lines if line.by_frequency for day in DAYS for row in _frequencies(line, day)]


def _runs(lines: list[Line]) -> Iterator[tuple[Line, int, list[tuple[str, int]]]]:
    """For each line and direction the kinds of day and departures of its trips; by frequency, one stands for all."""
    for number, line in enumerate(lines):
        for direction in range(len(line.ways)):
            if line.by_frequency:
                yield line, direction, [(day, HEADWAYS[line.timetable][day][0].start_s) for day in DAYS]
                continue
            shift_s = _shift(line, number, direction)
            yield (
                line,
                direction,
                [(day, at) for day in DAYS for at in departures(line.timetable, day, shift_s, line.often)],
            )


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


def _frequencies(line: Line, day: str) -> list[Row]:
    windows = HEADWAYS[line.timetable][day]
    return [
        {
            "trip_id": _trip_id(line, 0, day, windows[0].start_s),
            "start_time": clock(window.start_s),
            "end_time": clock(window.end_s),
            "headway_secs": window.headway_s // line.often,
            "exact_times": 0,
        }
        for window in windows
    ]


def _trip_id(line: Line, direction: int, day: str, at: int) -> str:
    return f"{line.id}-{direction}-{day[:2]}-{clock(at)[:5].replace(':', '')}"


def _trip(line: Line, direction: int, day: str, at: int) -> Row:
    return {
        "route_id": line.id,
        "service_id": day,
        "trip_id": _trip_id(line, direction, day, at),
        "trip_headsign": line.ways[direction].headsign.fi,
        "direction_id": direction,
        "shape_id": f"{line.id}-{direction}",
        "wheelchair_accessible": 1,
        "bikes_allowed": 1 if line.route_type != 3 else 2,
    }


Call = tuple[int, int, bool, str]
"""Arrival and departure in seconds after the trip's, whether they are told, and the cells after them."""


def _stop_times(trip_id: str, at: int, calls: list[Call]) -> str:
    """The rows of one trip."""
    return "".join(
        f"{trip_id},{clock(at + arrival)},{clock(at + departure)},{rest}" if is_known else f"{trip_id},,,{rest}"
        for arrival, departure, is_known, rest in calls
    )


def _calls(line: Line, way: Way) -> list[Call]:
    """What all trips of a line in one direction share."""
    last = len(way.stops) - 1
    rows = []
    for n, (stop, along, times) in enumerate(zip(way.stops, way.along_m, call_times(line, way), strict=True)):
        is_known = not line.sparse or n in (0, last) or n % 4 == 0
        is_timepoint = is_known and (not line.sparse or n in (0, last))
        rows.append((*times, is_known, f"{stop.id},{n + 1},{round(along, 1)},{int(is_timepoint)}\n"))
    return rows


@lru_cache(maxsize=1 << 17)
def clock(seconds: int) -> str:
    """Seconds of the service day as GTFS writes them; hours may exceed 24."""
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
