"""Where to board, change and alight: the same trips leave a choice of places, and some are better than others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np

from transit.routing.journey import TransitLeg
from transit.routing.kernels.changes import COMFORT_S, ELSEWHERE_S, Near, best_changes, ridden
from transit.routing.raptor import Ride, lines_of
from transit.routing.timetable import U32, Timetable

__all__ = ["COMFORT_S", "ELSEWHERE_S", "Between", "Near", "as_legs", "with_best_changes"]


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
    rides, start = _packed(journeys)
    lines = lines_of(between.timetable, between.pace)
    best_changes(lines, between.near, np.int32(between.slack_s), rides, start)
    moved = list(map(Ride._make, rides.tolist()))
    return [tuple(moved[low:high]) for low, high in pairwise(start.tolist())]


def as_legs(timetable: Timetable, journeys: Sequence[tuple[Ride, ...]]) -> list[list[TransitLeg]]:
    """The rides of journeys with their times and stops."""
    if not journeys:
        return []
    rides, start = _packed(journeys)
    legs = list(map(TransitLeg._make, ridden(lines_of(timetable), rides).tolist()))
    return [legs[low:high] for low, high in pairwise(start.tolist())]


def _packed(journeys: Sequence[tuple[Ride, ...]]) -> tuple[U32, U32]:
    """The rides of journeys one after the other, and where each journey begins (n + 1)."""
    rides = np.array([ride for journey in journeys for ride in journey], np.uint32)
    return rides, np.array([0, *accumulate(map(len, journeys))], np.uint32)
