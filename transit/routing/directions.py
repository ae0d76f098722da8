"""From a way on the ground to sentences: turn left onto Hämeenkatu, 120 m."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from transit.routing.itinerary import Heading, Side, Step, Turn
from transit.routing.journey import Way
from transit.routing.kernels.dijkstra import METRES_PER_DEGREE
from transit.routing.kernels.ways import draw
from transit.routing.streets import F64, WAY_KINDS, Streets, WayKind

# Bearings are taken over this length of a way: the first metres of a mapped corner say little.
LOOK_M = 15.0
# An unnamed piece shorter than this, such as a dropped kerb, gets no sentence of its own.
SMALL_M = 12.0
# A destination nearer to the way than this is on neither side of it.
ASIDE_M = 5.0
# A way of one name that bends by less than this goes on; by more, it is told to stay on it.
BEND = 60.0
# The largest angle (degrees) of each turn.
TURNS = (
    (25.0, Turn.CONTINUE, Turn.CONTINUE),
    (BEND, Turn.SLIGHT_LEFT, Turn.SLIGHT_RIGHT),
    (120.0, Turn.LEFT, Turn.RIGHT),
    (160.0, Turn.SHARP_LEFT, Turn.SHARP_RIGHT),
    (180.0, Turn.U_TURN, Turn.U_TURN),
)


Point = tuple[float, float]
"""(east, north) in metres from the start."""


class _Part(NamedTuple):
    """A piece of a way that one sentence describes."""

    street: str
    kind: WayKind | None
    metres: float
    points: list[Point]


def directions(streets: Streets | None, way: Way, street_name: Callable[[int], str]) -> tuple[Step, ...]:
    """The steps of a way; none for a way of no length. `street_name` gives the name by `Streets.edge_name`."""
    if len(way.line) < 2 or round(way.metres) == 0:
        return ()
    flat = _Flat(*way.line[0].tolist())
    line = flat.plane(way.line)
    parts = _joined(_parts(streets, way, flat, street_name)) if streets is not None else []
    if not parts:
        parts = [_Part("", None, way.metres, line)]
    # The steps between a place and its street belong to the first and the last part.
    before = math.dist(parts[0].points[0], line[0])
    ends = np.rint(np.cumsum([before, *(part.metres for part in parts)])[1:])
    ends[-1] = round(way.metres)
    lengths = np.diff(ends, prepend=0.0).astype(int).tolist()
    steps = [
        Step(
            Turn.DEPART if i == 0 else _turn(_bearing_out(parts[i - 1]), _bearing_in(part)),
            part.street,
            part.kind,
            lengths[i],
            *flat.place(part.points[0]),
            heading=_heading(_bearing_in(part)) if i == 0 else None,
        )
        for i, part in enumerate(parts)
    ]
    return (*steps, Step(Turn.ARRIVE, "", None, 0, *flat.place(line[-1]), side=_side(parts[-1], line[-1])))


class _Flat(NamedTuple):
    """The plane around a place, in metres."""

    lon: float
    lat: float

    def plane(self, points: F64) -> list[Point]:
        """(lon, lat) → (east, north)."""
        scale = np.array([math.cos(math.radians(self.lat)), 1.0]) * METRES_PER_DEGREE
        return [(east, north) for east, north in ((points - [self.lon, self.lat]) * scale).tolist()]

    def place(self, point: Point) -> tuple[float, float]:
        """(east, north) → (lat, lon), to about a metre."""
        east, north = (metres / METRES_PER_DEGREE for metres in point)
        return round(self.lat + north, 5), round(self.lon + east / math.cos(math.radians(self.lat)), 5)


def _parts(streets: Streets, way: Way, flat: _Flat, street_name: Callable[[int], str]) -> list[_Part]:
    """The stretches of a way that have a length."""
    edge, metres, _, _ = way.stretches
    points, start = draw(streets.shapes, way.stretches)
    line, names, kinds = flat.plane(points), streets.edge_name[edge].tolist(), streets.edge_kind[edge].tolist()
    ends = pairwise(start.tolist())
    return [
        _Part(street_name(name), WAY_KINDS[kind], length, line[first:last])
        for name, kind, length, (first, last) in zip(names, kinds, metres.tolist(), ends, strict=True)
        if length > 0
    ]


def _joined(parts: list[_Part]) -> list[_Part]:
    """Pieces of one way that goes on without a turn as one; pieces too small for a sentence with their neighbour."""
    found: list[_Part] = []
    for part in parts:
        if found and (_goes_on(found[-1], part) or _is_small(part)):
            found[-1] = _both(found[-1], part, found[-1])
        elif found and _is_small(found[-1]):
            found[-1] = _both(found[-1], part, part)
            if len(found) > 1 and _goes_on(found[-2], found[-1]):
                last = found.pop()
                found[-1] = _both(found[-1], last, found[-1])
        else:
            found.append(part)
    if len(found) > 1 and found[-1].metres < SMALL_M and found[-1].kind is not WayKind.STEPS:
        last = found.pop()  # the few steps round the last corner, to which the arrival says the side
        found[-1] = _both(found[-1], last, found[-1])
    return found


def _both(first: _Part, second: _Part, named: _Part) -> _Part:
    """Two pieces as one, described as one of them is."""
    return _Part(named.street, named.kind, first.metres + second.metres, first.points + second.points)


def _is_small(part: _Part) -> bool:
    return not part.street and part.kind is not WayKind.STEPS and part.metres < SMALL_M


def _goes_on(before: _Part, after: _Part) -> bool:
    """Whether two pieces are one way without a turn between them. Steps are told wherever they begin and end."""
    if before.street != after.street or (WayKind.STEPS in (before.kind, after.kind) and before.kind != after.kind):
        return False
    same = bool(before.street) or before.kind == after.kind
    return same and abs(_angle(_bearing_out(before), _bearing_in(after))) < BEND


def _bearing_in(part: _Part) -> float:
    """The bearing in which a piece begins: degrees clockwise from north."""
    return _bearing(part.points)


def _bearing_out(part: _Part) -> float:
    """The bearing in which a piece ends."""
    return (_bearing(part.points[::-1]) + 180) % 360


def _bearing(points: Sequence[Point]) -> float:
    """From the first point to the one LOOK_M further along, or to the last."""
    left, (east, north) = LOOK_M, points[-1]
    for (x, y), (to_x, to_y) in pairwise(points):
        step = math.hypot(to_x - x, to_y - y)
        if step >= left:
            share = left / step
            east, north = x + share * (to_x - x), y + share * (to_y - y)
            break
        left -= step
    return math.degrees(math.atan2(east - points[0][0], north - points[0][1])) % 360


def _angle(before: float, after: float) -> float:
    """From one bearing to another: −180 … 180, to the right above 0."""
    return (after - before + 180) % 360 - 180


def _turn(before: float, after: float) -> Turn:
    """What the change of bearing is called."""
    angle = _angle(before, after)
    return next(left if angle < 0 else right for most, left, right in TURNS if abs(angle) <= most)


def _heading(bearing: float) -> Heading:
    """The nearest of the eight points of the compass."""
    return tuple(Heading)[round(bearing / 45) % 8]


def _side(part: _Part, end: Point) -> Side | None:
    """On which hand of the last piece the end lies; None where it is on the way or straight ahead."""
    last = part.points[-1]
    if math.dist(last, end) < ASIDE_M:
        return None
    angle = _angle(_bearing_out(part), math.degrees(math.atan2(end[0] - last[0], end[1] - last[1])) % 360)
    if not 30 <= abs(angle) <= 150:
        return None
    return Side.LEFT if angle < 0 else Side.RIGHT
