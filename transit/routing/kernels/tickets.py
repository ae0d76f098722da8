"""What a label of the search for cheaper journeys has spent so far, and when another need not be followed for it.

A ride is either paid on its own, by the fare zones where it begins and ends, or on a ticket of its group, which lasts a
while for a number of rides and costs by the zones that are passed with it. A label holds the last ticket of each group.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numba import njit
from numpy.typing import NDArray

I32 = NDArray[np.int32]
U32 = NDArray[np.uint32]
U8 = NDArray[np.uint8]
I64 = NDArray[np.int64]

# Places in the last axis of Pool.tickets: zones passed (bits), the last second to board, the rides that are left.
ZONES, UNTIL, LEFT = np.uint64(0), np.uint64(1), np.uint64(2)
UNLIMITED = np.int32(1 << 20)


F = TypeVar("F", bound=Callable[..., Any])


def kernel(function: F) -> F:
    """Compiles a function that allocates nothing, without counting references to its arrays.

    The functions here are many and small, and take scores of arrays in their tuples: counting would take nine tenths of
    a search.
    """
    return _compiled(function, forceinline=False)


def inlined(function: F) -> F:
    """The same of one that is called so often that the call itself takes too long."""
    return _compiled(function, forceinline=True)


def _compiled(function: F, *, forceinline: bool) -> F:
    compiler: Any = njit
    compiled: F = compiler(nogil=True, cache=True, forceinline=forceinline, _nrt=False)(function)
    return compiled


class Fares(NamedTuple):
    """C codes stand for the fares of trips, Z for fare zones, G for groups of tickets, M for sets of zones."""

    group: I32
    """C: the group of tickets that pays, or −1 where each ride is paid on its own."""
    place: I32
    """C × Z: with tickets the bit of a zone, else its row and column in `single`."""
    side: I32
    """C: how many rows and columns it has there."""
    start: I64
    """C: where they start."""
    single: I32
    """What a ride costs from one zone to another."""
    prices: I32
    """G × M: what a ticket for a set of zones costs; never less for more zones."""
    rides: I32
    """G: how many rides a ticket is good for."""
    lasts: I32
    """G: seconds from boarding the first to boarding the last of them; UNREACHED without limit."""
    excess: I32
    """G × M × M: how much more than with the second set of zones going on may cost with the first."""


class Costs(NamedTuple):
    """What rides and changes cost."""

    emitted: I32
    """By place in Lines.stops: steps of CO2 from the pattern's first stop to this one."""
    walked: I32
    """By transfer: minutes on foot."""
    trip_code: U32
    """T."""
    trip_rank: U8
    """T: the number of its code among those of its pattern."""
    pattern_codes: U32
    """P: how many different codes its trips have."""
    stop_zone: U32
    """S."""
    fares: Fares


class Pool(NamedTuple):
    """Labels: when, what is spent, with which tickets, and by which ride after which label."""

    at: I32
    price: I32
    co2: I32
    walk: I32
    tickets: I32
    """Labels × G × 3."""
    round: U32
    parent: U32
    trip: U32
    board: U32
    alight: U32
    """Of a label that rides: the row of the zone where the ride began, where its fare depends on it."""
    next: U32
    """The next label of the same bag."""


@inlined
def copy_label(source: Pool, a: np.uint64, target: Pool, b: np.uint64) -> None:
    """What is spent and with which tickets; `at` as well."""
    target.at[b] = source.at[a]
    target.price[b] = source.price[a]
    target.co2[b] = source.co2[a]
    target.walk[b] = source.walk[a]
    for group in range(np.uint64(source.tickets.shape[1])):
        for what in range(np.uint64(3)):
            target.tickets[b, group, what] = source.tickets[a, group, what]


@inlined
def copy_ride(source: Pool, a: np.uint64, target: Pool, b: np.uint64) -> None:
    """By which ride after which label."""
    target.parent[b] = source.parent[a]
    target.trip[b] = source.trip[a]
    target.board[b] = source.board[a]
    target.alight[b] = source.alight[a]


@inlined
def costs_no_more(costs: Costs, pool: Pool, a: np.uint64, b: np.uint64, riding: np.int32) -> bool:
    """Whether whatever follows costs no more with label a than with b; `riding`: the group whose ticket is in use."""
    if pool.co2[a] > pool.co2[b] or pool.walk[a] > pool.walk[b]:
        return False
    return is_paid_no_more(costs, pool, a, b, riding)


@inlined
def is_paid_no_more(costs: Costs, pool: Pool, a: np.uint64, b: np.uint64, riding: np.int32) -> bool:
    """The same of the price alone.

    Who follows b with a mimics it: uses the own ticket wherever b's is used, or buys one where there is none that is
    good for as long. The most that this may cost more is added to a's price.
    """
    if pool.price[a] > pool.price[b]:
        return False
    owed = pool.price[a]
    for group in range(np.uint64(pool.tickets.shape[1])):
        in_use = np.int32(group) == riding and costs.fares.prices.shape[1] > 1
        if pool.tickets[b, group, LEFT] == 0 and not in_use:
            continue
        mine, other = pool.tickets[a, group, ZONES], pool.tickets[b, group, ZONES]
        lasts = (
            pool.tickets[a, group, UNTIL] >= pool.tickets[b, group, UNTIL]
            and pool.tickets[a, group, LEFT] >= pool.tickets[b, group, LEFT]
        )
        if lasts:
            owed += costs.fares.excess[group, np.uint64(mine), np.uint64(other)]
        elif in_use:
            return False
        else:
            owed += costs.fares.prices[group, np.uint64(other)]
        if owed > pool.price[b]:
            return False
    return True


@inlined
def pass_zone(costs: Costs, pool: Pool, label: np.uint64, group: np.uint64, bit: np.int32) -> None:
    """The ticket in use is for one zone more."""
    zones = pool.tickets[label, group, ZONES]
    if zones & bit != bit:
        more = zones | bit
        pool.price[label] += costs.fares.prices[group, np.uint64(more)] - costs.fares.prices[group, np.uint64(zones)]
        pool.tickets[label, group, ZONES] = more


@inlined
def can_go_on(pool: Pool, label: np.uint64, group: np.uint64, at: np.int32) -> bool:
    """Whether the ticket held is good for a ride that begins now."""
    good: bool = pool.tickets[label, group, LEFT] > 0 and pool.tickets[label, group, UNTIL] >= at
    return good


@inlined
def go_on(costs: Costs, pool: Pool, label: np.uint64, group: np.uint64, bit: np.int32) -> None:
    """The next ride on the ticket held, from a zone on."""
    if pool.tickets[label, group, LEFT] < UNLIMITED:
        pool.tickets[label, group, LEFT] -= 1
    pass_zone(costs, pool, label, group, bit)


@inlined
def buy(costs: Costs, pool: Pool, label: np.uint64, group: np.uint64, bit: np.int32, until: np.int32) -> None:
    """The next ride on a new ticket."""
    pool.price[label] += costs.fares.prices[group, np.uint64(bit)]
    pool.tickets[label, group, ZONES] = bit
    pool.tickets[label, group, UNTIL] = until
    rides = costs.fares.rides[group]
    pool.tickets[label, group, LEFT] = rides if rides >= UNLIMITED else rides - 1


@inlined
def put_away(pool: Pool, label: np.uint64) -> None:
    """Tickets that no later ride can be paid with are none."""
    for group in range(np.uint64(pool.tickets.shape[1])):
        if pool.tickets[label, group, LEFT] <= 0 or pool.tickets[label, group, UNTIL] < pool.at[label]:
            for what in range(np.uint64(3)):
                pool.tickets[label, group, what] = 0
