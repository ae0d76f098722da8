"""Walk, ride a hired vehicle, leave it, walk on: to the stops around a place, from them, and all the way. Pure.

Exact: of all vehicles of all fleets, all places to leave them and all ways, the ones that are there first. A vehicle
is left at a station with room, or (free-floating) at a street corner, a stop or the destination itself, wherever rules
allow it. Walks before and after each keep to the longest walk, rides to the longest ride and to the vehicle's range.

A car or moped is ridden on the carriageways, which are a graph of their own; it is left at stations, and at corners
where both graphs meet. Its range is taken for metres at the top speed (see `Carriageways.timed`), so that it is never
overrun and seldom used up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from transit.routing.access import Ground, Spot, spot_at
from transit.routing.kernels.renting import Labels, Lanes, Pace, Spots, beside, into, out_of, spread_from
from transit.routing.rentals import Profile, Rentals, Return, Rule, Station, Vehicle, VehicleType
from transit.routing.shelf import Shelf
from transit.routing.streets import BICYCLE, DRIVE, F64, MOPED, U32, WALK

UNLOCK_S: Final = 60
"""To unlock a vehicle and set out."""
LOCK_S: Final = 30
"""To park and lock it."""
MAX_RIDE_S: Final = 2700
EDGE_DEG: Final = 0.01
"""Where a system does not say where it ends, vehicles are left no further outside the box around all it has."""
I64 = NDArray[np.int64]


@dataclass(frozen=True)
class Fleet:
    """The vehicles of one type of one system, on the streets. Made once for each state of the system."""

    ground: Ground
    rentals: Rentals
    kind: VehicleType
    is_known: bool
    """Whether what is said of numbers is new enough to be relied on."""
    pickups: tuple[Station | Vehicle, ...]
    docks: tuple[Station, ...]
    """Stations that take one back."""
    is_free: bool
    """Whether it may be left in the street."""

    @property
    def profile(self) -> Profile:
        """How it is ridden."""
        return self.kind.profile

    @cached_property
    def ridden(self) -> Ground:
        """The streets with the bit BICYCLE where this vehicle may be ridden, so that ways keep out of no-ride zones."""
        base = _base(self.ground, self.profile)
        assert base is not None
        net = base.net
        modes = (net.edge_modes & WALK).astype(np.uint8)
        modes[net.edge_modes & self.profile.streets != 0] |= BICYCLE
        if any(not rule.may_pass for rule in self._rules):
            inside = ~self._allowed(net.shape_lat, net.shape_lon, "may_pass")
            shapes = np.maximum.reduceat(inside, net.shape_start[:-1].astype(np.int64))
            modes[shapes[net.edge_geometry]] &= WALK
        return replace(base, streets=replace(net, edge_modes=modes)) if (modes != net.edge_modes).any() else base

    @property
    def _rules(self) -> Iterable[Rule]:
        system = self.rentals.system
        rules = [*system.outside, *(rule for zone in system.zones for rule in zone.rules)]
        return [rule for rule in rules if rule.holds_for(self.kind.type_id)]

    def _allowed(self, lat: F64, lon: F64, what: str) -> NDArray[np.bool_]:
        """Whether something is allowed at places: the first zone there that is about this type says it."""
        system, kind = self.rentals.system, self.kind.type_id
        outside = next((rule for rule in system.outside if rule.holds_for(kind)), None)
        found = np.full(len(lat), True if outside is None else getattr(outside, what))
        undecided = np.ones(len(lat), bool)
        for zone in system.zones:
            rule = next((rule for rule in zone.rules if rule.holds_for(kind)), None)
            if rule is not None:
                here = undecided & are_inside(zone.polygons, lat, lon)
                found[here] = getattr(rule, what)
                undecided &= ~here
        return found

    def may_leave_at(self, lat: F64, lon: F64) -> NDArray[np.bool_]:
        """Whether one may be left in the street at places."""
        allowed = self._allowed(lat, lon, "may_end")
        if not self.rentals.system.outside:
            south, west, north, east = self._box
            allowed &= (lat >= south) & (lat <= north) & (lon >= west) & (lon <= east)
        return allowed

    @cached_property
    def _box(self) -> tuple[float, float, float, float]:
        places = [*self.rentals.system.stations, *self.rentals.status.vehicles]
        lat, lon = (np.array([getattr(place, axis) for place in places]) for axis in ("lat", "lon"))
        return lat.min() - EDGE_DEG, lon.min() - EDGE_DEG, lat.max() + EDGE_DEG, lon.max() + EDGE_DEG

    @cached_property
    def corners(self) -> NDArray[np.bool_]:
        """N: whether one may be left at a node."""
        net = self.ground.net
        return self.may_leave_at(net.node_lat, net.node_lon) if self.is_free else np.zeros(net.nodes, bool)

    def walked_nodes(self, ridden: U32) -> I64:
        """For nodes where one rides, those for walking at the same places; −1 where there is none."""
        roads = self.ground.carriageways
        if not self.profile.is_driven or roads is None:
            return ridden.astype(np.int64)
        nodes = roads.walk_node[ridden].astype(np.int64)
        return np.where(nodes < self.ground.net.nodes, nodes, -1)

    def ridden_nodes(self, walked: I64) -> I64:
        """The other way round."""
        return self._ridden_node[walked] if self.profile.is_driven else walked

    @cached_property
    def _ridden_node(self) -> I64:
        nodes = np.arange(self.ridden.net.nodes)
        there = self.walked_nodes(nodes.astype(np.uint32))
        found = np.full(self.ground.net.nodes, -1, np.int64)
        found[there[there >= 0]] = nodes[there >= 0]
        return found

    @cached_property
    def stops(self) -> NDArray[np.bool_]:
        """S: whether one may be left at a stop."""
        lat, lon = self.ground.stop_lat, self.ground.stop_lon
        return self.may_leave_at(lat, lon) if self.is_left_anywhere else np.zeros(len(lat), bool)

    @property
    def is_left_anywhere(self) -> bool:
        """Whether it may be left in the street, and is left elsewhere than at corners."""
        return self.is_free and not self.profile.is_driven

    @cached_property
    def range_m(self) -> F64:
        """By pick-up, how far the vehicle goes. Of several at a station one does not know which one takes."""
        of_type = self.kind.max_range_m or np.inf
        known = (each.range_m if isinstance(each, Vehicle) else None for each in self.pickups)
        return np.array([of_type if metres is None else metres for metres in known])

    @cached_property
    def at_pickups(self) -> tuple[Linked, Linked]:
        """Where the pick-ups meet the streets, on foot and riding."""
        return linked(self.ground, self.pickups, WALK), linked(self.ridden, self.pickups, BICYCLE)

    @cached_property
    def at_docks(self) -> tuple[Linked, Linked]:
        """Where the stations that take one back meet the streets, on foot and riding."""
        return linked(self.ground, self.docks, WALK), linked(self.ridden, self.docks, BICYCLE)

    @cached_property
    def lanes(self) -> tuple[Lanes, Lanes]:
        """The edges for riding, and those for riding backwards: from a vehicle's end to its beginning."""
        ridden = lanes_of(self.ridden, BICYCLE)
        twins = ridden.twins.astype(np.int64)
        back = np.where(twins < len(twins), ridden.is_open[np.minimum(twins, len(twins) - 1)], 0).astype(np.uint8)
        return ridden, ridden._replace(is_open=back)


class Linked(NamedTuple):
    """Places on the streets, and which of those asked for they are."""

    spots: Spots
    which: I64


class Renter(NamedTuple):
    """How somebody walks and how long at most, how long they ride at most; `leaving`: from stops to the place."""

    speed_mps: float
    max_walk_s: int
    max_ride_s: int = MAX_RIDE_S
    leaving: bool = False


class Reached(NamedTuple):
    """The least seconds between a place and others by hired vehicle, infinite where there is no way; and of each way
    the pick-up, where the vehicle is left (a dock; as many as there are docks: the end itself; from the next number
    on: nodes), and the seconds walked, ridden and walked.
    """

    seconds: F64
    pickup: I64
    drop: I64
    before_s: F64
    ridden_s: F64
    after_s: F64


def linked(ground: Ground, places: Iterable[Station | Vehicle | Spot], mode: int) -> Linked:
    """Places on the edges nearest to them that a mode may use; those that no such street is near are left out."""
    spots = [spot_at(ground, place.lat, place.lon, mode) for place in places]
    which = np.array([n for n, spot in enumerate(spots) if spot.link is not None], np.int64)
    return Linked(spots_of(ground, [spots[n] for n in which]), which)


def spots_of(ground: Ground, spots: list[Spot]) -> Spots:
    """Places that meet the streets, as the kernels take them."""
    net = ground.net
    links = [spot.link for spot in spots if spot.link is not None]
    edge = np.array([link.edge for link in links], np.uint32)
    share = np.array([link.fraction for link in links], np.float64)
    offset, lat, lon = (np.array(each, np.float64) for each in zip(
        *((link.offset_m, spot.lat, spot.lon) for link, spot in zip(links, spots, strict=True)), strict=True
    )) if links else (np.empty(0), np.empty(0), np.empty(0))  # fmt: skip
    metres = net.edge_metres[edge].astype(np.float64)
    stored = np.where(net.edge_backward[edge] == 1, 1 - share, share)
    return Spots(
        edge, ground.tails[edge], net.edge_head[edge], share * metres, (1 - share) * metres,
        net.edge_geometry[edge], stored, offset, lat, lon,
    )  # fmt: skip


def lanes_of(ground: Ground, mode: int) -> Lanes:
    """The edges for a mode. One may walk either way."""
    net = ground.net
    is_open = ground.usable[mode] if mode == WALK else (net.edge_modes & mode != 0).astype(np.uint8)
    return Lanes(is_open, ground.twins, net.edge_backward, net.edge_metres)


def are_inside(
    polygons: Iterable[tuple[tuple[tuple[float, float], ...], ...]], lat: F64, lon: F64
) -> NDArray[np.bool_]:
    """Whether places are inside any of some polygons, and not in their holes (even-odd rule)."""
    found = np.zeros(len(lat), bool)
    for rings in polygons:
        west, south = np.min(rings[0], 0)
        east, north = np.max(rings[0], 0)
        near = np.flatnonzero((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
        odd = np.zeros(len(near), bool)
        x, y = lon[near], lat[near]
        for ring in rings if len(near) else ():
            for (ax, ay), (bx, by) in pairwise(ring):
                crosses = (ay > y) != (by > y)
                odd ^= crosses & (x < ax + (bx - ax) * (y - ay) / ((by - ay) or 1.0))
        found[near[odd]] = True
    return found


def fleets_of(ground: Ground, rentals: Rentals, *, is_known: bool, has_vehicles: bool) -> list[Fleet]:
    """The fleets of a system that can be part of a journey. `has_vehicles`: those in the street are still offered."""
    if ground.streets is None:
        return []
    system, status = rentals.system, rentals.status
    found = []
    for kind in system.types:
        if _base(ground, kind.profile) is None or kind.returned is Return.ROUNDTRIP_STATION:
            continue  # Who must bring it back gets nowhere.
        stations = [(station, status.station_by_id.get(station.station_id)) for station in system.stations]
        there = [
            station for station, now in stations
            if now and now.rents and _has(now.vehicles, kind.type_id, is_known)
        ]  # fmt: skip
        docks = [
            station for station, now in stations
            if kind.returned is not Return.FREE_FLOATING and now and now.takes_back
            and (now.docks is None or _has(now.docks, kind.type_id, is_known))
        ]  # fmt: skip
        free = [each for each in status.vehicles if has_vehicles and each.type_id == kind.type_id]
        is_free = kind.returned is Return.FREE_FLOATING or (kind.returned is Return.HYBRID and bool(status.vehicles))
        fleet = Fleet(ground, rentals, kind, is_known, (*there, *free), tuple(docks), is_free)
        if fleet.pickups:
            found.append(replace(fleet, pickups=_startable(fleet)))
    return found


def _base(ground: Ground, profile: Profile) -> Ground | None:
    """The streets that a kind of vehicle is ridden on; None where none are known."""
    if not profile.streets:
        return None
    return {DRIVE: lambda: ground.by_hired_car, MOPED: lambda: ground.by_moped}.get(profile.streets, lambda: ground)()


def _has(by_type: Mapping[str, int], type_id: str, is_known: bool) -> bool:
    """Whether there is one for a type; where numbers are not known, whether there may ever be."""
    number = by_type.get(type_id, by_type.get(""))
    return number is not None and (number > 0 or not is_known)


def _startable(fleet: Fleet) -> tuple[Station | Vehicle, ...]:
    """The pick-ups where a ride may begin; a station is one by itself."""
    lat, lon = (np.array([getattr(each, axis) for each in fleet.pickups]) for axis in ("lat", "lon"))
    allowed = fleet._allowed(lat, lon, "may_start").tolist()
    pairs = zip(fleet.pickups, allowed, strict=True)
    return tuple(each for each, may in pairs if may or isinstance(each, Station))


_least: Shelf[F64] = Shelf()


def _spread(ground: Ground, lanes: Lanes, seeds: Labels, pace: Pace) -> Labels:
    nodes = ground.net.nodes
    with _least.lent(nodes, lambda: np.full(nodes, np.inf)) as least:
        return spread_from(ground.graph, lanes.is_open, seeds, pace, least)


def _walked(ground: Ground, begun: tuple[Spots, Labels], labels: Labels, targets: Spots, pace: Pace) -> tuple[F64, I64]:
    """The seconds to places on foot from places and from nodes, and whence."""
    lanes = lanes_of(ground, WALK)
    seeds = out_of(*begun, lanes, pace.speed_mps)
    tree = _spread(ground, lanes, _joined(seeds, labels), pace)
    most = np.full(len(targets.edge), pace.most_m)
    seconds, source = into(targets, most, _by_node(tree), lanes, pace.speed_mps)
    beside(targets, most, begun, lanes, (pace.speed_mps, True), (seconds, source))
    return seconds, source.astype(np.int64)


def _joined(one: Labels, other: Labels) -> Labels:
    """The labels of both."""
    return Labels(
        np.concatenate((one.node, other.node)), np.concatenate((one.seconds, other.seconds)),
        np.concatenate((one.used_m, other.used_m)), np.concatenate((one.source, other.source)),
    )  # fmt: skip


def _by_node(labels: Labels) -> Labels:
    order = np.argsort(labels.node, kind="stable")
    return Labels(labels.node[order], labels.seconds[order], labels.used_m[order], labels.source[order])


def _starting(seconds: F64, used_m: F64, source: I64 | U32, nodes: I64 | U32 | None = None) -> Labels:
    at = np.arange(len(seconds)) if nodes is None else nodes
    return Labels(at.astype(np.uint32), seconds, used_m, source.astype(np.uint32))


NOTHING: Final = _starting(np.empty(0), np.empty(0), np.empty(0, np.int64))


def reach(fleet: Fleet, place: Spot, targets: Spots, may_leave: NDArray[np.bool_], renter: Renter) -> Reached:
    """The least seconds between a place and targets: from the place to them, or (`leaving`) from them to the place.

    `may_leave` says at which targets the vehicle may be left in the street, riding to the place itself.
    """
    walk = Pace(renter.speed_mps, renter.max_walk_s * renter.speed_mps)
    ride = Pace(fleet.profile.speed_mps, renter.max_ride_s * fleet.profile.speed_mps)
    return (_back if renter.leaving else _forth)(fleet, place, (targets, may_leave), walk, ride)


Targets = tuple[Spots, NDArray[np.bool_]]


def _first_walk(fleet: Fleet, place: Spot, to: Spots, walk: Pace) -> tuple[F64, Labels]:
    """Whole seconds on foot from a place to others, and the tree of the walk."""
    ground = fleet.ground
    lanes, here = lanes_of(ground, WALK), spots_of(ground, [place] if place.link else [])
    begun = here, _starting(np.zeros(len(here.edge)), np.zeros(len(here.edge)), np.zeros(len(here.edge), np.int64))
    tree = _spread(ground, lanes, out_of(*begun, lanes, walk.speed_mps), walk)
    most = np.full(len(to.edge), walk.most_m)
    best = into(to, most, _by_node(tree), lanes, walk.speed_mps)
    beside(to, most, begun, lanes, (walk.speed_mps, True), best)
    return np.ceil(best[0]), tree


def _forth(fleet: Fleet, place: Spot, targets: Targets, walk: Pace, ride: Pace) -> Reached:
    """From a place on foot to vehicles, riding to docks, corners and targets, from there on foot to targets."""
    (on_foot, on_wheels), (dock_foot, dock_wheels), (lanes, _) = fleet.at_pickups, fleet.at_docks, fleet.lanes
    (spots, may_leave), docks = targets, len(fleet.docks)
    start_s = _scattered(_first_walk(fleet, place, on_foot.spots, walk)[0], on_foot.which, len(fleet.pickups))
    ridable = np.flatnonzero(np.isfinite(start_s[on_wheels.which]))
    pickup = on_wheels.which[ridable]
    used = np.maximum(ride.most_m - fleet.range_m[pickup], 0.0)
    begun = on_wheels.spots, _starting(start_s[pickup] + UNLOCK_S, used, pickup, ridable)
    tree = _spread(fleet.ridden, lanes, out_of(*begun, lanes, ride.speed_mps), ride)
    ridden = _Ridden(begun, _by_node(tree), lanes, ride.speed_mps)
    dock_s, dock_from = ridden.to(dock_wheels.spots, np.full(len(dock_wheels.which), ride.most_m))
    at_dock = _scattered(dock_s + LOCK_S, dock_wheels.which, docks)
    from_dock = _scattered(dock_from.astype(np.float64), dock_wheels.which, docks)
    corner, first = np.unique(fleet.walked_nodes(tree.node), return_index=True)  # labels come by seconds
    allowed = fleet.corners[corner] & (corner >= 0)
    corner, first = corner[allowed], first[allowed]
    corner_s = np.ceil(tree.seconds[first]) + LOCK_S
    begun_again = _starts_at(dock_foot, at_dock)
    from_corners = _starting(corner_s, np.zeros(len(corner)), corner + docks + 1, corner)
    seconds, drop = _walked(fleet.ground, begun_again, from_corners, spots, walk)
    seconds = np.ceil(seconds)
    left: dict[int, tuple[float, int]] = dict(enumerate(zip(at_dock.tolist(), from_dock.tolist(), strict=True)))
    left |= zip(
        (corner + docks + 1).tolist(), zip(corner_s.tolist(), tree.source[first].tolist(), strict=True), strict=True
    )
    found = [
        left[d] if fin else (np.inf, 0) for d, fin in zip(drop.tolist(), np.isfinite(seconds).tolist(), strict=True)
    ]
    left_s, picked = np.array([s for s, _ in found]), np.array([p for _, p in found], np.int64)
    direct_s, direct_from = np.full(len(may_leave), np.inf), np.zeros(len(may_leave), np.int64)
    if fleet.is_left_anywhere:
        beside_streets = spots._replace(offset_m=np.zeros(len(may_leave)))
        direct_s, direct_from = ridden.to(beside_streets, np.full(len(may_leave), ride.most_m))
    direct_s = np.where(may_leave, direct_s + LOCK_S, np.inf)
    better = (whole := direct_s + np.ceil(spots.offset_m / walk.speed_mps)) < seconds
    seconds, drop = np.where(better, whole, seconds), np.where(better, docks, drop)
    picked, left_s = np.where(better, direct_from, picked), np.where(better, direct_s, left_s)
    first_s = start_s[picked] if len(start_s) else seconds
    return _split(seconds, picked, drop, first_s, left_s)


def _back(fleet: Fleet, place: Spot, targets: Targets, walk: Pace, ride: Pace) -> Reached:
    """From targets on foot to vehicles, riding to docks, corners and the place itself, from there on foot to it."""
    (on_foot, on_wheels), (dock_foot, dock_wheels), (_, lanes) = fleet.at_pickups, fleet.at_docks, fleet.lanes
    docks = len(fleet.docks)
    here = spots_of(fleet.ground, [place] if place.link and fleet.is_left_anywhere else [])
    dock_walk, tree = _first_walk(fleet, place, dock_foot.spots, walk)
    after_s = np.append(_scattered(dock_walk, dock_foot.which, docks), np.inf)
    if len(here.edge) and fleet.may_leave_at(here.lat, here.lon)[0]:
        after_s[docks] = np.ceil(here.offset_m[0] / walk.speed_mps)
    ends = Linked(
        _both(dock_wheels.spots, here._replace(offset_m=np.zeros(len(here.edge)))),
        np.append(dock_wheels.which, np.full(len(here.edge), docks)),
    )
    begun = _starts_at(ends, after_s + LOCK_S)
    corner, first = np.unique(tree.node, return_index=True)
    met = fleet.ridden_nodes(corner.astype(np.int64))
    allowed = fleet.corners[corner] & (met >= 0)
    corner, first, met = corner[allowed].astype(np.int64), first[allowed], met[allowed]
    corner_s = np.ceil(tree.seconds[first])
    corners = _starting(corner_s + LOCK_S, np.zeros(len(corner)), corner + docks + 1, met)
    seeds = _joined(out_of(*begun, lanes, ride.speed_mps), corners)
    ridden = _Ridden(begun, _by_node(_spread(fleet.ridden, lanes, seeds, ride)), lanes, ride.speed_mps)
    ride_s, drop_of = ridden.to(on_wheels.spots, np.minimum(fleet.range_m[on_wheels.which], ride.most_m))
    at_pickup = _scattered(ride_s + UNLOCK_S, on_wheels.which, len(fleet.pickups))
    drops = _scattered(drop_of.astype(np.float64), on_wheels.which, len(fleet.pickups))
    seconds, picked = _walked(fleet.ground, _starts_at(on_foot, at_pickup), NOTHING, targets[0], walk)
    seconds = np.ceil(seconds)
    drop = np.where(np.isfinite(seconds), drops[picked] if len(drops) else docks, docks).astype(np.int64)
    walked = dict(zip((corner + docks + 1).tolist(), corner_s.tolist(), strict=True))
    last_s = np.array([walked[d] if d > docks else after_s[d] for d in drop.tolist()])
    whole_s = at_pickup[picked] if len(at_pickup) else seconds
    reached = _split(seconds, picked, drop, last_s, whole_s)
    return reached._replace(before_s=reached.after_s, after_s=reached.before_s)


def _split(seconds: F64, pickup: I64, drop: I64, first_s: F64, second_s: F64) -> Reached:
    """Ways of three parts of which the ends of the first two are known."""
    there = np.isfinite(seconds)
    first, second = (np.where(there, ends, 0.0) for ends in (first_s, second_s))
    return Reached(seconds, pickup, drop, first, second - first, np.where(there, seconds, second) - second)


def _both(one: Spots, other: Spots) -> Spots:
    """The places of both."""
    found: Any = (np.concatenate(pair) for pair in zip(one, other, strict=True))  # type: ignore[arg-type]
    return Spots(*found)


class _Ridden(NamedTuple):
    """What has been ridden from places on the streets: the labels at nodes, by node."""

    begun: tuple[Spots, Labels]
    by_node: Labels
    lanes: Lanes
    speed_mps: float

    def to(self, spots: Spots, most_m: F64) -> tuple[F64, I64]:
        """Whole seconds riding to places, none using more metres than it may, and whence."""
        best = into(spots, most_m, self.by_node, self.lanes, self.speed_mps)
        beside(spots, most_m, self.begun, self.lanes, (self.speed_mps, False), best)
        return np.ceil(best[0]), best[1].astype(np.int64)


def _scattered(values: F64, which: I64, count: int) -> F64:
    """Values of some of so many things; those of the others are infinite."""
    found = np.full(count, np.inf)
    found[which] = values
    return found


def _starts_at(places: Linked, seconds: F64) -> tuple[Spots, Labels]:
    """Ways that begin at places at their own seconds, where these are finite."""
    which = np.flatnonzero(np.isfinite(seconds[places.which]))
    number = places.which[which]
    return places.spots, _starting(seconds[number], np.zeros(len(which)), number, which)
