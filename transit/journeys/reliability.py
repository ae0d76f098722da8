"""How sure the changes of itineraries are, and how one goes on who misses one: history and further searches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from transit.journeys.engine import Engine
from transit.journeys.planning import planned
from transit.register.delays import Arrival, arrival_of, delay_distributions
from transit.routing.itinerary import Itinerary, Leg, Place
from transit.routing.lateness import DelayDistribution
from transit.routing.query import Location, Query
from transit.routing.reliability import Change, changes_of, followed, transfer_of

MOST_FOLLOWED: Final = 24
"""Searches for fallbacks in one answer; each is as long as a search for the best journey alone."""


def assessed(engine: Engine, itineraries: Sequence[Itinerary], query: Query, now: datetime) -> list[Itinerary]:
    """The itineraries with a `transfer` at each change. Fallbacks are sought as the query wishes to travel."""
    changes = [changes_of(each) for each in itineraries]
    rides = zip(itineraries, changes, strict=True)
    arrivals = {end for each, there in rides for change in there for end in _ends(each, change)}
    history = delay_distributions([arrival for arrival in arrivals if arrival is not None])
    onward = _Onward(engine, query, now)
    return [
        _with(itinerary, there, history, onward) if there else itinerary
        for itinerary, there in zip(itineraries, changes, strict=True)
    ]


def _with(
    itinerary: Itinerary, changes: list[Change], history: dict[Arrival, DelayDistribution], onward: _Onward
) -> Itinerary:
    legs = list(itinerary.legs)
    for change in changes:
        boarded = legs[change.boards]
        known = (None if each is None else history.get(each) for each in _ends(itinerary, change))
        transfer = transfer_of(change, boarded, *known)
        if transfer.is_tight:
            ways_on = onward.after(boarded, legs[-1].end)
            transfer = transfer if ways_on is None else followed(transfer, boarded, ways_on)
        legs[change.boards] = replace(boarded, transfer=transfer)
    return replace(itinerary, legs=tuple(legs))


def _ends(itinerary: Itinerary, change: Change) -> tuple[Arrival | None, Arrival | None]:
    """The arrival of the ride that is left and that of the one that is boarded, by the timetable, as delays are
    counted.
    """
    left, boarded = change.left, itinerary.legs[change.boards]
    stops = left.real_time and left.real_time.end_stop_id, boarded.real_time and boarded.real_time.start_stop_id
    return (
        _arrival(left, stops[0] or left.end.stop_id, left.scheduled_end_at, left.end.timezone),
        _arrival(boarded, stops[1] or boarded.start.stop_id, boarded.scheduled_start_at, boarded.start.timezone),
    )


def _arrival(leg: Leg, stop_id: str | None, at: datetime, timezone: str) -> Arrival | None:
    if leg.service is None or leg.ordering is not None:
        return None
    return arrival_of(leg.service.route_id, stop_id or "", at, timezone)


@dataclass
class _Onward:
    """Searches from where a ride was missed, each made once: many itineraries share a change."""

    engine: Engine
    query: Query
    now: datetime
    _found: dict[tuple[Place, Place, datetime], list[Itinerary]] = field(default_factory=dict)

    def after(self, missed: Leg, destination: Place) -> list[Itinerary] | None:
        """The best ways on right after a ride has left; None where too much has been asked already."""
        key = missed.start, destination, missed.start_at
        if key not in self._found:
            if len(self._found) == MOST_FOLLOWED:
                return None
            self._found[key] = self._searched(*key)
        return self._found[key]

    def _searched(self, start: Place, end: Place, left_at: datetime) -> list[Itinerary]:
        query = replace(
            self.query,
            origin=location_of(self.engine, start),
            destination=location_of(self.engine, end),
            time_at=left_at + timedelta(seconds=1),
            arrive_by=False,
            window_s=0,
            bicycle=False,
            rental_modes=frozenset(),
            directions=False,
        )
        return planned(self.engine, query, self.now)


def location_of(engine: Engine, place: Place) -> Location:
    """A place of an itinerary as an end of a search; a stop that is gone is where it was."""
    known = place.stop_id is not None and engine.network.find_stop(place.stop_id) is not None
    return Location(place.lat, place.lon, place.name, place.stop_id if known else None)
