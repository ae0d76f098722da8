"""Random days of shared rides, small enough for the oracles."""

from __future__ import annotations

import random

import numpy as np

from transit.routing.pooling import Call, Pause, Prices, Problem, Request, Shift, Travel, pace_of

KINDS = 2


def travel_of(chooser: random.Random, nodes: int, longest_s: int, *, with_pace: bool) -> Travel:
    """Random ways, closed so that no way round is quicker."""
    seconds = np.array([[chooser.randint(1, longest_s) for _ in range(nodes)] for _ in range(nodes)], np.int32)
    metres = np.array([[chooser.randint(1, 999) for _ in range(nodes)] for _ in range(nodes)], np.int32)
    for each in (seconds, metres):
        np.fill_diagonal(each, 0)
        for k in range(nodes):
            np.minimum(each, each[:, k : k + 1] + each[k : k + 1], out=each)
    if not with_pace:
        return Travel(seconds, metres)
    begins = sorted(chooser.sample(range(12 * longest_s), chooser.randint(1, 4)))
    return Travel(seconds, metres, pace_of([(begin, chooser.choice([0.5, 0.8, 1.0, 1.3, 2.5])) for begin in begins]))


def request_of(chooser: random.Random, key: str, travel: Travel, longest_s: int, shifts: int) -> Request:
    """One with windows that are sometimes too narrow."""
    a, b = chooser.sample(range(len(travel.seconds)), 2)
    soon = chooser.randint(0, 8 * longest_s)
    pickup = Call(a, soon, soon + chooser.randint(0, 5 * longest_s), chooser.choice([0, 1, 3]))
    there = soon + chooser.randint(0, 2 * longest_s)
    width = chooser.randint(0, 8 * longest_s)
    due = chooser.choice([None, None, there])
    dropoff = Call(b, there, there + width, chooser.choice([0, 0, 2]), due)
    ride = chooser.randint(int(travel.seconds[a, b]) * 8 // 10, 3 * longest_s)
    load = (chooser.randint(0, 2), chooser.choice([0, 0, 1]))
    some = frozenset(f"v{i}" for i in range(shifts) if chooser.random() < 0.7)
    return Request(key, pickup, dropoff, ride, load, chooser.choice([1.0, 2.0]), chooser.choice([None, None, some]))


def shift_of(chooser: random.Random, key: str, nodes: int, longest_s: int) -> Shift:
    """One with pauses now and again, and seats that fold."""
    start = chooser.randint(0, 3 * longest_s)
    pauses = []
    for number in range(chooser.choice([0, 0, 1, 2])):
        begin = chooser.randint(0, 9 * longest_s)
        place = chooser.choice([None, chooser.randrange(nodes)])
        width = chooser.randint(0, 6 * longest_s)
        pauses.append(Pause(f"{key}p{number}", chooser.randint(0, longest_s), begin, begin + width, place))
    return Shift(
        key,
        chooser.randrange(nodes),
        start,
        start + chooser.randint(0, 4 * longest_s),
        start + chooser.randint(4 * longest_s, 14 * longest_s),
        chooser.choice([((3, 1),), ((4, 0), (2, 1)), ((2, 2),)]),
        chooser.choice([None, chooser.randrange(nodes)]),
        chooser.choice([10**6, chooser.randint(4 * longest_s, 9 * longest_s)]),
        tuple(pauses),
    )


def day_of(seed: int, *, requests: int, longest_s: int = 60, shifts: int = 2, nodes: int = 6) -> Problem:
    """A random day."""
    chooser = random.Random(seed)
    travel = travel_of(chooser, nodes, longest_s, with_pace=chooser.random() < 0.5)
    prices = Prices(
        chooser.choice([0.0, 1.0]),
        chooser.choice([0.0, 0.5]),
        chooser.choice([0.0, 0.5]),
        chooser.choice([0.0, 2.0]),
        chooser.choice([0.0, 1.5]),
        chooser.choice([0.0, 100.0]),
    )
    vehicles = tuple(shift_of(chooser, f"v{i}", nodes, longest_s) for i in range(shifts))
    wishes = tuple(request_of(chooser, f"r{i}", travel, longest_s, shifts) for i in range(requests))
    return Problem(travel, vehicles, wishes, prices)
