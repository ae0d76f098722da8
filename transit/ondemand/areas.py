"""Zones of the rules: which hold a place, and from which to which one is taken."""

from __future__ import annotations

from itertools import pairwise

from transit.ondemand.quote import Reason
from transit.ondemand.rules import MeetingStop, Ring, Rules, StopKind


def holds(rings: tuple[Ring, ...], lon: float, lat: float) -> bool:
    """Whether an odd number of rings goes round a place."""
    inside = False
    for ring in rings:
        for (west, south), (east, north) in pairwise(ring):
            if (south > lat) != (north > lat) and lon < west + (lat - south) / (north - south) * (east - west):
                inside = not inside
    return inside


def zones_at(rules: Rules, lon: float, lat: float) -> frozenset[str]:
    """The codes of the zones that hold a place."""
    return frozenset(each.code for each in rules.zones if holds(each.rings, lon, lat))


def refusal(rules: Rules, ends: tuple[frozenset[str], frozenset[str]], hub: bool) -> Reason | None:
    """Why one is not taken from the one zones to the other; `hub`: one end is a hub."""
    origin, destination = ends
    if not origin or not destination:
        return Reason.OUTSIDE
    if not rules.pairs:
        return None
    for pair in rules.pairs:
        ways = [(pair.origin, pair.destination)] + ([(pair.destination, pair.origin)] if pair.both else [])
        if any(a in origin and b in destination for a, b in ways) and (hub or not pair.hubs_only):
            return None
    return Reason.NOT_BETWEEN


def is_excluded(rules: Rules, origin: tuple[float, float], destination: tuple[float, float]) -> bool:
    """Whether both ends lie in an area within which nobody is driven."""
    return any(
        each.rings and holds(each.rings, *origin) and holds(each.rings, *destination) for each in rules.exclusions
    )


def is_hub(stop: MeetingStop | None) -> bool:
    """Whether a stop is one of the timetable."""
    return stop is not None and stop.kind == StopKind.HUB
