"""Which journeys another makes pointless: the rules of `filters` as they are told."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from transit.routing.journey import Journey
from transit.routing.kernels.pointless import CHANGE_S, LITTLE_S, SHORT_WALK_S


def can_be_walked(mine: Journey, other: Journey) -> bool:
    fewer, more_s = other.vehicles < mine.vehicles, other.walked_s - mine.walked_s
    return fewer and lost_s(mine, other) < LITTLE_S and more_s <= SHORT_WALK_S


def is_pointless_vehicle(mine: Journey, other: Journey) -> bool:
    as_many = other.vehicles == mine.vehicles and other.walked_s >= mine.walked_s
    return (other.vehicles < mine.vehicles or as_many) and feels_better(mine, other)


def is_around_the_block(mine: Journey, other: Journey) -> bool:
    return other.vehicles == mine.vehicles and other.walked_s < mine.walked_s and feels_better(mine, other)


def feels_better(mine: Journey, other: Journey) -> bool:
    return perceived_s(other) + lost_s(mine, other) < perceived_s(mine)


def perceived_s(journey: Journey) -> int:
    return journey.end_s - journey.start_s + journey.walked_s + CHANGE_S * (journey.vehicles - 1)


def lost_s(mine: Journey, other: Journey) -> int:
    return max(0, mine.start_s - other.start_s) + max(0, other.end_s - mine.end_s)


def left(journeys: Sequence[Journey], drops: Callable[[Journey, Journey], bool]) -> list[Journey]:
    """The journeys that no other drops."""
    return [mine for mine in journeys if not any(drops(mine, other) for other in journeys)]
