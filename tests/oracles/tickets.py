"""The slow, obvious price of some rides: every partition of them, every fare for every part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from transit.routing.fares import Fare, Ride

Rule = tuple[int, str | None, str | None, str | None, str | None]
"""Fare, route, origin zone, destination zone, contained zone."""


@dataclass(frozen=True)
class Tariff:
    """Fares and rules as a feed has them."""

    fares: tuple[Fare, ...]
    rules: tuple[Rule, ...]


def partitions(rides: Sequence[Ride]) -> Iterator[list[list[Ride]]]:
    """Every way to divide rides into parts."""
    if not rides:
        yield []
        return
    for smaller in partitions(rides[1:]):
        yield [[rides[0]], *smaller]
        for i, part in enumerate(smaller):
            yield [*smaller[:i], [rides[0], *part], *smaller[i + 1 :]]


def holds(tariff: Tariff, number: int, rides: Sequence[Ride]) -> bool:
    """Whether one fare covers some rides, in order of riding."""
    fare = tariff.fares[number]
    if any(ride.agency_id.split(":")[0] != fare.product_id.split(":")[0] for ride in rides):
        return False
    if fare.agency_id and any(ride.agency_id != fare.agency_id for ride in rides):
        return False
    if fare.transfers is not None and len(rides) > fare.transfers + 1:
        return False
    if fare.transfer_duration_s is not None and rides[-1].start_s > rides[0].start_s + fare.transfer_duration_s:
        return False
    own = [rule for rule in tariff.rules if rule[0] == number]
    if not own:
        return True
    for ends in {(rule[2], rule[3]) for rule in own}:
        if ends[0] not in (None, rides[0].zones[0]) or ends[1] not in (None, rides[-1].zones[-1]):
            continue
        together = [rule for rule in own if (rule[2], rule[3]) == ends]
        routes = {rule[1] for rule in together} - {None}
        zones = {rule[4] for rule in together} - {None}
        if routes and any(ride.route_id not in routes for ride in rides):
            continue
        if zones and any(zone not in zones for ride in rides for zone in ride.zones):
            continue
        return True
    return False


def exactly(tariff: Tariff, number: int, rides: Sequence[Ride]) -> bool:
    """Whether it does so by rules that contain the very zones that are passed, or none."""
    passed = {zone for ride in rides for zone in ride.zones}
    own = [rule for rule in tariff.rules if rule[0] == number]
    kept = []
    for ends in {(rule[2], rule[3]) for rule in own}:
        together = [rule for rule in own if (rule[2], rule[3]) == ends]
        if {rule[4] for rule in together} - {None} in (set(), passed):
            kept += together
    rules = tuple(rule for rule in tariff.rules if rule[0] != number) + tuple(kept)
    return holds(Tariff(tariff.fares, rules), number, rides) if kept or not own else False


def best_cost(tariff: Tariff, rides: Sequence[Ride]) -> tuple[int, int, int]:
    """Rides that no fare covers, sum of prices, products: the least over all partitions."""
    found = []
    for parts in partitions(rides):
        missing = minor = products = 0
        for part in parts:
            held = [number for number in range(len(tariff.fares)) if holds(tariff, number, part)]
            wanted = [number for number in held if exactly(tariff, number, part)] or held
            prices = [tariff.fares[number].price.minor for number in wanted]
            if prices:
                minor += min(prices)
                products += 1
            else:
                missing += len(part)
        found.append((missing, minor, products))
    return min(found)
