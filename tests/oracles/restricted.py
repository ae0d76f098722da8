"""The slow, obvious restricted Pareto set: every journey within reach is ridden to its end and priced there."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from tests.oracles.rounds import Rounds, Run
from tests.oracles.tickets import Tariff, best_cost
from transit.routing.criteria import Feeder, Kind
from transit.routing.fares import Ride

Vector = tuple[int, int, int, int, int]
"""Arrival, vehicles, price, steps of CO2, minutes on foot."""
UNKNOWN = 10_000_000


class Way(NamedTuple):
    """A journey up to a stop: when, CO2 and walking so far, what was ridden, and how it began: what that cost, whether
    by a ride on demand, and, until the first vehicle, by what.
    """

    at: int
    co2: int
    walk: int
    ridden: tuple[Ride, ...]
    price: int
    ordered: int
    first: Feeder | None = None


class World(NamedTuple):
    """What a journey is made of and costs."""

    rounds: Rounds
    slack: int
    """That `rounds` has added to its changes."""
    ride: Callable[[Run, int, int], Ride]
    co2: Callable[[Run, int, int], int]
    tariff: Tariff
    span: tuple[int, int]
    """When one leaves."""


def restricted(world: World, ends: tuple[Sequence[Feeder], Sequence[Feeder]], vehicles: int) -> set[Vector]:
    """By definition: what no journey beats in everything, with the slacks of some anchor."""
    moment = world.span[0]
    anchors = anchors_of(world.rounds, ends, moment, vehicles)
    last = max((arrive + slack(arrive - moment) for arrive, _ in anchors), default=0)
    most = min(max((k for _, k in anchors), default=0) + 1, vehicles)
    every = set[Vector]()
    ready: dict[int, list[Way]] = defaultdict(list)
    for each in ends[0]:
        at = max(moment, each.low) + each.seconds
        ready[each.stop].append(Way(at, each.co2, each.walk, (), each.price, each.kind == Kind.ORDERED, each))
    for k in range(1, most + 1):
        left = _ride(world, ready, last)
        for end in ends[1]:
            for way in left.get(end.stop, ()):
                at, n = max(way.at + end.seconds, end.low), k + way.ordered + (end.kind == Kind.ORDERED)
                if at <= min(last, end.high) and n <= vehicles:
                    price = way.price + _price(world.tariff, way.ridden) + end.price
                    every.add((at, n, price, way.co2 + end.co2, way.walk + end.walk))
        ready = _change(world, left)
    kept = {a for a in every if not any(b != a and all(x <= y for x, y in zip(b, a, strict=True)) for b in every)}
    return {each for each in kept if any(each[0] <= at + slack(at - moment) and each[1] <= k + 1 for at, k in anchors)}


def anchors_of(
    rounds: Rounds, ends: tuple[Sequence[Feeder], Sequence[Feeder]], moment: int, vehicles: int
) -> list[tuple[int, int]]:
    """What arrives first on foot, and what does in vehicles of one's own; where nothing does, in rides on demand."""
    found: list[tuple[int, int]] = []
    for kind in Kind:
        near: list[dict[int, int]] = [{}, {}]
        for shortest, feeders in zip(near, ends, strict=True):
            for each in feeders:
                if each.kind <= kind:
                    shortest[each.stop] = min(each.seconds, shortest.get(each.stop, UNKNOWN))
        if kind < Kind.ORDERED or not found:
            more = 1 if kind == Kind.ORDERED else 0
            best = rounds.leaving_between(near[0], near[1], (moment, moment), vehicles)
            found += [(int(at), k + more) for _, at, k in best]
    return found


def slack(seconds: int) -> int:
    """Half an hour or a quarter, two hours at most."""
    return min(max(1800, math.floor(seconds / 4)), 7200)


def minutes(seconds: int) -> int:
    """Of a walk."""
    return math.ceil(seconds / 60)


def _ride(world: World, ready: Mapping[int, Sequence[Way]], last: int) -> dict[int, list[Way]]:
    found: dict[int, list[Way]] = defaultdict(list)
    for stop, ways in ready.items():
        for departure, number, i in world.rounds.boardings[stop]:
            run = world.rounds.runs[number]
            for way in ways if departure <= last else ():
                if departure < way.at or (way.first and not _can_leave(world, way.first, departure)):
                    continue
                for j in range(i + 1, len(run.stops)):
                    if run.alightable[j] and run.arrivals[j] <= last:
                        ridden = (*way.ridden, world.ride(run, i, j))
                        co2 = way.co2 + world.co2(run, i, j)
                        found[run.stops[j]].append(way._replace(at=run.arrivals[j], co2=co2, ridden=ridden, first=None))
    return {stop: _unbeaten(ways) for stop, ways in found.items()}


def _can_leave(world: World, by: Feeder, departure: int) -> bool:
    """Whether one leaves in time who leaves as late as a departure allows."""
    leave = min(departure - by.seconds, by.high)
    return max(world.span[0], by.low) <= leave <= world.span[1]


def _change(world: World, left: Mapping[int, Sequence[Way]]) -> dict[int, list[Way]]:
    found: dict[int, list[Way]] = defaultdict(list)
    for stop, ways in left.items():
        for there, seconds in world.rounds.onward[stop]:
            walk = 0 if there == stop else minutes(seconds - world.slack)
            found[there] += [way._replace(at=way.at + seconds, walk=way.walk + walk) for way in ways]
    return {stop: _unbeaten(ways) for stop, ways in found.items()}


def _unbeaten(ways: Sequence[Way]) -> list[Way]:
    """Of ways whose fares are the same whatever follows, those that no other beats."""
    by_fares: dict[tuple[tuple[Ride, ...], int, int], set[Way]] = defaultdict(set)
    for way in ways:
        by_fares[way.ridden, way.price, way.ordered].add(way)
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
