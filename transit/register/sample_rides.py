"""A ride that an operator's sales interface can be asked for: one of its own, out of the network that answers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from transit.network.current import NoNetwork, current_network
from transit.network.store import Network
from transit.remote.tomp import Search, Traveller
from transit.routing.window import service_day_start

EARLIEST: Final = timedelta(hours=1)
LATEST: Final = timedelta(days=3)
"""A ride departs within these from now."""
MOST_TRIPS: Final = 2000


def find_ride(agency_ids: Collection[str], now: datetime) -> Search | None:
    """The next ride of one of these agencies (`feed:agency`), along a whole trip. None where none is known."""
    try:
        network = current_network()
    except NoNetwork:
        return None
    agencies = [number for number, text in enumerate(network.agencies.ids.texts) if text in agency_ids]
    if not agencies:
        return None
    own = np.isin(network.routes.agency[network.trips.route], agencies)
    best = min((found for trip in np.flatnonzero(own)[:MOST_TRIPS] if (found := _next(network, int(trip), now))),
               default=None)  # fmt: skip
    return None if best is None else _search(network, *best[1:])


def _next(network: Network, trip: int, now: datetime) -> tuple[float, int, int] | None:
    """When a trip departs next, with its number and service day."""
    schedule = network.schedule
    zone = schedule.timezones[int(schedule.service_timezone[int(network.trips.service[trip])])]
    leaves_s = int(schedule.event_departures[int(schedule.trip_event_start[trip])])
    today = now.astimezone(ZoneInfo(zone)).toordinal()
    for day in range(today - 1, today + LATEST.days + 1):
        if not network.runs_on(trip, day):
            continue
        departs_at = service_day_start(day, zone) + leaves_s
        if EARLIEST.total_seconds() <= departs_at - now.timestamp() <= LATEST.total_seconds():
            return departs_at, trip, day
    return None


def _search(network: Network, trip: int, day: int) -> Search:
    schedule = network.schedule
    zone = schedule.timezones[int(schedule.service_timezone[int(network.trips.service[trip])])]
    stops = network.trip_stops(trip)
    first = int(schedule.trip_event_start[trip])
    start = service_day_start(day, zone)
    leaves, arrives = int(schedule.event_departures[first]), int(schedule.event_arrivals[first + len(stops) - 1])
    return Search(
        origin=network.stop_id(stops[0]),
        destination=network.stop_id(stops[-1]),
        start_at=datetime.fromtimestamp(start + leaves, UTC),
        end_at=datetime.fromtimestamp(start + arrives, UTC),
        travellers=(Traveller(id="1"),),
        service_journeys=(network.trip_id(trip),),
        travel_date=date.fromordinal(day),
    )
