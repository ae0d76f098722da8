"""Journeys by numbers → itineraries by outside ids, names, instants, prices and lines on the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from transit.journeys import dispatched, on_call, parking
from transit.journeys.courses import ARRANGEMENTS
from transit.journeys.engine import Engine
from transit.journeys.hailing import hailed_leg
from transit.journeys.instants import instant, metres_along
from transit.journeys.live_legs import LiveRide
from transit.journeys.rentals import Writer
from transit.journeys.taxis import list_taxis, taxi_leg
from transit.journeys.wheelchairs import Said, of_ride, of_walk
from transit.models import Taxi
from transit.network.overlay import Kind, Part
from transit.network.store import NONE, Run
from transit.routing.directions import directions
from transit.routing.fares import price
from transit.routing.itinerary import Itinerary, Leg, Place, Service, Stay, Step, StopCall, Unknown
from transit.routing.journey import Drive, HailedLeg, Journey, Polyline, StreetLeg, Way, points_of
from transit.routing.kernels.ways import length_through, through
from transit.routing.query import Location, Mobility, Mode, Query, Traveller
from transit.routing.timetable import Timetable


class Piece(NamedTuple):
    """A journey, the timetable that it is of, and what was asked."""

    journey: Journey
    timetable: Timetable
    query: Query


class Ridden(NamedTuple):
    """A ride in one trip as the feed has it: what of its leg is made when it is first read.

    It does not know the Translator, which remembers the legs: they would go with the collector of garbage alone.
    """

    engine: Engine
    language: str
    run: Run

    @property
    def metres(self) -> int:
        """The length of the line, in whole metres."""
        network, run = self.engine.network, self.run
        line = network.find_shape(run.trip, run.board, run.alight)
        if line is not None:
            return metres_along(line)
        first, stops = network.first_call(run.trip), network.stops
        called = network.schedule.sequence_stops
        return round(length_through(stops.lon, stops.lat, called, first + run.board, first + run.alight))

    def polyline(self) -> Polyline:
        """The line of the ride: along the shape of its trip, or from stop to stop."""
        network, run = self.engine.network, self.run
        line = network.find_shape(run.trip, run.board, run.alight)
        if line is None:
            called = network.first_call(run.trip)
            points = network.schedule.sequence_stops[called + run.board : called + run.alight + 1]
            line = np.asarray(through(network.stops.lon, network.stops.lat, points))
        return points_of(line)

    def calls(self) -> tuple[StopCall, ...]:
        """The calls between the ends of the ride."""
        run, place = self.run, self.engine.place
        course, between = self.engine.courses.course(run.trip, run.day, self.language), slice(run.board + 1, run.alight)
        arrivals, departures = (
            [instant(course.start_at + at) for at in times[between]] for times in (course.arrivals, course.departures)
        )
        places = (place(stop, self.language) for stop in course.stops[between])
        return tuple(map(StopCall, places, arrivals, departures))


class Translator:
    """Writes itineraries in one language. Remembers the rides and ways it has written: one answer has many twice."""

    def __init__(self, engine: Engine, language: str) -> None:
        self.engine = engine
        self.network = engine.network
        self.language = language.lower()
        self._rides: dict[Run, list[Leg]] = {}
        self._steps: dict[int, tuple[Way, tuple[Step, ...]]] = {}
        self._said: dict[tuple[int, bool | None], tuple[Way, Said]] = {}
        self._ends: dict[int, tuple[Location, Place]] = {}

    def itinerary(self, journey: Journey, timetable: Timetable, query: Query) -> Itinerary:
        """A planned journey as an itinerary."""
        return self.joined([Piece(journey, timetable, query)], query)

    def joined(self, pieces: Sequence[Piece], query: Query) -> Itinerary:
        """A journey by way of some places: as many parts as there are places to stay at, and one more."""
        legs, stays = list[Leg](), list[Stay]()
        for number, piece in enumerate(pieces):
            if number:
                place = self.stop_or_place(query.via[number - 1].place)
                stays.append(Stay(len(legs), place, query.via[number - 1].stay_s))
            legs += self._legs(*piece)
        return self.priced(tuple(legs), query.travellers, query.mobility, tuple(stays))

    def stop_or_place(self, location: Location) -> Place:
        """Where somebody stays, named."""
        stop = None if location.stop_id is None else self.network.find_stop(location.stop_id)
        return self._end(location) if stop is None else self.stop(stop)

    def _legs(self, journey: Journey, timetable: Timetable, query: Query) -> list[Leg]:
        """A planned journey as legs."""
        legs = list[Leg]()
        for leg in journey.legs:
            if isinstance(leg, StreetLeg) and leg.hire is not None:
                whole = self._street_leg(leg, timetable.base_at, query)
                how = self.engine, self.language, self.steps if query.directions else None
                if isinstance(leg.hire, Drive):
                    legs += parking.Writer(*how).legs(whole, leg, instant(timetable.base_at), query)
                else:
                    legs += Writer(*how).legs(whole, leg, instant(timetable.base_at))
            elif isinstance(leg, StreetLeg):
                legs.append(self._street_leg(leg, timetable.base_at, query))
            elif isinstance(leg, HailedLeg):
                start_at = timetable.base_at + leg.start_s
                ends = self._start(leg.start_stop, query), self._finish(leg.end_stop, query)
                legs.append(self._hailed(leg.service, leg.day, start_at, ends))
            else:
                trip, day = int(timetable.trip_source[leg.trip]), int(timetable.trip_day[leg.trip])
                legs += self.transit_legs(Run(trip, day, leg.board, leg.alight))
        return legs

    def _hailed(self, number: int, day: int, start_at: int, ends: tuple[Place, Place]) -> Leg:
        """A ride on demand; taxis of the register, other operators' services and our own have numbers below zero."""
        if number <= dispatched.NUMBERS:
            return dispatched.leg_of(self.engine, self.language, number, (day, start_at), ends)
        if number >= 0:
            return hailed_leg(self.engine, self.language, number, day, start_at, ends)
        if number <= on_call.NUMBERS:
            return on_call.leg_of(self.engine, self._on_call[number], day, start_at, ends)
        return taxi_leg(self.engine, self._taxis[-number], day, start_at, ends)

    @cached_property
    def _on_call(self) -> dict[int, on_call.Ridden]:
        return on_call.rules_by_number()

    @cached_property
    def _taxis(self) -> dict[int, Taxi]:
        return {taxi.pk: taxi for taxi in list_taxis()}

    def priced(
        self, legs: tuple[Leg, ...], travellers: tuple[Traveller, ...], mobility: Mobility, stays: tuple[Stay, ...]
    ) -> Itinerary:
        """An itinerary with its fares; rides on demand are not sold here."""
        fares, unpriced = price(self.network.fares, legs, travellers)
        if hailed := {i for i, leg in enumerate(legs) if leg.ordering}:
            lost = {i for fare in fares if hailed & set(fare.legs) for i in fare.legs}
            fares = tuple(fare for fare in fares if not hailed & set(fare.legs))
            unpriced = tuple(sorted({*unpriced, *hailed, *lost}))
        return Itinerary(legs, travellers, fares, unpriced, mobility, stays)

    def transit_legs(self, run: Run) -> list[Leg]:
        """A ride in a run of the timetable: a leg for each of the trips that are ridden in one seat."""
        legs = self._rides.get(run)
        if legs is None:
            first, *others = self._parts(run)
            legs = self._rides[run] = [first, *(replace(leg, stay_seated=True) for leg in others)]
        return legs

    def _parts(self, run: Run) -> list[Leg]:
        real_time = self.engine.real_time
        live = real_time.run_of(run.trip) if real_time is not None else None
        if real_time is None or live is None:
            return [self.transit_leg(part) for part in self.network.ridden(run)]
        parts = real_time.overlay.ridden(self.network.schedule, live, run.board, run.alight)
        return [self.live_leg(part) for part in parts]

    def transit_leg(self, run: Run) -> Leg:
        """A ride in one trip as the feed has it."""
        trip, day, board, alight = run
        course, place = self.engine.courses.course(trip, day, self.language), self.engine.place
        start_at, stops = course.start_at, course.stops
        said = of_ride(self.network, course.wheelchair, stops[board], stops[alight])
        ride = Ridden(self.engine, self.language, run)
        return Leg(
            course.mode,
            place(stops[board], self.language),
            place(stops[alight], self.language),
            instant(start_at + course.departures[board]),
            instant(start_at + course.arrivals[alight]),
            ride.metres,
            service=course.service,
            start_sequence=course.sequence[board],
            end_sequence=course.sequence[alight],
            headway_s=course.headway_s,
            pickup=ARRANGEMENTS[course.pickup[board]],
            drop_off=ARRANGEMENTS[course.drop_off[alight]],
            wheelchair=said.wheelchair,
            wheelchair_unknown=said.unknown,
        ).leave({"polyline": ride.polyline, "calls": ride.calls})

    def live_leg(self, part: Part) -> Leg:
        """A ride in one live trip, with what the timetable has beside what is expected."""
        real_time = self.engine.real_time
        assert real_time is not None
        overlay, place, language = real_time.overlay, self.engine.place, self.language
        trip = overlay.trip(part.live)
        # As in Ridden, the ride does not know the translator.
        ride = LiveRide(
            self.network, overlay, part, lambda stop: place(stop, language), trip.feed in real_time.age.stale
        )
        if trip.kind in (Kind.CHANGED, Kind.DUPLICATED):
            return ride.of(self.transit_leg(Run(trip.trip, trip.day, part.board, part.alight)))
        trip_id = trip.name or self.network.trip_id(trip.trip)
        headsign = trip.headsign, self.language
        return ride.alone(self.engine.courses.service(trip_id, trip.day, trip.route, headsign, NONE))

    def service(self, trip: int, day: int) -> Service:
        """What runs a trip."""
        return self.engine.courses.course(trip, day, self.language).service

    def stop(self, stop: int) -> Place:
        """A stop as a place."""
        return self.engine.place(stop, self.language)

    def steps(self, way: Way) -> tuple[Step, ...]:
        """The directions of a way on the ground."""
        known = self._steps.get(id(way))
        if known is None:  # the way is kept, so that its id stays its own
            ground = self.engine.ground
            streets = ground.carriageways.streets if way.driven and ground.carriageways else ground.streets
            known = self._steps[id(way)] = (way, directions(streets, way, self._street_name))
        return known[1]

    def rolling(self, mode: Mode, way: Way, step_free: bool | None) -> Said:
        """Whether a way can be gone in a wheelchair."""
        streets = self.engine.ground.streets
        if mode != Mode.WALK:
            return Said(False)
        if streets is None:
            return Said(None, (Unknown.WAY,))
        known = self._said.get((id(way), step_free))
        if known is None:  # the way is kept, so that its id stays its own
            known = self._said[id(way), step_free] = (way, of_walk(streets, way, step_free))
        return known[1]

    def _street_name(self, name: int) -> str:
        return self.network.street_names.get(name, self.language)

    def _street_leg(self, leg: StreetLeg, base_at: int, query: Query) -> Leg:
        start, end = self._start(leg.start_stop, query), self._finish(leg.end_stop, query)
        # People read whole minutes: whoever leaves then is never late, and is there by the minute shown.
        leave_s = leg.start_s // 60 * 60 if leg.start_stop is None else leg.start_s
        arrive_s = -(-leg.end_s // 60) * 60 if leg.end_stop is None else leg.end_s
        way = leg.way
        said = self.rolling(leg.mode, way, leg.step_free)
        return Leg(
            leg.mode,
            start,
            end,
            instant(base_at + leave_s),
            instant(base_at + arrive_s),
            round(way.metres),
            step_free=leg.step_free,
            entrance="" if leg.entrance is None else self.network.entrances[leg.entrance],
            signs=self._signs(leg, query),
            steps=self.steps(way) if query.directions else (),
            wheelchair=said.wheelchair,
            wheelchair_unknown=said.unknown,
        ).leave({"polyline": lambda: way.polyline})

    def _signs(self, leg: StreetLeg, query: Query) -> str:
        """What to follow inside a station: between its platforms, or between a platform and an entrance."""
        door = None if leg.entrance is None else -1 - leg.entrance
        start = door if leg.start_stop is None else leg.start_stop
        end = door if leg.end_stop is None else leg.end_stop
        return "" if start is None or end is None else self.network.signs(start, end, step_free=query.step_free)

    def _start(self, stop: int | None, query: Query) -> Place:
        return self._end(query.origin) if stop is None else self.stop(stop)

    def _finish(self, stop: int | None, query: Query) -> Place:
        return self._end(query.destination) if stop is None else self.stop(stop)

    def _end(self, location: Location) -> Place:
        """The origin or destination as a place."""
        known = self._ends.get(id(location))
        if known is None:  # the location is kept, so that its id stays its own
            place = Place(location.name, location.lat, location.lon, self.engine.timezone, location.stop_id)
            known = self._ends[id(location)] = (location, place)
        return known[1]
