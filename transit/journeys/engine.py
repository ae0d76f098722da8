"""A published network made ready for searching, and which one that is at the moment."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from functools import cached_property, lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from transit.network.current import NoNetwork, current_network
from transit.network.places import Places
from transit.network.store import Network
from transit.routing.access import Ground
from transit.routing.itinerary import Place
from transit.routing.planner import Day
from transit.routing.window import assemble, service_day_start

__all__ = ["Engine", "NoNetwork", "NoSuchStop", "current_engine"]

# A window begins before its day, for what is still under way, and lasts until noon of the next day.
BEFORE_S = 3 * 3600
LENGTH_S = 36 * 3600
DAYS_KEPT = 4
PLACES_KEPT = 8192
LINES_KEPT = 4096


class NoSuchStop(LookupError):
    """The network has no stop of this id."""


class Line(NamedTuple):
    """What all trips of a route share."""

    route_id: str
    name: str
    agency_id: str
    agency_name: str
    colour: str
    text_colour: str
    agency_url: str
    fare_url: str
    agency_phone: str


class Engine:
    """One network and what is derived from it. Shared by all threads."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self._days: OrderedDict[tuple[int, bool], Day] = OrderedDict()
        self._lock = threading.Lock()

    @cached_property
    def timezone(self) -> str:
        """The IANA name of the zone whose midnight separates windows, and of places that are no stops."""
        return self.network.schedule.timezones[0]

    @cached_property
    def ground(self) -> Ground:
        """The stops, streets and doors of stations."""
        streets = self.network.streets
        stops = self.network.stops
        known = streets if streets.nodes else None
        return Ground(stops.lat, stops.lon, known, stops.original, self.network.doors, stops.parent)

    @cached_property
    def place(self) -> Callable[[int, str], Place]:
        """A stop as a place, in a language; remembers the last PLACES_KEPT, as every ride passes many."""
        return lru_cache(maxsize=PLACES_KEPT)(self._place)

    def _place(self, stop: int, language: str) -> Place:
        network, table = self.network, self.network.stops
        return Place(
            table.name.get(stop, language),
            float(table.lat[stop]),
            float(table.lon[stop]),
            network.stop_timezone(stop),
            network.stop_id(stop),
            table.platform[stop],
            table.zone[stop],
        )

    @cached_property
    def line(self) -> Callable[[int, str], Line]:
        """What a route is to people, in a language; remembers LINES_KEPT, as a city has few."""
        return lru_cache(maxsize=LINES_KEPT)(self._line)

    def _line(self, route: int, language: str) -> Line:
        network = self.network
        routes, agencies = network.routes, network.agencies
        agency = int(routes.agency[route])
        return Line(
            routes.ids.texts[route],
            routes.short_name.get(route, language) or routes.long_name.get(route, language),
            agencies.ids.texts[agency],
            agencies.name.get(agency, language),
            routes.colour[route],
            routes.text_colour[route],
            agencies.url[agency],
            agencies.fare_url[agency],
            agencies.phone[agency],
        )

    @cached_property
    def places(self) -> Places:
        """The index of names."""
        return Places(self.network.folder / "places.sqlite")

    @cached_property
    def streets_by_name(self) -> dict[str, list[int]]:
        """The numbers of every name on the spot in the list of street names; it may have several translations."""
        found: dict[str, list[int]] = {}
        for number, name in enumerate(self.network.street_names.base):
            found.setdefault(name, []).append(number)
        return found

    @cached_property
    def first_at(self) -> int:
        """The Unix second at which the first day with service data starts."""
        return service_day_start(self.network.first_day, self.timezone)

    @cached_property
    def last_at(self) -> int:
        """The Unix second at which the night after the last day with service data ends."""
        return service_day_start(self.network.last_day + 2, self.timezone)

    def day_start(self, at: datetime) -> int:
        """The Unix second at which the local day of a moment starts."""
        return service_day_start(at.astimezone(ZoneInfo(self.timezone)).toordinal(), self.timezone)

    def day_at(self, at: datetime, *, step_free: bool = False) -> Day:
        """The window of the local day of a moment, with all transfers or those without steps."""
        transfers = self.network.schedule.step_free
        key = (at.astimezone(ZoneInfo(self.timezone)).toordinal(), step_free and transfers is not None)
        with self._lock:
            day = self._days.get(key)
            if day is not None:
                self._days.move_to_end(key)
                return day
        if key[1] and transfers is not None:
            day = Day(self.day_at(at).timetable.with_transfers(transfers), transfers)
        else:
            start_at = service_day_start(key[0], self.timezone)
            timetable = assemble(self.network.schedule, start_at - BEFORE_S, start_at + LENGTH_S)
            day = Day(timetable, transfers)
        with self._lock:
            self._days[key] = day
            while len(self._days) > DAYS_KEPT:
                self._days.popitem(last=False)
        return day

    def get_stop(self, stop_id: str) -> int:
        """The number of `feed:stop`. Raises NoSuchStop."""
        stop = self.network.find_stop(stop_id)
        if stop is None:
            raise NoSuchStop(stop_id)
        return stop

    def members(self, stop_id: str | None) -> tuple[int, ...]:
        """The stops that the choice of a stop or station means; none for no choice. Raises NoSuchStop."""
        if stop_id is None:
            return ()
        return tuple(self.network.members(self.get_stop(stop_id)).tolist())


def current_engine() -> Engine:
    """The engine of the network that is published now. Raises NoNetwork."""
    return _engine_of(current_network())


@lru_cache(maxsize=2)
def _engine_of(network: Network) -> Engine:
    """Networks are compared by identity: the store opens each once."""
    return Engine(network)
