"""The door to facts and journeys: outside ids and names in, self-contained values out.

Everything here answers from the network that is published at the moment, and raises NoNetwork where none is.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from transit.journeys.board import Board, StopDeparture, board_of
from transit.journeys.engine import Engine, NoNetwork, NoSuchStop, current_engine
from transit.journeys.itineraries import Translator
from transit.journeys.places import FoundPlace, place_at, places_named
from transit.journeys.rechecking import ItineraryChanged, rechecked
from transit.routing import planner
from transit.routing.itinerary import Itinerary
from transit.routing.journey import Journey
from transit.routing.planner import Ends
from transit.routing.query import Query

__all__ = [
    "Board",
    "FoundPlace",
    "ItineraryChanged",
    "NoNetwork",
    "NoSuchStop",
    "StopDeparture",
    "departures",
    "find_place_at",
    "find_places",
    "plan",
    "recheck",
    "warm",
]

# A journey that arrives by a time may last so long before it and still be inside one day's window.
LONGEST = timedelta(hours=12)


def plan(query: Query, now: datetime) -> list[Itinerary]:
    """The journeys of a query in order of departure, priced; none whose vehicles are due before `now`.

    Raises NoSuchStop where the origin or destination names a stop that is not in the network.
    """
    engine = current_engine()
    day = engine.day_at(query.time_at - LONGEST if query.arrive_by else query.time_at)
    ends = Ends(engine.members(query.origin.stop_id), engine.members(query.destination.stop_id))
    translator = Translator(engine, query.language)
    earliest_s = int(now.timestamp()) - day.timetable.base_at

    def possible(journey: Journey) -> bool:
        return not journey.vehicles or journey.start_s >= earliest_s

    found = planner.plan(day, engine.ground, query, ends)
    return [translator.itinerary(journey, day.timetable, query) for journey in found if possible(journey)]


def recheck(itinerary: Itinerary, language: str) -> Itinerary:
    """An itinerary found again in the network of now, priced anew, with names in a language and lines for a map.

    Raises ItineraryChanged, which names the legs that no longer run as they were proposed.
    """
    return rechecked(current_engine(), itinerary, language)


def departures(stop_id: str, at: datetime, limit: int, language: str) -> Board:
    """What leaves a stop, or all stops of a station, from a moment on. Raises NoSuchStop."""
    return board_of(current_engine(), stop_id, at, limit, language)


def find_places(text: str, language: str, near: tuple[float, float] | None = None, limit: int = 10) -> list[FoundPlace]:
    """Places whose name matches what was typed, best first; `near` is (lat, lon)."""
    return places_named(current_engine(), text, language, near, limit)


def find_place_at(lat: float, lon: float, language: str = "en") -> FoundPlace | None:
    """What a coordinate may be called: a stop right there, or the street; None where neither is near."""
    return place_at(current_engine(), lat, lon, language)


def warm(now: datetime) -> None:
    """Makes the first query as quick as the others: kernels loaded, the network opened, the day's window made."""
    planner.warm()
    engine: Engine = current_engine()
    engine.day_at(now).backward  # noqa: B018
