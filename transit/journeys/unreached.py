"""Ends of a search from which no stop is reached, or that are outside the area of a ride on demand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np

from transit.journeys.diagnosis import Diagnosis
from transit.journeys.reasons import End, Reason, ReasonCode
from transit.routing.access import Spot, spot_at
from transit.routing.doors import Walker, around
from transit.routing.itinerary import Place
from transit.routing.kernels.dijkstra import METRES_PER_DEGREE
from transit.routing.query import Location
from transit.routing.zones import F64

OUTSIDE_M: Final = 30_000
"""A place farther from every stop is in another region."""
BESIDE_M: Final = 3_000
"""From a place farther outside a zone nobody walks to its edge."""
INSIDE_M: Final = 5
"""So far inside of the edge somebody is met for certain."""
MOST_ZONES: Final = 3
MOST_WALK_S: Final = 7200
_WALK_STEP_S = 300


def walk_limit(walk_s: int) -> int:
    """The limit that allows a walk, in steps of five minutes."""
    return min(-(-walk_s // _WALK_STEP_S) * _WALK_STEP_S, MOST_WALK_S)


def without_stops(search: Diagnosis) -> list[Reason]:
    """The ends that no stop is near to."""
    ends = [end for end in _ends(search) if not end.reaches(search.query.max_walk_s) and not end.is_in_a_zone]
    further_s = {end.name: end.nearest_walk_s for end in ends}
    walks = [walk_s for walk_s in further_s.values() if walk_s is not None]
    limit_s = walk_limit(max(walks)) if len(walks) == len(ends) and walks else None
    found = None if limit_s is None else search.first(replace(search.query, max_walk_s=limit_s))
    change = () if found is None else search.change(found, max_walk=f"{limit_s}")
    return [end.reason(change) for end in ends]


def without_zones(search: Diagnosis) -> Iterator[Reason]:
    """The ends beside the area of a ride on demand that could be taken from its edge."""
    for end in _ends(search):
        for metres, line, edge in end.zones_beside():
            found = search.otherwise(**{end.field: edge})
            if found is not None and any(leg.ordering for leg in found.legs):
                change = search.change(found, **{end.name.value: f"{edge.lat:.5f},{edge.lon:.5f}"})
                facts: dict[str, Any] = {"end": end.name, "line": line, "distance_m": metres, "change": change}
                yield search.reason(ReasonCode.OUTSIDE_ZONE, **facts)
                break


@dataclass(frozen=True)
class _Place:
    """An end of a search."""

    search: Diagnosis
    name: End

    @property
    def field(self) -> str:
        """What the query calls it."""
        return "origin" if self.name == End.ORIGIN else "destination"

    @property
    def location(self) -> Location:
        """Where it is."""
        place: Location = getattr(self.search.query, self.field)
        return place

    @cached_property
    def spot(self) -> Spot:
        """Where it meets the streets."""
        return spot_at(self.search.engine.ground, self.location.lat, self.location.lon)

    def reaches(self, limit_s: int) -> dict[int, int]:
        """The seconds on foot to the stops within a limit."""
        query, chosen = self.search.query, self.search.engine.members(self.location.stop_id)
        walker = Walker(query.walk_speed_mps, limit_s, self.name == End.DESTINATION, query.step_free)
        return around(self.search.engine.ground, self.spot, chosen, walker).seconds_of

    @cached_property
    def _far(self) -> tuple[int, int] | None:
        """The seconds on foot to the nearest stop that can be walked to, and its number."""
        return (
            None
            if self._is_off_streets
            else min(((walk_s, stop) for stop, walk_s in self.reaches(MOST_WALK_S).items()), default=None)
        )

    @property
    def _is_off_streets(self) -> bool:
        """Whether streets are known, but none here, so that nobody knows how one walks."""
        return self.search.engine.ground.streets is not None and self.spot.link is None

    @property
    def nearest_walk_s(self) -> int | None:
        """The seconds on foot to the nearest stop; None where none can be walked to."""
        return None if self._far is None else self._far[0]

    @cached_property
    def nearest(self) -> tuple[int, Place]:
        """The metres in a straight line to the nearest stop, and the stop."""
        ground = self.search.engine.ground
        metres = _metres(self.location, ground.stop_lat, ground.stop_lon)
        return round(float(metres.min())), self._stop(int(metres.argmin()))

    def _stop(self, stop: int) -> Place:
        engine = self.search.engine
        return engine.place(int(engine.network.stops.original[stop]), self.search.query.language)

    def reason(self, walking: tuple[tuple[str, str], ...]) -> Reason:
        """Why no stop is reached; `walking` is the change with which the nearest is."""
        metres, stop = self.nearest
        if self._far is not None:
            walk_s, far = self._far
            metres = round(walk_s * self.search.query.walk_speed_mps)
            facts: dict[str, Any] = {"place": self._stop(far), "distance_m": metres, "walk_s": walk_s}
            return self.search.reason(ReasonCode.NO_STOP_NEAR, end=self.name, change=walking, **facts)
        facts = {"end": self.name, "place": stop, "distance_m": metres}
        if metres > OUTSIDE_M:
            return self.search.reason(ReasonCode.OUTSIDE_REGION, **facts)
        code = ReasonCode.NOT_ON_STREET if self._is_off_streets else ReasonCode.NOT_CONNECTED
        return self.search.reason(code, change=self._from_stop(stop), **facts)

    def _from_stop(self, stop: Place) -> tuple[tuple[str, str], ...]:
        """The search with the nearest stop as this end, if a ride is found."""
        there = Location(stop.lat, stop.lon, stop.name, stop.stop_id)
        moved: dict[str, Any] = {self.field: there}
        found = self.search.first(replace(self.search.query, **moved))
        return () if found is None else self.search.change(found, **{self.name.value: stop.stop_id or ""})

    @cached_property
    def _zones(self) -> dict[int, str]:
        """The zones of rides on demand that begin or end here, if it were inside; with the name of a line."""
        network, query = self.search.engine.network, self.search.query
        table = network.flex
        rides = [ride for ride in table.rides.services if ride.mode in query.transit_modes]
        areas = {(ride.origin if self.name == End.ORIGIN else ride.destination): ride.number for ride in rides}
        return {
            area: self.search.engine.line(int(table.route[number]), query.language).name
            for area, number in areas.items()
            if table.rides.areas.is_zone(area)
        }

    def _holds(self, area: int, place: Location) -> bool:
        areas = self.search.engine.network.flex.rides.areas
        return bool(areas.holds(area, np.array([place.lon]), np.array([place.lat]))[0])

    @property
    def is_in_a_zone(self) -> bool:
        """Whether a ride on demand comes here."""
        return any(self._holds(area, self.location) for area in self._zones)

    def zones_beside(self) -> list[tuple[int, str, Location]]:
        """The nearest zones that end near by: the metres to their edge, a line, a place inside it."""
        areas, here = self.search.engine.network.flex.rides.areas, self.location
        found = []
        for area, line in self._zones.items():
            lon, lat = areas.nearest(area, here.lon, here.lat)
            metres = float(_metres(here, np.array([lat]), np.array([lon]))[0])
            if metres <= BESIDE_M and not self._holds(area, here):
                by = 1 + INSIDE_M / max(metres, 1.0)
                inside = Location(here.lat + by * (lat - here.lat), here.lon + by * (lon - here.lon))
                found += [(round(metres), line, inside)] if self._holds(area, inside) else []
        return sorted(found, key=lambda each: each[0])[:MOST_ZONES]


def _ends(search: Diagnosis) -> tuple[_Place, _Place]:
    return _Place(search, End.ORIGIN), _Place(search, End.DESTINATION)


def _metres(place: Location, lat: F64, lon: F64) -> F64:
    """In a straight line."""
    east = (lon - place.lon) * np.cos(np.radians((lat + place.lat) / 2))
    metres: F64 = METRES_PER_DEGREE * np.hypot(east, lat - place.lat)
    return metres
