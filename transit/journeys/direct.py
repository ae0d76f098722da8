"""Rides of certain agencies from one stop to another in one vehicle, whatever else goes there.

A search shows what is worth taking. Who sells for one operator has to find its rides also where another's are quicker.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from transit.journeys.engine import Engine
from transit.journeys.itineraries import Translator
from transit.journeys.rechecking import ItineraryChanged, rechecked
from transit.network.store import Run
from transit.routing.itinerary import Itinerary
from transit.routing.query import Mobility, Traveller
from transit.routing.timetable import Timetable


class Between(NamedTuple):
    """From where to where (`feed:stop`, a stop or a station), and in which departures, both included."""

    origin: str
    destination: str
    from_at: datetime
    until_at: datetime


def direct_rides(
    engine: Engine, asked: Between, travellers: Sequence[Traveller], agencies: Collection[str], language: str
) -> list[Itinerary]:
    """Every ride, in order of departure, priced. Raises NoSuchStop."""
    translator, found = Translator(engine, language), []
    timetable = engine.day_at(asked.from_at).timetable
    for run in _runs(engine, timetable, asked):
        legs = translator.transit_legs(run)
        if {leg.service.agency_id for leg in legs if leg.service} <= set(agencies):
            ride = translator.priced(tuple(legs), tuple(travellers), Mobility.ANY, ())
            try:
                found.append(rechecked(engine, ride, language))
            except ItineraryChanged:  # one may not board or alight there
                continue
    return sorted(found, key=lambda each: (each.start_at, each.end_at))


def _runs(engine: Engine, timetable: Timetable, asked: Between) -> Iterator[Run]:
    """The rides in the timetable of a day."""
    goals = set(engine.members(asked.destination))
    bounds = [int(at.timestamp()) - timetable.base_at for at in (asked.from_at, asked.until_at)]
    for stop in engine.members(asked.origin):
        entries = slice(*timetable.stop_pattern_start[stop : stop + 2].tolist())
        places = zip(timetable.stop_patterns[entries].tolist(), timetable.stop_positions[entries].tolist(), strict=True)
        for pattern, board in places:
            low, high = timetable.pattern_stop_start[pattern : pattern + 2].tolist()
            stops = timetable.pattern_stops[low:high].tolist()
            alight = next((i for i in range(board + 1, len(stops)) if stops[i] in goals), None)
            if alight is not None:
                for trip in _leaving(timetable, pattern, board, bounds):
                    yield Run(int(timetable.trip_source[trip]), int(timetable.trip_day[trip]), board, alight)


def _leaving(timetable: Timetable, pattern: int, position: int, bounds: Sequence[int]) -> list[int]:
    """The trips of a pattern that leave its stop in time."""
    first, end = timetable.pattern_trip_start[pattern : pattern + 2].tolist()
    row = int(timetable.pattern_event_start[pattern]) + position * (end - first)
    times = timetable.departures[row : row + end - first].tolist()
    return [first + i for i, at in enumerate(times) if bounds[0] <= at <= bounds[1]]
