"""An itinerary that was proposed earlier, looked up in the network of now."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from transit.journeys.dispatched import offered_by
from transit.journeys.engine import Engine
from transit.journeys.hailing import find_hailed
from transit.journeys.itineraries import Translator
from transit.journeys.on_call import find_on_call
from transit.journeys.taxis import find_taxi
from transit.network.overlay import Kind, Part
from transit.network.store import Run
from transit.routing.access import Ground, Spot, find_way, spot_at, straight
from transit.routing.doors import find_walk
from transit.routing.driving import Stand, find_drive
from transit.routing.itinerary import Itinerary, Leg, Place
from transit.routing.query import DRIVEN_MODES, Mobility, Mode
from transit.routing.streets import BICYCLE, WALK
from transit.routing.window import NO_DROP_OFF, NO_PICKUP

# Longer ways are not drawn along streets again.
MAX_DRAWN_M = 20_000.0


class ItineraryChanged(Exception):
    """Legs of an itinerary no longer run as proposed, or can no longer be reached; `legs` are their positions.

    `reason` is `cancelled` where their operator has cancelled one, `missed` where one leaves before one can be there,
    else `changed`.
    """

    def __init__(self, legs: tuple[int, ...], reason: str = "changed") -> None:
        super().__init__(f"legs {', '.join(map(str, legs))}: {reason}")
        self.legs, self.reason = legs, reason


class _Found(NamedTuple):
    """A leg as it is now, and its run in the timetable."""

    leg: Leg
    run: Run


def rechecked(engine: Engine, itinerary: Itinerary, language: str) -> Itinerary:
    """The same trips on the same service dates at the same scheduled times at the same stops, as they run now, and for
    whom they were searched.

    Raises ItineraryChanged.
    """
    translator = Translator(engine, language)
    hailed = {i: find_ordered(engine, language, leg) for i, leg in enumerate(itinerary.legs) if leg.ordering}
    found = {
        i: find_ride(engine, translator, leg)
        for i, leg in enumerate(itinerary.legs)
        if leg.is_transit and i not in hailed
    }
    runs = {i: each and each.run for i, each in found.items()}
    lost = {i for i, each in hailed.items() if each is None}
    lost |= {i for i, run in runs.items() if run is None or _is_cut_off(engine, itinerary, runs, i)}
    now = {i: each.leg for i, each in found.items() if each} | {i: each for i, each in hailed.items() if each}
    lost |= {i for i, leg in now.items() if not itinerary.mobility.may_ride(leg.wheelchair)}
    if lost:
        off = any(is_cancelled(engine, itinerary.legs[i]) for i in lost)
        raise ItineraryChanged(tuple(sorted(lost)), "cancelled" if off else "changed")
    legs = []
    for i, leg in enumerate(itinerary.legs):
        ride, ordered = found.get(i), hailed.get(i)
        if ordered is not None:
            start, end = (_named(engine, translator, place) for place in (leg.start, leg.end))
            legs.append(replace(ordered, start=start, end=end))
        elif ride is None:
            legs.append(redrawn(engine, translator, leg, itinerary.mobility))
        else:
            legs.append(replace(ride.leg, stay_seated=leg.stay_seated))
    return put_together(engine, translator, itinerary, legs)


def put_together(engine: Engine, translator: Translator, itinerary: Itinerary, legs: list[Leg]) -> Itinerary:
    """An itinerary with its legs as they are now. Raises ItineraryChanged where one is too late for another."""
    stays = tuple(replace(stay, place=_named(engine, translator, stay.place)) for stay in itinerary.stays)
    found_again = moved(itinerary.legs, legs, frozenset(stay.leg for stay in stays))
    priced = translator.priced(found_again, itinerary.travellers, itinerary.mobility, stays)
    return replace(priced, party=itinerary.party)


def find_ordered(engine: Engine, language: str, leg: Leg) -> Leg | None:
    """A ride on demand, of a feed, of the register, of another operator's service, or our own, to be quoted anew."""
    if offered_by(leg) is not None:
        return leg if leg.ordering is not None and leg.ordering.quote is not None else None
    return find_taxi(engine, leg) or find_on_call(engine, leg) or find_hailed(engine, language, leg)


def find_ride(engine: Engine, translator: Translator, leg: Leg) -> _Found | None:
    """The ride of a leg, if it still runs that day and stops there at those times."""
    if leg.service is None:
        return None
    network, day = engine.network, leg.service.service_date.toordinal()
    trip = network.find_trip(leg.service.trip_id)
    live = find_live(engine, trip, leg.service.trip_id, day)
    if live is not None:
        return _find_live(engine, translator, leg, live)
    if trip is None or not network.runs_on(trip, day) or is_cancelled(engine, leg):
        return None
    calls = _numbered(engine, trip, leg)
    if calls is None:
        return None
    run = Run(trip, day, *calls)
    found = translator.transit_leg(run)
    return _Found(found, run) if _what_matters(found) == _what_matters(leg) and _may_be_used(engine, run) else None


def _find_live(engine: Engine, translator: Translator, leg: Leg, live: int) -> _Found | None:
    """The ride of a leg in a live trip, if one may still get on and off there."""
    assert engine.real_time is not None
    overlay, schedule = engine.real_time.overlay, engine.network.schedule
    trip = overlay.trip(live)
    stops, pickup, drop_off = overlay.stops(schedule, trip.sequence)
    is_own = trip.kind in (Kind.ADDED, Kind.REPLACEMENT)
    calls = _between(engine, stops.tolist(), leg) if is_own else _numbered(engine, trip.trip, leg)
    if calls is None or pickup[calls[0]] == NO_PICKUP or drop_off[calls[1]] == NO_DROP_OFF:
        return None
    found = translator.live_leg(Part(live, *calls))
    if not is_own and _what_matters(found) != _what_matters(leg):
        return None
    return _Found(found, Run(trip.trip, trip.day, *calls))


def _numbered(engine: Engine, trip: int, leg: Leg) -> tuple[int, int] | None:
    """The positions of the calls between which a leg rides, by their `stop_sequence`."""
    board, alight = (engine.network.find_call(trip, number) for number in (leg.start_sequence, leg.end_sequence))
    return None if board is None or alight is None or board >= alight else (board, alight)


def _between(engine: Engine, stops: list[int], leg: Leg) -> tuple[int, int] | None:
    """The same by their stops, where a trip brings stops of its own: as many as it has, in the order of the leg."""
    ids = [engine.network.stop_id(stop) for stop in stops]
    if leg.start.stop_id not in ids:
        return None
    board = ids.index(leg.start.stop_id)
    return (board, ids.index(leg.end.stop_id, board)) if leg.end.stop_id in ids[board + 1 :] else None


def find_live(engine: Engine, trip: int | None, trip_id: str, day: int) -> int | None:
    """The live trip of a trip on a day; None where the timetable alone holds."""
    real_time = engine.real_time
    if real_time is None:
        return None
    overlay = real_time.overlay
    live = overlay.find_named(trip_id, day) if trip is None else overlay.find(trip, day)
    return None if live is None or overlay.trip(live).feed in real_time.age.dropped else live


def is_cancelled(engine: Engine, leg: Leg) -> bool:
    """Whether the operator has cancelled the trip of a leg."""
    trip = engine.network.find_trip(leg.service.trip_id) if leg.service else None
    if engine.real_time is None or leg.service is None or trip is None:
        return False
    return engine.real_time.is_out(trip, leg.service.service_date.toordinal())


def moved(proposed: tuple[Leg, ...], legs: list[Leg], stays: frozenset[int] = frozenset()) -> tuple[Leg, ...]:
    """Legs with their walks moved with the rides: one goes with the ride before it, a first one with that after it; so
    does the first after a stay (`stays`: before which legs there is one).

    Raises ItineraryChanged where a ride has left before one can be there.
    """
    later = [now.start_at - then.start_at for now, then in zip(legs, proposed, strict=True)]
    late = [now.end_at - then.end_at for now, then in zip(legs, proposed, strict=True)]
    if not any((*later, *late)):
        return tuple(legs)
    for i, leg in enumerate(legs):
        if not leg.is_transit:
            by = timedelta()
            if i and i not in stays and legs[i - 1].is_transit:
                by = late[i - 1]
            elif i + 1 < len(legs):
                by = later[i + 1]
            legs[i] = replace(leg, start_at=leg.start_at + by, end_at=leg.end_at + by)
    missed = tuple(
        i for i, (before, ride) in enumerate(pairwise(legs), 1)
        if (ride.is_transit or i in stays) and not ride.stay_seated and before.end_at > ride.start_at
    )  # fmt: skip
    if missed:
        raise ItineraryChanged(missed, "missed")
    return tuple(legs)


def _is_cut_off(engine: Engine, itinerary: Itinerary, runs: dict[int, Run | None], i: int) -> bool:
    """Whether one was to ride on in the seat of the leg before and no longer can."""
    before, run = runs.get(i - 1), runs[i]
    if not itinerary.legs[i].stay_seated or before is None or run is None:
        return itinerary.legs[i].stay_seated
    return not engine.network.is_one_ride(before, run)


def _what_matters(leg: Leg) -> tuple[object, ...]:
    """What a rider relies on, by the timetable."""
    now = leg.real_time
    stops = (now and now.start_stop_id) or leg.start.stop_id, (now and now.end_stop_id) or leg.end.stop_id
    return *stops, leg.scheduled_start_at, leg.scheduled_end_at


def _may_be_used(engine: Engine, run: Run) -> bool:
    """Whether one may still board and alight there (GTFS pickup_type and drop_off_type: 1 is none)."""
    schedule = engine.network.schedule
    first = int(schedule.sequence_start[int(schedule.trip_sequence[run.trip])])
    return bool(
        schedule.sequence_pickup[first + run.board] != 1 and schedule.sequence_drop_off[first + run.alight] != 1
    )


def redrawn(engine: Engine, translator: Translator, leg: Leg, mobility: Mobility) -> Leg:
    """A way on the ground with its line, names in the language, and its times as proposed."""
    mode = WALK if leg.mode == Mode.WALK else BICYCLE
    start, end = (_named(engine, translator, place) for place in (leg.start, leg.end))
    if leg.mode in DRIVEN_MODES:
        drive = find_drive(engine.ground, Stand(start.lat, start.lon), Stand(end.lat, end.lon))
        way = drive or straight(*(Spot(place.lat, place.lon, None) for place in (start, end)))
    elif mode == WALK:
        ground = engine.ground_for(mobility)
        ends = [_stop_or_spot(engine, ground, place) for place in (start, end)]
        way = find_walk(ground, ends[0], ends[1], MAX_DRAWN_M, step_free=bool(leg.step_free))
    else:
        here, there = (spot_at(engine.ground, place.lat, place.lon, mode) for place in (start, end))
        way = find_way(engine.ground, here, there, mode, MAX_DRAWN_M) or straight(here, there)
    said = translator.rolling(leg.mode, way, leg.step_free)
    drawn = replace(leg, start=start, end=end, polyline=way.polyline, distance_m=round(way.metres))
    steps = translator.steps(way)
    return replace(drawn, steps=steps, wheelchair=said.wheelchair, wheelchair_unknown=said.unknown)


def _named(engine: Engine, translator: Translator, place: Place) -> Place:
    """A stop as the network names it now; any other place as it is."""
    stop = None if place.stop_id is None else engine.network.find_stop(place.stop_id)
    return place if stop is None or not _same_place(engine, stop, place) else translator.stop(stop)


def _same_place(engine: Engine, stop: int, place: Place) -> bool:
    """Whether a stop stands where a place is: an origin may name a station and lie elsewhere."""
    stops = engine.network.stops
    return bool(np.isclose([stops.lat[stop], stops.lon[stop]], [place.lat, place.lon], atol=1e-6, rtol=0).all())


def _stop_or_spot(engine: Engine, ground: Ground, place: Place) -> Spot | int:
    """A stop, or where another place meets the streets."""
    stop = None if place.stop_id is None else engine.network.find_stop(place.stop_id)
    if stop is not None and _same_place(engine, stop, place):
        return stop
    return spot_at(ground, place.lat, place.lon)
