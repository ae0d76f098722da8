"""What is shown of what was found: one function per rule."""

from __future__ import annotations

from collections.abc import Iterable

from transit.routing.journey import Journey, StreetLeg, TransitLeg


def without_empty_walks(journey: Journey) -> Journey:
    """A walk from a stop to itself is no leg."""
    legs = tuple(leg for leg in journey.legs if isinstance(leg, TransitLeg) or leg.end_s > leg.start_s)
    return Journey(legs or journey.legs[:1])


def quicker_than_walking(journeys: Iterable[Journey], walk: StreetLeg | None) -> list[Journey]:
    """Who can walk there at any time needs no vehicle that takes as long from door to door."""
    if walk is None:
        return list(journeys)
    walk_s = walk.end_s - walk.start_s
    return [journey for journey in journeys if journey.end_s - journey.start_s < walk_s]


def by_departure(journeys: Iterable[Journey]) -> list[Journey]:
    """In order of leaving, then of arriving, then of vehicles: how people read a timetable."""
    return sorted(journeys, key=lambda journey: (journey.start_s, journey.end_s, journey.vehicles))
