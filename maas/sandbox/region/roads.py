"""Builds the street network of a whole region: quarters' edges, local streets, country roads, station links."""

from __future__ import annotations

import itertools
from collections import defaultdict
from random import Random

import shapely
from shapely import LineString, STRtree
from shapely.geometry.base import BaseGeometry

from maas.sandbox.region.blocks import Lane, lanes
from maas.sandbox.region.names import Namer
from maas.sandbox.region.plane import Point, distance, spline
from maas.sandbox.region.quarters import Settlement
from maas.sandbox.region.sites import Sites
from maas.sandbox.region.streets import BUS_WEIGHT, StreetNetwork, chained, nearest_junction
from maas.sandbox.region.terrain import Terrain

SNAP_M = 17.0
_RIM_KINDS = {"arterial": "tertiary", "ring": "tertiary", "shore": "cycleway", "bank": "footway", "bridge": "tertiary"}
_GATE_KINDS = frozenset({"primary", "secondary", "tertiary", "unclassified"})


def build(
    terrain: Terrain, town: Settlement, villages: list[Settlement], sites: Sites, random: Random, namer: Namer
) -> StreetNetwork:
    """All streets, named, not yet bent."""
    network = StreetNetwork()
    tracks = [LineString(railway.track) for railway in sites.railways]
    corridor = shapely.union_all(tracks).buffer(16)
    for number, settlement in enumerate([town, *villages]):
        _settle(network, settlement, f"s{number}", corridor, random)
    _rank(network, town, villages)
    _country_roads(network, terrain, town, villages)
    _footpaths(network, sites, tracks)
    network.keep_connected()
    _name(network, namer)
    return network


def _settle(network: StreetNetwork, settlement: Settlement, label: str, corridor: BaseGeometry, random: Random) -> None:
    local = [
        lane
        for number, quarter in enumerate(settlement.quarters)
        for lane in _labelled(lanes(quarter, number, corridor, random), label)
    ]
    rims = [list(rim.line) for rim in settlement.rims]
    snapped = _Rims(rims)
    for lane in local:
        start, end = lane.line
        if lane.meets_rim[1]:
            end = snapped.meet(end)
        if distance(start, end) > 6:
            network.add([start, end], lane.kind, lane.key)
    chains = chained(rims)
    for number, rim in enumerate(settlement.rims):
        kind = _RIM_KINDS[rim.kind]
        for piece in snapped.pieces(number):
            network.add(piece, kind, f"{label} {rim.kind} {chains[number]}", rim.kind == "bridge")


def _labelled(found: list[Lane], label: str) -> list[Lane]:
    return [Lane(lane.line, lane.kind, f"{label} {lane.key}", lane.meets_rim) for lane in found]


class _Rims:
    """The quarters' edges, and where local streets meet them."""

    def __init__(self, lines: list[list[Point]]) -> None:
        self._lines = [LineString(line) for line in lines]
        self._tree = STRtree(self._lines)
        self._meetings: dict[int, list[tuple[float, Point]]] = defaultdict(list)
        for number, line in enumerate(self._lines):
            self._meetings[number] = [(0.0, lines[number][0]), (line.length, lines[number][-1])]

    def meet(self, point: Point) -> Point:
        """Joins a local street's end to the nearest edge; close to an earlier joint it uses that one."""
        number = int(self._tree.nearest(shapely.Point(point)))
        along = self._lines[number].project(shapely.Point(point))
        gap, joint = min((abs(at - along), p) for at, p in self._meetings[number])
        if gap < SNAP_M:
            return joint
        self._meetings[number].append((along, point))
        return point

    def pieces(self, number: int) -> list[list[Point]]:
        """An edge cut at its joints."""
        line = self._lines[number]
        shape = [(line.project(shapely.Point(p)), (p[0], p[1])) for p in list(line.coords)[1:-1]]
        joints = sorted(self._meetings[number])
        return [
            [start, *(p for at, p in shape if s < at < e), end] for (s, start), (e, end) in itertools.pairwise(joints)
        ]


def _rank(network: StreetNetwork, town: Settlement, villages: list[Settlement]) -> None:
    """Streets that lead from the middle to the gates become primary, those between the gates secondary."""
    hub = nearest_junction(network, town.centre, _GATE_KINDS)
    paths = network.bus_paths(hub, {"tertiary": 1.0})
    gates = [_gate(network, town, village.centre, set(paths.arrived_by)) for village in villages]
    for street in network.streets:
        if " ring " in street.key or " bridge " in street.key:
            street.kind = "secondary" if street.key.startswith("s0 ") else "residential"
    for gate in gates:
        for _, street in paths.to(gate) or []:
            street.kind = "primary"
    for a, b in zip(gates, gates[1:] + gates[:1], strict=True):
        for _, street in network.bus_paths(a, {"tertiary": 1.0, "secondary": 1.0, "primary": 1.4}).to(b) or []:
            street.kind = street.kind if street.kind == "primary" else "secondary"


def _gate(network: StreetNetwork, town: Settlement, goal: Point, usable: set[int]) -> int:
    """The junction at the edge of the town that faces a goal."""
    ways = {n for s in network.streets if s.key.startswith("s0 ") and s.kind in _GATE_KINDS for n in (s.start, s.end)}
    return min(sorted(ways & usable), key=lambda n: distance(network.junctions[n], goal))


def _country_roads(network: StreetNetwork, terrain: Terrain, town: Settlement, villages: list[Settlement]) -> None:
    """Each village on the mainland is joined to the town, and to the next village."""
    inland = [v for v in villages if terrain.land.contains(shapely.Point(v.centre))]
    reachable = set(network.bus_paths(nearest_junction(network, town.centre, _GATE_KINDS)).arrived_by)
    for number, village in enumerate(inland):
        start = _gate(network, town, village.centre, reachable)
        _country_road(network, terrain, start, village, "secondary", f"country {number}")
    for number, (a, b) in enumerate(itertools.pairwise(inland)):
        if distance(a.centre, b.centre) < 2.4 * terrain.scale.town_m:
            start = _edge(network, a, b.centre)
            _country_road(network, terrain, start, b, "unclassified", f"country link {number}")


def _edge(network: StreetNetwork, village: Settlement, goal: Point) -> int:
    near = {
        n
        for s in network.streets
        if s.kind in _GATE_KINDS
        for n in (s.start, s.end)
        if distance(network.junctions[n], village.centre) < village.radius_m * 1.15
    }
    return min(sorted(near), key=lambda n: distance(network.junctions[n], goal))


def _country_road(
    network: StreetNetwork, terrain: Terrain, start: int, village: Settlement, kind: str, key: str
) -> None:
    a, end = network.junctions[start], _edge(network, village, network.junctions[start])
    b = network.junctions[end]
    dry = terrain.land.buffer(-30)
    lean = distance(a, b)
    for north in (0.06, -0.05, 0.14, 0.22, 0.32, 0.45, 0.6):
        third, two_thirds = _between(a, b, 0.35), _between(a, b, 0.7)
        road = spline(
            [a, (third[0], third[1] + north * lean), (two_thirds[0], two_thirds[1] + 0.9 * north * lean), b], 90
        )
        if dry.contains(LineString(road)):
            break
    wet = LineString(road).intersection(terrain.river)
    if wet.is_empty:
        network.add(road, kind, key)
        return
    banks = [n for n, p in enumerate(road) if terrain.river.distance(shapely.Point(p)) < 25]
    first, last = max(1, banks[0] - 1) if banks else len(road) // 2, (banks[-1] if banks else len(road) // 2) + 1
    last = min(last, len(road) - 2)
    network.add(road[: first + 1], kind, key)
    network.add(road[first : last + 1], kind, key, True)
    network.add(road[last:], kind, key)


def _footpaths(network: StreetNetwork, sites: Sites, tracks: list[LineString]) -> None:
    """Paths from the streets to each quay, and to each station from both sides of the rails."""
    for quay in sites.quays:
        end = network.junctions[nearest_junction(network, quay.at)]
        network.add([quay.at, end], "footway", f"pier {quay.name.en}")
    ways = {n for s in network.streets for n in (s.start, s.end)}
    for railway, track in zip(sites.railways, tracks, strict=True):
        for name, at in railway.stations:
            near = sorted(ways, key=lambda n: distance(network.junctions[n], at))[:80]
            sides = [n for n in near if _is_left(track, network.junctions[n])][:1]
            sides += [n for n in near if not _is_left(track, network.junctions[n])][:1]
            for number, n in enumerate(sides):
                if n == near[0] or distance(network.junctions[n], at) < 300:
                    network.add([at, network.junctions[n]], "footway", f"station {name.en} {number}")


def _is_left(track: LineString, point: Point) -> bool:
    along = track.project(shapely.Point(point))
    a, b = track.interpolate(max(0, along - 5)), track.interpolate(along + 5)
    return (b.x - a.x) * (point[1] - a.y) - (b.y - a.y) * (point[0] - a.x) > 0


def _between(a: Point, b: Point, share: float) -> Point:
    return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)


def _name(network: StreetNetwork, namer: Namer) -> None:
    """One name for each street of several stretches; short paths stay nameless, as in life."""
    kinds: dict[str, str] = {}
    lengths: dict[str, float] = defaultdict(float)
    for street in network.streets:
        kinds[street.key] = min(kinds.get(street.key, street.kind), street.kind, key=_order)
        lengths[street.key] += street.length_m
    names = {
        key: namer.street(kind) for key, kind in kinds.items() if lengths[key] > (250 if kind == "footway" else 45)
    }
    for street in network.streets:
        street.name = names.get(street.key) if street.kind != "service" else None


def _order(kind: str) -> int:
    return [*BUS_WEIGHT, "residential", "service", "cycleway", "footway", "steps"].index(kind)
