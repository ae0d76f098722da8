"""Where the town, the villages and the stations of the region lie, before bending."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import shapely
from shapely import Polygon

from maas.sandbox.region.names import CENTRAL, FISHING_VILLAGE, HARBOUR, ISLAND, PORT, Name, Namer
from maas.sandbox.region.plane import Point, distance, spline
from maas.sandbox.region.terrain import Terrain


@dataclass(frozen=True, slots=True)
class Site:
    """A place to settle. `has_station`: the railway stops there."""

    name: Name
    at: Point
    radius_m: float
    has_station: bool = False


@dataclass(frozen=True, slots=True)
class Railway:
    """One line of rails through its stations, in order."""

    name: Name
    stations: tuple[tuple[Name, Point], ...]

    @property
    def track(self) -> list[Point]:
        """The rails as a smooth curve."""
        return spline([at for _, at in self.stations], 60)


@dataclass(frozen=True, slots=True)
class Quay:
    """Where the ferry lands."""

    name: Name
    at: Point


@dataclass(frozen=True, slots=True)
class Sites:
    """The plan of the region. The first village is the ferry port, the last the one on the island.

    The quays are those of the port, the island and the town, in this order.
    """

    centre: Point
    villages: tuple[Site, ...]
    railways: tuple[Railway, ...]
    quays: tuple[Quay, Quay, Quay]


def of_terrain(terrain: Terrain, random: Random, namer: Namer) -> Sites:
    """Villages along the coast and inland; the coast line from west to east, more lines in larger regions."""
    far, near = terrain.scale.town_m, terrain.scale.centre_m
    radius = 300 * terrain.scale.size**0.12
    centre = (-0.04 * far, _bay_head(terrain) + 0.16 * near)

    def coastal(u: float, name: Name) -> Site:
        return Site(name, (u * far, terrain.shore(u * far) + 0.72 * radius), radius, True)

    port, west = coastal(1.78, PORT), coastal(-2.3, FISHING_VILLAGE)
    middle = Site(namer.village(), (-1.55 * far, 0.42 * far), radius, True)
    east = Site(namer.village(), (2.55 * far, 0.75 * far), radius, True)
    north = [Site(namer.village(), (u * far, v * far), radius) for u, v in ((-0.75, 2.0), (1.35, 1.85), (-2.2, 1.6))]
    more = _more_villages(terrain, [port, west, middle, east, *north], radius, random, namer)
    island = Site(ISLAND, _island_village(terrain, port.at), radius * 1.7)
    central = (centre[0] - 0.02 * near, centre[1] + 0.30 * near)
    suburbs = [(namer.district(), (-0.72 * far, 0.66 * far)), (namer.district(), (0.78 * far, 0.72 * far))]
    coast_line = Railway(
        Name("Rantarata", "Coast Line", "海岸線", "かいがんせん"),
        (_stop(west), _stop(middle), suburbs[0], (CENTRAL, central), suburbs[1], _stop(port), _stop(east)),
    )
    branches = _branches(terrain, central, more, random, namer)
    villages = (port, west, middle, east, *north, *more, island)
    return Sites(centre, villages, (coast_line, *branches), _quays(terrain, port, island))


def _stop(site: Site) -> tuple[Name, Point]:
    """A village's station lies at its inland edge."""
    return site.name, (site.at[0], site.at[1] + 0.62 * site.radius_m)


def _quays(terrain: Terrain, port: Site, island: Site) -> tuple[Quay, Quay, Quay]:
    head = _bay_head(terrain)
    mouth = next(p for p in terrain.coast if p[1] == head)
    port_pier = Name("Majakkaniemen laituri", "Lighthouse Point Pier", "灯台崎桟橋", "とうだいさきさんばし")
    return (
        Quay(port_pier, _shore(terrain.land, port)),
        Quay(
            Name("Lyhtysaaren laituri", "Lantern Island Pier", "提灯島桟橋", "ちょうちんじまさんばし"),
            _shore(terrain.islands[0], island),
        ),
        Quay(HARBOUR, terrain.coast[terrain.coast.index(mouth) - 4]),
    )


def _shore(ground: Polygon, site: Site) -> Point:
    x, y = shapely.shortest_line(ground.exterior, shapely.Point(site.at)).coords[0]
    return (x, y)


def _bay_head(terrain: Terrain) -> float:
    far = terrain.scale.town_m
    return max(y for x, y in terrain.coast if -0.3 * far < x < 0.4 * far)


def _island_village(terrain: Terrain, port: Point) -> Point:
    """Close to the island's shore that faces the port."""
    island = terrain.islands[0]
    x, y = shapely.shortest_line(island, shapely.Point(port)).coords[0]
    shore = (x, y)
    middle = island.centroid
    gap = distance(shore, (middle.x, middle.y))
    share = min(0.8, 330 / gap)
    return (shore[0] + (middle.x - shore[0]) * share, shore[1] + (middle.y - shore[1]) * share)


def _more_villages(terrain: Terrain, taken: list[Site], radius: float, random: Random, namer: Namer) -> list[Site]:
    """More villages in larger regions, apart from each other, out of the town."""
    far = terrain.scale.town_m
    wanted = terrain.scale.size // 4
    result: list[Site] = []
    inland = terrain.land.buffer(-radius)
    for _ in range(wanted * 60):
        at = (random.uniform(-3.1, 2.9) * far, random.uniform(0.2, 2.4) * far)
        sites = [*taken, *result]
        apart = 0.28 * far
        is_apart = distance(at, (0, 0.5 * far)) > 1.4 * far and all(distance(at, s.at) > apart for s in sites)
        spot = shapely.Point(at)
        if len(result) < wanted and is_apart and inland.contains(spot) and terrain.river.distance(spot) > radius:
            result.append(Site(namer.village(), at, radius * random.uniform(0.9, 1.5), len(result) % 3 == 0))
    return result


def _branches(terrain: Terrain, central: Point, more: list[Site], random: Random, namer: Namer) -> list[Railway]:
    """Lines from the central station through two suburbs to villages that have a station."""
    result = []
    for site in [s for s in more if s.has_station][: terrain.scale.size // 20]:
        end = _stop(site)
        ways = [_part(central, end[1], share, terrain, random) for share in (0.22, 0.42, 0.7)]
        stations = [(CENTRAL, central), *((namer.district(), at) for at in ways), end]
        name = Name(f"{site.name.fi} rata", f"{site.name.en} Line", f"{site.name.ja}線", f"{site.name.kana}せん")
        result.append(Railway(name, tuple(stations)))
    return result


def _part(a: Point, b: Point, share: float, terrain: Terrain, random: Random) -> Point:
    sway = 0.03 * terrain.scale.town_m
    x, y = a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share
    return (x + random.uniform(-sway, sway), max(y + random.uniform(-sway, sway), terrain.shore(x) + 250))
