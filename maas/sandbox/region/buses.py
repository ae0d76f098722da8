"""Bus lines along the streets, and the poles where they stop."""

from __future__ import annotations

import itertools
import math
from bisect import bisect_left, insort
from collections import Counter
from dataclasses import dataclass

from shapely import LineString
from shapely import Point as ShapelyPoint

from maas.sandbox.region.landmarks import Landmark
from maas.sandbox.region.lines import Line, Operator, Stop, Way
from maas.sandbox.region.names import Name
from maas.sandbox.region.plane import Point, distance
from maas.sandbox.region.streets import BUS_WEIGHT, BusPaths, Street, StreetNetwork, bus_paths

MIN_GAP_M, TOWN_GAP_M, COUNTRY_GAP_M = 210.0, 400.0, 900.0


@dataclass(frozen=True, slots=True)
class Path:
    """A way of a bus: junctions and the stretches between them."""

    junctions: tuple[int, ...]
    streets: tuple[Street, ...]

    def reversed(self) -> Path:
        """The way back."""
        return Path(self.junctions[::-1], self.streets[::-1])

    def shape(self) -> list[Point]:
        """The polyline along the path."""
        result: list[Point] = []
        for at, street in zip(self.junctions, self.streets, strict=False):
            line = street.line if street.start == at else street.line[::-1]
            result += line if not result else line[1:]
        return result


class Router:
    """Bus paths between junctions, through others."""

    def __init__(self, network: StreetNetwork) -> None:
        self._neighbours = network.neighbours(BUS_WEIGHT)
        self._trees: dict[int, BusPaths] = {}

    def through(self, junctions: list[int]) -> Path | None:
        """A path that visits the junctions in order and rarely uses a street twice; None where a bus cannot."""
        at: list[int] = [junctions[0]]
        streets: list[Street] = []
        for a, b in itertools.pairwise(junctions):
            paths = bus_paths(self._neighbours, a, avoid=frozenset(streets)) if streets else self.tree(a)
            leg = paths.to(b)
            if leg is None:
                return None
            streets += [street for _, street in leg]
            at += [n for n, _ in leg[1:]] + ([b] if leg else [])
        return _without_spurs(at, streets)

    def tree(self, start: int) -> BusPaths:
        """All best paths from a junction."""
        if start not in self._trees:
            self._trees[start] = bus_paths(self._neighbours, start)
        return self._trees[start]


def _without_spurs(junctions: list[int], streets: list[Street]) -> Path:
    """Where a path turns back on itself in the street, it does not go there."""
    at = [junctions[0]]
    used: list[Street] = []
    for street, n in zip(streets, junctions[1:], strict=True):
        if used and used[-1] is street:
            used.pop()
            at.pop()
        else:
            used.append(street)
            at.append(n)
    return Path(tuple(at), tuple(used))


class Poles:
    """Where buses stop. Lines that share a street share its poles; the two directions have one each."""

    def __init__(self, network: StreetNetwork, landmarks: list[Landmark], centre: Point, town_m: float) -> None:
        self._network, self._landmarks = network, landmarks
        self._centre, self._town_m = centre, town_m
        self._neighbours = network.neighbours()
        self._sites: dict[int, Name] = {}
        self._poles: dict[tuple[str, int, int], Stop] = {}
        self._counts: Counter[str] = Counter()
        self._taken: list[str] = []
        """In order."""

    def on(self, path: Path, prefix: str) -> tuple[list[Stop], list[float]]:
        """The poles along a path and how far along it each lies. Call with the way out before the way back."""
        lengths = [street.length_m for street in path.streets]
        at_m = [sum(lengths[:k]) for k in range(len(lengths) + 1)]
        chosen = self._choose(path, at_m)
        shape = LineString(path.shape())
        stops = [self._pole(prefix, path.junctions[k], at_m[k], shape) for k in chosen]
        along = [min(max(at_m[k] - 12, 0.0), shape.length) if k else 12.0 for k in chosen]
        return stops, along

    def _choose(self, path: Path, at_m: list[float]) -> list[int]:
        last = len(path.junctions) - 1
        chosen = [0]
        for k in range(1, last):
            since, left = at_m[k] - at_m[chosen[-1]], at_m[last] - at_m[k]
            if since < MIN_GAP_M or left < MIN_GAP_M:
                continue
            ahead = any(path.junctions[n] in self._sites for n in range(k + 1, last) if at_m[n] - at_m[k] < MIN_GAP_M)
            if path.junctions[k] in self._sites or (since >= self._gap(path.junctions[k]) and not ahead):
                chosen.append(k)
        chosen.append(last)
        for k in chosen:
            self._sites.setdefault(path.junctions[k], self._name(path.junctions[k]))
        return chosen

    def _gap(self, junction: int) -> float:
        at = self._network.junctions[junction]
        if any(distance(at, landmark.at) < 60 for landmark in self._landmarks):
            return MIN_GAP_M
        in_town = distance(at, self._centre) < 1.15 * self._town_m
        return TOWN_GAP_M if in_town else COUNTRY_GAP_M

    def _name(self, junction: int) -> Name:
        """After a public place close by, else after a street that meets here."""
        at = self._network.junctions[junction]
        near = sorted((distance(at, m.at), m.name.fi, m.name) for m in self._landmarks if distance(at, m.at) < 170)
        streets = sorted(self._neighbours[junction], key=lambda s: (s.kind != "residential", s.key))
        options = [name for _, _, name in near] + [s.name for s in streets if s.name]
        for name in options:
            if not self._is_taken(name.fi):
                insort(self._taken, name.fi)
                return name
        first, second = options[0], options[-1]
        en, ja = f"{first.en} / {second.en}", f"{first.ja}・{second.ja}"
        name = Name(f"{first.fi} / {second.fi}", en, ja, first.kana + second.kana)
        number = bisect_left(self._taken, f"{name.fi}\U0010ffff") - bisect_left(self._taken, name.fi)
        if not self._is_taken(f"{name.fi} {number}"):
            insort(self._taken, f"{name.fi} {number}")
        return Name(f"{name.fi} {number}", f"{name.en} {number}", f"{name.ja}{number}", name.kana) if number else name

    def _is_taken(self, name: str) -> bool:
        at = bisect_left(self._taken, name)
        return at < len(self._taken) and self._taken[at] == name

    def _pole(self, prefix: str, junction: int, at_m: float, shape: LineString) -> Stop:
        """On the right of the street, a few steps before the crossing (after it where the line starts)."""
        along = max(at_m - 12, 0.0) if at_m else 12.0
        a, b = shape.interpolate(max(along - 4, 0)), shape.interpolate(min(along + 4, shape.length))
        angle = math.atan2(b.y - a.y, b.x - a.x)
        side = int(math.cos(angle - 0.4) < 0)
        key = (prefix, junction, side)
        if key not in self._poles:
            middle: ShapelyPoint = shape.interpolate(along)
            at = (round(middle.x + 6 * math.sin(angle), 1), round(middle.y - 6 * math.cos(angle), 1))
            self._counts[prefix] += 1
            number = self._counts[prefix]
            self._poles[key] = Stop(f"{prefix}{number:04d}", self._sites[junction], at, self._zone(prefix, at))
        return self._poles[key]

    def _zone(self, prefix: str, at: Point) -> str:
        share = distance(at, self._centre) / self._town_m
        if prefix == "T":
            return "A" if share < 0.55 else "B" if share < 1.12 else "C"
        return "K1" if share < 1.12 else "K2"

    def all(self, prefix: str) -> list[Stop]:
        """Every pole of one operator."""
        return [stop for (owner, _, _), stop in self._poles.items() if owner == prefix]


def line(
    poles: Poles,
    path: Path,
    prefix: str,
    line_id: str,
    short: str,
    operator: Operator,
    timetable: str,
    speed: float,
    colour: str,
    *,
    sparse: bool = False,
    is_loop: bool = False,
) -> Line:
    """A bus line along a path and back, or round a loop."""
    out = _way(poles, path, prefix)
    ways = (out,) if is_loop else (out, _way(poles, path.reversed(), prefix))
    first, last = out.stops[0].name, out.stops[-1].name
    name = _joined(out.stops[0].name, out.stops[len(out.stops) // 2].name) if is_loop else _joined(first, last)
    return Line(line_id, short, name, operator, 3, colour, ways, timetable, speed, 0, sparse, is_loop)


def _way(poles: Poles, path: Path, prefix: str) -> Way:
    stops, along = poles.on(path, prefix)
    return Way(stops[-1].name, tuple(stops), tuple(along), tuple(path.shape()))


def _joined(a: Name, b: Name) -> Name:
    return Name(f"{a.fi} – {b.fi}", f"{a.en} – {b.en}", f"{a.ja}～{b.ja}", f"{a.kana} {b.kana}")
