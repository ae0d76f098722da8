"""Ways on foot and by bicycle: to the stops around a place, between stops, and all the way.

Where the streets do not reach, the way is the straight line with a detour, so that a network without streets works.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transit.routing.journey import NO_LINE, Drive, Hire, Way
from transit.routing.kernels.dijkstra import (
    METRES_PER_DEGREE,
    Goal,
    Graph,
    Grid,
    Points,
    Scratch,
    Tree,
    metres_by_node,
    scratch_for,
    spread,
    twins,
)
from transit.routing.kernels.raptor import Ends
from transit.routing.kernels.walks import Gait, Land, Net, StopLinks, lead, reach, snap
from transit.routing.kernels.ways import (
    DETOUR,
    LEAP_M,
    Alone,
    At,
    Here,
    Places,
    Roads,
    Stretches,
    metres_to_places,
    way_in,
    within,
)
from transit.routing.shelf import Shelf
from transit.routing.streets import (
    BICYCLE,
    CAR_MPS,
    DRIVE,
    F32,
    F64,
    MOPED,
    MOPED_MPS,
    NO_EDGE,
    WALK,
    Carriageways,
    Doors,
    Streets,
)
from transit.routing.turns import turned, turned_round

U32 = NDArray[np.uint32]
U8 = NDArray[np.uint8]
# The pace at which walks between stops are timed; slower walkers are given longer.
WALK_MPS = 1.25
# Edge lengths are rounded to float32 and may be measured on the ellipsoid, up to 0.4 % off the sphere used here.
SHARE = 0.99
NOWHERE = Goal(Points(np.empty(0, np.uint32), np.empty(0)), 0.0, 0.0, 0.0)


class Link(NamedTuple):
    """A point on an edge: `fraction` 0 at its tail and 1 at its head, `offset_m` between the point and the place."""

    edge: int
    fraction: float
    offset_m: float


class Spot(NamedTuple):
    """A place and where it meets the streets, if it does."""

    lat: float
    lon: float
    link: Link | None


class Effort:
    """How many rows the trees of a search have: an average in which each new one counts a sixteenth."""

    def __init__(self) -> None:
        self.rows = 0.0

    def note(self, rows: int) -> None:
        """One more search. What two threads note at once may count once."""
        self.rows += (rows - self.rows) / 16


@dataclass(frozen=True)
class Ground:
    """Where the stops stand, the streets between them, the doors of stations. Made once per network."""

    stop_lat: F64
    stop_lon: F64
    streets: Streets | None = None
    stop_original: U32 | None = None
    """The stop that each stop stands for again; None: each for itself."""
    doors: Doors | None = None
    parent: NDArray[np.int32] | None = None
    """S: the station of a stop, or −1; None where there are no stations."""
    carriageways: Carriageways | None = None

    plain_edge: U32 | None = None
    """M: the edge of the carriageways that each is (see `Turned`); None: each is itself."""

    @cached_property
    def by_car(self) -> Ground | None:
        """The same on the carriageways, in metres at CAR_MPS (see `Carriageways.timed`), without forbidden turns."""
        freely = self.by_hired_car
        if freely is None or self.carriageways is None or not len(self.carriageways.turns):
            return freely
        found = turned(freely.net, self.carriageways.turns)
        return replace(freely, streets=found.streets, plain_edge=found.original)

    @cached_property
    def by_hired_car(self) -> Ground | None:
        """The same with all turns."""
        return self._driven(CAR_MPS)

    @cached_property
    def by_moped(self) -> Ground | None:
        """The same in metres at MOPED_MPS."""
        return self._driven(MOPED_MPS)

    def _driven(self, top_mps: float) -> Ground | None:
        if self.carriageways is None:
            return None
        return Ground(self.stop_lat, self.stop_lon, self.carriageways.timed(top_mps), self.stop_original)

    shut_stops: NDArray[np.bool_] | None = None
    """S: which stops cannot be met from the streets (see `barriers`); None: all can."""
    shut_doors: NDArray[np.bool_] | None = None
    """N: the same of entrances."""

    def are_one_stop(self, a: int, b: int) -> bool:
        """Whether two stops of the timetable are one to people."""
        return a == b or (self.stop_original is not None and bool(self.stop_original[a] == self.stop_original[b]))

    @cached_property
    def original(self) -> NDArray[np.int64]:
        """S: the stop that each stop stands for again."""
        return np.arange(len(self.stop_lat)) if self.stop_original is None else self.stop_original.astype(np.int64)

    @cached_property
    def station(self) -> NDArray[np.int64]:
        """S: the station of a stop, or the stop itself."""
        if self.parent is None:
            return self.original
        parent = self.parent[self.original]
        return np.where(parent < 0, self.original, parent)

    @property
    def net(self) -> Streets:
        """The streets, which the caller knows are there."""
        if self.streets is None:
            raise LookupError("this network has no streets")
        return self.streets

    @cached_property
    def graph(self) -> Graph:
        """What the street search reads."""
        s = self.net
        return Graph(s.edge_start, s.edge_head, s.edge_metres, s.edge_modes, s.node_lon, s.node_lat)

    @cached_property
    def grid(self) -> Grid:
        """What finding the nearest edge reads."""
        s = self.net
        return Grid(s.cell_start, s.cell_edges, s.grid, s.edge_geometry, s.shape_start, s.shape_lon, s.shape_lat)

    @cached_property
    def effort(self) -> Effort:
        """What `surroundings` took of late."""
        return Effort()

    @cached_property
    def walks(self) -> dict[tuple[int, int, bool], Way]:
        """Ways between stops that were drawn: see `doors.walk_between`."""
        return {}

    @cached_property
    def tails(self) -> U32:
        """M: the node that an edge leaves."""
        start = self.net.edge_start.astype(np.int64)
        return np.repeat(np.arange(self.net.nodes, dtype=np.uint32), start[1:] - start[:-1])

    @cached_property
    def twins(self) -> U32:
        """M: the edge back, or NO_EDGE."""
        return np.asarray(twins(self.grid.edge_geometry, len(self.net.shape_start) - 1))

    @cached_property
    def land(self) -> Land:
        """What a search along the streets reads."""
        graph = self.graph
        return Land(graph, Roads(self.tails, graph.edge_head, self.twins, graph.edge_modes, self.net.shapes))

    @cached_property
    def turned_round(self) -> Ground:
        """The same with every way to be gone from its end."""
        return replace(self, streets=turned_round(self.net), plain_edge=None)

    @cached_property
    def usable(self) -> dict[int, U8]:
        """M per mode: whether the edge or its twin may be used."""
        modes = self.graph.edge_modes
        either = modes | np.where(self.twins == NO_EDGE, 0, modes[np.minimum(self.twins, len(modes) - 1)])
        return {mode: (either & mode != 0).astype(np.uint8) for mode in (WALK, BICYCLE, DRIVE, MOPED)}

    @cached_property
    def stop_links(self) -> StopLinks:
        """The stops on the streets."""
        net = self.net
        place = _shown(self.stop_lat, self.shut_stops), self.stop_lon
        return self._links(place, net.stop_edge, net.stop_fraction, net.stop_offset_m)

    @cached_property
    def door_links(self) -> StopLinks:
        """The entrances on the streets, in the place of stops."""
        doors = self.doors
        if doors is None:
            raise LookupError("this network has no doors")
        place = _shown(doors.lat, self.shut_doors), doors.lon
        return self._links(place, doors.edge, doors.fraction, doors.offset_m)

    @cached_property
    def whole(self) -> Net:
        """All that a search does on the streets with."""
        return Net(self.land, self.grid, self.usable[WALK], self.usable[BICYCLE], self.stop_links)

    def _links(self, places: tuple[F64, F64], edge: U32, fraction: F32, offset_m: F32) -> StopLinks:
        s, (lat, lon) = self.net, places
        stops, alone = (np.flatnonzero(kind).astype(np.uint32) for kind in (edge != NO_EDGE, edge == NO_EDGE))
        edges = edge[stops]
        metres, share = s.edge_metres[edges].astype(np.float64), fraction[stops].astype(np.float64)
        stored = np.where(s.edge_backward[edges] == 1, 1 - share, share)
        back = self.twins[edges]
        heads = np.where(back == NO_EDGE, s.edge_head[edges], self.tails[np.minimum(back, len(self.tails) - 1)])
        on_streets = Places(
            stops, self.tails[edges], heads.astype(np.uint32), share * metres, (1 - share) * metres,
            s.edge_geometry[edges], stored, offset_m[stops].astype(np.float64), lat[stops], lon[stops],
        )  # fmt: skip
        return StopLinks(on_streets, Alone(alone, lat[alone], lon[alone]))


@dataclass(frozen=True)
class Around:
    """The stops that can be walked to from a place within a limit, in order; `seconds` are rounded up."""

    ground: Ground
    spot: Spot
    limit_m: float
    tree: Tree | None
    ends: Ends
    metres: F64
    _ways: dict[int, Way] = field(default_factory=dict)

    @cached_property
    def seconds_of(self) -> dict[int, int]:
        """Seconds to each stop."""
        return dict(zip(self.ends.stops.tolist(), self.ends.seconds.tolist(), strict=True))

    def seconds_to(self, stop: int) -> int:
        """Seconds to one of the stops."""
        return int(self.ends.seconds.data[bisect_left(self.ends.stops.data, stop)])

    def is_step_free(self, stop: int) -> bool | None:
        """Whether the way to a stop has no steps in its station; None: nothing is known of it."""
        return None

    def entrance_of(self, stop: int) -> int | None:
        """The entrance (see `Doors`) that the way to a stop leads through."""
        return None

    def hire_of(self, stop: int) -> Hire | Drive | None:
        """The vehicle that one hires on the way to a stop."""
        return None

    def way_to_stop(self, stop: int) -> Way:
        """The way to one of the stops; of no length where the place is the stop itself."""
        if stop not in self._ways:
            if self.seconds_to(stop) == 0:
                self._ways[stop] = NO_LINE
            else:
                there = spot_of_stop(self.ground, stop)
                on_streets = None if self.tree is None else _way(self.ground, self.spot, there, self.tree, WALK)
                self._ways[stop] = on_streets or straight(self.spot, there)
        return self._ways[stop]

    def way_to(self, there: Spot) -> Way | None:
        """The shortest way to a place; None where it is beyond the limit or only one of the two is on the streets."""
        if self.tree is None or self.spot.link is None or there.link is None:
            return None
        return _within(_way(self.ground, self.spot, there, self.tree, WALK), self.limit_m)


def _shown(lat: F64, shut: NDArray[np.bool_] | None) -> F64:
    """The latitudes of places; those that cannot be met are put out of everybody's way."""
    return lat if shut is None else np.where(shut, 90.0, lat)


def spot_at(ground: Ground, lat: float, lon: float, mode: int = WALK) -> Spot:
    """A coordinate and the nearest edge that may be used."""
    lat, lon = float(lat), float(lon)  # the kernel is compiled again for every type of number
    if ground.streets is None:
        return Spot(lat, lon, None)
    return spot_of(snap(ground.grid, ground.net.edge_backward, ground.usable[mode], lon, lat))


def spot_of(at: At) -> Spot:
    """A place that a kernel has put on the streets, if it could."""
    return Spot(at.lat, at.lon, None if at.edge < 0 else Link(at.edge, at.fraction, at.offset_m))


def spot_of_stop(ground: Ground, stop: int) -> Spot:
    """A stop and its link to the streets."""
    lat, lon = float(ground.stop_lat[stop]), float(ground.stop_lon[stop])
    if ground.streets is None or ground.net.stop_edge[stop] == NO_EDGE:
        return Spot(lat, lon, None)
    net = ground.net
    return Spot(
        lat, lon, Link(int(net.stop_edge[stop]), float(net.stop_fraction[stop]), float(net.stop_offset_m[stop]))
    )


def around(ground: Ground, spot: Spot, chosen: tuple[int, ...], speed_mps: float, limit_s: int) -> Around:
    """The stops within a walk of a place, along streets where both meet them; `chosen` stops are the place itself."""
    limit_m = limit_s * speed_mps
    if spot.link is not None and ground.streets is not None:
        there, gait = np.array(chosen, np.uint32), Gait(np.uint8(WALK), float(speed_mps), float(limit_m))
        with scratch_of(ground.graph) as scratch:
            tree, stops, seconds, near = reach(
                ground.land, ground.stop_links, _at(spot, spot.link), there, gait, scratch
            )
        return Around(ground, spot, limit_m, tree, Ends(stops, seconds), near)
    links = None if ground.streets is None else ground.stop_links
    metres = metres_to(ground, spot, None, (ground.stop_lat, ground.stop_lon), links)
    if chosen:
        metres[list(chosen)] = 0.0
    stops, seconds, near = within(metres, float(limit_m), float(speed_mps))
    return Around(ground, spot, limit_m, None, Ends(stops, seconds), near)


def metres_to(ground: Ground, spot: Spot, tree: Tree | None, places: tuple[F64, F64], links: StopLinks | None) -> F64:
    """Metres from a spot to places (lat, lon): along the streets where both meet them, else straight if not far."""
    if tree is not None and spot.link is not None and links is not None:
        here = _here(ground, spot, spot.link)
        with scratch_of(ground.graph) as scratch:
            return np.asarray(metres_to_places(tree, scratch.row, links.on_streets, links.alone, here))
    metres = DETOUR * _straight_m(spot, *places)
    if links is not None:
        stops = links.on_streets.number
        metres[stops[metres[stops] > LEAP_M]] = np.inf
    return metres


def find_way(ground: Ground, start: Spot, end: Spot, mode: int, limit_m: float) -> Way | None:
    """The shortest way between two places, None beyond the limit; a straight line where one is off the streets."""
    if start.link is None or end.link is None:
        return straight_within(start, end, limit_m)
    gait = Gait(np.uint8(mode), 1.0, float(limit_m))
    with scratch_of(ground.graph) as scratch:
        line, stretches, _ = lead(ground.land, _at(start, start.link), _at(end, end.link), SHARE, gait, scratch)
    return led_within(start, end, line, stretches, limit_m)


def straight_within(start: Spot, end: Spot, limit_m: float) -> Way | None:
    """The straight line between two places, one or both off the streets; None beyond the limit."""
    off_streets = start.link is None and end.link is None
    return _within(straight(start, end), limit_m if off_streets else min(limit_m, LEAP_M))


def led_within(start: Spot, end: Spot, line: F64, stretches: Stretches, limit_m: float) -> Way | None:
    """The way between two places on the streets as a kernel gives it; None where it gives none, or beyond the limit."""
    return _within(_across(start, end) or _drawn(start, end, line, stretches), limit_m)


def straight(start: Spot, end: Spot) -> Way:
    """The straight line, its length with the detour that a real way makes."""
    return Way(straight_m(start, end), np.array(((start.lon, start.lat), (end.lon, end.lat))))


def straight_m(start: Spot, end: Spot) -> float:
    """Metres in a straight line, with the detour that a real way makes."""
    east = (end.lon - start.lon) * math.cos(math.radians((start.lat + end.lat) / 2))
    return DETOUR * METRES_PER_DEGREE * math.hypot(east, end.lat - start.lat)


def _across(start: Spot, end: Spot) -> Way | None:
    """The straight line between two places that are nearer to each other than to the street.

    Nobody walks out to the street and back to reach the next platform.
    """
    if start.link is None or end.link is None:
        return None
    near = straight_m(start, end) <= min(LEAP_M, start.link.offset_m + end.link.offset_m)
    return straight(start, end) if near else None


def _within(way: Way | None, limit_m: float) -> Way | None:
    """A way that is short enough; what a tree says beyond its limit need not be the shortest."""
    return way if way is not None and way.metres <= limit_m else None


def _straight_m(spot: Spot, lat: F64, lon: F64) -> F64:
    """Metres in a straight line to every place."""
    east = (lon - spot.lon) * np.cos(np.radians(spot.lat))
    return np.asarray(np.hypot(east, lat - spot.lat) * METRES_PER_DEGREE)


def grow(graph: Graph, seeds: Points, goal: Goal, mode: int, limit_m: float) -> tuple[Tree, int]:
    """The tree of shortest ways from some points, and which end of the goal it enters (−1: none)."""
    with scratch_of(graph) as scratch:
        tree, entered = spread(graph, seeds, goal, np.uint8(mode), float(limit_m), scratch)
    return tree, int(entered)


def metres_at(graph: Graph, tree: Tree, nodes: U32) -> F64:
    """Metres to some nodes, infinite where the tree does not reach."""
    with scratch_of(graph) as scratch:
        return np.asarray(metres_by_node(tree, nodes, scratch.row))


_scratches: Shelf[Scratch] = Shelf()


def scratch_of(graph: Graph) -> AbstractContextManager[Scratch]:
    """The scratch for a graph; kept, because it is as long as the graph is large."""
    nodes = len(graph.node_lon)
    return _scratches.lent(nodes, lambda: scratch_for(nodes))


def _here(ground: Ground, spot: Spot, link: Link) -> Here:
    """A place on the streets as the kernels take it."""
    net = ground.net
    metres, geometry = float(net.edge_metres[link.edge]), int(net.edge_geometry[link.edge])
    return Here(geometry, _stored_fraction(ground, link), metres, link.offset_m, spot.lat, spot.lon)


def _stored_fraction(ground: Ground, link: Link) -> float:
    """Where on the stored geometry a place is, whichever way its edge runs."""
    return 1 - link.fraction if ground.net.edge_backward[link.edge] else link.fraction


def _way(ground: Ground, start: Spot, end: Spot, tree: Tree, mode: int) -> Way | None:
    """The way to a place that a tree reaches; None where it does not."""
    if start.link is None or end.link is None:
        return None
    if (across := _across(start, end)) is not None:
        return across
    here, there = _at(start, start.link), _at(end, end.link)
    return _drawn(start, end, *way_in(ground.land.roads, tree, here, there, np.uint8(mode)))


def _drawn(start: Spot, end: Spot, line: F64, stretches: Stretches) -> Way | None:
    """A way as a kernel gives it; None where it gives none."""
    if not len(line) or start.link is None or end.link is None:
        return None
    return Way(start.link.offset_m + end.link.offset_m + float(stretches.metres.sum()), line, stretches)


def _at(spot: Spot, link: Link) -> At:
    """A place on the streets as the kernels take it."""
    return At(spot.lon, spot.lat, *link)
