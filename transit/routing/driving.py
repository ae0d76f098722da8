"""How long one drives, and where: along the carriageways, the quickest way by the speeds allowed there.

Traffic is one factor, TRAFFIC, whatever the time of day and the region: what lights, turns and other cars cost a drive
in a city by day. It was chosen by us, not measured. Where the carriageways do not reach, and further than
MAX_DRIVE_S at the speeds allowed, a drive is the straight line with a detour (kernels.ways.DETOUR) at DRIVE_MPS.
"""

from __future__ import annotations

import math
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np

from transit.routing.access import SHARE, Ground, Spot, spot_at, spot_of_stop
from transit.routing.journey import Way
from transit.routing.kernels.dijkstra import METRES_PER_DEGREE, Scratch, scratch_for
from transit.routing.kernels.drives import driven
from transit.routing.kernels.walks import Gait, lead
from transit.routing.kernels.ways import DETOUR, At, Stretches
from transit.routing.shelf import Shelf
from transit.routing.streets import CAR_MPS, DRIVE, F64, TRAFFIC

MAX_DRIVE_S: Final = 3600
DRIVE_MPS: Final = 9.0
_LIMIT: Final = Gait(np.uint8(DRIVE), 1.0, MAX_DRIVE_S * CAR_MPS)


class Stand(NamedTuple):
    """Where a drive begins or ends."""

    lat: float
    lon: float


@dataclass(frozen=True)
class Drives:
    """The drives of one search. From a place to all stops, and from all stops to a place, is one search for each place,
    not more than MAX_DRIVE_S wide.
    """

    ground: Ground
    _known: dict[tuple[Stand, bool], F64] = field(default_factory=dict)

    def seconds(self, place: Stand, *, leaving: bool) -> F64:
        """By stop, the seconds from it to a place (`leaving`), or from the place to it."""
        known = self._known.get((place, leaving))
        if known is None:
            known = self._known[place, leaving] = self._seconds(place, leaving=leaving)
        return known

    def _seconds(self, place: Stand, *, leaving: bool) -> F64:
        ground = self.ground
        found = _straight_s(place, ground.stop_lat, ground.stop_lon)
        by_car = ground.by_car.turned_round if leaving and ground.by_car else ground.by_car
        if by_car is None or (here := _at(_spot(by_car, place))) is None:
            return found
        stops = by_car.stop_links.on_streets
        with _scratch_of(by_car) as scratch:
            edges = by_car.net.stop_edge[stops.number]
            metres = driven(by_car.land, stops, edges, here, _LIMIT, scratch)
        reached = np.isfinite(metres)
        found[stops.number[reached]] = np.ceil(metres[reached] * (TRAFFIC / CAR_MPS) - _LEAST_S)
        return found


_LEAST_S: Final = 1e-6
"""Sums in another order differ by less."""


def drive_s(ground: Ground, start: Stand, end: Stand) -> int:
    """Seconds to drive between two places; as `Drives` has them."""
    found = _found(ground, start, end)
    if found is None:
        return int(_straight_s(start, np.array([end.lat]), np.array([end.lon]))[0])
    return math.ceil(found[0] * (TRAFFIC / CAR_MPS) - _LEAST_S)


def find_drive(ground: Ground, start: Stand, end: Stand) -> Way | None:
    """The way that one drives; None where the carriageways do not lead there."""
    found = _found(ground, start, end)
    return None if found is None else found[1]


def measured(ground: Ground, line: F64, stretches: Stretches) -> Way:
    """A way that was found by time, by what is measured on the ground."""
    assert ground.carriageways is not None
    edge_m = ground.carriageways.streets.edge_metres[stretches.edge].astype(np.float64)
    parts = stretches._replace(metres=np.abs(stretches.end - stretches.begin) * edge_m)
    return Way(float(parts.metres.sum()), line, parts, driven=True)


def _found(ground: Ground, start: Stand, end: Stand) -> tuple[float, Way] | None:
    """The metres at CAR_MPS, and the way."""
    by_car = ground.by_car
    if by_car is None:
        return None
    first, last = _at(_spot(by_car, start)), _at(_spot(by_car, end))
    if first is None or last is None:
        return None
    with _scratch_of(by_car) as scratch:
        line, stretches, _ = lead(by_car.land, first, last, SHARE, _LIMIT, scratch)
    metres = float(stretches.metres.sum()) + first.offset_m + last.offset_m
    if not len(line) or metres > _LIMIT.limit_m:
        return None
    if by_car.plain_edge is not None:
        stretches = stretches._replace(edge=by_car.plain_edge[stretches.edge])
    return metres, measured(ground, line, stretches)


_scratches: Shelf[Scratch] = Shelf()


def _scratch_of(by_car: Ground) -> AbstractContextManager[Scratch]:
    nodes = by_car.net.nodes
    return _scratches.lent(nodes, lambda: scratch_for(nodes))


def _at(spot: Spot) -> At | None:
    """A place as the kernels take it; None where no carriageway is near."""
    return None if spot.link is None else At(spot.lon, spot.lat, *spot.link)


def _spot(by_car: Ground, place: Stand) -> Spot:
    """Where a place meets the carriageways. A stop does as all stops do, so that times agree to the second."""
    stops = np.flatnonzero((by_car.stop_lat == place.lat) & (by_car.stop_lon == place.lon))
    return spot_of_stop(by_car, int(stops[0])) if len(stops) else spot_at(by_car, place.lat, place.lon, DRIVE)


def _straight_s(place: Stand, lat: F64, lon: F64) -> F64:
    """Seconds between a place and others by the straight line."""
    east = (lon - place.lon) * np.cos(np.radians((place.lat + lat) / 2))
    return np.asarray(np.ceil(DETOUR * METRES_PER_DEGREE * np.hypot(east, lat - place.lat) / DRIVE_MPS))
