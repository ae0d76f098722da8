"""Driving times between at most 2,000 places of a zone, and from any door to the places around it.

A table of the places is made once for a network and a zone; a way between two doors leads through a place near each. So
it is never shorter than the way itself, and longer by what the nearest place is off it: with 2,000 places in a city,
some hundred metres. A service whose stops are the places has no such difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from transit.routing.access import Ground, spot_at
from transit.routing.kernels.dijkstra import METRES_PER_DEGREE, Scratch, scratch_for
from transit.routing.kernels.tables import NO_WAY, ROUNDING, Course, close, fill, ways_from
from transit.routing.kernels.walks import Gait
from transit.routing.kernels.ways import At
from transit.routing.pooling import Travel, pace_of
from transit.routing.shelf import Shelf
from transit.routing.streets import CAR_MPS, DRIVE, NO_EDGE, TRAFFIC, Carriageways

__all__ = ["NO_WAY", "Access", "Legs", "Matrix", "Table", "matrix_of", "spread_over"]

F64 = NDArray[np.float64]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]

MOST_PLACES: Final = 2000
MOST_S: Final = 7200
"""Of a drive between two places; what is further apart is not of one zone."""
ACCESS_S: Final = 240
"""How far from a door places are looked for, and again four times as far where there is none."""
NEAREST: Final = 8
_MPS: Final = CAR_MPS / TRAFFIC


@dataclass(frozen=True)
class Matrix:
    """Places (n) and driving between them at the usual pace; triangles hold. All can be reached from all."""

    lat: F64
    lon: F64
    seconds: I32
    metres: I32

    def legs(self, door: Access, others: Sequence[Access]) -> Legs:
        """Between a door and others, each way through the places that make it quickest."""
        nodes = np.zeros((len(others), NEAREST), np.int64)
        in_s, in_m, out_s, out_m = (np.full((len(others), NEAREST), NO_WAY, np.int32) for _ in range(4))
        for i, each in enumerate(others):
            n = len(each.nodes)
            nodes[i, :n], in_s[i, :n], in_m[i, :n] = each.nodes, each.in_s, each.in_m
            out_s[i, :n], out_m[i, :n] = each.out_s, each.out_m
        row, column = door.nodes[:, None, None], nodes[None]
        out = _quickest(
            door.out_s[:, None, None] + self.seconds[row, column] + in_s,
            door.out_m[:, None, None] + self.metres[row, column] + in_m,
        )
        back = _quickest(
            door.in_s[:, None, None] + self.seconds[column, row] + out_s,
            door.in_m[:, None, None] + self.metres[column, row] + out_m,
        )
        return Legs(*out, *back)

    def travel(self, factors: Sequence[tuple[int, float]] = ()) -> Travel:
        """As routing takes it, with factors from seconds of the day on (see `pace_of`)."""
        return Travel(self.seconds, self.metres, pace_of(factors))


class Access(NamedTuple):
    """The places around a door: their numbers, seconds and metres from the door to them, and from them to it."""

    nodes: I64
    out_s: I32
    out_m: I32
    in_s: I32
    in_m: I32


class Legs(NamedTuple):
    """From one door to others, and from these back: seconds at the usual pace, and metres; NO_WAY where none leads."""

    out_s: I32
    out_m: I32
    back_s: I32
    back_m: I32


def spread_over(lat: F64, lon: F64, weight: F64, most: int = MOST_PLACES) -> I64:
    """The numbers of at most so many of some places, spread over where these are: one in each cell of a grid, the
    heaviest (the first of equals), the cells as small as possible. `weight` is the demand around a place.
    """
    if len(lat) <= most:
        return np.arange(len(lat))
    east = (lon - lon.min()) * np.cos(np.radians(lat.mean())) * METRES_PER_DEGREE
    north = (lat - lat.min()) * METRES_PER_DEGREE
    order = np.argsort(-weight, kind="stable")
    small, large = 1.0, max(float(east.max()), float(north.max())) + 1.0
    kept = order[:1]
    while large - small > 1.0:
        side = (small + large) / 2
        cells = np.floor(east / side).astype(np.int64) * (1 << 31) + np.floor(north / side).astype(np.int64)
        _, first = np.unique(cells[order], return_index=True)
        if len(first) <= most:
            large, kept = side, order[first]
        else:
            small = side
    return np.sort(kept)


class Table:
    """Places on the carriageways of a network, and what is searched from them."""

    def __init__(self, carriageways: Carriageways, lat: F64, lon: F64) -> None:
        """Places that no carriageway is near are left out."""
        plain = Ground(lat, lon, carriageways.streets)
        links = [spot_at(plain, *place, DRIVE).link for place in zip(lat.tolist(), lon.tolist(), strict=True)]
        kept = [i for i, link in enumerate(links) if link is not None]
        found = [link for link in links if link is not None]
        self.lat, self.lon = lat[kept], lon[kept]
        streets = replace(
            carriageways.streets,
            stop_edge=np.array([link.edge for link in found], np.uint32),
            stop_fraction=np.array([link.fraction for link in found], np.float32),
            stop_offset_m=np.array([link.offset_m for link in found], np.float32),
        )
        self.carriageways = replace(carriageways, streets=streets)

    def only(self, kept: I64) -> Table:
        """The same with some of the places."""
        return Table(self.carriageways, self.lat[kept], self.lon[kept])

    @cached_property
    def _out(self) -> tuple[Ground, Course]:
        return self._course(turned_round=False)

    @cached_property
    def _back(self) -> tuple[Ground, Course]:
        return self._course(turned_round=True)

    def _course(self, *, turned_round: bool) -> tuple[Ground, Course]:
        ground = Ground(self.lat, self.lon, carriageways=self.carriageways).by_car
        assert ground is not None
        true_m = self.carriageways.streets.edge_metres
        if ground.plain_edge is not None:
            is_link = ground.plain_edge == NO_EDGE
            true_m = np.where(is_link, 0, true_m[np.where(is_link, 0, ground.plain_edge)]).astype(np.float32)
        if turned_round:
            order = np.argsort(ground.net.edge_head.astype(np.int64), kind="stable")
            ground, true_m = ground.turned_round, true_m[order]
        places = ground.stop_links.on_streets
        return ground, Course(ground.land, true_m, places, ground.net.stop_edge[places.number])

    def fill(self) -> tuple[I32, I32]:
        """Seconds and metres between all places, NO_WAY where there is none."""
        n = len(self.lat)
        seconds, metres = np.empty((n, n), np.int32), np.empty((n, n), np.int32)
        ground, course = self._out
        with _scratches.lent(ground.net.nodes, lambda: scratch_for(ground.net.nodes)) as scratch:
            fill(course, Gait(np.uint8(DRIVE), _MPS, MOST_S * _MPS), scratch, seconds, metres)
        return seconds, metres

    def access(self, lat: float, lon: float, limit_s: int = ACCESS_S) -> Access | None:
        """The places around a door, nearest (there and back) first; None: no carriageway is near, or no place."""
        for within_s in (limit_s, 4 * limit_s):
            out, back = (self._ways(side, lat, lon, within_s) for side in (self._out, self._back))
            if out is None or back is None:
                return None
            both = out[0] + back[0]
            near = np.argsort(both, kind="stable")[:NEAREST]
            near = near[np.isfinite(both[near])]
            if len(near):
                return Access(near, *(_up(each[near]) for each in (*out, *back)))
        return None

    @staticmethod
    def _ways(side: tuple[Ground, Course], lat: float, lon: float, limit_s: int) -> tuple[F64, F64] | None:
        """Seconds and metres to all places, infinite beyond the limit."""
        ground, course = side
        spot = spot_at(ground, lat, lon, DRIVE)
        if spot.link is None:
            return None
        gait = Gait(np.uint8(DRIVE), _MPS, float(limit_s * _MPS))
        with _scratches.lent(ground.net.nodes, lambda: scratch_for(ground.net.nodes)) as scratch:
            timed, true = ways_from(course, At(spot.lon, spot.lat, *spot.link), gait, scratch)
        return timed / _MPS, true


_scratches: Shelf[Scratch] = Shelf()


def matrix_of(carriageways: Carriageways, lat: F64, lon: F64) -> tuple[Matrix, Table]:
    """The matrix of places, and their table. Left out are places from which the others cannot be reached and reached
    again: those that are not together with the most.
    """
    table = Table(carriageways, lat, lon)
    seconds, metres = table.fill()
    both = (seconds < NO_WAY) & (seconds.T < NO_WAY)
    hub = int(both.sum(axis=1).argmax()) if len(both) else 0
    kept = np.flatnonzero(both[hub]) if len(both) else np.arange(0)
    if len(kept) < len(both):
        table = table.only(kept)
        seconds, metres = (np.ascontiguousarray(each[np.ix_(kept, kept)]) for each in (seconds, metres))
    close(seconds, metres)
    return Matrix(table.lat, table.lon, seconds, metres), table


def _quickest(seconds: I32, metres: I32) -> tuple[I32, I32]:
    """By door (the second axis), the quickest of all pairs of places (the first and the last), and its metres."""
    by_door = np.moveaxis(seconds, 1, 0).reshape(seconds.shape[1], -1)
    best = by_door.argmin(axis=1)[:, None]
    length = np.moveaxis(metres, 1, 0).reshape(by_door.shape)
    return np.take_along_axis(by_door, best, 1)[:, 0], np.take_along_axis(length, best, 1)[:, 0]


def _up(values: F64) -> I32:
    return np.ceil(values - ROUNDING).astype(np.int32)
