"""A day of requests that a city might make: drawn, the same for the same seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transit.ondemand.matrix import Matrix
from transit.routing.pooling import Call, Request

HOUR_S = 3600
BY_HOUR = (0, 0, 0, 0, 0, 1, 4, 8, 8, 6, 5, 5, 6, 6, 6, 7, 8, 8, 6, 4, 3, 2, 1, 0)
"""How many ask to leave, by hour of the day: shares."""
BOARD_S, WAIT_S = 60, 900
NEAR_S = 300
"""Destinations thin out with the drive: by e every so many seconds."""


@dataclass(frozen=True)
class Asked:
    """A request and when it is made."""

    at_s: int
    request: Request


def day_of(matrix: Matrix, weight: NDArray[np.float64], count: int, seed: int) -> list[Asked]:
    """So many requests, in the order in which they are made.

    Origins by weight; destinations by weight and nearness. Two in three ask 10 to 60 minutes ahead, the others up to a
    day. One in twenty is in a wheelchair, one in four comes in company. A pick-up within 15 minutes, a ride of at most
    one and a half times the straight one and ten minutes more.
    """
    random = np.random.default_rng(seed)
    share = np.array(BY_HOUR, np.float64) / sum(BY_HOUR)
    found = []
    for number in range(count):
        origin = int(random.choice(len(weight), p=weight / weight.sum()))
        near = weight * np.exp(-matrix.seconds[origin] / NEAR_S) * (matrix.seconds[origin] > 150)
        goal = int(random.choice(len(weight), p=near / near.sum()))
        leave_s = int(random.choice(24, p=share)) * HOUR_S + int(random.integers(HOUR_S))
        straight_s = int(matrix.seconds[origin, goal])
        ride_s = straight_s * 3 // 2 + 600
        ahead_s = int(random.integers(600, 3600) if random.random() < 2 / 3 else random.integers(3600, 24 * HOUR_S))
        on_wheels, company = random.random() < 0.05, int(random.random() < 0.25)
        latest_s = leave_s + WAIT_S
        start = Call(origin, leave_s, latest_s, BOARD_S * (3 if on_wheels else 1))
        end = Call(goal, leave_s, latest_s + start.service_s + ride_s, BOARD_S * (3 if on_wheels else 1))
        load = (company, 1) if on_wheels else (1 + company, 0)
        found.append(Asked(max(0, leave_s - ahead_s), Request(f"{number}", start, end, ride_s, load)))
    return sorted(found, key=lambda asked: (asked.at_s, int(asked.request.key)))
