"""Railway and ferry lines."""

from __future__ import annotations

import itertools
import math

from shapely import LineString
from shapely import Point as ShapelyPoint

from maas.sandbox.region.lines import FERRY, RAIL, Line, Stop, Way
from maas.sandbox.region.names import CENTRAL, HARBOUR, ISLAND, PORT, Name
from maas.sandbox.region.plane import Point, bend_line, distance, spline
from maas.sandbox.region.sites import Railway, Sites
from maas.sandbox.region.terrain import SEA_LANE

_COLOURS = ("1B4F9C", "2E7D6B", "7B3FA0", "A0522D", "455A64", "00796B")


def stations(sites: Sites, town_m: float) -> dict[str, tuple[Stop, tuple[Stop, Stop]]]:
    """Each station with its two platforms, by Finnish name. Every station is a fare zone of its own."""
    result: dict[str, tuple[Stop, tuple[Stop, Stop]]] = {}
    for railway in sites.railways:
        track = LineString(bend_line(railway.track))
        for name, at in railway.stations:
            if name.fi not in result:
                result[name.fi] = _station(f"R{len(result) + 1:02d}", _station_name(name), bend_line([at])[0], track)
    return result


def _station_name(name: Name) -> Name:
    if name == CENTRAL:
        return name
    return Name(f"{name.fi}", f"{name.en}", f"{name.ja}駅", f"{name.kana}えき")


def _station(station_id: str, name: Name, at: Point, track: LineString) -> tuple[Stop, tuple[Stop, Stop]]:
    along = track.project(ShapelyPoint(at))
    a, b = track.interpolate(max(along - 5, 0)), track.interpolate(along + 5)
    angle = math.atan2(b.y - a.y, b.x - a.x)
    platforms = [
        (round(at[0] + side * 6 * math.sin(angle), 1), round(at[1] - side * 6 * math.cos(angle), 1)) for side in (1, -1)
    ]
    station = Stop(station_id, name, at, "", 1)
    one, two = (
        Stop(f"{station_id}-{n}", name, p, station_id, 0, station_id, str(n)) for n, p in enumerate(platforms, 1)
    )
    return station, (one, two)


def rail_lines(sites: Sites, stops: dict[str, tuple[Stop, tuple[Stop, Stop]]]) -> list[Line]:
    """Trains along every railway, both ways."""
    return [_rail_line(railway, number, stops) for number, railway in enumerate(sites.railways)]


def _rail_line(railway: Railway, number: int, stops: dict[str, tuple[Stop, tuple[Stop, Stop]]]) -> Line:
    track = bend_line(railway.track)
    ways = []
    for direction, shape in enumerate((track, track[::-1])):
        names = [name for name, _ in railway.stations][:: 1 if direction == 0 else -1]
        calls = tuple(stops[name.fi][1][direction] for name in names)
        along = _along(shape, calls)
        ways.append(Way(calls[-1].name, calls, along, tuple(shape)))
    short = "R" if number == 0 else f"R{number + 1}"
    colour = _COLOURS[number % len(_COLOURS)]
    return Line(short, short, railway.name, RAIL, 2, colour, tuple(ways), "rail", 66, 40)


def _along(shape: list[Point], calls: tuple[Stop, ...]) -> tuple[float, ...]:
    line = LineString(shape)
    return tuple(round(line.project(ShapelyPoint(stop.at)), 1) for stop in calls)


def ferry_lines(sites: Sites, town_m: float) -> tuple[list[Stop], list[Line]]:
    """From the port to the island all day, and from the town's harbour a few times."""
    port, island, harbour = (
        Stop(f"F{n}", quay.name, bend_line([quay.at])[0], "S") for n, quay in enumerate(sites.quays, 1)
    )
    crossing = [sites.quays[0].at, sites.quays[1].at]
    open_sea: list[Point] = [sites.quays[2].at, *((u * town_m, v * town_m) for u, v in SEA_LANE), sites.quays[1].at]
    names = (_between(PORT, ISLAND), _between(HARBOUR, ISLAND))
    lines = [
        _ferry("F1", names[0], (port, island), crossing, "ferry", 17),
        _ferry("F2", names[1], (harbour, island), spline(open_sea, 80), "ferry-town", 22),
    ]
    return [port, island, harbour], lines


def _between(a: Name, b: Name) -> Name:
    return Name(f"{a.fi} – {b.fi}", f"{a.en} – {b.en}", f"{a.ja}～{b.ja}", f"{a.kana} {b.kana}")


def _ferry(line_id: str, name: Name, ends: tuple[Stop, Stop], route: list[Point], timetable: str, speed: float) -> Line:
    shape = bend_line(route)
    total = sum(distance(a, b) for a, b in itertools.pairwise(shape))
    out = Way(ends[1].name, ends, (0.0, total), tuple(shape))
    back = Way(ends[0].name, ends[::-1], (0.0, total), tuple(shape[::-1]))
    return Line(line_id, line_id, name, FERRY, 4, "0077A8", (out, back), timetable, speed, 120)
