"""The times of one vehicle's route: windows, ride times, breaks and the length of a shift, exactly.

All that binds the times of a route has one form: a visit begins no sooner than some function, never falling, of when
another begins. Travel is that, also where it takes longer at some hours than at others; so is a ride that may not last
too long, read backwards (the pick-up begins no sooner than the drop-off less the limit), and the length of a shift.
Such a system has a least solution and a greatest, found from the windows by raising what is too soon, or lowering what
is too late, until nothing moves; there is a schedule if and only if neither leaves a window. Unlike the eight steps of
Cordeau and Laporte (2003) this loses no schedule (Firat and Woeginger 2011 say why those do; Tang and others 2010 have
the same idea with fixed travel times).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

U8 = NDArray[np.uint8]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
F64 = NDArray[np.float64]

NODE, EARLIEST, LATEST, SERVICE, PARTNER, LIMIT, DUE, PEOPLE = range(8)
"""Columns of World.facts."""
BEGIN, WORK, RATE = range(3)
"""Columns of World.pace."""
SECOND, METRE, EMPTY, VEHICLE = range(4)
"""Of World.prices."""
NOWHERE = -1
"""The node of an end that is where the last visit was."""
MILLE = 1000
PRIME = 0x9E3779B97F4A7C1
"""Some odd number: an overflow is meant."""


class World(NamedTuple):
    """What is given. V vehicles, R requests, K kinds of places, N visits: the starts of all vehicles, their ends, all
    breaks, then pick-up and drop-off of each request.
    """

    seconds: I32
    """n × n, between nodes, at the rate 1000. Triangles hold: no way round is quicker."""
    metres: I32
    pace: I64
    """By slice of the day: when it begins, the thousandths of seconds of `seconds` driven until then, how many are
    driven in a second. No rows: 1000 always. The first slice has no beginning, the last no end.
    """
    facts: I64
    """N × 8. NODE; a visit begins in [EARLIEST, LATEST] and takes SERVICE; a pick-up and its drop-off are each other's
    PARTNER (else −1), as are start and end: from the end of the service at the one to the beginning of the other pass
    at most LIMIT; lateness counts from DUE; PEOPLE get in (or, below 0, out; 0 at breaks, which ask for nobody aboard).
    """
    weight: F64
    """N: the price of a second of lateness."""
    load: I32
    """N × K: places taken (or, below 0, left)."""
    capacity: I32
    """V × C × K: as many places as there are of each kind, in each of the ways to arrange them."""
    allowed: U8
    """R × V: whether a vehicle may take a request."""
    prices: F64
    """Of a second driven, a metre driven, the share on top of both with nobody aboard, and a vehicle that is used."""


class Plan(NamedTuple):
    """The routes, by vehicle and position, and what is known of them. The first `frozen` visits stay as they are."""

    visits: I32
    length: I32
    frozen: I32
    leg_s: I32
    """From the visit before."""
    leg_m: I32
    soonest: I64
    """When a visit begins in the least solution."""
    latest: I64
    """When it begins in the greatest."""
    aboard: I32
    """People, after the visit."""
    load: I32
    """V × M × K: places taken after the visit."""
    cost: F64
    """V × 2: of the route, infinite where it cannot be driven, and how much of that is lateness."""
    mark: I64
    """V: a number that tells routes apart."""


class Draft(NamedTuple):
    """A route that is being tried. `place` is by visit its position, right for visits of this route only."""

    visits: I32
    leg_s: I32
    leg_m: I32
    times: I64
    flow: I64
    place: I32


@njit(nogil=True, cache=True)
def slice_at(at: int, pace: I64) -> int:
    """The slice of the day in which a moment lies."""
    low, high = 0, len(pace) - 1
    while low < high:
        middle = (low + high + 1) >> 1
        if pace[middle, BEGIN] <= at:
            low = middle
        else:
            high = middle - 1
    return low


@njit(nogil=True, cache=True)
def arrive(at: int, seconds: int, pace: I64) -> int:
    """When one is there who leaves at a moment: who leaves later is never there sooner (Ichoua, Gendreau, Potvin 2003).

    The first whole second by which all of the way is driven.
    """
    if len(pace) == 0:
        return at + seconds
    k = slice_at(at, pace)
    work = pace[k, WORK] + (at - pace[k, BEGIN]) * pace[k, RATE] + seconds * MILLE
    while k + 1 < len(pace) and pace[k + 1, WORK] < work:
        k += 1
    return int(pace[k, BEGIN] - (pace[k, WORK] - work) // pace[k, RATE])


@njit(nogil=True, cache=True)
def depart(by: int, seconds: int, pace: I64) -> int:
    """The last whole second at which one may leave to be there by a moment: `arrive` is no later up to that second."""
    if len(pace) == 0:
        return by - seconds
    k = slice_at(by, pace)
    work = pace[k, WORK] + (by - pace[k, BEGIN]) * pace[k, RATE] - seconds * MILLE
    while k > 0 and pace[k, WORK] > work:
        k -= 1
    return int(pace[k, BEGIN] + (work - pace[k, WORK]) // pace[k, RATE])


@njit(nogil=True, cache=True)
def flows(world: World, draft: Draft, n: int) -> bool:
    """Puts the visits in their places; False where a limit is too short even without any wait."""
    facts, pace = world.facts, world.pace
    visits, leg_s, flow, place = draft.visits, draft.leg_s, draft.flow, draft.place
    fastest = MILLE
    for k in range(len(pace)):
        fastest = max(fastest, pace[k, RATE]) if k else pace[k, RATE]
    flow[0] = 0
    for i in range(n):
        place[visits[i]] = i
    for i in range(1, n):
        visit = visits[i]
        flow[i] = flow[i - 1] + facts[visits[i - 1], SERVICE] - (-leg_s[i] * MILLE) // fastest
        partner = facts[visit, PARTNER]
        if partner >= 0 and place[partner] < i:
            since = flow[place[partner]] + facts[partner, SERVICE]
            if flow[i] - since > facts[visit, LIMIT]:
                return False
    return True


@njit(nogil=True, cache=True)
def raise_times(world: World, draft: Draft, n: int, first: int) -> bool:
    """Makes lower bounds the least solution, from a position on (before it they are already); False: there is none."""
    facts, pace = world.facts, world.pace
    visits, leg_s, times, place = draft.visits, draft.leg_s, draft.times, draft.place
    i = first
    while i < n:
        visit, at = visits[i], times[i]
        if i > 0:
            at = max(at, arrive(times[i - 1] + facts[visits[i - 1], SERVICE], leg_s[i], pace))
        if at > facts[visit, LATEST]:
            return False
        times[i] = at
        i += 1
        partner = facts[visit, PARTNER]
        if partner >= 0 and place[partner] < i:
            before = place[partner]
            least = at - facts[visit, LIMIT] - facts[partner, SERVICE]
            if least > times[before]:
                if least > facts[partner, LATEST]:
                    return False
                times[before] = least
                i = before + 1
    return True


@njit(nogil=True, cache=True)
def lower_times(world: World, draft: Draft, n: int) -> bool:
    """Makes upper bounds the greatest solution; False: there is none."""
    facts, pace = world.facts, world.pace
    visits, leg_s, times, place = draft.visits, draft.leg_s, draft.times, draft.place
    i = n - 1
    while i >= 0:
        visit, at = visits[i], times[i]
        if i + 1 < n:
            at = min(at, depart(times[i + 1], leg_s[i + 1], pace) - facts[visit, SERVICE])
        if at < facts[visit, EARLIEST]:
            return False
        times[i] = at
        i -= 1
        partner = facts[visit, PARTNER]
        if partner >= 0 and place[partner] > i + 1:
            after = place[partner]
            most = at + facts[visit, SERVICE] + facts[visit, LIMIT]
            if most < times[after]:
                if most < facts[partner, EARLIEST]:
                    return False
                times[after] = most
                i = after - 1
    return True


@njit(nogil=True, cache=True)
def fits(capacity: I32, taken: I32, more: I32) -> bool:
    """Whether there is a way to arrange the places (C × K) in which all find theirs."""
    for way in range(len(capacity)):
        is_enough = True
        for kind in range(len(taken)):
            if taken[kind] + more[kind] > capacity[way, kind]:
                is_enough = False
                break
        if is_enough:
            return True
    return False


@njit(nogil=True, cache=True)
def lateness(world: World, draft: Draft, n: int) -> float:
    """What the lateness of a route costs."""
    facts, visits, times, weight = world.facts, draft.visits, draft.times, world.weight
    total = 0.0
    for i in range(n):
        late = times[i] - facts[visits[i], DUE]
        if late > 0:
            total += late * weight[visits[i]]
    return total


@njit(nogil=True, cache=True)
def leg_price(prices: F64, seconds: int, metres: int, people: int) -> float:
    """Of driving."""
    price: float = seconds * prices[SECOND] + metres * prices[METRE]
    return price if people > 0 else price * (1.0 + prices[EMPTY])


@njit(nogil=True, cache=True)
def draw(world: World, plan: Plan, vehicle: int, draft: Draft) -> int:
    """Copies a route, with its legs, into a draft; returns how many visits it has."""
    facts, n = world.facts, plan.length[vehicle]
    for i in range(n):
        draft.visits[i] = visit = plan.visits[vehicle, i]
        draft.leg_s[i] = draft.leg_m[i] = 0
        if i > 0 and facts[visit, NODE] != NOWHERE:
            here, there = facts[plan.visits[vehicle, i - 1], NODE], facts[visit, NODE]
            draft.leg_s[i], draft.leg_m[i] = world.seconds[here, there], world.metres[here, there]
    return int(n)


@njit(nogil=True, cache=True)
def know(world: World, plan: Plan, vehicle: int, draft: Draft) -> bool:
    """Works out what a plan knows of a route; False where the route cannot be driven as it is."""
    facts, prices = world.facts, world.prices
    n = draw(world, plan, vehicle, draft)
    plan.cost[vehicle, 0] = np.inf
    if not flows(world, draft, n):
        return False
    # An end takes no places.
    nothing, people, drive, used = world.load[draft.visits[n - 1]], 0, 0.0, False
    mark = 0
    for i in range(n):
        visit = draft.visits[i]
        mark = (mark ^ (visit + (facts[visit, NODE] << 32))) * PRIME
        mark ^= mark >> 29
        plan.leg_s[vehicle, i], plan.leg_m[vehicle, i] = draft.leg_s[i], draft.leg_m[i]
        draft.times[i] = facts[visit, LATEST]
        drive += leg_price(prices, draft.leg_s[i], draft.leg_m[i], people)
        if i > 0 and people > 0 and facts[visit, PEOPLE] == 0:
            return False
        used = used or facts[visit, PEOPLE] != 0
        people += facts[visit, PEOPLE]
        plan.aboard[vehicle, i] = people
        for kind in range(len(nothing)):
            before = plan.load[vehicle, i - 1, kind] if i > 0 else 0
            plan.load[vehicle, i, kind] = before + world.load[visit, kind]
        if not fits(world.capacity[vehicle], plan.load[vehicle, i], nothing):
            return False
    if not lower_times(world, draft, n):
        return False
    for i in range(n):
        plan.latest[vehicle, i] = draft.times[i]
        draft.times[i] = facts[draft.visits[i], EARLIEST]
    if not raise_times(world, draft, n, 0):
        return False
    for i in range(n):
        plan.soonest[vehicle, i] = draft.times[i]
    plan.mark[vehicle] = mark
    plan.cost[vehicle, 1] = lateness(world, draft, n)
    plan.cost[vehicle, 0] = drive + plan.cost[vehicle, 1] + (prices[VEHICLE] if used else 0.0)
    return True


@njit(nogil=True, cache=True)
def calm(world: World, plan: Plan, vehicle: int, draft: Draft) -> None:
    """The times of a known route, in the draft, at which everyone is there as soon as in the least solution, and is met
    no sooner than that needs: the greatest of such schedules.
    """
    facts = world.facts
    n = draw(world, plan, vehicle, draft)
    flows(world, draft, n)
    for i in range(n):
        visit = draft.visits[i]
        is_bound = facts[visit, PEOPLE] < 0 or i == n - 1
        draft.times[i] = plan.soonest[vehicle, i] if is_bound else facts[visit, LATEST]
    lower_times(world, draft, n)
