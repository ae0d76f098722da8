"""What a search may use beside the timetable, for one query: hired vehicles, rides on demand, one's own car."""

from __future__ import annotations

from typing import NamedTuple

from transit.journeys.dispatched import dispatched_around
from transit.journeys.engine import Engine
from transit.journeys.instants import instant
from transit.journeys.on_call import called_around
from transit.journeys.parking import car_parks
from transit.journeys.rentals import fleets
from transit.journeys.wheelchairs import rides_for
from transit.routing.parking import CarParks
from transit.routing.query import Query
from transit.routing.renting import Fleet
from transit.routing.zones import OnDemand


class Beside(NamedTuple):
    """In the order in which `planner.plan` takes it: fleets, rides of feeds, those that are called, car parks, and our
    own rides.
    """

    fleets: list[Fleet]
    rides: OnDemand
    called: OnDemand | None
    parks: CarParks | None
    own: OnDemand | None


def beside(engine: Engine, query: Query, base_at: int, now_at: int) -> Beside:
    """What there is for a search in the timetable that begins at a moment (Unix)."""
    return Beside(
        fleets(engine, query, instant(now_at)),
        rides_for(engine.network, query.mobility),
        called_around(engine, query, base_at),
        car_parks(engine, query),
        dispatched_around(engine, query, base_at),
    )
