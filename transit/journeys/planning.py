"""From a query to itineraries on one network."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from transit.journeys.engine import Engine
from transit.journeys.itineraries import Translator
from transit.routing.itinerary import Itinerary
from transit.routing.journey import Journey
from transit.routing.planner import Ends, plan
from transit.routing.query import Query

# A journey that arrives by a time may last so long before it and still be inside one day's window.
LONGEST = timedelta(hours=12)


def planned(engine: Engine, query: Query, now: datetime) -> list[Itinerary]:
    """The journeys of a query in order of departure, priced; none whose vehicles are due before `now`.

    Raises NoSuchStop where the origin or destination names a stop that is not in the network.
    """
    query = _from_now_on(query, now)
    at = query.time_at - LONGEST if query.arrive_by else query.time_at
    day = engine.day_at(at, step_free=query.step_free)
    ends = Ends(engine.members(query.origin.stop_id), engine.members(query.destination.stop_id))
    translator = Translator(engine, query.language)
    earliest_s = int(now.timestamp()) - day.timetable.base_at

    def possible(journey: Journey) -> bool:
        return not journey.vehicles or journey.start_s >= earliest_s

    found = plan(day, engine.ground, query, ends)
    return [translator.itinerary(journey, day.timetable, query) for journey in found if possible(journey)]


def _from_now_on(query: Query, now: datetime) -> Query:
    """A departure search without its part that is over: what has left must not hide what can still be caught.

    A window that is over as a whole stays as it is, and finds nothing.
    """
    missed_s = int((now - query.time_at).total_seconds())
    if query.arrive_by or missed_s <= 0 or 0 < query.window_s < missed_s:
        return query
    return replace(query, time_at=now, window_s=max(0, query.window_s - missed_s))
