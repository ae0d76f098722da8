"""The stops around a place where a hired vehicle gets one there sooner than walking, and the ride all the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from transit.routing.access import Around, Ground, Spot, find_way, spot_at, spot_of_stop, straight
from transit.routing.doors import AroundDoors
from transit.routing.driving import measured
from transit.routing.journey import NO_LINE, Hire, StreetLeg, Way
from transit.routing.kernels.raptor import Ends
from transit.routing.kernels.renting import Spots
from transit.routing.query import Mode, Query
from transit.routing.renting import MAX_RIDE_S, Fleet, Reached, Renter, reach, spots_of
from transit.routing.streets import BICYCLE, U32, WALK
from transit.routing.timetable import Timetable


@dataclass(frozen=True)
class AroundHires(AroundDoors):
    """The stops around a place, some of them by a hired vehicle."""

    hires: dict[int, tuple[Fleet, Hire]] = field(default_factory=dict)
    leaving: bool = False

    def hire_of(self, stop: int) -> Hire | None:
        """The vehicle that one hires on the way to a stop, or from it."""
        found = self.hires.get(stop)
        return None if found is None else found[1]

    def is_step_free(self, stop: int) -> bool | None:
        """Of stations that one rides to nothing is known."""
        return None if stop in self.hires else super().is_step_free(stop)

    def entrance_of(self, stop: int) -> int | None:
        """None where one rides."""
        return None if stop in self.hires else super().entrance_of(stop)

    def drawn(self, hire: Hire, stop: int | None) -> Hire:
        """A hire with its ways."""
        assert stop is not None
        fleet, (start, end) = self.hires[stop][0], (self.spot, spot_of_stop(self.ground, stop))
        return _drawn(fleet, hire, *((end, start) if self.leaving else (start, end)))


def hiring(around: AroundDoors, fleets: Sequence[Fleet], renter: Renter) -> AroundHires:
    """The stops around a place, by a hired vehicle where that is sooner. Platforms behind doors are walked to."""
    ground = around.ground
    kept = {each.name: getattr(around, each.name) for each in fields(around) if not each.name.startswith("_")}
    if ground.streets is None or around.spot.link is None:
        return AroundHires(**kept, leaving=renter.leaving)
    stops, spots = _stops(ground)
    walked = np.full(len(ground.stop_lat), np.inf)
    walked[around.ends.stops] = around.ends.seconds
    best, hires = walked[stops], dict[int, tuple[Fleet, Hire]]()
    for fleet in fleets:
        found = reach(fleet, around.spot, spots, fleet.stops[stops], renter)
        for n in np.flatnonzero(found.seconds < best).tolist():
            stop = int(stops[n])
            itself = around.spot if renter.leaving else spot_of_stop(ground, stop)
            hires[stop] = fleet, _hire(fleet, found, n, itself)
        best = np.minimum(best, found.seconds)
    walked[stops] = best
    reached = np.flatnonzero(np.isfinite(walked)).astype(np.uint32)
    metres = np.zeros(len(walked))
    metres[around.ends.stops] = around.metres
    kept |= {"ends": Ends(reached, walked[reached].astype(np.int32)), "metres": metres[reached]}
    return AroundHires(**kept, hires=hires, leaving=renter.leaving)


def direct(around: Around, there: Spot, fleets: Sequence[Fleet], renter: Renter) -> Hire | None:
    """The quickest way to a place in a hired vehicle, drawn; None where there is none."""
    best: tuple[int, Fleet, Hire] | None = None
    if around.spot.link is None or there.link is None:
        return None
    target = spots_of(around.ground, [there])
    for fleet in fleets:
        may_leave = fleet.may_leave_at(target.lat, target.lon) & fleet.is_left_anywhere
        found = reach(fleet, around.spot, target, may_leave, renter)
        if np.isfinite(found.seconds[0]) and (best is None or found.seconds[0] < best[0]):
            best = int(found.seconds[0]), fleet, _hire(fleet, found, 0, there)
    return None if best is None else _drawn(best[1], best[2], around.spot, there)


def hired_leg(hire: Hire, timetable: Timetable, query: Query) -> StreetLeg:
    """Riding a hired vehicle all the way, at the time asked for."""
    at, seconds = int(query.time_at.timestamp()) - timetable.base_at, sum(hire.seconds)
    start_s = at - seconds if query.arrive_by else at
    way = Way(sum(way.metres for way in hire.ways), NO_LINE.line)
    return StreetLeg(Mode.WALK, start_s, start_s + seconds, None, None, way, hire=hire)


def _stops(ground: Ground) -> tuple[U32, Spots]:
    """The stops on the streets that have no doors."""
    places, net = ground.stop_links.on_streets, ground.net
    behind = np.empty(0, np.uint32) if ground.doors is None else ground.doors.stop
    open_ = ~np.isin(places.number, behind)
    stops = places.number[open_]
    columns: Any = [column[open_] for column in places[1:]]
    return stops, Spots(net.stop_edge[stops], *columns)


def _hire(fleet: Fleet, found: Reached, n: int, itself: Spot) -> Hire:
    """What was found, by what it is."""
    drop, docks, net = int(found.drop[n]), len(fleet.docks), fleet.ground.net
    dock = fleet.docks[drop] if drop < docks else None
    node = drop - docks - 1
    left_at = (itself.lat, itself.lon) if dock is None else (dock.lat, dock.lon)
    if drop > docks:
        left_at = float(net.node_lat[node]), float(net.node_lon[node])
    seconds = int(found.before_s[n]), int(found.ridden_s[n]), int(found.after_s[n])
    pickup = fleet.pickups[int(found.pickup[n])]
    return Hire(fleet.rentals, fleet.kind, pickup, dock, left_at, seconds, fleet.is_known)


def _drawn(fleet: Fleet, hire: Hire, start: Spot, end: Spot) -> Hire:
    """A hire with the ways of its three parts."""
    ground, ridden = fleet.ground, fleet.ridden
    left, left_at = hire.pickup, hire.left_at
    most_m = MAX_RIDE_S * fleet.profile.speed_mps
    met = spot_at(ridden, left.lat, left.lon, BICYCLE), spot_at(ridden, *left_at, BICYCLE)
    ride = _way(ridden, *met, BICYCLE, most_m)
    if fleet.profile.is_driven and len(ride.stretches.edge):
        ride = measured(ground, ride.line, ride.stretches)
    ways = (
        _way(ground, start, spot_at(ground, left.lat, left.lon), WALK, most_m),
        ride,
        _way(ground, spot_at(ground, *left_at), end, WALK, most_m),
    )
    return hire._replace(ways=ways)


def _way(ground: Ground, start: Spot, end: Spot, mode: int, limit_m: float) -> Way:
    return find_way(ground, start, end, mode, limit_m) or straight(start, end)
