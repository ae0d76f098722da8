"""McRAPTOR with bags (Delling, Pajor, Werneck 2012/2015, section 4.1): arrival, price, CO2 and walking at once.

A bag of a stop holds the labels there of which none is as good as another in everything; what is in it was reached with
no more vehicles than what comes later, so that vehicles are a criterion as well. It is bounded as in BM-RAPTOR
(Delling, Dibbelt, Pajor 2019, section 3): a label is dropped where it comes too late for a deadline (`latest`), or
where a journey to the destination is known that is better already. Room is never allocated: where it is too little,
the search says so and is begun again with more.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transit.routing.kernels.landmarks import bound_remaining
from transit.routing.kernels.latest import Limits
from transit.routing.kernels.raptor import NONE, ONE, UNREACHED, ZERO, Lines, first_at_or_after
from transit.routing.kernels.tickets import (
    Costs,
    Pool,
    buy,
    can_go_on,
    copy_label,
    copy_ride,
    costs_no_more,
    go_on,
    inlined,
    is_paid_no_more,
    kernel,
    pass_zone,
    put_away,
)

I32 = NDArray[np.int32]
U32 = NDArray[np.uint32]
U8 = NDArray[np.uint8]
NO_GROUP = np.int32(-1)

# Places in Bags.counts.
SIZE = 0
ABOARD = 1
REACHED = 2
MARKED = 3
QUEUED = 4
FOUND = 5
IS_FULL = 6


class Starts(NamedTuple):
    """Ways from the origin to stops: the first second to board with each, and what it costs."""

    stops: U32
    at: I32
    price: I32
    co2: I32
    walk: I32


class Goals(NamedTuple):
    """Ways from stops to the destination, by stop and then seconds: when one may be there, and what each costs."""

    stops: U32
    seconds: I32
    low: I32
    high: I32
    price: I32
    co2: I32
    walk: I32


class Bags(NamedTuple):
    """Scratch of one search. The bags of a stop, after a ride and ready for the next, begin at `ride` and `ready`;
    `ends` are the labels at the destination, whose `next` is the goal. `egress` is the first goal at a stop. The `trip`
    of a label of round 0 is its start.
    """

    pool: Pool
    aboard: Pool
    """The labels that ride the pattern being scanned; `price` and `co2` as if it had been boarded at its first stop."""
    ride: U32
    ready: U32
    ends: U32
    egress: I32
    remaining: I32
    reached: U32
    is_reached: U8
    marked: U32
    is_marked: U8
    fresh: U32
    """S: 1 + the last round in which labels came to the bag `ready`."""
    queue: U32
    first_position: U32
    counts: NDArray[np.uint64]
    allowed: U8


class Bounds(NamedTuple):
    """See `latest.arrive_in_time`: the labels `ride` and `ready`, and the limits of the search. `known` are journeys
    that leave later: their arrival, vehicles, price, CO2 and walking. What they are as good as is not wanted. `by`
    is the last second to board with each start.
    """

    ride: I32
    ready: I32
    limits: Limits
    known: I32
    by: I32
    goals: Goals


class Spent(NamedTuple):
    """What a label would be: when at a stop after how many vehicles, and what is spent."""

    at: np.int32
    k: np.uint64
    price: np.int32
    co2: np.int32
    walk: np.int32


@inlined
def is_wanted(bags: Bags, known: I32, stop: np.uint64, spent: Spent) -> bool:
    """Whether no journey known beats whatever a label may become."""
    pool, there = bags.pool, spent.at + bags.remaining[stop]
    for i in range(bags.counts[FOUND]):
        end = np.uint64(bags.ends[i])
        if (
            pool.at[end] <= there
            and pool.price[end] <= spent.price
            and pool.co2[end] <= spent.co2
            and pool.walk[end] <= spent.walk
        ):
            return False
    for i in range(np.uint64(len(known))):
        if (
            known[i, 0] <= there
            and known[i, 1] <= np.int32(spent.k)
            and known[i, 2] <= spent.price
            and known[i, 3] <= spent.co2
            and known[i, 4] <= spent.walk
        ):
            return False
    return True


@inlined
def is_beaten(costs: Costs, bags: Bags, stop: np.uint64, label: np.uint64, spent: Spent) -> bool:
    """Whether a label would be of no use in the bag `ready` of a stop; its tickets are those of another."""
    pool, entry = bags.pool, bags.ready[stop]
    while entry != NONE:
        old = np.uint64(entry)
        if (
            pool.at[old] <= spent.at
            and pool.walk[old] <= spent.walk
            and pool.co2[old] <= spent.co2
            and is_paid_no_more(costs, pool, old, label, NO_GROUP)
        ):
            return True
        entry = pool.next[old]
    return False


@inlined
def put(costs: Costs, bags: Bags, heads: U32, stop: np.uint64) -> bool:
    """Puts the label at the end of the pool into a bag, unless one there is as good; drops what it is as good as."""
    pool, new = bags.pool, bags.counts[SIZE]
    if bags.counts[IS_FULL] != ZERO:
        return False
    before, entry = NONE, heads[stop]
    while entry != NONE:
        old = np.uint64(entry)
        if pool.at[old] <= pool.at[new] and costs_no_more(costs, pool, old, new, NO_GROUP):
            return False
        entry = pool.next[old]
        if pool.at[new] <= pool.at[old] and costs_no_more(costs, pool, new, old, NO_GROUP):
            if before == NONE:
                heads[stop] = entry
            else:
                pool.next[np.uint64(before)] = entry
        else:
            before = np.uint32(old)
    pool.next[new] = heads[stop]
    heads[stop] = np.uint32(new)
    take_room(bags)
    return True


@inlined
def take_room(bags: Bags) -> None:
    """The label at the end of the pool is kept; there is always room for one more until the pool is full."""
    if bags.counts[SIZE] + ONE < np.uint64(len(bags.pool.at)):
        bags.counts[SIZE] += ONE
    else:
        bags.counts[IS_FULL] = ONE


@inlined
def is_as_good(pool: Pool, a: np.uint64, b: np.uint64) -> bool:
    """Whether an end is as good as another in everything."""
    better: bool = (
        pool.at[a] <= pool.at[b]
        and pool.price[a] <= pool.price[b]
        and pool.co2[a] <= pool.co2[b]
        and pool.walk[a] <= pool.walk[b]
    )
    return better


@inlined
def arrive(bags: Bags, bounds: Bounds, label: np.uint64, stop: np.uint64, deadline: np.int32) -> None:
    """Lets a label of the pool end at the destination, by each way there is from its stop."""
    pool, goals = bags.pool, bounds.goals
    spent = Spent(pool.at[label], ZERO, pool.price[label], pool.co2[label], pool.walk[label])
    goal = np.uint64(bags.egress[stop])
    while goal < np.uint64(len(goals.stops)) and np.uint64(goals.stops[goal]) == stop:
        at = max(spent.at + goals.seconds[goal], goals.low[goal])
        if at <= min(deadline, goals.high[goal]) and bags.counts[IS_FULL] == ZERO:
            new = bags.counts[SIZE]
            copy_label(pool, label, pool, new)
            copy_ride(pool, label, pool, new)
            pool.round[new] = pool.round[label]
            pool.at[new] = at
            pool.price[new] = spent.price + goals.price[goal]
            pool.co2[new] = spent.co2 + goals.co2[goal]
            pool.walk[new] = spent.walk + goals.walk[goal]
            pool.next[new] = np.uint32(goal)
            end(bags, bounds.known)
        goal += ONE


@inlined
def end(bags: Bags, known: I32) -> None:
    """Keeps the label at the end of the pool as a journey, unless one known is as good."""
    pool, new = bags.pool, bags.counts[SIZE]
    for i in range(bags.counts[FOUND]):
        if is_as_good(pool, np.uint64(bags.ends[i]), new):
            return
    for i in range(np.uint64(len(known))):
        if (
            known[i, 0] <= pool.at[new]
            and known[i, 1] <= np.int32(pool.round[new])
            and known[i, 2] <= pool.price[new]
            and known[i, 3] <= pool.co2[new]
            and known[i, 4] <= pool.walk[new]
        ):
            return
    kept = ZERO
    for i in range(bags.counts[FOUND]):
        old = np.uint64(bags.ends[i])
        if pool.round[old] != pool.round[new] or not is_as_good(pool, new, old):
            bags.ends[kept] = old
            kept += ONE
    bags.ends[kept] = new
    bags.counts[FOUND] = kept + ONE
    if bags.counts[FOUND] == np.uint64(len(bags.ends)):
        bags.counts[IS_FULL] = ONE
    take_room(bags)


@kernel
def start(bags: Bags, starts: Starts, bounds: Bounds) -> None:
    """The labels of round 0: at the first stops. One that can be boarded with for longer is not as good as another."""
    pool = bags.pool
    vehicles = np.uint64(len(bounds.limits.deadlines)) - ONE
    for i in range(len(starts.stops)):
        stop, new = np.uint64(starts.stops[i]), bags.counts[SIZE]
        if starts.at[i] + bounds.ride[vehicles, stop] > 0 or bags.counts[IS_FULL] != ZERO:
            continue
        pool.at[new] = starts.at[i]
        pool.price[new] = starts.price[i]
        pool.co2[new] = starts.co2[i]
        pool.walk[new] = starts.walk[i]
        pool.tickets[new] = 0
        pool.round[new] = 0
        pool.parent[new] = NONE
        pool.trip[new] = np.uint32(i)
        pool.next[new] = bags.ready[stop]
        bags.ready[stop] = np.uint32(new)
        take_room(bags)
        mark(bags, stop, ZERO)


@inlined
def mark(bags: Bags, stop: np.uint64, k: np.uint64) -> None:
    """Notes that a stop has labels of round k to board with."""
    bags.fresh[stop] = np.uint32(k + ONE)
    if bags.is_marked[stop] == 0:
        bags.is_marked[stop] = 1
        bags.marked[bags.counts[MARKED]] = stop
        bags.counts[MARKED] += ONE


@kernel
def change(lines: Lines, costs: Costs, bags: Bags, k: np.uint64, bounds: Bounds) -> None:
    """Relaxes the transfers of the labels of round k."""
    pool = bags.pool
    vehicles = np.uint64(len(bounds.limits.deadlines)) - ONE
    latest = bounds.ride[vehicles - k]
    for i in range(bags.counts[REACHED]):
        stop = np.uint64(bags.reached[i])
        bags.is_reached[stop] = 0
        entry = bags.ride[stop]
        while entry != NONE:
            label = np.uint64(entry)
            entry = pool.next[label]
            if np.uint64(pool.round[label]) != k:
                continue
            since = pool.at[label] + bounds.limits.slack
            for transfer in range(np.uint64(lines.transfer_start[stop]), np.uint64(lines.transfer_start[stop + ONE])):
                there = np.uint64(lines.transfer_stops[transfer])
                at = since + lines.transfer_seconds[transfer]
                if at > bounds.limits.deadlines[k]:
                    break
                if at + latest[there] > 0:
                    continue
                walk = pool.walk[label] + costs.walked[transfer]
                spent = Spent(at, k + ONE, pool.price[label], pool.co2[label], walk)
                if is_beaten(costs, bags, there, label, spent) or not is_wanted(bags, bounds.known, there, spent):
                    continue
                new = bags.counts[SIZE]
                copy_label(pool, label, pool, new)
                pool.at[new] = at
                pool.walk[new] = walk
                put_away(pool, new)
                pool.round[new] = np.uint32(k)
                pool.parent[new] = np.uint32(label)
                if put(costs, bags, bags.ready, there):
                    mark(bags, there, k)
    bags.counts[REACHED] = ZERO


@kernel
def collect(lines: Lines, bags: Bags) -> None:
    """Queues the patterns that serve a marked stop, each from the first such stop on."""
    for i in range(bags.counts[MARKED]):
        stop = np.uint64(bags.marked[i])
        bags.is_marked[stop] = 0
        for entry in range(np.uint64(lines.stop_pattern_start[stop]), np.uint64(lines.stop_pattern_start[stop + ONE])):
            pattern = np.uint64(lines.stop_patterns[entry])
            position = lines.stop_positions[entry]
            if position >= bags.first_position[pattern] or bags.allowed[pattern] == 0:
                continue
            if bags.first_position[pattern] == NONE:
                bags.queue[bags.counts[QUEUED]] = pattern
                bags.counts[QUEUED] += ONE
            bags.first_position[pattern] = position
    bags.counts[MARKED] = ZERO


@inlined
def are_alike(costs: Costs, aboard: Pool, a: np.uint64, b: np.uint64) -> bool:
    """Whether the rest of a ride costs the same: by the same fares, and where they go by zones, from the same zone."""
    alike: bool = (
        costs.trip_code[np.uint64(aboard.trip[a])] == costs.trip_code[np.uint64(aboard.trip[b])]
        and aboard.alight[a] == aboard.alight[b]
    )
    return alike


@inlined
def sit_down(costs: Costs, bags: Bags, riding: np.int32) -> None:
    """Keeps the label behind those aboard, unless one of them is as good; drops those that it is as good as."""
    aboard, new = bags.aboard, bags.counts[ABOARD]
    for i in range(new):
        old = np.uint64(i)
        is_no_later = aboard.trip[old] <= aboard.trip[new] and are_alike(costs, aboard, old, new)
        if is_no_later and costs_no_more(costs, aboard, old, new, riding):
            return
    kept = ZERO
    for i in range(new):
        old = np.uint64(i)
        is_better = (
            aboard.trip[new] <= aboard.trip[old]
            and are_alike(costs, aboard, new, old)
            and costs_no_more(costs, aboard, new, old, riding)
        )
        if not is_better:
            keep_aboard(aboard, old, kept)
            kept += ONE
    keep_aboard(aboard, new, kept)
    bags.counts[ABOARD] = kept + ONE
    if bags.counts[ABOARD] == np.uint64(len(aboard.at)):
        bags.counts[IS_FULL] = ONE
        bags.counts[ABOARD] = ZERO


@inlined
def keep_aboard(aboard: Pool, old: np.uint64, kept: np.uint64) -> None:
    """Moves a label forward among those aboard."""
    if old != kept:
        copy_label(aboard, old, aboard, kept)
        copy_ride(aboard, old, aboard, kept)


class Stand(NamedTuple):
    """A place of a pattern at which one boards: the number of the first trip, how many there are, where their
    departures are, the place in Lines.stops, the position, the fare zone, how many kinds of fare there are, and the
    horizon: a ticket that lasts until then lasts for ever.
    """

    first_trip: np.uint64
    trips: np.uint64
    row: np.uint64
    place: np.uint64
    position: np.uint64
    zone: np.uint64
    codes: np.uint32
    horizon: np.int32


@inlined
def board(lines: Lines, costs: Costs, bags: Bags, label: np.uint64, stand: Stand, latest: np.int32) -> None:
    """Boards with a label up to a second: the first trip of each kind of fare, and more while tickets last longer."""
    pool, horizon = bags.pool, stand.horizon
    trip = first_at_or_after(lines.departures, stand.row, stand.trips, pool.at[label])
    seen, codes, shortest = ZERO, np.uint32(0), UNREACHED
    while trip < stand.trips and lines.departures[stand.row + trip] <= latest:
        at = lines.departures[stand.row + trip]
        number = stand.first_trip + trip
        code = np.uint64(costs.trip_code[number])
        rank = ONE << np.uint64(costs.trip_rank[number])
        is_new = seen & rank == ZERO
        if is_new:
            seen |= rank
            codes += np.uint32(1)
        group, place = costs.fares.group[code], costs.fares.place[code, stand.zone]
        if group == NO_GROUP:
            if is_new:
                seat(costs, bags, label, stand, number)
                bags.aboard.alight[bags.counts[ABOARD]] = np.uint32(place)
                sit_down(costs, bags, group)
        else:
            if is_new and can_go_on(pool, label, np.uint64(group), at):
                seat(costs, bags, label, stand, number)
                go_on(costs, bags.aboard, bags.counts[ABOARD], np.uint64(group), place)
                sit_down(costs, bags, group)
            lasts = costs.fares.lasts[np.uint64(group)]
            shortest = min(shortest, lasts)
            until = horizon if lasts >= horizon - at else at + lasts
            seat(costs, bags, label, stand, number)
            buy(costs, bags.aboard, bags.counts[ABOARD], np.uint64(group), place, until)
            sit_down(costs, bags, group)
        if codes == stand.codes and shortest >= horizon - at:
            return
        trip += ONE


@inlined
def seat(costs: Costs, bags: Bags, label: np.uint64, stand: Stand, trip: np.uint64) -> None:
    """Writes a label that boards a trip behind those aboard."""
    aboard, new = bags.aboard, bags.counts[ABOARD]
    copy_label(bags.pool, label, aboard, new)
    aboard.co2[new] -= costs.emitted[stand.place]
    aboard.parent[new] = np.uint32(label)
    aboard.trip[new] = np.uint32(trip)
    aboard.board[new] = np.uint32(stand.position)
    aboard.alight[new] = 0


class Here(NamedTuple):
    """A stop of a pattern in a round: its place in Lines.stops, position, number, fare zone, and the round."""

    place: np.uint64
    position: np.uint64
    stop: np.uint64
    zone: np.uint64
    k: np.uint64


@inlined
def alight(lines: Lines, costs: Costs, bags: Bags, bounds: Bounds, which: np.uint64, here: Here) -> None:
    """Leaves the vehicle with a label of those aboard, to end here or to change."""
    pool, aboard, new = bags.pool, bags.aboard, bags.counts[SIZE]
    left = np.uint64(len(bounds.limits.deadlines)) - ONE - here.k
    at = aboard.at[which]
    goal = bags.egress[here.stop]
    ends_here = goal != UNREACHED and at + bounds.goals.seconds[np.uint64(goal)] <= bounds.limits.deadlines[here.k]
    goes_on = left > ZERO and at + bounds.ready[left, here.stop] <= 0
    if not (ends_here or goes_on):
        return
    code = np.uint64(costs.trip_code[np.uint64(aboard.trip[which])])
    price, co2 = aboard.price[which], aboard.co2[which] + costs.emitted[here.place]
    if costs.fares.group[code] == NO_GROUP:
        row, column = np.int64(aboard.alight[which]), np.int64(costs.fares.place[code, here.zone])
        price += costs.fares.single[costs.fares.start[code] + row * costs.fares.side[code] + column]
    if not is_wanted(bags, bounds.known, here.stop, Spent(at, here.k, price, co2, aboard.walk[which])):
        return
    copy_label(aboard, which, pool, new)
    copy_ride(aboard, which, pool, new)
    pool.alight[new] = np.uint32(here.position)
    pool.round[new] = np.uint32(here.k)
    pool.price[new] = price
    pool.co2[new] = co2
    put_away(pool, new)
    if goes_on:
        if not put(costs, bags, bags.ride, here.stop):
            return
        if bags.is_reached[here.stop] == 0:
            bags.is_reached[here.stop] = 1
            bags.reached[bags.counts[REACHED]] = here.stop
            bags.counts[REACHED] += ONE
    if ends_here:
        arrive(bags, bounds, new, here.stop, bounds.limits.deadlines[here.k])


@inlined
def ride_on(lines: Lines, costs: Costs, bags: Bags, pattern: np.uint64, here: Here, deadline: np.int32) -> None:
    """Moves those aboard to the next stop; leaves out who cannot be in time from there or from any stop further on."""
    aboard = bags.aboard
    first_trip = np.uint64(lines.trip_start[pattern])
    stops = np.uint64(lines.stop_start[pattern + ONE]) - np.uint64(lines.stop_start[pattern])
    kept = ZERO
    for i in range(bags.counts[ABOARD]):
        trip = np.uint64(aboard.trip[i])
        at = lines.arrivals[lines.event_start[pattern] + (trip - first_trip) * stops + here.position]
        if at + bags.remaining[here.stop] > deadline:
            continue
        keep_aboard(aboard, np.uint64(i), kept)
        aboard.at[kept] = at
        code = np.uint64(costs.trip_code[trip])
        if costs.fares.group[code] != NO_GROUP:
            pass_zone(costs, aboard, kept, np.uint64(costs.fares.group[code]), costs.fares.place[code, here.zone])
        kept += ONE
    bags.counts[ABOARD] = kept


@kernel
def scan(lines: Lines, costs: Costs, bags: Bags, k: np.uint64, pattern: np.uint64, bounds: Bounds) -> None:
    """Round k on one pattern: boards with the labels of the round before, and leaves at every stop."""
    limits = bounds.limits
    first = np.uint64(lines.stop_start[pattern])
    stops = np.uint64(lines.stop_start[pattern + ONE]) - first
    first_trip = np.uint64(lines.trip_start[pattern])
    trips = np.uint64(lines.trip_start[pattern + ONE]) - first_trip
    latest = bounds.ride[np.uint64(len(limits.deadlines)) - k]
    bags.counts[ABOARD] = ZERO
    for position in range(np.uint64(bags.first_position[pattern]), stops):
        place = first + position
        stop = np.uint64(lines.stops[place])
        here = Here(place, np.uint64(position), stop, np.uint64(costs.stop_zone[stop]), k)
        ride_on(lines, costs, bags, pattern, here, limits.deadlines[k])
        if lines.alightable[place] == 1:
            for i in range(bags.counts[ABOARD]):
                alight(lines, costs, bags, bounds, np.uint64(i), here)
        if np.uint64(bags.fresh[stop]) != k or lines.boardable[place] == 0 or latest[stop] == UNREACHED:
            continue
        row = lines.event_start[pattern] + position * trips
        codes = costs.pattern_codes[pattern]
        stand = Stand(first_trip, trips, row, place, here.position, here.zone, codes, limits.deadlines[ONE])
        entry = bags.ready[stop]
        while entry != NONE:
            label = np.uint64(entry)
            if np.uint64(bags.pool.round[label]) + ONE == k:
                by = bounds.by[np.uint64(bags.pool.trip[label])] if k == ONE else UNREACHED
                board(lines, costs, bags, label, stand, min(by, -latest[stop]))
            entry = bags.pool.next[label]


@kernel
def search_bags(lines: Lines, costs: Costs, bags: Bags, starts: Starts, bounds: Bounds) -> bool:
    """All journeys within the bounds that no other beats; their labels are the first of `ends`, as many as
    `counts[FOUND]`. False: there was too little room.
    """
    bags.ride[:] = NONE
    bags.ready[:] = NONE
    bags.first_position[:] = NONE
    bags.fresh[:] = 0
    bags.is_marked[:] = 0
    bags.is_reached[:] = 0
    bags.counts[:] = ZERO
    bags.egress[:] = UNREACHED
    goals = bounds.goals
    for i in range(len(goals.stops)):
        stop = np.uint64(goals.stops[i])
        bags.egress[stop] = min(bags.egress[stop], np.int32(i))
    bound_remaining(lines.landmarks, goals.stops, goals.seconds, bags.remaining)
    start(bags, starts, bounds)
    vehicles = np.uint64(len(bounds.limits.deadlines)) - ONE
    k = ONE
    while k <= vehicles and bags.counts[MARKED] > ZERO and bags.counts[IS_FULL] == ZERO:
        collect(lines, bags)
        for i in range(bags.counts[QUEUED]):
            pattern = np.uint64(bags.queue[i])
            scan(lines, costs, bags, k, pattern, bounds)
            bags.first_position[pattern] = NONE
        bags.counts[QUEUED] = ZERO
        if k == ONE:
            # Who comes back to a first stop may board there what leaves too late to begin with.
            bags.ready[:] = NONE
        if k < vehicles:
            change(lines, costs, bags, k, bounds)
        k += ONE
    return bool(bags.counts[IS_FULL] == ZERO)
