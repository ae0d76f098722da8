"""From where to where one is taken by the rules alone. A bound: a dispatcher may still refuse a ride."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, product

from transit.ondemand.areas import holds, is_hub
from transit.ondemand.rules import MeetingStop, Pair, Ring, Rules, Zone

Point = tuple[float, float]
"""Longitude and latitude."""


@dataclass(frozen=True, slots=True)
class Relation:
    """One is taken from a zone to a zone, where it says so from or to hubs alone."""

    origin: Zone
    destination: Zone
    from_hubs: bool = False
    to_hubs: bool = False


def relations_of(rules: Rules) -> frozenset[Relation]:
    """All of them."""
    zones = {zone.code: zone for zone in rules.zones}
    pairs = rules.pairs or tuple(Pair(a, b, both=False) for a, b in product(zones, repeat=2))
    return frozenset(
        each
        for pair in pairs
        if pair.origin in zones and pair.destination in zones
        for each in _relations(pair, zones[pair.origin], zones[pair.destination])
    )


def _relations(pair: Pair, a: Zone, b: Zone) -> Iterator[Relation]:
    for ends in [(a, b), (b, a)] if pair.both else [(a, b)]:
        if pair.hubs_only:
            yield Relation(*ends, from_hubs=True)
            yield Relation(*ends, to_hubs=True)
        else:
            yield Relation(*ends)


def hubs_in(rules: Rules, zone: Zone) -> list[MeetingStop]:
    """The stops of a zone at which one changes to a timetable."""
    return [each for each in rules.stops if is_hub(each) and each.stop_id and holds(zone.rings, each.lon, each.lat)]


def zones_along(rules: Rules, start: Point, end: Point) -> list[Zone]:
    """The zones that the straight line between two places goes through."""
    cuts = (part for zone in rules.zones for ring in zone.rings for part in _cut(ring, start, end))
    middles = [(a + b) / 2 for a, b in pairwise(sorted({0.0, 1.0, *cuts}))]
    points = [tuple(a + part * (b - a) for a, b in zip(start, end, strict=True)) for part in middles]
    return [zone for zone in rules.zones if any(holds(zone.rings, *point) for point in points)]


def _cut(ring: Ring, start: Point, end: Point) -> Iterator[float]:
    """Where on the way from start (0) to end (1) a ring is crossed."""
    (x0, y0), (x1, y1) = start, end
    for (a0, b0), (a1, b1) in pairwise(ring):
        turn = (x1 - x0) * (b1 - b0) - (y1 - y0) * (a1 - a0)
        if turn:
            along = ((a0 - x0) * (b1 - b0) - (b0 - y0) * (a1 - a0)) / turn
            beside = ((a0 - x0) * (y1 - y0) - (b0 - y0) * (x1 - x0)) / turn
            if 0 < along < 1 and 0 <= beside <= 1:
                yield along
