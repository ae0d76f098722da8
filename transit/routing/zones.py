"""Rides on demand as a search needs them: areas, and who is taken from which area to which, when and how long (Flex).

How long one drives, `driving` says. What a journey relies on is the feed's safe duration, factor × driving time +
offset, which 95 of 100 rides keep; a feed that says nothing means SAFE_FACTOR and SAFE_OFFSET_S.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transit.routing.booking import Days, Rule, earliest_pickup, order_from, order_until
from transit.routing.query import Mode
from transit.routing.timetable import U32
from transit.routing.window import service_day_start

F64 = NDArray[np.float64]
SAFE_FACTOR = 1.5
SAFE_OFFSET_S = 300.0


@dataclass(frozen=True)
class Areas:
    """A areas. Area a has the rings `area_ring[a]` … `area_ring[a + 1]` (none: it is a set of stops), ring r the points
    `ring_start[r]` … `ring_start[r + 1]`, the last one again the first. Inside is what an odd number of rings holds.
    """

    area_ring: U32
    ring_start: U32
    lon: F64
    lat: F64
    box: F64
    """A × (west, south, east, north) of the rings."""
    stop_start: U32
    """A + 1 offsets into `stops`: the stops of an area."""
    stops: U32

    def is_zone(self, area: int) -> bool:
        """Whether one is met anywhere in it, not at its stops alone."""
        return bool(self.area_ring[area] < self.area_ring[area + 1])

    def stops_of(self, area: int) -> U32:
        """The stops of an area."""
        return self.stops[int(self.stop_start[area]) : int(self.stop_start[area + 1])]

    def holds(self, area: int, lon: F64, lat: F64) -> NDArray[np.bool_]:
        """Which points lie in a zone."""
        inside = np.zeros(len(lon), bool)
        if not self.is_zone(area):
            return inside
        west, south, east, north = self.box[area]
        near = np.flatnonzero((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
        if len(near):
            inside[near] = _odd(*self._edges(area), lon[near], lat[near])
        return inside

    def nearest(self, area: int, lon: float, lat: float) -> tuple[float, float]:
        """The point (lon, lat) of the edge of a zone that is nearest to a place, on a plane that is true around it."""
        x0, y0, x1, y1 = self._edges(area)
        east = math.cos(math.radians(lat))
        along_x, along_y = (x1 - x0) * east, y1 - y0
        length = np.maximum(along_x**2 + along_y**2, 1e-18)
        part = np.clip(((lon - x0) * east * along_x + (lat - y0) * along_y) / length, 0.0, 1.0)
        x, y = x0 + part * (x1 - x0), y0 + part * (y1 - y0)
        best = int(np.argmin(((lon - x) * east) ** 2 + (lat - y) ** 2))
        return float(x[best]), float(y[best])

    def _edges(self, area: int) -> tuple[F64, F64, F64, F64]:
        """The edges of all rings of an area: lon and lat of their ends."""
        starts = self.ring_start[int(self.area_ring[area]) : int(self.area_ring[area + 1]) + 1].astype(np.int64)
        first, end = int(starts[0]), int(starts[-1])
        real = np.ones(end - first, bool)
        real[starts[1:] - 1 - first] = False
        at = np.flatnonzero(real) + first
        return self.lon[at], self.lat[at], self.lon[at + 1], self.lat[at + 1]


def _odd(x0: F64, y0: F64, x1: F64, y1: F64, lon: F64, lat: F64) -> NDArray[np.bool_]:
    """Of which points a ray to the east crosses an odd number of edges."""
    odd = np.zeros(len(lon), bool)
    for i, (x, y) in enumerate(zip(lon.tolist(), lat.tolist(), strict=True)):
        over = (y0 > y) != (y1 > y)
        cross = x0[over] + (y - y0[over]) * (x1[over] - x0[over]) / (y1[over] - y0[over])
        odd[i] = bool(np.count_nonzero(cross > x) % 2)
    return odd


@dataclass(frozen=True, slots=True)
class ZoneService:
    """Picked up in area `origin`, set down in area `destination`, each in a window of the service day (both ends
    included); `number` is its position in `OnDemand.services`, all `rules` hold.
    """

    number: int
    origin: int
    destination: int
    pickup: tuple[int, int]
    drop_off: tuple[int, int]
    service: int
    """The row of the calendar on whose days it runs."""
    timezone: str
    rules: tuple[Rule, ...]
    mode: Mode
    safe_factor: float = SAFE_FACTOR
    safe_offset_s: float = SAFE_OFFSET_S
    most_s: int | None = None
    """To a stop or from one it is driven no longer than this; None: as far as its areas reach."""

    takes_s: int | None = None
    """How long one is on the way where a timetable makes a detour: it is ridden from door to door alone, as the stops
    of the timetable are found by that. None: as long as one drives.
    """

    def safe_s(self, drive_s: int) -> int:
        """Seconds in which a ride is done nearly always, in whole minutes, as people read them."""
        if self.takes_s is not None:
            return self.takes_s
        return 60 * max(1, math.ceil((self.safe_factor * drive_s + self.safe_offset_s) / 60))


@dataclass(frozen=True)
class OnDemand:
    """All rides on demand of a network."""

    areas: Areas
    services: tuple[ZoneService, ...]
    days: Days

    def pickups(self, ride: ZoneService, day: int, safe_s: int, now_at: int | None) -> tuple[int, int] | None:
        """The first and last second (Unix) of a service day at which a ride that takes so long may begin, and for which
        it can still be ordered; None: not on that day.
        """
        if not self.days.runs(ride.service, day):
            return None
        start_at = service_day_start(day, ride.timezone)
        first = start_at + max(ride.pickup[0], ride.drop_off[0] - safe_s)
        last = start_at + min(ride.pickup[1], ride.drop_off[1] - safe_s)
        if now_at is not None:
            first = max(first, now_at)
            for rule in ride.rules:
                soonest = earliest_pickup(rule, now_at, day, ride.timezone, self.days)
                if soonest is None:
                    return None
                first = max(first, soonest)
        return (first, last) if first <= last else None

    def order_until(self, ride: ZoneService, day: int, pickup_at: int) -> int | None:
        """The last second (Unix) at which it can be ordered; None: until the pick-up."""
        ends = [order_until(rule, pickup_at, day, ride.timezone, self.days) for rule in ride.rules]
        return min((end for end in ends if end is not None), default=None)

    def order_from(self, ride: ZoneService, day: int, pickup_at: int) -> int | None:
        """The first second (Unix) at which it can be ordered; None: at any time."""
        starts = [order_from(rule, pickup_at, day, ride.timezone, self.days) for rule in ride.rules]
        return max((start for start in starts if start is not None), default=None)
