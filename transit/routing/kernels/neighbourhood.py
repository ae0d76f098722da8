"""Large neighbourhoods (Shaw 1998; Ropke and Pisinger 2006): some requests leave the plan, and return where it is
cheapest, over and over; which ways of choosing them served best is remembered, and a plan that is a little worse may be
accepted (simulated annealing).

A request that left for good makes a plan worse than any that has it. What is frozen stays.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from transit.routing.kernels.insertion import Gap, best_gap, first_visit, put
from transit.routing.kernels.routes import NODE, NOWHERE, PEOPLE, Draft, Plan, World, know, leg_price

U8 = NDArray[np.uint8]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
F64 = NDArray[np.float64]

OUT = -1
RANDOM, RELATED, WORST, ROUTES, TIME = range(5)
"""How requests are chosen that leave."""
CHOICES = 5
RETURNS = 4
"""How they return: the cheapest first, or by the regret over two, three or all vehicles."""
NOW, KEPT, BEST, OUT_NOW, OUT_KEPT, OUT_BEST = range(6)
"""Of Memory.totals: costs, and what the requests weigh that are out."""
BETTER_BEST, BETTER, ACCEPTED = 33.0, 9.0, 13.0
"""What a choice earns by the plan that came of it (Ropke and Pisinger 2006)."""
REACTION = 0.1
SEGMENT = 100
NEVER = 1e15
FEW = 4
"""So many may leave however few there are."""


class Seats(NamedTuple):
    """A plan, by request the vehicle it is with (OUT: none), and by visit the node of a pause."""

    plan: Plan
    vehicle: I32
    site: I64


class Memory(NamedTuple):
    """What lasts from one step to the next, and room to work in. The plan that is kept is where a step begins."""

    kept: Seats
    best: Seats
    totals: F64
    free: U8
    """R: whether a request may leave."""
    must: F64
    """R: how much is lost while it is out; 0: it is no request."""
    roams: U8
    """N: whether a pause may be taken anywhere."""
    usable: U8
    """V."""
    price: F64
    """R × V: of the best gap, as it was when the route had the mark."""
    gap: I32
    mark: I64
    touched: U8
    score: F64
    """R: those that leave have the least."""
    earned: F64
    """Rows: weights, what was earned, how often it was chosen. First the choices, then the returns."""
    random: NDArray[np.uint64]


class Tuning(NamedTuple):
    """Of one call: how many steps, the temperature, the share of requests that leave at most, how many at most, and how
    much of a price is noise.
    """

    steps: int
    temperature: float
    share: float
    most: int
    noise: float


@njit(nogil=True, cache=True)
def roll(random: NDArray[np.uint64]) -> float:
    """A number from 0 to below 1 (xorshift64*, Vigna 2016)."""
    x = random[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    random[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0


@njit(nogil=True, cache=True)
def copy_route(world: World, start: Plan, end: Plan, site: I64, vehicle: int) -> None:
    """Copies what is known of a route from one plan to another, and notes where its pauses are."""
    n = start.length[vehicle]
    end.length[vehicle], end.mark[vehicle] = n, start.mark[vehicle]
    end.cost[vehicle, 0], end.cost[vehicle, 1] = start.cost[vehicle, 0], start.cost[vehicle, 1]
    for i in range(n):
        visit = start.visits[vehicle, i]
        end.visits[vehicle, i] = visit
        end.leg_s[vehicle, i], end.leg_m[vehicle, i] = start.leg_s[vehicle, i], start.leg_m[vehicle, i]
        end.soonest[vehicle, i], end.latest[vehicle, i] = start.soonest[vehicle, i], start.latest[vehicle, i]
        end.aboard[vehicle, i] = start.aboard[vehicle, i]
        for kind in range(start.load.shape[2]):
            end.load[vehicle, i, kind] = start.load[vehicle, i, kind]
        if world.facts[visit, PEOPLE] == 0:
            site[visit] = world.facts[visit, NODE]


@njit(nogil=True, cache=True)
def keep(world: World, now: Seats, kept: Seats, touched: U8) -> None:
    """Makes the plan as it is now the one that is kept."""
    for vehicle in range(len(touched)):
        if touched[vehicle] == 1:
            copy_route(world, now.plan, kept.plan, kept.site, vehicle)
    kept.vehicle[:] = now.vehicle


@njit(nogil=True, cache=True)
def restore(world: World, now: Seats, kept: Seats, touched: U8) -> None:
    """Goes back to the plan that is kept."""
    for vehicle in range(len(touched)):
        if touched[vehicle] == 1:
            for i in range(kept.plan.length[vehicle]):
                visit = kept.plan.visits[vehicle, i]
                if world.facts[visit, PEOPLE] == 0:
                    world.facts[visit, NODE] = kept.site[visit]
            copy_route(world, kept.plan, now.plan, now.site, vehicle)
    now.vehicle[:] = kept.vehicle


@njit(nogil=True, cache=True)
def chosen(weights: F64, count: int, at: float) -> int:
    """One of so many by weight."""
    total = 0.0
    for i in range(count):
        total += weights[i]
    left = at * total
    for i in range(count):
        left -= weights[i]
        if left < 0.0:
            return i
    return count - 1


@njit(nogil=True, cache=True)
def seed_of(now: Seats, memory: Memory) -> int:
    """Somebody who may leave; OUT where nobody may. Clears all scores."""
    total, seed = 0, OUT
    for request in range(len(memory.score)):
        memory.score[request] = np.inf
        if memory.free[request] == 1 and now.vehicle[request] != OUT:
            total += 1
            # Each of those seen so far is it by the same chance.
            if roll(memory.random) * total < 1.0:
                seed = request
    return seed


@njit(nogil=True, cache=True)
def time_of(plan: Plan, vehicle: int, visit: int) -> int:
    """When a visit of a route is at the soonest."""
    at = 0
    while plan.visits[vehicle, at] != visit:
        at += 1
    return int(plan.soonest[vehicle, at])


@njit(nogil=True, cache=True)
def rate(world: World, now: Seats, memory: Memory, choice: int) -> None:
    """Gives every request that may leave a score by a choice; the others an infinite one."""
    facts, plan, score, random = world.facts, now.plan, memory.score, memory.random
    seed = seed_of(now, memory)
    if seed == OUT:
        return
    p = first_visit(world, seed)
    p_node, d_node, vehicles = facts[p, NODE], facts[p + 1, NODE], len(plan.length)
    p_time, d_time = time_of(plan, now.vehicle[seed], p), time_of(plan, now.vehicle[seed], p + 1)
    base = first_visit(world, 0)
    spread = 0.2 + 0.8 * roll(random)
    for vehicle in range(vehicles):
        # Routes leave one after the other, that of the seed first.
        turn = 0.0 if vehicle == now.vehicle[seed] else 1.0 + roll(random)
        for i in range(1, plan.length[vehicle] - 1):
            visit = plan.visits[vehicle, i]
            if facts[visit, PEOPLE] == 0 or memory.free[(visit - base) // 2] == 0:
                continue
            request, is_dropoff = (visit - base) // 2, (visit - base) % 2 == 1
            if not is_dropoff:
                score[request] = 0.0
            here = facts[visit, NODE]
            if choice == RANDOM:
                score[request] = roll(random)
            elif choice == RELATED:
                there, then = (d_node, d_time) if is_dropoff else (p_node, p_time)
                score[request] += world.seconds[there, here] + 0.3 * abs(plan.soonest[vehicle, i] - then)
                if is_dropoff:
                    score[request] *= 1.0 - spread * roll(random)
            elif choice == WORST:
                before, after = facts[plan.visits[vehicle, i - 1], NODE], facts[plan.visits[vehicle, i + 1], NODE]
                gain = leg_price(world.prices, plan.leg_s[vehicle, i], plan.leg_m[vehicle, i], 1)
                if after != NOWHERE:
                    gain += leg_price(world.prices, plan.leg_s[vehicle, i + 1], plan.leg_m[vehicle, i + 1], 1)
                    gain -= leg_price(world.prices, world.seconds[before, after], world.metres[before, after], 1)
                score[request] -= gain
                if is_dropoff:
                    score[request] *= 1.0 - spread * roll(random)
            elif choice == ROUTES:
                score[request] = turn + 1e-6 * roll(random)
            else:
                then = d_time if is_dropoff else p_time
                score[request] += abs(plan.soonest[vehicle, i] - then) * (1.0 - spread * roll(random))
    score[seed] = -np.inf


@njit(nogil=True, cache=True)
def leave(world: World, now: Seats, memory: Memory, draft: Draft, count: int) -> None:
    """Takes those with the least scores out of the plan."""
    score, plan = memory.score, now.plan
    for _ in range(count):
        least = OUT
        for request in range(len(score)):
            if score[request] < np.inf and (least == OUT or score[request] < score[least]):
                least = request
        if least == OUT:
            break
        memory.touched[now.vehicle[least]] = 1
        now.vehicle[least], score[least] = OUT, np.inf
    base = first_visit(world, 0)
    for vehicle in range(len(plan.length)):
        if memory.touched[vehicle] == 0:
            continue
        n = 0
        for i in range(plan.length[vehicle]):
            visit = plan.visits[vehicle, i]
            if visit < base or now.vehicle[(visit - base) // 2] != OUT:
                plan.visits[vehicle, n] = visit
                n += 1
        plan.length[vehicle] = n
        know(world, plan, vehicle, draft)


@njit(nogil=True, cache=True)
def move_pauses(world: World, now: Seats, memory: Memory, vehicle: int, draft: Draft) -> None:
    """Takes each pause of a route where it is cheapest; one that roams at the stop before or after it."""
    facts, plan = world.facts, now.plan
    n = plan.length[vehicle]
    for at in range(plan.frozen[vehicle], n - 1):
        visit = plan.visits[vehicle, at]
        if facts[visit, PEOPLE] != 0:
            continue
        best, best_at, best_site = plan.cost[vehicle, 0], at, facts[visit, NODE]
        here = at
        for there in range(plan.frozen[vehicle], n - 1):
            shift(plan, vehicle, here, there)
            here = there
            for side in (-1, 1):
                if memory.roams[visit] == 1:
                    neighbour = facts[plan.visits[vehicle, there + side], NODE]
                    if neighbour == NOWHERE:
                        continue
                    facts[visit, NODE] = neighbour
                elif side == 1:
                    continue
                if know(world, plan, vehicle, draft) and plan.cost[vehicle, 0] < best - 1e-9:
                    best, best_at, best_site = plan.cost[vehicle, 0], there, facts[visit, NODE]
        shift(plan, vehicle, here, best_at)
        facts[visit, NODE] = best_site
        know(world, plan, vehicle, draft)


@njit(nogil=True, cache=True)
def shift(plan: Plan, vehicle: int, start: int, end: int) -> None:
    """Moves a visit of a route to another position."""
    visits, step = plan.visits[vehicle], 1 if end > start else -1
    visit = visits[start]
    for i in range(start, end, step):
        visits[i] = visits[i + step]
    visits[end] = visit


@njit(nogil=True, cache=True)
def look(world: World, now: Seats, memory: Memory, draft: Draft, request: int) -> None:
    """Makes sure that the best gap of each route for a request is known."""
    plan = now.plan
    for vehicle in range(len(plan.length)):
        if memory.usable[vehicle] == 0 or memory.mark[request, vehicle] == plan.mark[vehicle]:
            continue
        gap = best_gap(world, plan, vehicle, request, np.inf, draft)
        memory.gap[request, vehicle, 0], memory.gap[request, vehicle, 1] = gap.pickup, gap.dropoff
        memory.price[request, vehicle], memory.mark[request, vehicle] = gap.price, plan.mark[vehicle]


@njit(nogil=True, cache=True)
def regret(price: F64, depth: int, noise: float, random: NDArray[np.uint64]) -> tuple[float, int]:
    """How pressing it is that a request returns, and the vehicle that is best for it; OUT where there is none.

    By the sum of what the next best vehicles cost more than the best; with a depth of 1 by the least price.
    """
    best, vehicle, first = np.inf, OUT, np.inf
    for v in range(len(price)):
        if price[v] < np.inf:
            cost = price[v] + (noise * (roll(random) - 0.5) if noise > 0.0 else 0.0)
            if cost < best:
                best, vehicle = cost, v
            first = min(first, price[v])
    if vehicle == OUT:
        return -np.inf, OUT
    if depth == 1:
        return -best, vehicle
    # The sum over the `depth` least, each found above the one before; a vehicle that cannot costs NEVER.
    total, bound, taken = 0.0, -np.inf, 0
    while taken < depth:
        least, equal = np.inf, 0
        for v in range(len(price)):
            if bound < price[v] < least:
                least, equal = price[v], 1
            elif price[v] == least:
                equal += 1
        if least == np.inf:
            total += (depth - taken) * NEVER
            break
        many = min(equal, depth - taken)
        total += many * (least - first)
        taken, bound = taken + many, least
    return total - best * 1e-6, vehicle


@njit(nogil=True, cache=True)
def come_back(world: World, now: Seats, memory: Memory, draft: Draft, depth: int, noise: float) -> None:
    """Puts those that are out where it is cheapest, the most pressing first, as long as that is possible."""
    while True:
        pressing, chosen_one, vehicle = -np.inf, OUT, OUT
        for request in range(len(memory.must)):
            if now.vehicle[request] == OUT and memory.must[request] > 0.0:
                look(world, now, memory, draft, request)
                urgency, best = regret(memory.price[request], depth, noise, memory.random)
                if best != OUT and urgency > pressing:
                    pressing, chosen_one, vehicle = urgency, request, best
        if chosen_one == OUT:
            return
        gap = Gap(int(memory.gap[chosen_one, vehicle, 0]), int(memory.gap[chosen_one, vehicle, 1]), 0.0)
        put(world, now.plan, vehicle, chosen_one, gap, draft)
        now.vehicle[chosen_one], memory.touched[vehicle] = vehicle, 1


@njit(nogil=True, cache=True)
def begin(world: World, now: Seats, memory: Memory, draft: Draft) -> None:
    """Puts all that are out, one after the other as they are numbered, where it is cheapest, and keeps the plan."""
    for request in range(len(memory.must)):
        if now.vehicle[request] != OUT or memory.must[request] == 0.0:
            continue
        best, vehicle = Gap(OUT, OUT, np.inf), OUT
        for v in range(len(now.plan.length)):
            if memory.usable[v] == 1:
                gap = best_gap(world, now.plan, v, request, best.price, draft)
                if gap.pickup != OUT:
                    best, vehicle = gap, v
        if vehicle != OUT:
            put(world, now.plan, vehicle, request, best, draft)
            now.vehicle[request] = vehicle
    memory.touched[:] = 1
    keep(world, now, memory.kept, memory.touched)
    keep(world, now, memory.best, memory.touched)
    count(now, memory)
    totals = memory.totals
    totals[KEPT] = totals[BEST] = totals[NOW]
    totals[OUT_KEPT] = totals[OUT_BEST] = totals[OUT_NOW]


@njit(nogil=True, cache=True)
def count(now: Seats, memory: Memory) -> None:
    """Sums up the plan as it is now."""
    cost, out = 0.0, 0.0
    for vehicle in range(len(now.plan.length)):
        if memory.usable[vehicle] == 1:
            cost += now.plan.cost[vehicle, 0]
    for request in range(len(memory.must)):
        if now.vehicle[request] == OUT:
            out += memory.must[request]
    memory.totals[NOW], memory.totals[OUT_NOW] = cost, out


@njit(nogil=True, cache=True)
def judge(world: World, now: Seats, memory: Memory, temperature: float) -> float:
    """Keeps the plan as it is now, or goes back; returns what it has earned."""
    totals, earned = memory.totals, 0.0
    count(now, memory)
    worse = totals[NOW] - totals[KEPT] + (totals[OUT_NOW] - totals[OUT_KEPT]) * 1e6
    is_best = totals[OUT_NOW] < totals[OUT_BEST] or (
        totals[OUT_NOW] == totals[OUT_BEST] and totals[NOW] < totals[BEST] - 1e-7
    )
    if is_best:
        earned = BETTER_BEST
    elif worse < -1e-7:
        earned = BETTER
    elif worse > 1e-7:
        earned = ACCEPTED
    if is_best or worse <= 1e-7 or (temperature > 0.0 and roll(memory.random) < np.exp(-worse / temperature)):
        keep(world, now, memory.kept, memory.touched)
        totals[KEPT], totals[OUT_KEPT] = totals[NOW], totals[OUT_NOW]
    else:
        restore(world, now, memory.kept, memory.touched)
        return 0.0
    if is_best:
        memory.touched[:] = 1
        keep(world, now, memory.best, memory.touched)
        totals[BEST], totals[OUT_BEST] = totals[NOW], totals[OUT_NOW]
    return earned


@njit(nogil=True, cache=True)
def search(world: World, now: Seats, memory: Memory, draft: Draft, tuning: Tuning) -> None:
    """So many steps from the plan that is kept, which `now` is."""
    random, earned, served = memory.random, memory.earned, 0
    for request in range(len(memory.must)):
        if memory.free[request] == 1:
            served += 1
    most = max(min(served, FEW), min(tuning.most, int(tuning.share * served)))
    for _ in range(tuning.steps):
        memory.touched[:] = 0
        choice = chosen(earned[0], CHOICES, roll(random))
        way = chosen(earned[0, CHOICES:], RETURNS, roll(random))
        leaving = 1 + int(roll(random) * most)
        rate(world, now, memory, choice)
        leave(world, now, memory, draft, leaving)
        if roll(random) < 0.3:
            for vehicle in range(len(memory.touched)):
                if memory.touched[vehicle] == 1:
                    move_pauses(world, now, memory, vehicle, draft)
        depth = way + 1 if way < RETURNS - 1 else len(memory.usable)
        noise = tuning.noise * memory.totals[KEPT] / max(served, 1) if roll(random) < 0.5 else 0.0
        come_back(world, now, memory, draft, depth, noise)
        reward = judge(world, now, memory, tuning.temperature)
        for column in (choice, CHOICES + way):
            earned[1, column] += reward
            earned[2, column] += 1.0
        earned[3, 0] += 1.0
        if earned[3, 0] >= SEGMENT:
            earned[3, 0] = 0.0
            for column in range(CHOICES + RETURNS):
                if earned[2, column] > 0.0:
                    mean = earned[1, column] / earned[2, column]
                    earned[0, column] = max(0.05, (1.0 - REACTION) * earned[0, column] + REACTION * mean)
                earned[1, column] = earned[2, column] = 0.0
