"""Ways on foot to platforms that meet the streets at entrances: along the streets, then through a door."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transit.routing import access
from transit.routing.access import (
    WALK_MPS,
    Around,
    Ground,
    Link,
    Spot,
    find_way,
    metres_to,
    spot_of_stop,
    straight,
    straight_m,
)
from transit.routing.journey import Way
from transit.routing.kernels.raptor import Ends
from transit.routing.kernels.ways import DETOUR
from transit.routing.streets import F64, NO_EDGE, NO_WAY, WALK, Doors
from transit.routing.timetable import I32

_FAR_S = 1 << 30
MAX_TRANSFER_M = 2500.0
"""The way of a change is drawn along streets up to this length, else as a straight line."""
WALKS_KEPT = 4096


@dataclass(frozen=True)
class AroundDoors(Around):
    """The stops around a place, some of them through doors."""

    door: dict[int, int] = field(default_factory=dict)
    """The door that a platform is reached through."""
    step_free: dict[int, bool] = field(default_factory=dict)
    """Whether one gets there as soon without steps in the station; not there where nothing is known."""

    def is_step_free(self, stop: int) -> bool | None:
        """Whether the way to a stop has no steps in its station; None: nothing is known of it."""
        return self.step_free.get(stop)

    def entrance_of(self, stop: int) -> int | None:
        """The entrance that the way to a stop leads through."""
        return int(_doors(self.ground).entrance[self.door[stop]]) if stop in self.door else None

    def way_to_stop(self, stop: int) -> Way:
        """The way to one of the stops: to the entrance along the streets, from there straight."""
        if stop not in self.door:
            return super().way_to_stop(stop)
        if stop not in self._ways:
            doors = _doors(self.ground)
            entrance = _spot(doors, int(doors.entrance[self.door[stop]]))
            outside = self.way_to(entrance) or straight(self.spot, entrance)
            self._ways[stop] = _joined(outside, straight(entrance, spot_of_stop(self.ground, stop)))
        return self._ways[stop]


class Walker(NamedTuple):
    """How somebody walks: the pace, how long at most, towards the stops or from them, and without steps or not."""

    speed_mps: float
    limit_s: int
    leaving: bool = False
    step_free: bool = False


def around(ground: Ground, spot: Spot, chosen: tuple[int, ...], walker: Walker) -> AroundDoors:
    """The stops within a walk of one place; see `surroundings` for both ends of a search at once."""
    return through_doors(access.around(ground, spot, chosen, walker.speed_mps, walker.limit_s), chosen, walker)


def through_doors(found: Around, chosen: tuple[int, ...], walker: Walker) -> AroundDoors:
    """The stops within a walk of a place, platforms with doors through these alone."""
    ground, spot = found.ground, found.spot
    parts = (ground, spot, found.limit_m, found.tree)
    doors = ground.doors
    if doors is None or not len(doors.stop):
        return found if isinstance(found, AroundDoors) else AroundDoors(*parts, found.ends, found.metres)
    links = None if ground.streets is None else ground.door_links
    metres = metres_to(ground, spot, found.tree, (doors.lat, doors.lon), links)
    metres[metres > found.limit_m] = np.inf
    usual, free = (_door_seconds(doors, metres, walker, step_free=kind) for kind in (False, True))
    wanted = free if walker.step_free else usual
    order = np.lexsort((wanted, doors.stop))
    first = order[np.unique(doors.stop[order], return_index=True)[1]]
    best = first[(wanted[first] <= walker.limit_s) & ~np.isin(doors.stop[first], chosen)]
    soonest = np.full(len(doors.component), _FAR_S, np.int64)
    np.minimum.at(soonest, doors.stop, free)
    outside = ~np.isin(found.ends.stops, doors.stop) | np.isin(found.ends.stops, chosen)
    stops = np.append(found.ends.stops[outside], doors.stop[best])
    seconds = np.append(found.ends.seconds[outside], wanted[best].astype(np.int32))
    order = np.argsort(stops, kind="stable")
    through = np.append(found.metres[outside], metres[doors.entrance[best]])
    numbers = doors.stop[best].tolist()
    return AroundDoors(
        *parts,
        Ends(stops[order], seconds[order]),
        through[order],
        door=dict(zip(numbers, best.tolist(), strict=True)),
        step_free=dict(zip(numbers, (soonest[doors.stop[best]] <= wanted[best]).tolist(), strict=True)),
    )


def find_walk(ground: Ground, start: Spot | int, end: Spot | int, limit_m: float, *, step_free: bool) -> Way:
    """The way between two places or stops: along the streets, through doors where a stop has any.

    Inside a station, and where it is longer than the limit, it is the straight line.
    """
    here, there = (place if isinstance(place, Spot) else spot_of_stop(ground, place) for place in (start, end))
    if isinstance(start, int) and isinstance(end, int) and _one_inside(ground.doors, start, end):
        return straight(here, there)
    starts, ends = _exits(ground, start, step_free, leaving=True), _exits(ground, end, step_free, leaving=False)
    best: tuple[float, Way] | None = None
    for pair in sorted(product(starts, ends), key=lambda pair: _bound(*pair)):
        if best is not None and _bound(*pair) >= best[0]:
            break
        (out, out_s), (into, into_s) = pair
        way = find_way(ground, out, into, WALK, limit_m)
        if way is not None:
            seconds = out_s + into_s + way.metres / WALK_MPS
            if best is None or seconds < best[0]:
                best = seconds, _through(here, out, way, into, there)
    return straight(here, there) if best is None else best[1]


def walk_between(ground: Ground, start: int, end: int, *, step_free: bool) -> Way:
    """The way of a change; the ground remembers it, as most changes are made at few places."""
    way = ground.walks.get((start, end, step_free))
    if way is None:
        if len(ground.walks) >= WALKS_KEPT:
            ground.walks.clear()
        way = ground.walks[start, end, step_free] = find_walk(ground, start, end, MAX_TRANSFER_M, step_free=step_free)
    return way


def _one_inside(doors: Doors | None, start: int, end: int) -> bool:
    """Whether two stops are joined inside a station."""
    return doors is not None and bool(doors.component[start] == doors.component[end] >= 0)


def _through(here: Spot, out: Spot, way: Way, into: Spot, there: Spot) -> Way:
    """A way between two doors with what lies inside."""
    whole = way if out == here else _joined(straight(here, out), way)
    return whole if into == there else _joined(whole, straight(into, there))


def _exits(ground: Ground, place: Spot | int, step_free: bool, *, leaving: bool) -> list[tuple[Spot, int]]:
    """Where a place meets the streets, with the seconds to there or from there."""
    if isinstance(place, Spot):
        return [(place, 0)]
    own = [(spot_of_stop(ground, place), 0)]
    doors = ground.doors
    if doors is None:
        return own
    seconds = _inside_s(doors, leaving=leaving, step_free=step_free)
    rows = np.flatnonzero((doors.stop == place) & (seconds != NO_WAY)).tolist()
    return [(_spot(doors, int(doors.entrance[row])), int(seconds[row])) for row in rows] or own


def _bound(start: tuple[Spot, int], end: tuple[Spot, int]) -> float:
    """Seconds that a way through two doors takes at least."""
    return start[1] + end[1] + straight_m(start[0], end[0]) / DETOUR / WALK_MPS


def _inside_s(doors: Doors, *, leaving: bool, step_free: bool) -> I32:
    """The seconds inside stations that one asks for."""
    if leaving:
        return doors.step_free_outward_s if step_free else doors.outward_s
    return doors.step_free_inward_s if step_free else doors.inward_s


def _door_seconds(doors: Doors, metres: F64, walker: Walker, *, step_free: bool) -> NDArray[np.int64]:
    """By door, the seconds from a place with so many metres to each entrance, rounded up like other walks."""
    inside = _inside_s(doors, leaving=walker.leaving, step_free=step_free)
    outside = metres[doors.entrance]
    usable = np.isfinite(outside) & (inside != NO_WAY)
    pace = max(1.0, WALK_MPS / walker.speed_mps)
    total = np.ceil(np.where(usable, outside, 0.0) / walker.speed_mps) + np.ceil(inside * pace)
    return np.where(usable, total, _FAR_S).astype(np.int64)


def _doors(ground: Ground) -> Doors:
    if ground.doors is None:
        raise LookupError("this network has no doors")
    return ground.doors


def _spot(doors: Doors, entrance: int) -> Spot:
    """An entrance and its link to the streets."""
    link = None
    if doors.edge[entrance] != NO_EDGE:
        link = Link(int(doors.edge[entrance]), float(doors.fraction[entrance]), float(doors.offset_m[entrance]))
    return Spot(float(doors.lat[entrance]), float(doors.lon[entrance]), link)


def _joined(first: Way, second: Way) -> Way:
    """One way after the other, without repeated points."""
    line = list(first.polyline)
    line += [point for point in second.polyline if not line or point != line[-1]]
    return Way(first.metres + second.metres, np.array(line), first.stretches.then(second.stretches))
