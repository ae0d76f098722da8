"""Writes the region's ground, streets and places as OpenStreetMap data (`.osm.pbf`)."""

from __future__ import annotations

from pathlib import Path

import osmium
from osmium.osm import mutable
from shapely import Polygon, box

from maas.sandbox.region.model import Region
from maas.sandbox.region.names import BAY, CENTRAL, HARBOUR, ISLAND, PARK_AND_RIDE, RIVER, SEA, TOWN, Name
from maas.sandbox.region.plane import Point, bend_line, bend_shape, to_wgs84

Tags = dict[str, str]
# Streets of these kinds carry what the map should say about their use.
_HIGHWAY: dict[str, Tags] = {
    "cycleway": {"highway": "cycleway", "foot": "designated", "segregated": "no"},
    "footway": {"highway": "footway", "bicycle": "yes"},
    "steps": {"highway": "steps", "incline": "up"},
    "primary": {"highway": "primary", "sidewalk": "both", "maxspeed": "50"},
    "secondary": {"highway": "secondary", "sidewalk": "both", "maxspeed": "50"},
    "tertiary": {"highway": "tertiary", "sidewalk": "both", "maxspeed": "40"},
    "residential": {"highway": "residential", "maxspeed": "30"},
    "unclassified": {"highway": "unclassified", "maxspeed": "80"},
    "service": {"highway": "service"},
}
_LANDUSE: dict[str, Tags] = {
    "old": {"landuse": "retail"},
    "grid": {"landuse": "residential"},
    "suburb": {"landuse": "residential"},
    "village": {"landuse": "residential"},
    "industrial": {"landuse": "industrial"},
    "park": {"leisure": "park"},
}
_PARK_AND_RIDE: Tags = {"amenity": "parking", "park_ride": "yes", "capacity": "60", "fee": "no"}


class _Extract:
    """Collects objects; nodes at one place are one node."""

    def __init__(self) -> None:
        self._nodes: dict[Point, int] = {}
        self._tags: dict[int, Tags] = {}
        self._ways: list[tuple[list[int], Tags]] = []
        self._relations: list[tuple[list[tuple[str, int, str]], Tags]] = []

    def node(self, point: Point, tags: Tags | None = None) -> int:
        """The node at a point of the plane. Only one tagged object fits on one node; the first one stays."""
        at = to_wgs84(point)
        number = self._nodes.setdefault(at, len(self._nodes) + 1)
        if tags:
            self._tags.setdefault(number, tags)
        return number

    def way(self, line: list[Point], tags: Tags) -> int:
        """A line or, where it ends at its start, an area. Returns its number."""
        nodes = [self.node(p) for p in line]
        distinct = [n for k, n in enumerate(nodes) if k == 0 or n != nodes[k - 1]]
        self._ways.append((distinct, tags))
        return len(self._ways)

    def area(self, polygon: Polygon, tags: Tags) -> int:
        """The outline of a polygon."""
        return self.way([(x, y) for x, y in polygon.exterior.coords], tags)

    def relation(self, members: list[tuple[str, int, str]], tags: Tags) -> None:
        """Ways that make up one thing."""
        self._relations.append((members, tags))

    def write(self, path: Path) -> None:
        """Writes everything, sorted by kind and number."""
        path.unlink(missing_ok=True)
        with osmium.SimpleWriter(str(path)) as writer:
            for at, number in self._nodes.items():
                tags = self._tags.get(number, {})
                writer.add_node(mutable.Node(id=number, location=at, tags=tags, version=1))
            for number, (nodes, tags) in enumerate(self._ways, 1):
                writer.add_way(mutable.Way(id=number, nodes=nodes, tags=tags, version=1))
            for number, (members, tags) in enumerate(self._relations, 1):
                writer.add_relation(mutable.Relation(id=number, members=members, tags=tags, version=1))


def write(region: Region, path: Path) -> None:
    """The whole region as one extract."""
    extract = _Extract()
    _add_streets(extract, region)
    _add_water(extract, region)
    _add_ground(extract, region)
    _add_railways(extract, region)
    _add_places(extract, region)
    _add_houses(extract, region)
    extract.write(path)


def _add_streets(extract: _Extract, region: Region) -> None:
    for street in region.network.streets:
        tags = dict(_HIGHWAY[street.kind])
        if street.name:
            tags |= street.name.tags()
        if street.is_bridge:
            tags |= {"bridge": "yes", "layer": "1"}
        extract.way(street.line, tags)


def _add_water(extract: _Extract, region: Region) -> None:
    terrain = region.terrain
    coast = bend_line(list(terrain.coast))
    extract.way(coast, {"natural": "coastline"})
    far = terrain.scale.town_m
    south = terrain.frame[1] - 0.3 * far
    outline = [*coast, (coast[-1][0], south), (coast[0][0], south), coast[0]]
    members = [("w", extract.way(outline, {}), "outer")]
    for number, island in enumerate(terrain.islands):
        tags: Tags = {"natural": "coastline", "place": "island" if number == 0 else "islet"}
        tags |= ISLAND.tags() if number == 0 else {}
        # OpenStreetMap draws coastlines with the land on the left.
        ring = bend_shape(island).exterior
        line = [(x, y) for x, y in (ring.coords if ring.is_ccw else ring.coords[::-1])]
        members.append(("w", extract.way(line, tags), "inner"))
    extract.relation(members, {"type": "multipolygon", "natural": "water", "water": "sea", **SEA.tags()})
    land = bend_shape(terrain.land)
    river = bend_shape(terrain.river).intersection(land)
    for part in getattr(river, "geoms", [river]):
        extract.area(part, {"natural": "water", "water": "river", **RIVER.tags()})
    extract.way(bend_line(list(terrain.river_line)), {"waterway": "river", **RIVER.tags()})


def _add_ground(extract: _Extract, region: Region) -> None:
    frame = box(*region.terrain.frame)
    towns = [quarter.area for quarter in region.quarters]
    for shapes, tags in (
        (region.terrain.woods, {"natural": "wood"}),
        (region.terrain.fields, {"landuse": "farmland"}),
    ):
        for shape in shapes:
            part = shape.intersection(frame)
            if not any(part.intersects(area) for area in towns) and isinstance(part, Polygon) and not part.is_empty:
                extract.area(bend_shape(part), tags)
    for quarter in region.quarters:
        tags = dict(_LANDUSE[quarter.kind])
        extract.area(bend_shape(quarter.area), tags | (quarter.name.tags() if quarter.kind == "park" else {}))


def _add_railways(extract: _Extract, region: Region) -> None:
    for railway in region.sites.railways:
        extract.way(bend_line(railway.track), {"railway": "rail", "usage": "main", **railway.name.tags()})
    for stop in region.transit.stops["rail"]:
        if stop.kind == 1:
            kind: Tags = {"railway": "station", "public_transport": "station"}
            extract.node(stop.at, kind | stop.name.tags())
            if stop.name != CENTRAL:
                beside = (stop.at[0] + 40, stop.at[1] + 30)
                extract.node(beside, _PARK_AND_RIDE | stop.name.joined(PARK_AND_RIDE, " ").tags())
    for line in region.transit.lines["coast"]:
        if line.route_type == 4:
            extract.way(list(line.ways[0].shape), {"route": "ferry", **line.name.tags()})
    for feed in ("town", "coast"):
        for stop in region.transit.stops[feed]:
            kind = {"amenity": "ferry_terminal"} if stop.zone == "S" else {"highway": "bus_stop"}
            extract.node(stop.at, {**kind, "ref": stop.id, **stop.name.tags()})


def _add_places(extract: _Extract, region: Region) -> None:
    far = region.terrain.scale.town_m
    big = region.terrain.scale.size >= 20
    centre = bend_line([region.sites.centre])[0]
    extract.node((centre[0] + 3, centre[1] + 3), {"place": "city" if big else "town", **TOWN.tags()})
    extract.node(bend_line([(0.1 * far, -0.15 * far)])[0], {"natural": "bay", **BAY.tags()})
    extract.node(bend_line([(-0.6 * far, -1.2 * far)])[0], {"place": "sea", **SEA.tags()})
    for site in region.sites.villages:
        extract.node(bend_line([site.at])[0], {"place": "village", **site.name.tags()})
    named: set[Name] = set()
    for quarter in region.quarters:
        if quarter.kind not in ("park", "village") and quarter.name not in named:
            named.add(quarter.name)
            middle = quarter.area.representative_point()
            extract.node(bend_line([(middle.x, middle.y)])[0], {"place": "suburb", **quarter.name.tags()})
    for landmark in region.landmarks:
        if landmark.name != HARBOUR:
            extract.node((landmark.at[0] + 9, landmark.at[1] + 9), landmark.tags | landmark.name.tags())


def _add_houses(extract: _Extract, region: Region) -> None:
    for house in region.houses:
        extract.area(house.outline, {"building": house.kind})
        address = {"addr:street": house.street.fi, "addr:housenumber": house.number, "addr:city": TOWN.fi}
        extract.node(house.door, {"entrance": "main", **address})
