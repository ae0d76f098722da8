"""An itinerary that was proposed earlier, looked up in the network of now."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from transit.journeys.engine import Engine
from transit.journeys.hailing import find_hailed
from transit.journeys.itineraries import Translator
from transit.network.store import Run
from transit.routing.access import Spot, find_way, spot_at, straight
from transit.routing.doors import find_walk
from transit.routing.itinerary import Itinerary, Leg, Place
from transit.routing.query import Mode
from transit.routing.streets import BICYCLE, WALK

# Longer ways are not drawn along streets again.
MAX_DRAWN_M = 20_000.0


class ItineraryChanged(Exception):
    """Legs of an itinerary no longer run as proposed; `legs` are their positions."""

    def __init__(self, legs: tuple[int, ...]) -> None:
        super().__init__(f"legs {', '.join(map(str, legs))} have changed")
        self.legs = legs


def rechecked(engine: Engine, itinerary: Itinerary, language: str) -> Itinerary:
    """The same trips on the same service dates at the same times at the same stops. Raises ItineraryChanged."""
    translator = Translator(engine, language)
    hailed = {i: find_hailed(engine, language, leg) for i, leg in enumerate(itinerary.legs) if leg.ordering is not None}
    runs = {i: _find_run(engine, leg) for i, leg in enumerate(itinerary.legs) if leg.is_transit and i not in hailed}
    changed = [i for i, run in runs.items() if run is None or _is_cut_off(engine, itinerary, runs, i)]
    changed += [i for i, found in hailed.items() if found is None]
    if changed:
        raise ItineraryChanged(tuple(sorted(changed)))
    legs = []
    for i, leg in enumerate(itinerary.legs):
        run, ride = runs.get(i), hailed.get(i)
        if ride is not None:
            legs.append(
                replace(ride, start=_named(engine, translator, leg.start), end=_named(engine, translator, leg.end))
            )
        elif run is None:
            legs.append(_redrawn(engine, translator, leg))
        else:
            legs.append(replace(translator.transit_leg(run), stay_seated=leg.stay_seated))
    return translator.priced(tuple(legs), itinerary.travellers)


def _find_run(engine: Engine, leg: Leg) -> Run | None:
    """The trip of a leg, if it still runs that day and stops there at those times."""
    network = engine.network
    trip = None if leg.service is None else network.find_trip(leg.service.trip_id)
    if trip is None or leg.service is None:
        return None
    day = leg.service.service_date.toordinal()
    if not network.runs_on(trip, day):
        return None
    board, alight = (network.find_call(trip, sequence) for sequence in (leg.start_sequence, leg.end_sequence))
    if board is None or alight is None or board >= alight:
        return None
    run = Run(trip, day, board, alight)
    found = Translator(engine, "").transit_leg(run)
    return run if _what_matters(found) == _what_matters(leg) and _may_be_used(engine, run) else None


def _is_cut_off(engine: Engine, itinerary: Itinerary, runs: dict[int, Run | None], i: int) -> bool:
    """Whether one was to ride on in the seat of the leg before and no longer can."""
    before, run = runs.get(i - 1), runs[i]
    if not itinerary.legs[i].stay_seated or before is None or run is None:
        return itinerary.legs[i].stay_seated
    return not engine.network.is_one_ride(before, run)


def _what_matters(leg: Leg) -> tuple[object, ...]:
    """What a rider relies on."""
    return leg.start.stop_id, leg.end.stop_id, leg.start_at, leg.end_at


def _may_be_used(engine: Engine, run: Run) -> bool:
    """Whether one may still board and alight there (GTFS pickup_type and drop_off_type: 1 is none)."""
    schedule = engine.network.schedule
    first = int(schedule.sequence_start[int(schedule.trip_sequence[run.trip])])
    return bool(
        schedule.sequence_pickup[first + run.board] != 1 and schedule.sequence_drop_off[first + run.alight] != 1
    )


def _redrawn(engine: Engine, translator: Translator, leg: Leg) -> Leg:
    """A way on the ground with its line, names in the language, and its times as proposed."""
    mode = BICYCLE if leg.mode == Mode.BICYCLE else WALK
    start, end = (_named(engine, translator, place) for place in (leg.start, leg.end))
    if mode == WALK:
        ends = [_stop_or_spot(engine, place) for place in (start, end)]
        way = find_walk(engine.ground, ends[0], ends[1], MAX_DRAWN_M, step_free=bool(leg.step_free))
    else:
        here, there = (spot_at(engine.ground, place.lat, place.lon, mode) for place in (start, end))
        way = find_way(engine.ground, here, there, mode, MAX_DRAWN_M) or straight(here, there)
    steps = translator.steps(way)
    return replace(leg, start=start, end=end, polyline=way.polyline, distance_m=round(way.metres), steps=steps)


def _named(engine: Engine, translator: Translator, place: Place) -> Place:
    """A stop as the network names it now; any other place as it is."""
    stop = None if place.stop_id is None else engine.network.find_stop(place.stop_id)
    return place if stop is None or not _same_place(engine, stop, place) else translator.stop(stop)


def _same_place(engine: Engine, stop: int, place: Place) -> bool:
    """Whether a stop stands where a place is: an origin may name a station and lie elsewhere."""
    stops = engine.network.stops
    return bool(np.isclose([stops.lat[stop], stops.lon[stop]], [place.lat, place.lon], atol=1e-6, rtol=0).all())


def _stop_or_spot(engine: Engine, place: Place) -> Spot | int:
    """A stop, or where another place meets the streets."""
    stop = None if place.stop_id is None else engine.network.find_stop(place.stop_id)
    if stop is not None and _same_place(engine, stop, place):
        return stop
    return spot_at(engine.ground, place.lat, place.lon)
