"""Journeys that are slower and better in something else: restricted Pareto sets over price, CO2 and walking.

After Delling, Dibbelt, Pajor: Fast and Exact Public Transit Routing with Restricted Pareto Sets (2019). Who is ready at
a moment has the anchors: the journeys that no other beats in arrival and vehicles. Of the journeys that leave soon, all
that none beats in arrival, vehicles, price, CO2 and walking at once are found (the restricted set), if they arrive at
most SLACK_S later than some anchor, or a quarter of that anchor's time where that is more, though no more than
LARGEST_SLACK_S, and have at most MORE_VEHICLES more than that same anchor. What is compared adds up ride by ride and
walk by walk, so that it orders journeys without circles: the price in minor units (a ride of unknown price is dearer
than any other), CO2 in steps of STEP_G along each pattern, each walk in whole minutes, rounded up.

One gets to the timetable and from it by feeders: on foot, in a vehicle that one takes oneself, in a ride that is
ordered. Such a ride is a vehicle more, and may begin (or end) in a window of time only. There are searches for none of
them, one at the one end or at the other, and two.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cached_property
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transit.routing.fare_codes import Codes
from transit.routing.kernels.latest import Limits, arrive_in_time
from transit.routing.kernels.mcraptor import FOUND, Bags, Bounds, Goals, Starts, search_bags
from transit.routing.kernels.raptor import NONE, Ends, Labels, Lines
from transit.routing.kernels.tickets import Costs, Fares, Pool
from transit.routing.query import Criterion
from transit.routing.raptor import Ride, Wish, lines_of, new_labels
from transit.routing.shelf import Shelf
from transit.routing.timetable import U8, U32, UNREACHED, Timetable

ALWAYS_S = 1 << 29
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
        walks = Criterion.WALKING in criteria
        walked = (-(-lines.transfer_seconds // MINUTE_S) * self.is_walk * walks).astype(np.int32)
        emitted = self.emitted if Criterion.CO2 in criteria else np.zeros_like(self.emitted)
        if Criterion.PRICE in criteria:
            fares = self.codes.fares
            return Costs(emitted, walked, self.trip_code, self.trip_rank, self.pattern_codes, self.stop_zone, fares)
        trip_code, trip_rank = np.zeros_like(self.trip_code), np.zeros_like(self.trip_rank)
        pattern_codes, stop_zone = np.ones_like(self.pattern_codes), np.zeros_like(self.stop_zone)
        return Costs(emitted, walked, trip_code, trip_rank, pattern_codes, stop_zone, _FREE)


class Kind(IntEnum):
    """How one gets from a door to the timetable, or from it to a door."""

    FOOT = 0
    OWN = 1
    """In a vehicle that one takes oneself, and on foot."""
    ORDERED = 2
    """In a ride on demand, which is a vehicle of the journey."""


class Feeder(NamedTuple):
    """A way between a door and a stop of the timetable, and when the door can be left (or reached): [low, high]."""

    stop: int
    seconds: int
    kind: Kind = Kind.FOOT
    low: int = -ALWAYS_S
    high: int = ALWAYS_S
    price: int = 0
    co2: int = 0
    """In steps of STEP_G."""
    walk: int = 0
    """In minutes."""


@dataclass(frozen=True)
class Side:
    """The feeders at one end of a journey, by stop and then seconds: the columns of a Feeder, and its number."""

    table: NDArray[np.int64]

    @classmethod
    def of(cls, feeders: Sequence[Feeder], criteria: Collection[Criterion], walks: Ends | None = None) -> Side:
        """Walks to or from stops, which have the first numbers, and feeders. What is not asked for costs nothing."""
        table = np.array(feeders, np.int64).reshape(len(feeders), len(Feeder._fields))
        if walks is not None:
            on_foot = np.zeros((len(walks.stops), table.shape[1]), np.int64)
            on_foot[:, 0], on_foot[:, 1], on_foot[:, 3], on_foot[:, 4] = *walks, -ALWAYS_S, ALWAYS_S
            on_foot[:, 7] = -(-on_foot[:, 1] // MINUTE_S)
            table = np.concatenate((on_foot, table))
        table[:, 5:] *= [each in criteria for each in (Criterion.PRICE, Criterion.CO2, Criterion.WALKING)]
        order = np.lexsort((table[:, 1], table[:, 0]))
        return cls(np.column_stack((table, np.arange(len(table))))[order])

    def __len__(self) -> int:
        """How many there are."""
        return len(self.table)

    def has(self, kind: Kind) -> bool:
        """Whether there is one of a kind."""
        return bool((self.table[:, 2] == kind).any())

    @cached_property
    def halves(self) -> tuple[Side, Side]:
        """All but rides on demand, and these alone."""
        ordered = self.table[:, 2] == Kind.ORDERED
        return (Side(self.table[~ordered]), Side(self.table[ordered])) if ordered.any() else (self, _NOBODY)

    def ends(self, kind: Kind = Kind.ORDERED) -> Ends:
        """The stops with the least seconds by feeders of kinds up to one, at whatever time."""
        if kind not in self._ends:
            rows = self.table[self.table[:, 2] <= kind]
            stops, first = np.unique(rows[:, 0], return_index=True)
            self._ends[kind] = Ends(stops.astype(np.uint32), rows[first, 1].astype(np.int32))
        return self._ends[kind]

    @cached_property
    def _ends(self) -> dict[Kind, Ends]:
        """Those that were asked for."""
        return {}

    def starts(self, wish: Wish) -> tuple[Side, Starts, NDArray[np.int32]]:
        """Those by which one can leave from `wish.earliest_s` to `wish.latest_s`, and the last second to board with
        each: where the door closes before, one waits at the stop.
        """
        may = np.maximum(self.table[:, 3], wish.earliest_s) <= np.minimum(self.table[:, 4], wish.latest_s)
        kept = self if may.all() else Side(self.table[may])
        stop, seconds, _, low, high, price, co2, walk, _ = kept._columns
        at = np.maximum(low, wish.earliest_s) + seconds
        by = np.where(high <= wish.latest_s, UNREACHED, np.minimum(wish.latest_s, UNREACHED) + seconds)
        return kept, Starts(stop.astype(np.uint32), at.astype(np.int32), price, co2, walk), by.astype(np.int32)

    @cached_property
    def goals(self) -> Goals:
        """As kernels take them."""
        stop, seconds, _, low, high, price, co2, walk, _ = self._columns
        return Goals(stop.astype(np.uint32), seconds, low, high, price, co2, walk)

    @cached_property
    def _columns(self) -> list[NDArray[np.int32]]:
        return [np.ascontiguousarray(column, np.int32) for column in self.table.T]


_NOBODY = Side(np.empty((0, len(Feeder._fields) + 1), np.int64))


def _walks(timetable: Timetable, original: NDArray[np.int64]) -> U8:
    """By transfer: 0 where one stays at one stop, whichever of the stops that stand for it."""
    starts = timetable.transfer_start.astype(np.int64)
    tails = np.repeat(np.arange(timetable.stops), starts[1:] - starts[:-1])
    is_walk: U8 = (original[tails] != original[timetable.transfer_stops]).astype(np.uint8)
    return is_walk


class Found(NamedTuple):
    """A journey of a restricted set. CO2 is in steps of STEP_G, walking in minutes; `start` and `end` are the numbers
    of its feeders, `ordered` of which are rides on demand.
    """

    arrive_s: int
    price: int
    co2: int
    walk: int
    rides: tuple[Ride, ...]
    start: int = 0
    end: int = 0
    ordered: int = 0

    @property
    def vector(self) -> tuple[int, int, int, int, int]:
        """What is compared."""
        return self.arrive_s, len(self.rides) + self.ordered, self.price, self.co2, self.walk


@dataclass(frozen=True)
class Field:
    """Where one searches: a timetable, the same turned round, and the feeders at both ends."""

    timetable: Timetable
    backward: Timetable
    access: Side
    egress: Side


def restricted(
    field: Field, costs: Costs, wish: Wish, anchors: Sequence[Anchor], later: Sequence[Found] = (), room: int = USUALLY
) -> list[Found]:
    """The restricted set of who is ready at `wish.earliest_s` and leaves by `wish.latest_s`, given the anchors of that
    moment; without what journeys that leave later are as good as.
    """
    if not anchors:
        return []
    found: list[Found] = []
    until_s = deadlines(anchors, wish)
    for first, last in product((False, True), (False, True)):
        access, egress, ordered = field.access.halves[first], field.egress.halves[last], first + last
        if len(access) and len(egress) and len(until_s) > ordered + 1:
            known = np.array([each.vector for each in (*later, *found)], np.int32).reshape(-1, 5)
            known[:, 1] -= ordered
            part = Field(field.timetable, field.backward, access, egress)
            more = _searched(part, costs, wish, (until_s[ordered:], known), room)
            found += [each._replace(ordered=ordered) for each in more] if ordered else more
    return _unbeaten(found) if any(each.ordered for each in found) else found


def _unbeaten(found: Sequence[Found]) -> list[Found]:
    """Those that none beats."""
    table = np.array([each.vector for each in found])
    return [
        each
        for each, row in zip(found, table, strict=True)
        if not ((table <= row).all(axis=1) & (table < row).any(axis=1)).any()
    ]


def _searched(
    field: Field, costs: Costs, wish: Wish, told: tuple[NDArray[np.int32], NDArray[np.int32]], room: int
) -> list[Found]:
    """What is found within deadlines beside journeys that are known."""
    until_s, known = told
    limits = Limits(np.int32(wish.earliest_s), np.int32(wish.change_slack_s), until_s)
    access, starts, by = field.access.starts(wish)
    if not len(access):
        return []
    lines = lines_of(field.timetable, wish.pace)
    shape = wish.max_vehicles + 1, field.timetable.stops, field.timetable.patterns
    with _bounds.lent(shape, lambda: new_labels(*shape)) as clean:
        labels = clean if wish.allowed is None else clean._replace(allowed=wish.allowed)
        arrive_in_time(lines_of(field.backward, wish.pace), access.ends(), field.egress.ends(), labels, limits)
        bounds = Bounds(labels.ride, labels.ready, limits, known, by, field.egress.goals)
        while True:
            size = room, max(room // ABOARD_SHARE, 2), *shape[1:], len(costs.fares.rides)
            with _bags.lent(size, lambda size=size: _new_bags(*size)) as empty:  # type: ignore[misc]
                bags = empty if wish.allowed is None else empty._replace(allowed=wish.allowed)
                if search_bags(lines, costs, bags, starts, bounds):
                    return _listed(bags, access, field.egress)
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


def _listed(bags: Bags, access: Side, egress: Side) -> list[Found]:
    """The journeys found; their feeders by number."""
    pool, ends = bags.pool, bags.ends[: int(bags.counts[FOUND])]
    ridden = [_ridden(pool, end) for end in ends.tolist()]
    amounts = [column[ends].tolist() for column in (pool.at, pool.price, pool.co2, pool.walk)]
    starts = access.table[[start for _, start in ridden], -1].tolist() if ridden else []
    goals = egress.table[pool.next[ends], -1].tolist()
    return [
        Found(at, price, co2, walk, rides, start, goal)
        for at, price, co2, walk, (rides, _), start, goal in zip(*amounts, ridden, starts, goals, strict=True)
    ]


def _ridden(pool: Pool, end: int) -> tuple[tuple[Ride, ...], int]:
    """The rides of a journey, and the row of the feeder that it begins with."""
    rides, label, start = list[Ride](), end, end
    while label != NONE:
        rides.append(Ride(pool.trip.item(label), pool.board.item(label), pool.alight.item(label)))
        start = pool.parent.item(label)
        label = pool.parent.item(start)
    rides.reverse()
    return tuple(rides), pool.trip.item(start)
