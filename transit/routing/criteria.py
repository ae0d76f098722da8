"""Journeys that are slower and better in something else: restricted Pareto sets over price, CO2 and walking.

After Delling, Dibbelt, Pajor: Fast and Exact Public Transit Routing with Restricted Pareto Sets (2019). Who is ready at
a moment has the anchors: the journeys that no other beats in arrival and vehicles. Of the journeys that leave soon, all
that none beats in arrival, vehicles, price, CO2 and walking at once are found (the restricted set), if they arrive at
most SLACK_S later than some anchor, or a quarter of that anchor's time where that is more, though no more than
LARGEST_SLACK_S, and have at most MORE_VEHICLES more than that same anchor. What is compared adds up ride by ride and
walk by walk, so that it orders journeys without circles: the price in minor units (a ride of unknown price is dearer
than any other), CO2 in steps of STEP_G along each pattern, each walk in whole minutes, rounded up.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transit.routing.fare_codes import Codes
from transit.routing.kernels.latest import Limits, arrive_in_time
from transit.routing.kernels.mcraptor import FOUND, Bags, Bounds, search_bags
from transit.routing.kernels.raptor import NONE, Ends, Labels, Lines
from transit.routing.kernels.tickets import Costs, Fares, Pool
from transit.routing.query import Criterion
from transit.routing.raptor import Ride, Wish, lines_of, new_labels
from transit.routing.shelf import Shelf
from transit.routing.timetable import U8, U32, UNREACHED, Timetable

SLACK_S = 1800
SLACK_SHARE = 0.25
LARGEST_SLACK_S = 7200
MORE_VEHICLES = 1
STEP_G = 100
MINUTE_S = 60
# Labels that a search has room for at first and in the end; a part of them may ride one pattern at once.
USUALLY, MOST, ABOARD_SHARE = 1 << 14, 1 << 22, 64

Anchor = tuple[int, int]
"""Arrival and vehicles."""


@dataclass(frozen=True)
class Charges:
    """What the rides and walks of a timetable cost."""

    codes: Codes
    trip_code: U32
    trip_rank: U8
    pattern_codes: U32
    stop_zone: U32
    emitted: NDArray[np.int32]
    is_walk: U8
    """By transfer: 0 where one stays at one stop."""

    @classmethod
    def of(
        cls,
        timetable: Timetable,
        codes: Codes,
        trip_line: NDArray[np.int64],
        stop_zone: U32,
        grams: NDArray[np.float64],
        original: NDArray[np.int64],
    ) -> Charges:
        """From the line of each trip, the zone of each stop, the grams from each pattern's first stop to each place,
        and the stop that each stands for again.
        """
        trip_code = codes.code[trip_line].astype(np.uint32)
        trip_rank, pattern_codes = _ranks(timetable, trip_code)
        emitted = np.rint(grams / STEP_G).astype(np.int32)
        is_walk = _walks(timetable, original)
        return cls(codes, trip_code, trip_rank, pattern_codes, stop_zone, emitted, is_walk)

    def on_foot(self, timetable: Timetable, original: NDArray[np.int64]) -> Charges:
        """The same for the timetable without its longer walks, which has fewer transfers."""
        if len(self.is_walk) == len(timetable.transfer_stops):
            return self
        return replace(self, is_walk=_walks(timetable, original))

    def costs(self, lines: Lines, criteria: Collection[Criterion]) -> Costs:
        """As the kernels read them; what is not asked for costs nothing."""
        walks = np.int32(Criterion.WALKING in criteria)
        walked = (-(-lines.transfer_seconds // MINUTE_S) * self.is_walk * walks).astype(np.int32)
        emitted = self.emitted if Criterion.CO2 in criteria else np.zeros_like(self.emitted)
        if Criterion.PRICE in criteria:
            fares = self.codes.fares
            return Costs(
                emitted, walked, walks, self.trip_code, self.trip_rank, self.pattern_codes, self.stop_zone, fares
            )
        trip_code, trip_rank = np.zeros_like(self.trip_code), np.zeros_like(self.trip_rank)
        pattern_codes, stop_zone = np.ones_like(self.pattern_codes), np.zeros_like(self.stop_zone)
        return Costs(emitted, walked, walks, trip_code, trip_rank, pattern_codes, stop_zone, _FREE)


def _walks(timetable: Timetable, original: NDArray[np.int64]) -> U8:
    """By transfer: 0 where one stays at one stop, whichever of the stops that stand for it."""
    starts = timetable.transfer_start.astype(np.int64)
    tails = np.repeat(np.arange(timetable.stops), starts[1:] - starts[:-1])
    is_walk: U8 = (original[tails] != original[timetable.transfer_stops]).astype(np.uint8)
    return is_walk


class Found(NamedTuple):
    """A journey of a restricted set. CO2 is in steps of STEP_G, walking in minutes."""

    arrive_s: int
    price: int
    co2: int
    walk: int
    rides: tuple[Ride, ...]

    @property
    def vector(self) -> tuple[int, int, int, int, int]:
        """What is compared."""
        return self.arrive_s, len(self.rides), self.price, self.co2, self.walk


@dataclass(frozen=True)
class Field:
    """Where one searches: a timetable, the same turned round, and the stops at both ends."""

    timetable: Timetable
    backward: Timetable
    access: Ends
    egress: Ends


def restricted(
    field: Field, costs: Costs, wish: Wish, anchors: Sequence[Anchor], later: Sequence[Found] = (), room: int = USUALLY
) -> list[Found]:
    """The restricted set of who is ready at `wish.earliest_s` and leaves by `wish.latest_s`, given the anchors of that
    moment; without what journeys that leave later are as good as.
    """
    if not anchors or not len(field.access.stops) or not len(field.egress.stops):
        return []
    leave_s, within_s, slack = map(np.int32, (wish.earliest_s, wish.latest_s - wish.earliest_s, wish.change_slack_s))
    limits = Limits(leave_s, within_s, slack, deadlines(anchors, wish))
    lines = lines_of(field.timetable, wish.pace)
    shape = wish.max_vehicles + 1, field.timetable.stops, field.timetable.patterns
    with _bounds.lent(shape, lambda: new_labels(*shape)) as clean:
        labels = clean if wish.allowed is None else clean._replace(allowed=wish.allowed)
        arrive_in_time(lines_of(field.backward, wish.pace), field.access, field.egress, labels, limits)
        known = np.array([each.vector for each in later], np.int32).reshape(-1, 5)
        bounds = Bounds(labels.ride, labels.ready, limits, known)
        while True:
            size = room, max(room // ABOARD_SHARE, 2), *shape[1:], len(costs.fares.rides)
            with _bags.lent(size, lambda size=size: _new_bags(*size)) as empty:  # type: ignore[misc]
                bags = empty if wish.allowed is None else empty._replace(allowed=wish.allowed)
                if search_bags(lines, costs, bags, field.access, field.egress, bounds):
                    return _listed(bags)
            room *= 4
            if room > MOST:
                raise MemoryError("more journeys than a search has room for")


def deadlines(anchors: Sequence[Anchor], wish: Wish) -> NDArray[np.int32]:
    """The latest arrival with k or more vehicles, k from 0."""
    vehicles = min(max(n for _, n in anchors) + MORE_VEHICLES, wish.max_vehicles)
    found = np.full(vehicles + 1, -UNREACHED, np.int32)
    for arrive_s, n in anchors:
        until_s = arrive_s + slack_s(arrive_s - wish.earliest_s)
        most = min(n + MORE_VEHICLES, vehicles)
        found[: most + 1] = np.maximum(found[: most + 1], until_s)
    return found


def slack_s(seconds: int) -> int:
    """How much later than an anchor that takes some seconds one may arrive."""
    return min(max(SLACK_S, int(seconds * SLACK_SHARE)), LARGEST_SLACK_S)


_bounds: Shelf[Labels] = Shelf()
_bags: Shelf[Bags] = Shelf()
_FREE = Fares(
    np.full(1, -1, np.int32),
    np.zeros((1, 1), np.int32),
    np.ones(1, np.int32),
    np.zeros(1, np.int64),
    np.zeros(1, np.int32),
    np.zeros((0, 1), np.int32),
    np.zeros(0, np.int32),
    np.zeros(0, np.int32),
    np.zeros((0, 1, 1), np.int32),
)
"""When no price is asked for."""


def _ranks(timetable: Timetable, trip_code: U32) -> tuple[U8, U32]:
    """The number of each trip's code among those of its pattern, and how many codes a pattern has."""
    starts = timetable.pattern_trip_start.astype(np.int64)
    ranks, counts = np.zeros(len(trip_code), np.uint8), np.ones(timetable.patterns, np.uint32)
    pattern = np.repeat(np.arange(timetable.patterns), starts[1:] - starts[:-1])
    mixed = np.unique(pattern[trip_code != trip_code[starts[:-1][pattern]]])
    for each in mixed.tolist():
        trips = slice(starts[each], starts[each + 1])
        codes, rank = np.unique(trip_code[trips], return_inverse=True)
        ranks[trips] = np.minimum(rank, 63)
        counts[each] = min(len(codes), 64)
    return ranks, counts


def _new_bags(room: int, aboard: int, stops: int, patterns: int, groups: int) -> Bags:
    def numbers(count: int) -> U32:
        return np.empty(count, np.uint32)

    def flags(count: int) -> U8:
        return np.empty(count, np.uint8)

    return Bags(
        _new_pool(room, groups),
        _new_pool(aboard, groups),
        numbers(stops),
        numbers(stops),
        numbers(room // 4),
        np.empty(stops, np.int32),
        np.empty(stops, np.int32),
        numbers(stops),
        flags(stops),
        numbers(stops),
        flags(stops),
        numbers(stops),
        numbers(patterns),
        numbers(patterns),
        np.zeros(8, np.uint64),
        np.ones(patterns, np.uint8),
    )


def _new_pool(room: int, groups: int) -> Pool:
    def amounts() -> NDArray[np.int32]:
        return np.empty(room, np.int32)

    def numbers() -> U32:
        return np.empty(room, np.uint32)

    tickets = np.empty((room, groups, 3), np.int32)
    spent = amounts(), amounts(), amounts(), amounts()
    return Pool(*spent, tickets, numbers(), numbers(), numbers(), numbers(), numbers(), numbers())


def _listed(bags: Bags) -> list[Found]:
    """The journeys found."""
    return [_found(bags.pool, end) for end in bags.ends[: int(bags.counts[FOUND])].tolist()]


def _found(pool: Pool, end: int) -> Found:
    rides, label = list[Ride](), end
    while label != NONE:
        rides.append(Ride(*(column.item(label) for column in (pool.trip, pool.board, pool.alight))))
        label = pool.parent.item(pool.parent.item(label))
    at, price, co2, walk = (column.item(end) for column in (pool.at, pool.price, pool.co2, pool.walk))
    return Found(at, price, co2, walk, tuple(reversed(rides)))
