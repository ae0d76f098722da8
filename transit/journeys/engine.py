"""A published network made ready for searching, and which one that is at the moment."""

from __future__ import annotations

import copy
import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from transit.journeys.courses import Courses, Line
from transit.journeys.wheelchairs import Live, Running, running_for
from transit.network.current import NoNetwork, current_network
from transit.network.overlay import Overlay
from transit.network.overlay_current import Age
from transit.network.places import Places
from transit.network.store import Network
from transit.routing.access import Ground
from transit.routing.barriers import limited
from transit.routing.itinerary import Place
from transit.routing.live import NOTHING_OFF, Off, extended
from transit.routing.planner import Day
from transit.routing.query import Mobility
from transit.routing.streets import STAIRLESS, WHEELCHAIR
from transit.routing.window import DAY_S, assemble, service_day_start

__all__ = ["Engine", "NoNetwork", "NoSuchStop", "timetabled_engine"]

# A window begins before its day, for what is still under way, and lasts until noon of the next day.
BEFORE_S = 3 * 3600
LENGTH_S = 36 * 3600
DAYS_KEPT = 4
PLACES_KEPT = 8192


class NoSuchStop(LookupError):
    """The network has no stop of this id."""


class RealTime:
    """An overlay as an engine uses it: without what is too old."""

    def __init__(self, network: Network, overlay: Overlay, age: Age) -> None:
        self.overlay, self.age = overlay, age
        live = overlay.live(age.dropped)
        self.off: Off = live.off
        self.days = frozenset(live.off.day.tolist()) | frozenset(live.run_day.tolist())
        """The service days on which anything is otherwise."""
        self._cancelled = overlay.cancelled(age.dropped)
        self._runs = overlay.usable(age.dropped)
        self._trips = len(network.schedule.trip_sequence)
        self.schedule = extended(network.schedule, live) if self.days else network.schedule

    def is_out(self, trip: int, day: int) -> bool:
        """Whether a trip of the network is cancelled on a day."""
        return (trip, day) in self._cancelled

    @property
    def runs(self) -> NDArray[np.int64]:
        """The live runs that stand after the network's, as far as they do."""
        return self._runs if self.days else self._runs[:0]

    def run_of(self, source: int) -> int | None:
        """The live run that stands in a timetable as a trip's source; None of a trip of the schedule."""
        return None if source < self._trips else int(self._runs[source - self._trips])


class Engine:
    """One network and what is derived from it, as in the timetable or with an overlay. Shared by all threads.

    An engine never changes what it answers: for another overlay there is another engine, so that no answer is mixed.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.real_time: RealTime | None = None
        self.timetabled = self
        """The same without real time."""
        self._days: OrderedDict[tuple[int, Mobility], Day] = OrderedDict()
        self._lock = threading.Lock()

    def laid_over(self, overlay: Overlay, age: Age) -> Engine:
        """The same network with an overlay."""
        # What is made when first needed is made now, so that all copies share it.
        _ = self.ground, self._grounds, self.place, self.courses, self.places, self._longest_days
        engine = copy.copy(self)
        engine.real_time = RealTime(self.network, overlay, age)
        engine._days, engine._lock = OrderedDict(), threading.Lock()
        vars(engine).pop("_for_whom", None)
        return engine

    def warmed_like(self, other: Engine) -> Engine:
        """Itself, with the days made that another engine of the network has in use."""
        with other._lock:
            days = list(other._days.items())
        for (ordinal, mobility), used in days:
            day = self._day(ordinal, mobility)
            _ = day.timetable.landmarks
            if "backward" in vars(used):
                _ = day.backward
        return self

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
        driven = self.network.carriageways
        roads = driven if driven.streets.nodes else None
        return Ground(stops.lat, stops.lon, known, stops.original, self.network.doors, stops.parent, roads)

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
    def courses(self) -> Courses:
        """What runs."""
        return Courses(self.network)

    @property
    def line(self) -> Callable[[int, str], Line]:
        """What a route is to people, in a language."""
        return self.courses.line

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

    def day_at(self, at: datetime, mobility: Mobility = Mobility.ANY) -> Day:
        """The window of the local day of a moment, with what somebody can ride in and the transfers that they make."""
        is_told = mobility.rolls or self.network.schedule.step_free is not None
        return self._day(at.astimezone(ZoneInfo(self.timezone)).toordinal(), mobility if is_told else Mobility.ANY)

    def ground_for(self, mobility: Mobility) -> Ground:
        """The ground that somebody walks on."""
        if mobility == Mobility.ANY:
            return self.ground
        bit = WHEELCHAIR if mobility.rolls else STAIRLESS
        with self._lock:
            if bit not in self._grounds:
                self._grounds[bit] = limited(self.ground, bit)
            return self._grounds[bit]

    @cached_property
    def _grounds(self) -> dict[int, Ground]:
        """What was made of the ground, by the bit that its streets have."""
        return {}

    def _day(self, ordinal: int, mobility: Mobility) -> Day:
        key = ordinal, mobility
        with self._lock:
            day = self._days.get(key)
            if day is not None:
                self._days.move_to_end(key)
                return day
        day = self._made(ordinal, mobility)
        with self._lock:
            self._days[key] = day
            while len(self._days) > DAYS_KEPT:
                self._days.popitem(last=False)
        return day

    def _made(self, ordinal: int, mobility: Mobility) -> Day:
        if not self._is_otherwise(ordinal):
            return self.timetabled._day(ordinal, mobility)
        own, now = self.network.schedule, self._running_for(mobility)
        if mobility == Mobility.ANY or now.schedule is not self._running.schedule:
            start_at = service_day_start(ordinal, self.timezone)
            timetable = assemble(now.schedule, start_at - BEFORE_S, start_at + LENGTH_S, now.off)
        else:
            timetable = self._day(ordinal, Mobility.ANY).timetable
        transfers = own.wheelchair if mobility.rolls else own.step_free if mobility == Mobility.STEP_FREE else None
        return Day(timetable if transfers is None else timetable.with_transfers(transfers), own.step_free)

    @property
    def _running(self) -> Running:
        """What runs, and what of it does not."""
        if self.real_time is None:
            return Running(self.network.schedule, NOTHING_OFF)
        return Running(self.real_time.schedule, self.real_time.off)

    def _running_for(self, mobility: Mobility) -> Running:
        """The same for somebody."""
        if not mobility.rolls:
            return self._running
        if mobility not in self._for_whom:
            real_time = self.real_time
            live = None if real_time is None else Live(real_time.overlay, real_time.runs)
            self._for_whom[mobility] = running_for(self.network, live, self._running, mobility)
        return self._for_whom[mobility]

    @cached_property
    def _for_whom(self) -> dict[Mobility, Running]:
        """What was made of what runs."""
        return {}

    def _is_otherwise(self, ordinal: int) -> bool:
        """Whether the window of a day is one of this engine alone."""
        if self.real_time is None:
            return True
        return any(ordinal - self._longest_days <= day <= ordinal + 2 for day in self.real_time.days)

    @cached_property
    def _longest_days(self) -> int:
        """How many days before a window its trips may have begun."""
        return int(self.network.schedule.event_arrivals.max(initial=0)) // DAY_S + 3

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


def timetabled_engine() -> Engine:
    """The engine of the network that is published now, without real time. Raises NoNetwork."""
    return _engine_of(current_network())


@lru_cache(maxsize=2)
def _engine_of(network: Network) -> Engine:
    """Networks are compared by identity: the store opens each once."""
    return Engine(network)
