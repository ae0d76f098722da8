"""A ride in a live trip as a leg: expected times and places, and beside them those of the timetable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import zip_longest

import numpy as np

from transit.journeys.instants import instant, metres_along
from transit.journeys.wheelchairs import UNKNOWN, Said, of_ride
from transit.network.overlay import Call, Kind, LiveTrip, Overlay, Part, said_at
from transit.network.store import Network
from transit.routing.itinerary import Leg, Place, RealTime, Running, Service, StopCall
from transit.routing.window import service_day_start

RUNNING = {
    Kind.CHANGED: Running.UPDATED,
    Kind.ADDED: Running.ADDED,
    Kind.REPLACEMENT: Running.REPLACED,
    Kind.DUPLICATED: Running.ADDED,
}


@dataclass(frozen=True)
class LiveRide:
    """A ride in a live trip, and what is needed to say it."""

    network: Network
    overlay: Overlay
    part: Part
    place: Callable[[int], Place]
    stale: bool

    @property
    def trip(self) -> LiveTrip:
        """The live trip."""
        return self.overlay.trip(self.part.live)

    def of(self, planned: Leg) -> Leg:
        """The leg of a trip of the network, given as in the timetable."""
        calls, trip = self._calls(), self.trip
        start, end = (self.place(call.stop) for call in (calls[0], calls[-1]))
        is_said = any(call.is_live or call.is_skipped for call in calls)
        if not is_said and (start, end) == (planned.start, planned.end) and not self._is_moved(planned, calls):
            return planned
        is_copy = trip.kind == Kind.DUPLICATED
        real_time = replace(
            self._real_time(),
            scheduled_start_at=None if is_copy else planned.start_at,
            scheduled_end_at=None if is_copy else planned.end_at,
        )
        if start != planned.start:
            real_time = replace(
                real_time, start_stop_id=planned.start.stop_id or "", start_platform=planned.start.platform
            )
        if end != planned.end:
            real_time = replace(real_time, end_stop_id=planned.end.stop_id or "", end_platform=planned.end.platform)
        service = planned.service
        if is_copy and service is not None:
            service = replace(service, trip_id=trip.name)
        at, until = self._at(calls[0].departure_s), self._at(calls[-1].arrival_s)
        said = self._rolling(calls)
        return replace(
            planned, start=start, end=end, start_at=at, end_at=until, polyline=(), calls=(), service=service,
            real_time=real_time, wheelchair=said.wheelchair, wheelchair_unknown=said.unknown,
        ).leave({
            "polyline": lambda: planned.polyline,
            "calls": lambda: self._beside(calls, () if is_copy else planned.calls),
        })  # fmt: skip

    def alone(self, service: Service) -> Leg:
        """The leg of a trip with stops of its own; it is numbered from 1."""
        calls = self._calls()
        stops = [self.place(call.stop) for call in calls]
        line, said = tuple((stop.lon, stop.lat) for stop in stops), self._rolling(calls)
        return Leg(
            self.network.mode(self.trip.route), stops[0], stops[-1], self._at(calls[0].departure_s),
            self._at(calls[-1].arrival_s), metres_along(np.array(line)), line, service, tuple(self._stop_calls(calls)),
            self.part.board + 1, self.part.alight + 1, real_time=self._real_time(),
            wheelchair=said.wheelchair, wheelchair_unknown=said.unknown,
        )  # fmt: skip

    def _rolling(self, calls: list[Call]) -> Said:
        """Whether it can be ridden in a wheelchair; of a trip that the network does not have it is not known."""
        trip = self.trip.trip
        flag = int(self.network.trips.wheelchair[trip]) if trip >= 0 else UNKNOWN
        return of_ride(self.network, flag, calls[0].stop, calls[-1].stop)

    def _is_moved(self, planned: Leg, calls: list[Call]) -> bool:
        """Whether a trip of which nothing is said is late for another one of its vehicle."""
        times = self._at(calls[0].departure_s), self._at(calls[-1].arrival_s)
        return times != (planned.start_at, planned.end_at)

    def _calls(self) -> list[Call]:
        calls = self.overlay.calls(self.network.schedule, self.part.live)[self.part.board : self.part.alight + 1]
        return [call._replace(stop=int(self.network.stops.original[call.stop])) for call in calls]

    def _stop_calls(self, calls: list[Call]) -> list[StopCall]:
        """The calls between the ends."""
        return [
            StopCall(
                self.place(call.stop), self._at(call.arrival_s), self._at(call.departure_s),
                is_cancelled=call.is_skipped,
            )
            for call in calls[1:-1]
        ]  # fmt: skip

    def _beside(self, calls: list[Call], planned: tuple[StopCall, ...]) -> tuple[StopCall, ...]:
        """The calls between the ends, with the departures of the timetable where they are others."""
        return tuple(
            call
            if before is None or before.departure_at == call.departure_at
            else replace(call, scheduled_departure_at=before.departure_at)
            for call, before in zip_longest(self._stop_calls(calls), planned)
        )

    def _real_time(self) -> RealTime:
        source = self.overlay.source_of(self.part.live)
        return RealTime(RUNNING[Kind(self.trip.kind)], said_at(source), self.stale)

    def _at(self, second: int) -> datetime:
        trip = self.trip
        return instant(service_day_start(trip.day, self.network.schedule.timezones[trip.zone]) + second)
