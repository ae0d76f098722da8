"""What the rides of a day cost: fares by line and zone, and CO2 by the way that vehicles take."""

from __future__ import annotations

import threading
from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray

from transit.journeys.engine import Engine
from transit.network.store import NONE, Network
from transit.routing.criteria import Charges
from transit.routing.emissions import GRAMS_PER_KM
from transit.routing.fare_codes import Line, codes_of
from transit.routing.kernels.dijkstra import METRES_PER_DEGREE
from transit.routing.planner import Day
from transit.routing.query import Mode
from transit.routing.timetable import Timetable

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
DAYS_KEPT = 4

_kept: OrderedDict[int, tuple[Timetable, Charges]] = OrderedDict()
_lock = threading.Lock()


def charges_of(engine: Engine, day: Day) -> Charges:
    """Those of a day; kept for the days that were asked for last."""
    key = id(day.timetable)  # which is kept with them, so that its id stays its own
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key][1]
    made = _made(engine, day.timetable)
    with _lock:
        _kept[key] = day.timetable, made
        while len(_kept) > DAYS_KEPT:
            _kept.popitem(last=False)
    return made


def _made(engine: Engine, timetable: Timetable) -> Charges:
    network, (trips, routes) = engine.network, _ridden(engine, timetable)
    names, stop_zone = np.unique([network.stops.zone[stop] for stop in range(timetable.stops)], return_inverse=True)
    numbers, trip_line = np.unique(routes, return_inverse=True)
    zones = names.tolist()
    passed = _passed(timetable, trip_line, stop_zone)
    lines = [
        Line(line.route_id, line.agency_id, frozenset(zones[zone] for zone in passed.get(number, ())))
        for number, line in enumerate(engine.line(route, "en") for route in numbers.tolist())
    ]
    codes = codes_of(network.fares, lines, zones)
    per_km = np.array([GRAMS_PER_KM[mode] for mode in Mode])
    counts = np.diff(timetable.pattern_stop_start.astype(np.int64)).astype(np.int64)
    grams = _metres(network, timetable, trips) * np.repeat(per_km[timetable.pattern_mode], counts) / 1000
    original = engine.ground.original
    return Charges.of(timetable, codes, trip_line.astype(np.int64), stop_zone.astype(np.uint32), grams, original)


def _ridden(engine: Engine, timetable: Timetable) -> tuple[I64, I64]:
    """For each trip of the timetable the network's trip, −1 where it is none or several, and the route of the first."""
    network, sources = engine.network, timetable.trip_source.astype(np.int64)
    own = len(network.trips.route)
    trips = sources.copy()
    chained = (sources >= own) & (sources < own + len(network.chains.start) - 1)
    trips[chained] = network.chains.trips[network.chains.start[sources[chained] - own]]
    routes = network.trips.route[np.where(trips < own, trips, 0)].astype(np.int64)
    real_time = engine.real_time
    for at in np.flatnonzero(trips >= own).tolist() if real_time is not None else ():
        assert real_time is not None
        run = real_time.run_of(int(sources[at]))
        assert run is not None
        (part, *_) = real_time.overlay.ridden(network.schedule, run, 0, 1)
        routes[at] = real_time.overlay.trip(part.live).route
    return np.where(sources < own, sources, -1), routes


def _passed(timetable: Timetable, trip_line: I64, stop_zone: I64) -> dict[int, set[int]]:
    """The zones that each line passes."""
    starts = timetable.pattern_trip_start.astype(np.int64)
    stops = timetable.pattern_stop_start.astype(np.int64)
    found: dict[int, set[int]] = {}
    for pattern in range(timetable.patterns):
        zones = set(stop_zone[timetable.pattern_stops[stops[pattern] : stops[pattern + 1]]].tolist())
        for line in set(trip_line[starts[pattern] : starts[pattern + 1]].tolist()):
            found.setdefault(line, set()).update(zones)
    return found


def _metres(network: Network, timetable: Timetable, trips: I64) -> F64:
    """By place in `pattern_stops`: metres from the pattern's first stop, along the shape of its first trip that the
    feed has; else from stop to stop.
    """
    starts = timetable.pattern_stop_start.astype(np.int64)
    counts = starts[1:] - starts[:-1]
    stops = network.stops.original[timetable.pattern_stops].astype(np.int64)
    along = _along(network.stops.lon[stops], network.stops.lat[stops])
    first = trips[timetable.pattern_trip_start[:-1].astype(np.int64)] if timetable.patterns else trips[:0]
    track = np.where(first < 0, NONE, network.trips.track[np.maximum(first, 0)].astype(np.int64))
    table = network.tracks
    shaped = np.repeat(track != NONE, counts)
    if shaped.any():
        place = np.arange(len(stops)) - np.repeat(starts[:-1], counts)
        own = np.repeat(np.where(track == NONE, 0, track), counts)
        at = table.at[np.where(shaped, table.start[own].astype(np.int64) + place, 0)]
        zero = table.shape_start[table.shape[own]].astype(np.int64)
        by_shape = np.interp(zero + at, np.arange(len(table.shape_lon)), _along(table.shape_lon, table.shape_lat))
        along = np.where(shaped, by_shape, along)
    metres: F64 = along - np.repeat(along[starts[:-1]], counts)
    return metres


def _along(lon: F64, lat: F64) -> F64:
    """Metres along points, as `kernels.ways.length_of` counts them."""
    east = np.diff(lon) * np.cos(np.radians(lat[:-1]))
    return np.concatenate(([0.0], np.cumsum(np.hypot(east, np.diff(lat))))) * METRES_PER_DEGREE
