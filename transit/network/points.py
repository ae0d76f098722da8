"""Transfers for some routes or trips only, by letting a stop stand several times.

GTFS Schedule, transfers.txt: a rule may name the route or trip that one leaves and the one that one boards; of several
rules the one that names most is followed. The search knows stops and nothing else. So a stop at which such rules tell
trips apart becomes several *points* in the same place, one for every set of rules that some trip falls under, and each
trip calls at its own. Between points everything depends on the points alone, and the search stays what it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transit.network.merge import NONE, Merged
from transit.network.transfers import FORBIDDEN, Members, Pairs, ruled

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]

MAX_POINTS = 200
"""At one stop. Trips beyond follow the rules that hold for everybody."""


class Rule(NamedTuple):
    """One row of transfers.txt that names a route or a trip; NONE for what it does not name."""

    tail: int
    head: int
    kind: int
    seconds: int
    from_route: int
    to_route: int
    from_trip: int
    to_trip: int

    @property
    def weight(self) -> int:
        """The order of GTFS: both trips, a trip and a route, a trip, both routes, a route."""
        trips = (self.from_trip != NONE) + (self.to_trip != NONE)
        return 3 * trips + (self.from_route != NONE) + (self.to_route != NONE)


class Point(NamedTuple):
    """A stop for the trips that fall under these rules, by number, when they are left there and when boarded."""

    stop: int
    leaving: frozenset[int]
    boarding: frozenset[int]


@dataclass(frozen=True)
class Points:
    """Points 0 … S − 1 are the stops for everybody else; the further ones are `others`."""

    stops: int
    rules: list[Rule]
    others: list[Point]
    event_point: I64
    """E: the point at which each event of all feeds is."""

    @property
    def stop_of(self) -> I64:
        """The stop of every point."""
        return np.concatenate((np.arange(self.stops), np.array([point.stop for point in self.others], np.int64)))


def points_of(merged: Merged, members: Members) -> Points:
    """The points of all stops."""
    rules = _rules(merged)
    found: dict[Point, int] = {}
    counts: dict[int, int] = defaultdict(int)
    events = merged.event_stop.copy()
    for event, point in _told_apart(merged, members, rules):
        if point not in found and counts[point.stop] < MAX_POINTS:
            counts[point.stop] += 1
            found[point] = merged.stop[-1] + len(found)
        events[event] = found.get(point, point.stop)
    return Points(merged.stop[-1], rules, list(found), events)


def between(points: Points, usual: Pairs, members: Members, place: F64) -> Pairs:
    """The transfers between all points, given those between stops for everybody; `place` is x and y in metres."""
    if not points.rules:
        return usual
    special = _ruled_pairs(points.rules, members, place)
    at: dict[int, list[int]] = defaultdict(list)
    for i, point in enumerate(points.others, points.stops):
        at[point.stop].append(i)
    several = np.zeros(points.stops, bool)
    several[list(at)] = True
    touched = several[usual.tail] | several[usual.head]
    rows = zip(*(column[touched].tolist() for column in usual), strict=True)
    pairs = {(tail, head): seconds for tail, head, seconds in rows}
    found = []
    for tail, head in {**pairs, **special}:
        for a in (tail, *at[tail]):
            for b in (head, *at[head]):
                seconds = pairs.get((tail, head), FORBIDDEN)
                for rule, ruled_s in special.get((tail, head), ()):
                    if _falls_under(points, rule, a, b):
                        seconds = ruled_s
                        break
                if seconds != FORBIDDEN:
                    found.append((a, b, seconds))
    told = np.array(found, np.int64).reshape(-1, 3)
    return Pairs(*(np.concatenate((column[~touched], told[:, i])) for i, column in enumerate(usual)))


def _rules(merged: Merged) -> list[Rule]:
    """The rules that name a route or a trip, those that name most first; of equals the later row stands lower."""
    columns = [merged.transfers(name).tolist() for name in Rule._fields]
    rules = [Rule(*row) for row in zip(*columns, strict=True)]
    return sorted((rule for rule in rules if rule.kind <= 3 and rule.weight), key=lambda rule: -rule.weight)


def _told_apart(merged: Merged, members: Members, rules: list[Rule]) -> Iterator[tuple[int, Point]]:
    """The events whose trip falls under some rule at its stop, with the point where that is so."""
    leaving: dict[int, list[int]] = defaultdict(list)
    boarding: dict[int, list[int]] = defaultdict(list)
    for i, rule in enumerate(rules):
        for stop in members.of(rule.tail) if rule.from_route != NONE or rule.from_trip != NONE else ():
            leaving[stop].append(i)
        for stop in members.of(rule.head) if rule.to_route != NONE or rule.to_trip != NONE else ():
            boarding[stop].append(i)
    order = np.argsort(merged.event_stop, kind="stable")
    stops = merged.event_stop[order]
    for stop in sorted({*leaving, *boarding}):
        low, high = np.searchsorted(stops, (stop, stop + 1))
        for event in order[low:high].tolist():
            trip = int(np.searchsorted(merged.trip_event, event, side="right")) - 1
            route, template = int(merged.trip_route[trip]), int(merged.trip_template[trip])
            known = ((NONE, route), (NONE, template))
            left = frozenset(
                i for i in leaving[stop] if rules[i].from_route in known[0] and rules[i].from_trip in known[1]
            )
            boarded = frozenset(
                i for i in boarding[stop] if rules[i].to_route in known[0] and rules[i].to_trip in known[1]
            )
            if left or boarded:
                yield event, Point(stop, left, boarded)


def _ruled_pairs(rules: list[Rule], members: Members, place: F64) -> dict[tuple[int, int], list[tuple[int, int]]]:
    """For each pair of stops the rules about it and their seconds, those first that are followed first."""
    found: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    # Among rules that name as much, one for the stops stands above one for their stations.
    wide = [len(members.of(rule.tail)) * len(members.of(rule.head)) > 1 for rule in rules]
    for i in sorted(range(len(rules)), key=lambda i: (-rules[i].weight, wide[i])):
        rule = rules[i]
        tails, heads = members.of(rule.tail), members.of(rule.head)
        tail, head = np.repeat(tails, len(heads)), np.tile(heads, len(tails))
        kind, given = (np.full(len(tail), value, np.int64) for value in (rule.kind, rule.seconds))
        seconds = ruled(place, kind, tail, head, given)
        for a, b, s in zip(tail.tolist(), head.tolist(), seconds.tolist(), strict=True):
            found[a, b].append((i, s))
    return found


def _falls_under(points: Points, rule: int, a: int, b: int) -> bool:
    """Whether leaving at point a and boarding at point b falls under a rule about their stops."""
    named = points.rules[rule]
    left = points.others[a - points.stops].leaving if a >= points.stops else frozenset()
    boarded = points.others[b - points.stops].boarding if b >= points.stops else frozenset()
    leaves = (named.from_route == NONE and named.from_trip == NONE) or rule in left
    return leaves and ((named.to_route == NONE and named.to_trip == NONE) or rule in boarded)
