"""Travel times from a place to many points, leaving at many moments: what planners ask, beside what travellers ask.

A time is what `planner.plan` would say of the pair of places: the walk to a stop, rides and changes, the walk from a
stop, or walking all the way; from the moment of leaving on, so that waiting for the first vehicle counts. Other than
there, no number of vehicles is too many unless one is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from transit.routing.access import WALK_MPS, Around, Ground, Spot, metres_to, spot_at
from transit.routing.doors import Walker, around
from transit.routing.kernels.ranges import Moments, Room, Spread, quantiles, sample
from transit.routing.kernels.raptor import NONE, Lines
from transit.routing.raptor import lines_of
from transit.routing.shelf import Shelf
from transit.routing.streets import F64, NO_EDGE
from transit.routing.timetable import I32, UNREACHED, Timetable

NO_STOP = -1


@dataclass(frozen=True, slots=True)
class Leaving:
    """When to leave (seconds of the timetable): `count` moments; what takes longer than the limit, or more vehicles
    (0: any number), is not reached.
    """

    first_s: int
    step_s: int
    count: int
    limit_s: int
    vehicles: int = 0


class Points:
    """Places where ways end, with the walks to them from the stops around each."""

    def __init__(
        self, ground: Ground, lat: F64, lon: F64, walker: Walker, stops: NDArray[np.int64] | None = None
    ) -> None:
        """`stops` says which stop a point is, NO_STOP where it is none."""
        self.ground, self.lat, self.lon, self.walker = ground, lat, lon, walker
        self.stops = np.full(len(lat), NO_STOP) if stops is None else stops
        self.spots = [spot_at(ground, *place) for place in zip(lat.tolist(), lon.tolist(), strict=True)]

    @cached_property
    def spread(self) -> Spread:
        """The walks, by stop. Walking has no one-way streets, so they are searched from the points, as `plan` does."""
        walker = self.walker._replace(leaving=True)
        found = [around(self.ground, self.spots[i], self._chosen(i), walker).ends for i in range(len(self.spots))]
        points = np.repeat(np.arange(len(found), dtype=np.uint32), [len(ends.stops) for ends in found])
        stops = _joined([ends.stops for ends in found], np.uint32)
        seconds = _joined([ends.seconds for ends in found], np.int32)
        order = np.lexsort((seconds, stops))
        counts = np.bincount(stops, minlength=len(self.ground.stop_lat))
        start = np.concatenate(([0], np.cumsum(counts))).astype(np.uint32)
        return Spread(start, points[order], seconds[order])

    @cached_property
    def _own_ground(self) -> Ground:
        """The same streets with the points in the place of stops."""
        ground = self.ground
        if ground.streets is None:
            return Ground(self.lat, self.lon)
        links = [spot.link for spot in self.spots]
        streets = replace(
            ground.streets,
            stop_edge=np.array([NO_EDGE if link is None else link.edge for link in links], np.uint32),
            stop_fraction=np.array([0.0 if link is None else link.fraction for link in links], np.float32),
            stop_offset_m=np.array([0.0 if link is None else link.offset_m for link in links], np.float32),
        )
        return Ground(self.lat, self.lon, streets)

    def walked_s(self, origin: Around) -> I32:
        """Seconds to each point on foot all the way, UNREACHED beyond the walker's limit."""
        own = self._own_ground
        links = None if own.streets is None else own.stop_links
        metres = metres_to(own, origin.spot, origin.tree, (self.lat, self.lon), links)
        within = metres <= origin.limit_m
        seconds = np.ceil(np.where(within, metres, 0.0) / self.walker.speed_mps).astype(np.int32)
        return np.where(within, seconds, UNREACHED)

    def _chosen(self, point: int) -> tuple[int, ...]:
        return () if self.stops[point] == NO_STOP else (int(self.stops[point]),)


@dataclass(frozen=True)
class Times:
    """One timetable's travel times to points."""

    timetable: Timetable
    points: Points
    leaving: Leaving

    @cached_property
    def lines(self) -> Lines:
        """Changes take as much longer than published as somebody is slower than usual."""
        return lines_of(self.timetable, max(1.0, WALK_MPS / self.points.walker.speed_mps))

    def sampled(self, spot: Spot, chosen: tuple[int, ...] = ()) -> I32:
        """Seconds from a place to each point by moment (moments × points), UNREACHED where it is not reached.

        `chosen` stops are the place itself.
        """
        when = self.leaving
        origin = around(self.points.ground, spot, chosen, self.points.walker)
        out = np.empty((when.count, len(self.points.spots)), np.int32)
        moments = Moments(*map(np.int32, (when.first_s, when.step_s, when.count, when.limit_s, when.vehicles)))
        shape = (self.timetable.stops, self.timetable.patterns, out.shape[1])
        with _rooms.lent(shape, lambda: _room(*shape)) as room:
            sample(self.lines, origin.ends, self.points.spread, moments, room, out)
        walked = self.points.walked_s(origin)
        np.minimum(out, np.where(walked <= when.limit_s, walked, UNREACHED), out=out)
        for point in np.flatnonzero(np.isin(self.points.stops, chosen)) if chosen else ():
            out[:, point] = 0
        return out


def percentiles(times: I32, percents: Sequence[float]) -> I32:
    """By percent and point, the time within which one arrives who leaves at so many percent of the moments.

    UNREACHED is a time like any other, longer than all: 95 says nothing where one moment in ten does not get there.
    """
    ranks = [min(max(int(np.ceil(percent / 100 * len(times))) - 1, 0), len(times) - 1) for percent in percents]
    out = np.empty((len(ranks), times.shape[1]), np.int32)
    quantiles(times, np.array(ranks, np.uint32), out)
    return out


_rooms: Shelf[Room] = Shelf()


def _room(stops: int, patterns: int, points: int) -> Room:
    def times(count: int) -> I32:
        return np.empty(count, np.int32)

    def numbers() -> np.ndarray:
        return np.empty(stops, np.uint32)

    def flags() -> np.ndarray:
        return np.zeros(stops, np.uint8)

    return Room(
        times(stops), times(stops), times(points),
        numbers(), flags(), numbers(), flags(), numbers(), flags(),
        np.empty(patterns, np.uint32), np.full(patterns, NONE, np.uint32), np.zeros(4, np.uint64),
    )  # fmt: skip


def _joined(parts: list[np.ndarray], kind: type[np.generic]) -> np.ndarray:
    """Arrays one after the other, of a kind also where there are none."""
    return np.concatenate(parts) if parts else np.empty(0, kind)
