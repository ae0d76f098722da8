"""What leaves a stop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import merge
from typing import NamedTuple

import numpy as np

from transit.journeys.engine import Engine
from transit.journeys.instants import instant
from transit.journeys.itineraries import Translator
from transit.network.overlay import Kind
from transit.network.store import Run
from transit.routing.itinerary import RealTime, Service
from transit.routing.planner import MODES
from transit.routing.query import Mode
from transit.routing.timetable import Timetable


@dataclass(frozen=True, slots=True)
class StopDeparture:
    """A vehicle that leaves a stop. `platform` is where in a station; `headway_s` and `real_time` as in `Leg`.

    What is cancelled stands where it stood in the timetable.
    """

    departure_at: datetime
    service: Service
    mode: Mode
    platform: str
    stop_id: str
    headway_s: int | None = None
    real_time: RealTime | None = None
    is_cancelled: bool = False

    @property
    def scheduled_at(self) -> datetime:
        """When it leaves by the timetable; where it is in none, when it is expected to."""
        return (self.real_time and self.real_time.scheduled_start_at) or self.departure_at


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
    rows: dict[StopDeparture, None] = {}
    for row in merge(_running(translator, stop_id, at, limit), _not_running(translator, stop_id, at, limit), key=_time):
        # A train that is divided further on runs in several chains, and leaves here once.
        rows[row] = None
        if len(rows) == limit:
            break
    here = translator.stop(chosen)
    return Board(stop_id, here.name, here.timezone, at, tuple(rows))


def _time(row: StopDeparture) -> datetime:
    return row.departure_at


def _running(translator: Translator, stop_id: str, at: datetime, limit: int) -> Iterator[StopDeparture]:
    """What leaves, in order."""
    timetable = translator.engine.day_at(at).timetable
    for entry in _entries(translator.engine, timetable, stop_id, at, limit):
        yield _row(translator, timetable, entry)


def _not_running(translator: Translator, stop_id: str, at: datetime, limit: int) -> Iterator[StopDeparture]:
    """What would leave by the timetable and is cancelled, or does not stop here."""
    real_time = translator.engine.real_time
    if real_time is None:
        return
    timetable = translator.engine.timetabled.day_at(at).timetable
    off = frozenset(zip(real_time.off.trip.tolist(), real_time.off.day.tolist(), strict=True))
    for entry in _entries(translator.engine, timetable, stop_id, at, limit):
        if (int(timetable.trip_source[entry.trip]), int(timetable.trip_day[entry.trip])) in off:
            run = _run(translator, timetable, entry)
            if _is_missed(translator, run, entry.stop):
                yield replace(_timetabled(translator, timetable, entry, run), is_cancelled=True)


def _is_missed(translator: Translator, run: Run, stop: int) -> bool:
    """Whether a trip that does not run as in the timetable leaves a stop out."""
    real_time, schedule = translator.engine.real_time, translator.network.schedule
    if real_time is None or real_time.is_out(run.trip, run.day):
        return True
    live = real_time.overlay.find(run.trip, run.day)
    if live is None:
        return False
    calls = real_time.overlay.calls(schedule, live)
    if real_time.overlay.trip(live).kind == Kind.CHANGED:
        return calls[run.board].is_skipped
    original = translator.network.stops.original
    return original[stop] not in {original[call.stop] for call in calls[:-1]}


class _Entry(NamedTuple):
    """A departure by the numbers of the timetable."""

    at_s: int
    stop: int
    trip: int
    pattern: int
    position: int


def _entries(engine: Engine, timetable: Timetable, stop_id: str, at: datetime, limit: int) -> list[_Entry]:
    """The departures of all stops that are meant, in order."""
    from_s = int(at.timestamp()) - timetable.base_at
    return sorted(entry for stop in engine.members(stop_id) for entry in _departures(timetable, stop, from_s, limit))


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


def _run(translator: Translator, timetable: Timetable, entry: _Entry) -> Run:
    """The trip of the network that an entry of the timetable is of."""
    source, day = int(timetable.trip_source[entry.trip]), int(timetable.trip_day[entry.trip])
    return translator.network.ridden(Run(source, day, entry.position, entry.position + 1))[0]


def _row(translator: Translator, timetable: Timetable, entry: _Entry) -> StopDeparture:
    real_time, source = translator.engine.real_time, int(timetable.trip_source[entry.trip])
    if real_time is None or real_time.run_of(source) is None:
        return _timetabled(translator, timetable, entry, _run(translator, timetable, entry))
    day = int(timetable.trip_day[entry.trip])
    leg = translator.transit_legs(Run(source, day, entry.position, entry.position + 1))[0]
    assert leg.service is not None
    where = leg.start.platform, leg.start.stop_id or ""
    return StopDeparture(leg.start_at, leg.service, leg.mode, *where, leg.headway_s, leg.real_time)


def _timetabled(translator: Translator, timetable: Timetable, entry: _Entry, run: Run) -> StopDeparture:
    place = translator.stop(entry.stop)
    mode = MODES[int(timetable.pattern_mode[entry.pattern])]
    at = instant(timetable.base_at + entry.at_s)
    service, headway_s = translator.service(run.trip, run.day), translator.network.find_headway(run.trip)
    return StopDeparture(at, service, mode, place.platform, place.stop_id or "", headway_s)
