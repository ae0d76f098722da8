"""The best place for one more request in a route, and in all routes: every pair of positions (Jaw and others 1986),
most of them refused by what the plan knows of the route, the rest tried exactly.

Whatever is added to a route makes its visits no sooner, because triangles hold (`World.seconds`). So what is later than
the greatest solution of the route as it is cannot be, and lateness never falls.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from transit.routing.kernels.routes import (
    DUE,
    EARLIEST,
    EMPTY,
    LATEST,
    LIMIT,
    NODE,
    NOWHERE,
    PEOPLE,
    SERVICE,
    VEHICLE,
    Draft,
    Plan,
    World,
    arrive,
    fits,
    flows,
    know,
    lateness,
    leg_price,
    raise_times,
)

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
F64 = NDArray[np.float64]


class Gap(NamedTuple):
    """Where a request goes in a route: after which positions of it one picks up and sets down, and the price more."""

    pickup: int
    dropoff: int
    price: float


@njit(nogil=True, cache=True)
def first_visit(world: World, request: int) -> int:
    """The pick-up of a request; its drop-off is the next visit."""
    return len(world.facts) - 2 * (len(world.allowed) - request)


@njit(nogil=True, cache=True)
def spliced(plan: Plan, vehicle: int, pickup: int, gap: Gap, draft: Draft) -> int:
    """Copies a route into a draft, with a request put in; returns how many visits there are then. Legs are those of the
    route, wrong around what was put in.
    """
    at = 0
    for i in range(plan.length[vehicle]):
        draft.visits[at], draft.leg_s[at] = plan.visits[vehicle, i], plan.leg_s[vehicle, i]
        draft.leg_m[at], draft.times[at] = plan.leg_m[vehicle, i], plan.soonest[vehicle, i]
        at += 1
        if i == gap.pickup:
            draft.visits[at] = pickup
            at += 1
        if i == gap.dropoff:
            draft.visits[at] = pickup + 1
            at += 1
    return at


@njit(nogil=True, cache=True)
def lateness_with(world: World, plan: Plan, vehicle: int, request: int, gap: Gap, draft: Draft) -> float:
    """What the lateness of a route costs when a request is put in; −1 where it cannot be driven."""
    facts, pickup = world.facts, first_visit(world, request)
    n = spliced(plan, vehicle, pickup, gap, draft)
    for i in range(gap.pickup + 1, min(gap.dropoff + 4, n)):
        visit, before = draft.visits[i], draft.visits[i - 1]
        if visit == pickup or visit == pickup + 1:
            draft.times[i] = facts[visit, EARLIEST]
        elif before != pickup and before != pickup + 1:
            continue
        node = facts[visit, NODE]
        draft.leg_s[i] = 0 if node == NOWHERE else world.seconds[facts[before, NODE], node]
    if not flows(world, draft, n) or not raise_times(world, draft, n, gap.pickup + 1):
        return -1.0
    return lateness(world, draft, n)


@njit(nogil=True, cache=True)
def best_gap(world: World, plan: Plan, vehicle: int, request: int, bound: float, draft: Draft) -> Gap:
    """The cheapest gap of a route for a request, by price, then position; its price is `bound` where none is cheaper.

    The price is that of driving and of lateness, and of using the vehicle if it was not used.
    """
    facts, prices, weight, pace = world.facts, world.prices, world.weight, world.pace
    seconds, metres, capacity = world.seconds, world.metres, world.capacity[vehicle]
    visits, soonest, latest = plan.visits[vehicle], plan.soonest[vehicle], plan.latest[vehicle]
    leg_s, leg_m, aboard, load = plan.leg_s[vehicle], plan.leg_m[vehicle], plan.aboard[vehicle], plan.load[vehicle]
    p = first_visit(world, request)
    d, n, late_now = p + 1, plan.length[vehicle], plan.cost[vehicle, 1]
    p_node, d_node, more = facts[p, NODE], facts[d, NODE], world.load[p]
    p_service, d_service, limit = facts[p, SERVICE], facts[d, SERVICE], facts[p, LIMIT]
    straight_s, straight_m = seconds[p_node, d_node], metres[p_node, d_node]
    best = Gap(-1, -1, bound)
    if world.allowed[request, vehicle] == 0:
        return best
    once = prices[VEHICLE] if prices[VEHICLE] > 0 and is_idle(world, plan, vehicle) else 0.0
    for i in range(plan.frozen[vehicle] - 1, n - 1):
        a, b = visits[i], visits[i + 1]
        leaves = soonest[i] + facts[a, SERVICE]
        if leaves > facts[p, LATEST]:
            break
        if latest[i + 1] < facts[p, EARLIEST] or not fits(capacity, load[i], more):
            continue
        to_p = seconds[facts[a, NODE], p_node]
        met = max(facts[p, EARLIEST], arrive(leaves, to_p, pace))
        if met > facts[p, LATEST]:
            continue
        on_way = leg_price(prices, to_p, metres[facts[a, NODE], p_node], aboard[i])
        until = facts[p, LATEST] + p_service + limit
        waits = max(met - facts[p, DUE], 0) * weight[p]
        node, t, saved = p_node, met + p_service, leg_price(prices, leg_s[i + 1], leg_m[i + 1], aboard[i])
        for j in range(i, n - 1):
            if j > i:
                # On past the visit j, with the rider aboard.
                visit = visits[j]
                if facts[visit, PEOPLE] == 0 or not fits(capacity, load[j], more):
                    break
                leg = seconds[node, facts[visit, NODE]] if j == i + 1 else leg_s[j]
                t = max(soonest[j], arrive(t, leg, pace))
                if t > latest[j]:
                    break
                t += facts[visit, SERVICE]
                if j == i + 1:
                    on_way += leg_price(prices, leg, metres[node, facts[visit, NODE]], 1) - saved
                elif aboard[j - 1] == 0:
                    on_way -= leg_price(prices, leg_s[j], leg_m[j], 1) * prices[EMPTY]
                node = facts[visit, NODE]
                saved = leg_price(prices, leg_s[j + 1], leg_m[j + 1], aboard[j])
            if t > facts[d, LATEST]:
                break
            to_d = straight_s if j == i else seconds[node, d_node]
            there = max(facts[d, EARLIEST], arrive(t, to_d, pace))
            if there > facts[d, LATEST] or there > until:
                continue
            b = facts[visits[j + 1], NODE]
            after_s = 0 if b == NOWHERE else seconds[d_node, b]
            if max(arrive(there + d_service, after_s, pace), soonest[j + 1]) > latest[j + 1]:
                continue
            after_m = 0 if b == NOWHERE else metres[d_node, b]
            price = on_way - saved + once
            price += leg_price(prices, to_d, straight_m if j == i else metres[node, d_node], 1)
            price += leg_price(prices, after_s, after_m, aboard[j])
            if price + waits + max(there - facts[d, DUE], 0) * weight[d] >= best.price:
                continue
            late = lateness_with(world, plan, vehicle, request, Gap(i, j, 0.0), draft)
            if late >= 0.0 and price + late - late_now < best.price:
                best = Gap(i, j, price + late - late_now)
    return best


@njit(nogil=True, cache=True)
def is_idle(world: World, plan: Plan, vehicle: int) -> bool:
    """Whether nobody rides with a vehicle."""
    people = 0
    for i in range(plan.length[vehicle]):
        people += abs(world.facts[plan.visits[vehicle, i], PEOPLE])
    return people == 0


@njit(nogil=True, cache=True)
def gaps(world: World, plan: Plan, request: int, draft: Draft, found: I32, price: F64) -> None:
    """By vehicle the best gap for a request: `found` (V × 2) its positions, `price` infinite where there is none."""
    for vehicle in range(len(found)):
        gap = best_gap(world, plan, vehicle, request, np.inf, draft)
        found[vehicle, 0], found[vehicle, 1], price[vehicle] = gap.pickup, gap.dropoff, gap.price


@njit(nogil=True, cache=True)
def put(world: World, plan: Plan, vehicle: int, request: int, gap: Gap, draft: Draft) -> bool:
    """Puts a request into a gap; False where that cannot be driven, and then the plan knows nothing of the route."""
    pickup = first_visit(world, request)
    n = spliced(plan, vehicle, pickup, gap, draft)
    plan.visits[vehicle, :n], plan.length[vehicle] = draft.visits[:n], n
    return know(world, plan, vehicle, draft)


@njit(nogil=True, cache=True)
def take_out(world: World, plan: Plan, vehicle: int, request: int, draft: Draft) -> bool:
    """Takes a request out of a route; False as in `put`."""
    pickup, n = first_visit(world, request), 0
    for i in range(plan.length[vehicle]):
        visit = plan.visits[vehicle, i]
        if visit != pickup and visit != pickup + 1:
            plan.visits[vehicle, n] = visit
            n += 1
    plan.length[vehicle] = n
    return know(world, plan, vehicle, draft)
