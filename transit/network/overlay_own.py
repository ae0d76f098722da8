"""Trips that bring stops and times of their own: added, new and replacement trips (GTFS Realtime Reference)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transit.feeds.trip_updates import Relation, StopRelation, TripUpdates
from transit.network.overlay_base import Base
from transit.network.overlay_matching import DAY_S, NOT_A_DAY, Meant
from transit.network.overlay_sequences import Sequence
from transit.routing.kernels.wire import (
    ARRIVAL_TIME,
    DEPARTURE_TIME,
    DROP_OFF,
    FIRST_STOP,
    LAST_STOP,
    MISSING,
    PICKUP,
    ROUTE_ID,
    STOP_ID,
    STOP_RELATION,
)

I64 = NDArray[np.int64]
LONGEST_S = 10 * DAY_S


class Own(NamedTuple):
    """A trip with its own stops. Times are seconds of the service day; `trip` is −1 where it is none of the network."""

    trip: int
    day: int
    zone: int
    route: int
    headsign: str
    sequence: Sequence
    arrivals: I64
    departures: I64


def own_stops(base: Base, feed: str, updates: TripUpdates, meant: Meant, row: int) -> Own | None:
    """What a row says of such a trip; None where it cannot be used: fewer than two known stops, ends without times,
    no known route, or in place of a trip that does not run that day.
    """
    trip, route = int(meant.trip[row]), _route(base, feed, updates, meant, row)
    stops, times, pickup, drop_off = _calls(base, feed, updates, row)
    if route < 0 or len(stops) < 2 or not len(times):
        return None
    network = base.network
    if meant.relation[row] == Relation.REPLACEMENT:
        day = np.array([meant.day[row]])
        if trip < 0 or not base.runs_on(np.array([trip]), day)[0]:
            return None
        zone = int(base.zone[trip])
    else:
        zone = int(network.stops.timezone[stops[0]])
        day = np.array([_day(base, zone, int(times[1, 0])) if meant.day[row] == NOT_A_DAY else meant.day[row]])
    since = int(base.day_at(np.array([zone]), day)[0])
    times -= since
    if np.abs(times).max() > LONGEST_S:
        return None
    sequence = Sequence(stops.astype(np.uint32), pickup, drop_off, int(network.routes.mode[route]))
    headsign = network.stops.name.get(int(stops[-1]), "")
    return Own(trip, int(day[0]), zone, route, headsign, sequence, times[0].copy(), times[1].copy())


def _route(base: Base, feed: str, updates: TripUpdates, meant: Meant, row: int) -> int:
    """The route that is named, else that of the trip; −1: none."""
    span = updates.trips[row : row + 1, ROUTE_ID : ROUTE_ID + 2]
    named = int(base.find(base.route_ids, feed, updates.data, span)[0])
    trip = int(meant.trip[row])
    return named if named >= 0 or trip < 0 else int(base.network.trips.route[trip])


def _calls(
    base: Base, feed: str, updates: TripUpdates, row: int
) -> tuple[I64, I64, NDArray[np.uint8], NDArray[np.uint8]]:
    """The stops, their arrivals and departures (Unix seconds, two rows), and how one gets on and off.

    What is skipped or unknown is left out. A stop between others may lack its times: they are spread evenly.
    """
    rows = updates.stops[slice(*updates.trips[row, [FIRST_STOP, LAST_STOP]].tolist())]
    found = base.find(base.stop_ids, feed, updates.data, rows[:, STOP_ID : STOP_ID + 2])
    used = (found >= 0) & (rows[:, STOP_RELATION] != StopRelation.SKIPPED)
    rows = rows[used]
    times = rows[:, [ARRIVAL_TIME, DEPARTURE_TIME]].T.copy()
    for mine, other in ((0, 1), (1, 0)):
        times[mine] = np.where(times[mine] == MISSING, times[other], times[mine])
    given = np.flatnonzero(times[0] != MISSING)
    if not len(given) or given[0] != 0 or given[-1] != len(rows) - 1:
        return found[used], times[:, :0], *_types(rows)
    for column in times:
        column[:] = np.interp(np.arange(len(rows)), given, column[given])
    return found[used], times, *_types(rows)


def _types(rows: I64) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """pickup_type and drop_off_type; regular where not given."""
    pickup, drop_off = (np.where((column >= 0) & (column <= 3), column, 0) for column in rows[:, [PICKUP, DROP_OFF]].T)
    return pickup.astype(np.uint8), drop_off.astype(np.uint8)


def _day(base: Base, zone: int, at: int) -> int:
    """The service day on which a moment is."""
    today = at // DAY_S + 719163
    days = np.arange(today - 1, today + 2)
    start = base.day_at(np.full(3, zone), days)
    return int(days[np.searchsorted(start, at, side="right") - 1])
