"""What leaves a stop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np

from transit.journeys.engine import Engine
from transit.journeys.itineraries import Translator, instant
from transit.network.store import Run
from transit.routing.itinerary import Service
from transit.routing.planner import MODES
from transit.routing.query import Mode
from transit.routing.timetable import Timetable


@dataclass(frozen=True, slots=True)
class StopDeparture:
    """A vehicle that leaves a stop. `platform` is where in a station; `headway_s` as in `Leg`."""

    departure_at: datetime
    service: Service
    mode: Mode
    platform: str
    stop_id: str
    headway_s: int | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """The departures of a stop or station from a moment on, in order. `timezone` is an IANA name."""

    stop_id: str
    name: str
    timezone: str
    at: datetime
    departures: tuple[StopDeparture, ...]


def board_of(engine: Engine, stop_id: str, at: datetime, limit: int, language: str) -> Board:
    """The next departures. Raises NoSuchStop."""
    chosen = engine.get_stop(stop_id)
    translator = Translator(engine, language)
    timetable = engine.day_at(at).timetable
    from_s = int(at.timestamp()) - timetable.base_at
    found = [entry for stop in engine.members(stop_id) for entry in _departures(timetable, stop, from_s, limit)]
    rows: dict[StopDeparture, None] = {}
    for entry in sorted(found):
        # A train that is divided further on runs in several chains, and leaves here once.
        rows[_row(translator, timetable, entry)] = None
        if len(rows) == limit:
            break
    here = translator.stop(chosen)
    return Board(stop_id, here.name, here.timezone, at, tuple(rows))


class _Entry(NamedTuple):
    """A departure by the numbers of the timetable."""

    at_s: int
    stop: int
    trip: int
    pattern: int
    position: int


def _departures(timetable: Timetable, stop: int, from_s: int, limit: int) -> list[_Entry]:
    """The next departures of each pattern at a stop."""
    found = []
    entries = slice(*timetable.stop_pattern_start[stop : stop + 2].tolist())
    places = zip(timetable.stop_patterns[entries].tolist(), timetable.stop_positions[entries].tolist(), strict=True)
    for pattern, position in places:
        first, end = timetable.pattern_trip_start[pattern : pattern + 2].tolist()
        row = int(timetable.pattern_event_start[pattern]) + position * (end - first)
        times = timetable.departures[row : row + end - first]
        low = int(np.searchsorted(times, from_s))
        next_ones = enumerate(times[low : low + limit].tolist(), first + low)
        found += [_Entry(at, stop, trip, pattern, position) for trip, at in next_ones]
    return found


def _row(translator: Translator, timetable: Timetable, entry: _Entry) -> StopDeparture:
    place = translator.stop(entry.stop)
    source, day = int(timetable.trip_source[entry.trip]), int(timetable.trip_day[entry.trip])
    run = translator.network.ridden(Run(source, day, entry.position, entry.position + 1))[0]
    mode = MODES[int(timetable.pattern_mode[entry.pattern])]
    at = instant(timetable.base_at + entry.at_s)
    service, headway_s = translator.service(run.trip, run.day), translator.network.find_headway(run.trip)
    return StopDeparture(at, service, mode, place.platform, place.stop_id or "", headway_s)
