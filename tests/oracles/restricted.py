"""The slow, obvious restricted Pareto set: every journey within reach is ridden to its end and priced there."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from tests.oracles.rounds import Rounds, Run
from tests.oracles.tickets import Tariff, best_cost
from transit.routing.fares import Ride

Vector = tuple[int, int, int, int, int]
"""Arrival, vehicles, price, steps of CO2, minutes on foot."""
UNKNOWN = 10_000_000


class Way(NamedTuple):
    """A journey up to a stop: when, CO2 and walking so far, and what was ridden."""

    at: int
    co2: int
    walk: int
    ridden: tuple[Ride, ...]


class World(NamedTuple):
    """What a journey is made of and costs."""

    rounds: Rounds
    slack: int
    """That `rounds` has added to its changes."""
    ride: Callable[[Run, int, int], Ride]
    co2: Callable[[Run, int, int], int]
    tariff: Tariff
    within: int
    """How many seconds after the moment one leaves at the latest."""


def restricted(
    world: World, ends: tuple[Mapping[int, int], Mapping[int, int]], moment: int, vehicles: int
) -> set[Vector]:
    """By definition: what no journey beats in everything, with the slacks of some anchor."""
    anchors = [(int(at), k) for _, at, k in world.rounds.leaving_between(*ends, (moment, moment), vehicles)]
    last = max((arrive + slack(arrive - moment) for arrive, _ in anchors), default=0)
    most = min(max((k for _, k in anchors), default=0) + 1, vehicles)
    every = set[Vector]()
    ready = {stop: [Way(moment + walk, 0, minutes(walk), ())] for stop, walk in ends[0].items()}
    for k in range(1, most + 1):
        left = _ride(world, ready, last, world.within if k == 1 else UNKNOWN)
        for stop, ways in left.items():
            for way in ways if stop in ends[1] else ():
                at, walk = way.at + ends[1][stop], way.walk + minutes(ends[1][stop])
                if at <= last:
                    every.add((at, k, _price(world.tariff, way.ridden), way.co2, walk))
        ready = _change(world, left)
    kept = {a for a in every if not any(b != a and all(x <= y for x, y in zip(b, a, strict=True)) for b in every)}
    return {each for each in kept if any(each[0] <= at + slack(at - moment) and each[1] <= k + 1 for at, k in anchors)}


def slack(seconds: int) -> int:
    """Half an hour or a quarter, two hours at most."""
    return min(max(1800, math.floor(seconds / 4)), 7200)


def minutes(seconds: int) -> int:
    """Of a walk."""
    return math.ceil(seconds / 60)


def _ride(world: World, ready: Mapping[int, Sequence[Way]], last: int, within: int) -> dict[int, list[Way]]:
    found: dict[int, list[Way]] = defaultdict(list)
    for stop, ways in ready.items():
        for departure, number, i in world.rounds.boardings[stop]:
            run = world.rounds.runs[number]
            for way in ways if departure <= last else ():
                if not way.at <= departure <= way.at + within:
                    continue
                for j in range(i + 1, len(run.stops)):
                    if run.alightable[j] and run.arrivals[j] <= last:
                        ridden = (*way.ridden, world.ride(run, i, j))
                        found[run.stops[j]].append(
                            Way(run.arrivals[j], way.co2 + world.co2(run, i, j), way.walk, ridden)
                        )
    return {stop: _unbeaten(ways) for stop, ways in found.items()}


def _change(world: World, left: Mapping[int, Sequence[Way]]) -> dict[int, list[Way]]:
    found: dict[int, list[Way]] = defaultdict(list)
    for stop, ways in left.items():
        for there, seconds in world.rounds.onward[stop]:
            walk = 0 if there == stop else minutes(seconds - world.slack)
            found[there] += [way._replace(at=way.at + seconds, walk=way.walk + walk) for way in ways]
    return {stop: _unbeaten(ways) for stop, ways in found.items()}


def _unbeaten(ways: Sequence[Way]) -> list[Way]:
    """Of ways whose fares are the same whatever follows, those that no other beats."""
    by_fares: dict[tuple[Ride, ...], set[Way]] = defaultdict(set)
    for way in ways:
        by_fares[way.ridden].add(way)
    return [
        a
        for alike in by_fares.values()
        for a in alike
        if not any(b != a and b.at <= a.at and b.co2 <= a.co2 and b.walk <= a.walk for b in alike)
    ]


@lru_cache(maxsize=100_000)
def _price(tariff: Tariff, ridden: tuple[Ride, ...]) -> int:
    missing, minor, _ = best_cost(tariff, ridden) if tariff.fares else (len(ridden), 0, 0)
    return missing * UNKNOWN + minor
