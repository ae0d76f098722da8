"""Instances of the dial-a-ride problem as they are published: read, turned into our problem, and answers verified.

The format and the rules: Cordeau and Laporte (2003), Cordeau (2006). The verifier knows nothing of our kernels.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from transit.routing.pooling import Call, Problem, Request, Shift, Travel

SCALE = 10_000
"""Our units in one of theirs."""
EPSILON = 1e-6


@dataclass(frozen=True)
class Stop:
    """A line of an instance."""

    x: float
    y: float
    service: float
    load: int
    earliest: float
    latest: float


@dataclass(frozen=True)
class Instance:
    """n requests: stop i picks up and stop n + i sets down; stop 0 is the depot."""

    name: str
    vehicles: int
    requests: int
    max_route: float
    capacity: int
    max_ride: float
    stops: tuple[Stop, ...]

    def distance(self, a: int, b: int) -> float:
        """Euclid's."""
        return math.hypot(self.stops[a].x - self.stops[b].x, self.stops[a].y - self.stops[b].y)


def read(path: Path) -> Instance:
    """An instance from its file. A depot at the end, where the file has one, is the one at the start."""
    lines = [line.split() for line in path.read_text().splitlines() if line.strip()]
    vehicles, count, route, capacity, ride = (float(each) for each in lines[0])
    rows = [[float(each) for each in line] for line in lines[1:]]
    n = (len(rows) - 1) // 2
    # The first line counts requests in the one set and stops in the other.
    if int(count) not in {n, 2 * n}:
        raise ValueError(path.name)
    stops = tuple(
        Stop(x, y, service, int(load), soon, late) for _, x, y, service, load, soon, late in rows[: 2 * n + 1]
    )
    return Instance(path.stem, int(vehicles), n, route, int(capacity), ride, stops)


def best_known(folder: Path) -> dict[str, float]:
    """By instance, the least cost published."""
    with (folder / "best_known.csv").open() as file:
        return {row["instance"]: float(row["cost"]) for row in csv.DictReader(file)}


def problem_of(instance: Instance) -> Problem:
    """The same in whole units, SCALE to one of theirs; ways rounded up and windows inwards, so that what we allow the
    instance allows.
    """
    stops, n = instance.stops, instance.requests
    places = np.array([(stop.x, stop.y) for stop in stops])
    ways = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)) * SCALE
    seconds = np.ceil(ways - 1e-7).astype(np.int32)

    def call(i: int) -> Call:
        stop = stops[i]
        window = math.ceil(stop.earliest * SCALE - EPSILON), math.floor(stop.latest * SCALE + EPSILON)
        return Call(i, *window, math.ceil(stop.service * SCALE - EPSILON))

    requests = tuple(
        Request(f"{i}", call(i), call(n + i), math.floor(instance.max_ride * SCALE), (stops[i].load,))
        for i in range(1, n + 1)
    )
    first, last = math.ceil(stops[0].earliest * SCALE), math.floor(stops[0].latest * SCALE)
    places_by_kind = ((instance.capacity,),)
    shifts = tuple(
        Shift(f"v{k}", 0, first, last, last, places_by_kind, 0, math.floor(instance.max_route * SCALE))
        for k in range(instance.vehicles)
    )
    return Problem(Travel(seconds, seconds.copy()), shifts, requests)


def cost_of(instance: Instance, routes: Sequence[Sequence[int]]) -> float:
    """The length of all routes, from depot to depot."""
    legs = ((a, b) for route in routes for a, b in zip((0, *route), (*route, 0), strict=True))
    return sum(instance.distance(a, b) for a, b in legs)


def faults_of(instance: Instance, routes: Sequence[Sequence[int]]) -> list[str]:
    """What is wrong with an answer; nothing, if it is right."""
    seen = [stop for route in routes for stop in route]
    faults = []
    if sorted(seen) != list(range(1, 2 * instance.requests + 1)):
        faults.append("not every stop once")
    if sum(1 for route in routes if route) > instance.vehicles:
        faults.append("too many vehicles")
    for route in routes:
        faults += [f"{list(route)}: {fault}" for fault in _faults_of_route(instance, route)]
    return faults


def _faults_of_route(instance: Instance, route: Sequence[int]) -> list[str]:
    n, stops = instance.requests, instance.stops
    position = {stop: at for at, stop in enumerate(route)}
    load, faults = 0, []
    for at, stop in enumerate(route):
        load += stops[stop].load
        if load > instance.capacity:
            faults.append("too many aboard")
        if stop > n and position.get(stop - n, at) >= at:
            faults.append("set down before picked up")
    if load:
        faults.append("somebody is left aboard")
    if not faults and not _has_schedule(instance, route, position):
        faults.append("no schedule")
    return faults


def _has_schedule(instance: Instance, route: Sequence[int], position: Mapping[int, int]) -> bool:
    """Whether windows, ride times and the length of the route can be kept: no cycle of differences is negative
    (Bellman, Ford; the system of Hunsaker and Savelsbergh 2002), in floating point.
    """
    n, stops = instance.requests, instance.stops
    path = [0, *route, 0]
    depot, last = stops[0], len(path) - 1
    low = [depot.earliest, *(stops[stop].earliest for stop in route), -math.inf]
    high = [depot.latest, *(stops[stop].latest for stop in route), depot.latest]
    rules = [
        (i, i + 1, stops[path[i]].service * (i > 0) + instance.distance(path[i], path[i + 1])) for i in range(last)
    ]
    rules.append((last, 0, -instance.max_route))
    rules += [
        (position[stop] + 1, position[stop - n] + 1, -instance.max_ride - stops[stop - n].service)
        for stop in route
        if stop > n
    ]
    times = low
    for _ in range(len(path) + 2):
        is_moving = False
        for a, b, gap in rules:
            if times[a] + gap > times[b] + EPSILON:
                times[b], is_moving = times[a] + gap, True
        if any(at > latest + EPSILON for at, latest in zip(times, high, strict=True)):
            return False
        if not is_moving:
            return True
    return False
