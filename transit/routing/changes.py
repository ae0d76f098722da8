"""Where to board, change and alight: the same trips leave a choice of places, and some are better than others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from transit.routing.kernels.changes import COMFORT_S, ELSEWHERE_S, Near, best_changes
from transit.routing.raptor import Ride, lines_of
from transit.routing.timetable import Timetable

__all__ = ["COMFORT_S", "ELSEWHERE_S", "Between", "Near", "with_best_changes"]


@dataclass(frozen=True)
class Between:
    """What lies around the rides of a search, and how changes are made."""

    timetable: Timetable
    near: Near
    slack_s: int = 0
    pace: float = 1.0


def with_best_changes(between: Between, journeys: Sequence[tuple[Ride, ...]]) -> list[tuple[Ride, ...]]:
    """The same trips with the best places to board, change and alight; never leaving earlier or arriving later.

    Rides that these transfers do not join stay as they are.

    Best is what costs least: the time from door to door, every second on foot once more, a change elsewhere than at
    the same stop or station (ELSEWHERE_S), and what a change lacks in comfort (COMFORT_S). A dynamic programme over
    the rides: for each call the cheapest way to be in the vehicle there.
    """
    if not journeys:
        return []
    rides = np.array([ride for journey in journeys for ride in journey], np.uint32)
    start = np.cumsum([0, *map(len, journeys)], dtype=np.uint32)
    lines = lines_of(between.timetable, between.pace)
    best_changes(lines, between.near, np.int32(between.slack_s), rides, start)
    moved = [Ride(*row) for row in rides.tolist()]
    ends = start.tolist()
    return [tuple(moved[low:high]) for low, high in pairwise(ends)]
