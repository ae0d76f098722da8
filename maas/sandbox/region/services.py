"""Which lines a region has: a network plan made from its streets, villages and rails."""

from __future__ import annotations

import math
from dataclasses import replace

import shapely

from maas.sandbox.region import buses, rails
from maas.sandbox.region.landmarks import Landmark, station_landmark
from maas.sandbox.region.lines import COAST_BUS, TOWN_BUS, Density, Line, Transit
from maas.sandbox.region.plane import Point, Scale, bend_line, bend_shape, distance
from maas.sandbox.region.quarters import Settlement
from maas.sandbox.region.sites import Sites
from maas.sandbox.region.streets import StreetNetwork

_BUSY = ("primary", "secondary", "tertiary")
_COLOURS = ("C8102E", "00843D", "E87722", "6D2077", "0057B8", "B58500", "A50034", "007A87")


def plan(
    network: StreetNetwork,
    town: Settlement,
    villages: list[Settlement],
    sites: Sites,
    landmarks: list[Landmark],
    scale: Scale,
    density: Density,
) -> Transit:
    """Railway, ferries, town buses and regional buses."""
    transit = Transit()
    town_m = scale.town_m
    stations = rails.stations(sites, town_m)
    transit.stops["rail"] = [stop for station, platforms in stations.values() for stop in (station, *platforms)]
    transit.lines["rail"] = rails.rail_lines(sites, stations)
    places = _Places(network, bend_line([town.centre])[0], landmarks, bend_line([_central(sites)])[0])
    poles = buses.Poles(network, [*landmarks, station_landmark(places.station_at)], places.centre, town_m)
    router = buses.Router(network)
    ends = _terminals(places, town, router)
    transit.lines["town"] = _town_lines(places, ends, villages, router, poles, scale.size)
    count = (density.lines - 1) * len(transit.lines["town"])
    transit.lines["town"] += _cross_town_lines(places, ends, router, poles, count)
    transit.stops["town"] = poles.all("T")
    ferry_stops, ferries = rails.ferry_lines(sites, town_m)
    transit.lines["coast"] = [*_regional_lines(places, villages, router, poles), *ferries]
    transit.stops["coast"] = [*poles.all("K"), *ferry_stops]
    for feed, lines in transit.lines.items():
        transit.lines[feed] = [replace(line, often=density.often) for line in lines]
    return transit


def _central(sites: Sites) -> Point:
    return next(at for name, at in sites.railways[0].stations if name.fi.endswith("asema"))


class _Places:
    """The junctions that lines start from, end at and pass."""

    def __init__(self, network: StreetNetwork, centre: Point, landmarks: list[Landmark], station: Point) -> None:
        self.network, self.centre, self.station_at = network, centre, station
        self.busy = sorted({n for s in network.streets if s.kind in _BUSY for n in (s.start, s.end)})
        self.market = self.near(landmarks[0].at)
        self.station = self.near(station)
        self.hospital = self.near(next(m.at for m in landmarks if m.tags.get("amenity") == "hospital"))
        self.mall = self.near(next(m.at for m in landmarks if m.tags.get("shop") == "mall"))

    def near(self, point: Point) -> int:
        """The junction of a busy street closest to a point."""
        return min(self.busy, key=lambda n: distance(self.network.junctions[n], point))


def _terminals(places: _Places, town: Settlement, router: buses.Router) -> list[int]:
    """Ends of town lines: outer quarters, one after the other around the town."""
    reachable = router.tree(places.market).arrived_by
    ends: dict[int, float] = {}
    network, busy = places.network, places.busy
    near = shapely.STRtree([shapely.Point(network.junctions[n]) for n in busy])
    for quarter in town.quarters:
        middle = bend_line([(quarter.area.centroid.x, quarter.area.centroid.y)])[0]
        rim = bend_shape(quarter.area).buffer(8)
        on_rim = [n for n in near.query(rim, predicate="intersects") if busy[int(n)] in reachable]
        if distance(middle, places.centre) > 0.55 * town.radius_m and on_rim:
            end = max((busy[int(n)] for n in on_rim), key=lambda n: distance(network.junctions[n], places.centre))
            ends[end] = math.atan2(middle[1] - places.centre[1], middle[0] - places.centre[0])
    return sorted(ends, key=lambda n: ends[n])


def _town_lines(
    places: _Places, ends: list[int], villages: list[Settlement], router: buses.Router, poles: buses.Poles, size: int
) -> list[Line]:
    """Lines across the town through market and station, the last but one out to a village, the last a loop."""
    count = max(4, round(4 * size**0.62))
    across = count - 1
    lines: list[Line] = []
    for k in range(across):
        start = ends[k * len(ends) // (2 * across)]
        end = ends[(k * len(ends) // (2 * across) + len(ends) // 2) % len(ends)]
        if k == across - 1:
            start = places.near(_village_centre(villages[2]))
        hubs = [places.station, places.market] if k % 2 == 0 else [places.market]
        path = router.through([start, *hubs, end])
        if path and len(path.streets) > 3:
            timetable, colour = "town-main" if k == 0 else "town", _COLOURS[k % len(_COLOURS)]
            number = str(len(lines) + 1)
            lines.append(buses.line(poles, path, "T", number, number, TOWN_BUS, timetable, 21, colour))
    loop = router.through([places.market, places.hospital, places.station, places.market])
    assert loop is not None
    number = str(len(lines) + 1)
    lines.append(buses.line(poles, loop, "T", number, number, TOWN_BUS, "loop", 20, "58595B", is_loop=True))
    return lines


def _cross_town_lines(
    places: _Places, ends: list[int], router: buses.Router, poles: buses.Poles, count: int
) -> list[Line]:
    """More town lines, which leave the centre aside: between two ends, by way of any busy street."""
    lines: list[Line] = []
    for k in range(count):
        start, end = ends[k * 5 % len(ends)], ends[(k * 5 + len(ends) // 3 + k // len(ends)) % len(ends)]
        path = router.through([start, places.busy[k * 7919 % len(places.busy)], end])
        if path and len(path.streets) > 3:
            number = str(100 + len(lines))
            lines.append(
                buses.line(poles, path, "T", number, number, TOWN_BUS, "town", 21, _COLOURS[k % len(_COLOURS)])
            )
    return lines


def _village_centre(village: Settlement) -> Point:
    return bend_line([village.centre])[0]


def _regional_lines(
    places: _Places, villages: list[Settlement], router: buses.Router, poles: buses.Poles
) -> list[Line]:
    """From the market past the station to pairs of villages that the railway leaves out."""
    inland = list(villages[4:-1])
    north = sorted(inland, key=lambda v: math.atan2(v.centre[1], v.centre[0]))
    pairs = [north[k : k + 2] for k in range(0, len(north), 2)]
    if len(pairs[-1]) == 1:
        pairs[-1].append(villages[3])
    lines: list[Line] = []
    for pair in pairs:
        ordered = sorted(pair, key=lambda v: distance(v.centre, (0, 0)))
        path = router.through([places.market, places.station, *(places.near(_village_centre(v)) for v in ordered)])
        if path:
            number = str(51 + len(lines))
            lines.append(
                buses.line(
                    poles,
                    path,
                    "K",
                    f"K{number}",
                    number,
                    COAST_BUS,
                    "regional",
                    36,
                    "1F6F78",
                    sparse=len(lines) % 2 == 1,
                )
            )
    return lines
