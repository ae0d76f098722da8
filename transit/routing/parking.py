"""Park and ride: in one's own car to a car park, then on foot to the stops; or from stops to where the car stands.

A drive is as long as `driving` has it, with PARK_S to park (or to set out from a car park) and a walk of MOST_WALK_S at
most. Whether a space is free is not known.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from transit.routing.access import WALK_MPS, Ground, Spot, find_way, spot_at, spot_of_stop, straight
from transit.routing.doors import AroundDoors, Walker, around
from transit.routing.driving import Drives, Stand, find_drive
from transit.routing.journey import Drive, Way
from transit.routing.kernels.raptor import Ends
from transit.routing.streets import DRIVE, F64, WALK

PARK_S: Final = 180
MOST_WALK_S: Final = 600
MOST_DRIVE_S: Final = 3600


@dataclass(frozen=True)
class CarParks:
    """Places where a car may stay, and the stops around each. Made once for a network."""

    ground: Ground
    lat: F64
    lon: F64

    @cached_property
    def placed(self) -> Ground | None:
        """The ground by car with car parks in the place of stops."""
        by_car, roads = self.ground.by_hired_car, self.ground.carriageways
        if by_car is None or roads is None:
            return None
        spots = [spot_at(by_car, *place, DRIVE) for place in zip(self.lat.tolist(), self.lon.tolist(), strict=True)]
        links = [(spot.link.edge, spot.link.fraction, spot.link.offset_m) if spot.link else _OFF for spot in spots]
        edge, fraction, offset_m = np.array(links, np.float64).reshape(-1, 3).T
        net = roads.streets
        streets = type(net)(
            **{each.name: getattr(net, each.name) for each in fields(net)}
            | {
                "stop_edge": edge.astype(np.uint32),
                "stop_fraction": fraction.astype(np.float32),
                "stop_offset_m": offset_m.astype(np.float32),
            }
        )
        return Ground(self.lat, self.lon, carriageways=replace(roads, streets=streets))

    @cached_property
    def near(self) -> dict[bool, list[tuple[NDArray[np.int64], NDArray[np.int64]]]]:
        """By whether one comes from the stops: for each car park the stops around it and the seconds at WALK_MPS."""
        return {leaving: [self._stops(*place, leaving=leaving) for place in self._places] for leaving in (False, True)}

    @property
    def _places(self) -> list[tuple[float, float]]:
        return list(zip(self.lat.tolist(), self.lon.tolist(), strict=True))

    def _stops(self, lat: float, lon: float, *, leaving: bool) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        spot, walker = spot_at(self.ground, lat, lon), Walker(WALK_MPS, MOST_WALK_S, leaving=leaving)
        ends = around(self.ground, spot, (), walker).ends
        return ends.stops.astype(np.int64), ends.seconds.astype(np.int64)


_OFF: Final = (0xFFFFFFFF, 0.0, 0.0)


@dataclass(frozen=True)
class AroundParks(AroundDoors):
    """The stops around a place, some of them by car and on foot."""

    parks: CarParks | None = None
    drives: dict[int, Drive] = field(default_factory=dict)

    def hire_of(self, stop: int) -> Drive | None:
        """The drive on the way to a stop, or from it."""
        return self.drives.get(stop)

    def is_step_free(self, stop: int) -> bool | None:
        """Of stations that one drives to nothing is known."""
        return None if stop in self.drives else super().is_step_free(stop)

    def entrance_of(self, stop: int) -> int | None:
        """None where one drives."""
        return None if stop in self.drives else super().entrance_of(stop)

    def drawn(self, drive: Drive, stop: int | None) -> Drive:
        """A drive with its ways, in the order of travel."""
        assert stop is not None
        assert self.parks is not None
        park = Stand(float(self.parks.lat[drive.park]), float(self.parks.lon[drive.park]))
        home, on_foot = Stand(self.spot.lat, self.spot.lon), spot_at(self.ground, *park)
        there = spot_of_stop(self.ground, stop)
        if drive.leaving:
            return drive._replace(ways=(_walked(self.ground, there, on_foot), _driven(self.ground, park, home)))
        return drive._replace(ways=(_driven(self.ground, home, park), _walked(self.ground, on_foot, there)))


def parking(around: AroundDoors, parks: CarParks, *, leaving: bool, speed_mps: float) -> AroundParks:
    """The stops around a place, by car and a car park where that is sooner than on foot."""
    kept = {each.name: getattr(around, each.name) for each in fields(around) if not each.name.startswith("_")}
    ground, pace = around.ground, max(1.0, WALK_MPS / speed_mps)
    if parks.placed is None or not len(parks.lat):
        return AroundParks(**kept, parks=parks)
    drive_s = Drives(parks.placed).seconds(Stand(around.spot.lat, around.spot.lon), leaving=leaving)
    best = np.full(len(ground.stop_lat), np.inf)
    best[around.ends.stops] = around.ends.seconds
    drives: dict[int, Drive] = {}
    for park in np.flatnonzero(drive_s <= MOST_DRIVE_S).tolist():
        stops, walk_s = parks.near[leaving][park]
        walked = np.ceil(walk_s * pace).astype(np.int64)
        whole = int(drive_s[park]) + PARK_S + walked
        for i in np.flatnonzero(whole < best[stops]).tolist():
            stop, parts = int(stops[i]), (int(drive_s[park]) + PARK_S, int(walked[i]))
            best[stop] = whole[i]
            drives[stop] = Drive(park, parts[::-1] if leaving else parts, leaving)
    reached = np.flatnonzero(np.isfinite(best)).astype(np.uint32)
    metres = np.zeros(len(best))
    metres[around.ends.stops] = around.metres
    kept |= {"ends": Ends(reached, best[reached].astype(np.int32)), "metres": metres[reached]}
    return AroundParks(**kept, parks=parks, drives=drives)


def _driven(ground: Ground, start: Stand, end: Stand) -> Way:
    return find_drive(ground, start, end) or straight(Spot(*start, None), Spot(*end, None))


def _walked(ground: Ground, start: Spot, end: Spot) -> Way:
    return find_way(ground, start, end, WALK, 2 * MOST_WALK_S * WALK_MPS) or straight(start, end)
