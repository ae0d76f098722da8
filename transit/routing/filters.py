"""What is shown of what was found: one function per rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from transit.routing.journey import Journey, StreetLeg, TransitLeg

# A journey may take twice as long as the quickest one and an hour more.
LONGER_TIMES = 2
LONGER_S = 3600
# What a change feels like, in seconds of riding.
CHANGE_S = 300


def without_empty_walks(journey: Journey) -> Journey:
    """A walk from a stop to itself is no leg; one to another stop is, though a feed may allow no time for it."""
    legs = tuple(
        leg
        for leg in journey.legs
        if isinstance(leg, TransitLeg) or leg.end_s > leg.start_s or None not in (leg.start_stop, leg.end_stop)
    )
    return Journey(legs or journey.legs[:1])


def quicker_than_walking(journeys: Iterable[Journey], walk: StreetLeg | None) -> list[Journey]:
    """Who can walk there at any time needs no vehicle that takes as long from door to door."""
    if walk is None:
        return list(journeys)
    walk_s = walk.end_s - walk.start_s
    return [journey for journey in journeys if journey.end_s - journey.start_s < walk_s]


def without_detours(journeys: Sequence[Journey]) -> list[Journey]:
    """No journey much longer than the quickest, such as one that waits through the night."""
    longest = LONGER_TIMES * min((_duration(journey) for journey in journeys), default=0) + LONGER_S
    return [journey for journey in journeys if _duration(journey) <= longest]


def without_worse_neighbours(journeys: Sequence[Journey]) -> list[Journey]:
    """No journey that another makes pointless though it leaves or arrives a little better.

    The other needs no more vehicles and must be better in perceived time, even when the time by which it leaves
    earlier or arrives later is added to it: nobody walks half an hour in order to leave ten minutes later.
    """
    costs = [_perceived(journey) for journey in journeys]

    def is_pointless(i: int) -> bool:
        return any(
            other.vehicles <= mine.vehicles
            and costs[j] + max(0, mine.start_s - other.start_s) + max(0, other.end_s - mine.end_s) < costs[i]
            for mine in (journeys[i],)
            for j, other in enumerate(journeys)
        )

    return [journey for i, journey in enumerate(journeys) if not is_pointless(i)]


def _duration(journey: Journey) -> int:
    return journey.end_s - journey.start_s


def _perceived(journey: Journey) -> int:
    """Seconds from door to door as they feel: walking counts twice, each change CHANGE_S."""
    walked = sum(leg.end_s - leg.start_s for leg in journey.legs if isinstance(leg, StreetLeg))
    return _duration(journey) + walked + CHANGE_S * (journey.vehicles - 1)


def by_departure(journeys: Iterable[Journey]) -> list[Journey]:
    """In order of leaving, then of arriving, then of vehicles: how people read a timetable."""
    return sorted(journeys, key=lambda journey: (journey.start_s, journey.end_s, journey.vehicles))
