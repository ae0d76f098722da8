"""The door to facts and journeys: outside ids and names in, self-contained values out.

Everything here answers from the network that is published at the moment, and raises NoNetwork where none is.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from transit.journeys.asking import asked
from transit.journeys.board import Board, StopDeparture, board_of
from transit.journeys.direct import Between, direct_rides
from transit.journeys.engine import Engine, NoNetwork, NoSuchStop, timetabled_engine
from transit.journeys.feeds import Disclosure, Sources, sources_of
from transit.journeys.itineraries import Translator
from transit.journeys.newest import catch_up, current_engine
from transit.journeys.places import FoundPlace, place_at, places_named
from transit.journeys.planning import Page, Turned, page_of
from transit.journeys.realtime import SEVERITIES, ShownAlert, ShownVehicle, alerts_of_leg, alerts_of_stop, vehicles_on
from transit.journeys.rechecking import ItineraryChanged, rechecked
from transit.journeys.refreshing import Refreshed, refreshed
from transit.journeys.reliability import assessed
from transit.journeys.rentals import Shared, shared_around
from transit.journeys.why_not import why_not
from transit.money import Money
from transit.register.delays import delay_distribution
from transit.routing import alternatives, insertion, planner
from transit.routing.itinerary import Itinerary, Leg, Place
from transit.routing.lateness import DelayDistribution
from transit.routing.query import Query, Traveller

__all__ = [
    "SEVERITIES",
    "Between",
    "Board",
    "DelayDistribution",
    "Disclosure",
    "FoundPlace",
    "ItineraryChanged",
    "NoNetwork",
    "NoSuchStop",
    "Page",
    "Refreshed",
    "Shared",
    "ShownAlert",
    "ShownVehicle",
    "Sources",
    "StopDeparture",
    "Turned",
    "alerts_at",
    "alerts_for",
    "assess",
    "catch_up",
    "delay_distribution",
    "departures",
    "find_place_at",
    "find_places",
    "get_stop",
    "list_direct_rides",
    "list_vehicles",
    "plan",
    "recheck",
    "refresh",
    "shared_around",
    "sources",
    "warm",
]


def plan(
    query: Query,
    now: datetime,
    turned: Turned | None = None,
    at_most: int | None = None,
    *,
    explained: bool = True,
) -> Page:
    """A page of the journeys of a query, priced; nothing that would leave before `now`. See `planning.page_of`.

    A first page without a ride says why if it is to be `explained`, which takes further searches. Raises NoSuchStop
    where the origin or destination names a stop that is not in the network.
    """
    engine = current_engine(now)
    page = page_of(engine, query, now, turned, at_most)
    page = replace(page, itineraries=asked(page.itineraries, now))
    if not explained or turned not in (None, Turned()):
        return page
    return replace(page, reasons=why_not(engine, query, page, now))


def list_direct_rides(
    asked: Between, travellers: Sequence[Traveller], agencies: Collection[str], language: str, now: datetime
) -> list[Itinerary]:
    """Every ride of some agencies (`feed:agency`) between two stops in one vehicle, priced, in order of departure.

    Looks at one day's timetable, which lasts until the noon of the next. Raises NoSuchStop.
    """
    return direct_rides(current_engine(now), asked, travellers, agencies, language)


def recheck(itinerary: Itinerary, language: str, now: datetime) -> Itinerary:
    """An itinerary found again in the network as it runs now, priced anew, with names in a language and lines for a
    map.

    Raises ItineraryChanged, which names the legs that no longer run as they were proposed.
    """
    return rechecked(current_engine(now), itinerary, language)


def refresh(itinerary: Itinerary, price: Money | None, query: Query | None, language: str, now: datetime) -> Refreshed:
    """An itinerary of earlier, which cost a price, as it is now, with what has changed; or why there is none any more,
    and what there is instead. The query says how somebody is ready to travel (None: as usual).
    """
    found = refreshed(current_engine(now), itinerary, price, query, language, now)
    if found.itinerary is None:
        return found
    told = asked([found.itinerary], now)
    # What was chosen is shown, also where it is late now; what nobody comes for is not.
    return replace(found, itinerary=told[0] if told else found.itinerary)


def assess(itineraries: Sequence[Itinerary], query: Query, now: datetime) -> list[Itinerary]:
    """Itineraries with how sure each change is, and how one goes on who misses a tight one.

    The query says how somebody is ready to travel; its ends and its time do not matter.
    """
    return assessed(current_engine(now), itineraries, query, now)


def departures(stop_id: str, at: datetime, limit: int, language: str, now: datetime) -> Board:
    """What leaves a stop, or all stops of a station, from a moment on. Raises NoSuchStop."""
    return board_of(current_engine(now), stop_id, at, limit, language)


def alerts_for(leg: Leg, language: str, now: datetime) -> tuple[ShownAlert, ...]:
    """What operators say about a ride while it lasts, the gravest first."""
    return alerts_of_leg(leg, language, now)


def alerts_at(stop_id: str, language: str, at: datetime, now: datetime) -> tuple[ShownAlert, ...]:
    """What operators say about a stop or station from a moment on, the gravest first. Raises NoSuchStop."""
    return alerts_of_stop(stop_id, language, at, now)


def list_vehicles(now: datetime, trip_id: str = "", route_id: str = "") -> list[ShownVehicle]:
    """Where the vehicles of a trip (`feed:trip`) or a route are."""
    return vehicles_on(timetabled_engine(), trip_id, route_id, now)


def find_places(text: str, language: str, near: tuple[float, float] | None = None, limit: int = 10) -> list[FoundPlace]:
    """Places whose name matches what was typed, best first; `near` is (lat, lon)."""
    return places_named(timetabled_engine(), text, language, near, limit)


def get_stop(stop_id: str, language: str = "en") -> Place:
    """A stop or station by `feed:stop`. Raises NoSuchStop."""
    engine = timetabled_engine()
    return Translator(engine, language).stop(engine.get_stop(stop_id))


def find_place_at(lat: float, lon: float, language: str = "en") -> FoundPlace | None:
    """What a coordinate may be called: a stop, address, point of interest or street; None where none is near."""
    return place_at(timetabled_engine(), lat, lon, language)


def sources() -> Sources:
    """The feeds and streets that the network is made of, with whom to credit for them."""
    return sources_of(timetabled_engine())


def warm(now: datetime) -> None:
    """Makes the first query as quick as the others: kernels loaded, the network opened, the day's window made."""
    planner.warm()
    alternatives.warm()
    insertion.warm()
    engine: Engine = current_engine(now)
    engine.day_at(now).backward  # noqa: B018
