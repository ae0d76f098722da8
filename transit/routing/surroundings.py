"""What is around both ends of a search, and the direct ways between them.

On the streets all of it is one call (`kernels.walks.survey`). It lets other threads work meanwhile where that is worth
the waiting for one another: a search of LONG_ROWS takes 0.2 ms.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from transit.routing import access
from transit.routing.access import SHARE, Around, Ground, Spot, led_within, scratch_of, spot_of, straight_within
from transit.routing.doors import AroundDoors, Walker, through_doors
from transit.routing.journey import Way
from transit.routing.kernels.dijkstra import Tree
from transit.routing.kernels.raptor import Ends
from transit.routing.kernels.walks import BareLine, BareNear, Gait, Side, long_survey, survey
from transit.routing.kernels.ways import At, Stretches
from transit.routing.streets import BICYCLE, WALK

LONG_ROWS = 2000
NOTHING = np.empty(0, np.uint32)


class Place(NamedTuple):
    """One end of a search: a coordinate, and the stops that are the place itself."""

    lat: float
    lon: float
    chosen: tuple[int, ...] = ()


class Surroundings(NamedTuple):
    """The stops around both ends, and the ways from one to the other within the limits."""

    origin: AroundDoors
    destination: AroundDoors
    walk: Way | None
    bicycle: Way | None


def surroundings(ground: Ground, ends: tuple[Place, Place], walker: Walker, cycled_m: float) -> Surroundings:
    """What is around the origin and the destination. By bicycle one goes so many metres at most; 0: not at all.

    Walking has no one-way streets, so ways to the destination are searched from it.
    """
    walked_m = float(walker.limit_s * walker.speed_mps)
    if ground.streets is None:
        start, end = (Spot(float(each.lat), float(each.lon), None) for each in ends)
        arounds = [_straight(ground, spot, each, walker) for spot, each in zip((start, end), ends, strict=True)]
        walk = straight_within(start, end, walked_m)
        bicycle = straight_within(start, end, cycled_m) if cycled_m else None
    else:
        sides = _side(ends[0]), _side(ends[1])
        gaits = Gait(np.uint8(WALK), float(walker.speed_mps), walked_m), Gait(np.uint8(BICYCLE), 1.0, float(cycled_m))
        find = long_survey if ground.effort.rows > LONG_ROWS else survey
        with scratch_of(ground.graph) as scratch:
            *nears, led, ridden, rows = find(ground.whole, sides, gaits, SHARE, scratch)
        ground.effort.note(rows)
        arounds = [_around(ground, near, each, walker) for near, each in zip(nears, ends, strict=True)]
        walk = _way(led, (arounds[0].spot, arounds[1].spot), walked_m)
        bicycle = _way(ridden, (spot_of(At(*ridden[0])), spot_of(At(*ridden[1]))), cycled_m) if cycled_m else None
    origin = through_doors(arounds[0], ends[0].chosen, walker)
    destination = through_doors(arounds[1], ends[1].chosen, walker._replace(leaving=True))
    return Surroundings(origin, destination, walk, bicycle)


def _side(end: Place) -> Side:
    """An end as the kernel takes it."""
    return Side(float(end.lon), float(end.lat), np.array(end.chosen, np.uint32) if end.chosen else NOTHING)


def _straight(ground: Ground, spot: Spot, end: Place, walker: Walker) -> Around:
    """The stops around a place that is off the streets."""
    return access.around(ground, spot, end.chosen, walker.speed_mps, walker.limit_s)


def _around(ground: Ground, near: BareNear, end: Place, walker: Walker) -> Around:
    """The stops around a place as they were found; by straight lines where it is off the streets."""
    at, tree, stops, metres = near
    spot = spot_of(At(*at))
    if spot.link is None:
        return _straight(ground, spot, end, walker)
    return AroundDoors(ground, spot, walker.limit_s * walker.speed_mps, Tree(*tree), Ends(*stops), metres)


def _way(line: BareLine, ends: tuple[Spot, Spot], limit_m: float) -> Way | None:
    """A direct way as it was found; by a straight line where an end is off the streets."""
    start, end = ends
    if start.link is None or end.link is None:
        return straight_within(start, end, limit_m)
    return led_within(start, end, line[2], Stretches(*line[3]), limit_m)
