"""What leaves a stop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from transit.journeys.engine import Engine
from transit.journeys.itineraries import Translator, instant
from transit.routing.itinerary import Service
from transit.routing.planner import MODES
from transit.routing.query import Mode
from transit.routing.timetable import Timetable


@dataclass(frozen=True, slots=True)
class StopDeparture:
    """A vehicle that leaves a stop. `platform` is where in a station."""

    departure_at: datetime
    service: Service
    mode: Mode
    platform: str
    stop_id: str


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
    found = sorted(entry for stop in engine.members(stop_id) for entry in _departures(timetable, stop, from_s, limit))[
        :limit
    ]
    rows = tuple(_row(translator, timetable, *entry) for entry in found)
    here = translator.stop(chosen)
    return Board(stop_id, here.name, here.timezone, at, rows)


def _departures(timetable: Timetable, stop: int, from_s: int, limit: int) -> list[tuple[int, int, int, int]]:
    """The next departures of each pattern at a stop: (second, stop, trip of the timetable, pattern)."""
    found = []
    entries = slice(*timetable.stop_pattern_start[stop : stop + 2].tolist())
    places = zip(timetable.stop_patterns[entries].tolist(), timetable.stop_positions[entries].tolist(), strict=True)
    for pattern, position in places:
        first, end = timetable.pattern_trip_start[pattern : pattern + 2].tolist()
        row = int(timetable.pattern_event_start[pattern]) + position * (end - first)
        times = timetable.departures[row : row + end - first]
        low = int(np.searchsorted(times, from_s))
        found += [(at, stop, first + low + i, pattern) for i, at in enumerate(times[low : low + limit].tolist())]
    return found


def _row(translator: Translator, timetable: Timetable, at: int, stop: int, trip: int, pattern: int) -> StopDeparture:
    place = translator.stop(stop)
    service = translator.service(int(timetable.trip_source[trip]), int(timetable.trip_day[trip]))
    mode = MODES[int(timetable.pattern_mode[pattern])]
    return StopDeparture(instant(timetable.base_at + at), service, mode, place.platform, place.stop_id or "")
