"""What a GTFS-Realtime message makes of a timetable, straight from the reference, on plain lists: all runs anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from google.transit import gtfs_realtime_pb2 as pb

from tests.oracles.rounds import Run, day_start
from transit.routing.query import Mode
from transit.routing.timetable import Schedule

Key = tuple[int, int]
"""A trip and a day."""
BUS = list(Mode).index(Mode.BUS)
"""Of the one route of these networks."""
STOP = pb.TripUpdate.StopTimeUpdate
TRIP = pb.TripDescriptor
RANKS = {TRIP.CANCELED: 0, TRIP.DELETED: 0, TRIP.REPLACEMENT: 2}


class Told:
    """A schedule whose trips are called t0, t1 … and stops s0, s1 …, with stop_sequence 10, 20 …, and a message."""

    def __init__(self, schedule: Schedule, runs: list[Run], message: bytes, from_at: int) -> None:
        self.schedule, self.from_at = schedule, from_at
        self.planned: dict[Key, Run] = {(run.trip, run.day): run for run in runs}
        self.now = dict(self.planned)
        self.more: list[Run] = []
        self.message = pb.FeedMessage.FromString(message)
        self.said: set[Key] = set()
        # Where two speak of one trip and day, a cancellation stands above a change, and that above other stops.
        updates = [entity.trip_update for entity in self.message.entity]
        for update in sorted(updates, key=lambda each: RANKS.get(each.trip.schedule_relationship, 1)):
            self._apply(update)

    @property
    def runs(self) -> list[Run]:
        """Everything that runs."""
        return [*self.now.values(), *self.more]

    def _apply(self, update: Any) -> None:
        kind, trip = update.trip.schedule_relationship, int(update.trip.trip_id[1:])
        day = self._day(update, trip)
        if kind in (TRIP.NEW, TRIP.ADDED):
            self.more.append(self._own(update, -1, 0))
            return
        if kind == TRIP.DUPLICATED:
            day = date(*_ymd(update.trip_properties.start_date)).toordinal()
            self.more.append(self._copy(update, trip, day))
            return
        key = trip, day
        if key not in self.planned or key in self.said:
            return
        self.said.add(key)
        if kind in (TRIP.CANCELED, TRIP.DELETED):
            del self.now[key]
        elif kind == TRIP.REPLACEMENT:
            self.now[key] = self._own(update, trip, day)
        else:
            self.now[key] = told(self.planned[key], update, self.from_at)

    def _day(self, update: Any, trip: int) -> int:
        if update.trip.HasField("start_date"):
            return date(*_ymd(update.trip.start_date)).toordinal()
        now = self.message.header.timestamp - self.from_at
        days = [day for number, day in self.planned if number == trip]

        def away(day: int) -> int:
            run = self.planned[trip, day]
            return max(0, run.departures[0] - now, now - run.arrivals[-1])

        return min(days, key=lambda day: (away(day), day), default=0)

    def _zone(self, trip: int) -> str:
        service = int(self.schedule.trip_service[trip])
        return self.schedule.timezones[int(self.schedule.service_timezone[service])]

    def _copy(self, update: Any, trip: int, day: int) -> Run:
        """The trip once more, from another time on another day."""
        sequence = int(self.schedule.trip_sequence[trip])
        low, high = self.schedule.sequence_start[sequence : sequence + 2].tolist()
        first = int(self.schedule.trip_event_start[trip])
        arrivals, departures = (
            column[first : first + high - low].tolist()
            for column in (self.schedule.event_arrivals, self.schedule.event_departures)
        )
        hour, minute, second = map(int, update.trip_properties.start_time.split(":"))
        since = day_start(day, self._zone(trip)) - self.from_at
        by = since + hour * 3600 + minute * 60 + second - departures[0]
        run = Run(
            -1,
            day,
            tuple(self.schedule.sequence_stops[low:high].tolist()),
            tuple(at + by for at in arrivals),
            tuple(at + by for at in departures),
            tuple(bool(kind != 1) for kind in self.schedule.sequence_pickup[low:high]),
            tuple(bool(kind != 1) for kind in self.schedule.sequence_drop_off[low:high]),
            int(self.schedule.sequence_mode[sequence]),
        )
        return told(run, update, self.from_at)

    def _own(self, update: Any, trip: int, day: int) -> Run:
        """A trip that brings all its stops with their times."""
        rows = [row for row in update.stop_time_update if row.schedule_relationship != STOP.SKIPPED]
        arrivals = [row.arrival.time - self.from_at for row in rows]
        departures = [row.departure.time - self.from_at for row in rows]
        never_back(arrivals, departures)
        yes = (True,) * len(rows)
        return Run(
            trip, day, tuple(int(row.stop_id[1:]) for row in rows), tuple(arrivals), tuple(departures), yes, yes, BUS
        )  # fmt: skip


def told(run: Run, update: Any, from_at: int) -> Run:
    """A run as an update says, in seconds after `from_at`."""
    rows = dict(placed(run, update))
    delay: int | None = update.delay if update.HasField("delay") else None
    arrivals, departures, pickup, drop_off, stops = [], [], list(run.pickup), list(run.drop_off), list(run.stops)
    unknown = 0
    for i, (planned_arrival, planned_departure) in enumerate(zip(run.arrivals, run.departures, strict=True)):
        row = rows.get(i)
        arrival, departure = planned_arrival + (delay or 0), planned_departure + (delay or 0)
        if row is not None and row.schedule_relationship == STOP.SKIPPED:
            pickup[i] = drop_off[i] = False
        elif row is not None and row.schedule_relationship == STOP.NO_DATA:
            delay, arrival, departure = None, planned_arrival, planned_departure
        elif row is not None:
            arrives = event(row, "arrival", planned_arrival, from_at)
            departs = event(row, "departure", planned_departure, from_at)
            if arrives is not None and departs is None:
                departs = max(planned_departure + arrives - planned_arrival, arrives)
            if departs is not None and arrives is None:
                late = departs - planned_departure if delay is None else delay
                arrives = min(planned_arrival + late, departs)
            if arrives is not None and departs is not None:
                arrival, departure, delay = arrives, departs, departs - planned_departure
        if row is not None and row.stop_time_properties.assigned_stop_id:
            stops[i] = int(row.stop_time_properties.assigned_stop_id[1:])
        arrivals.append(arrival)
        departures.append(departure)
        if delay is None and unknown == i:
            unknown = i + 1
    if unknown < len(arrivals):
        for i in range(unknown):
            arrivals[i], departures[i] = min(arrivals[i], arrivals[unknown]), min(departures[i], arrivals[unknown])
    never_back(arrivals, departures)
    return replace(
        run, stops=tuple(stops), arrivals=tuple(arrivals), departures=tuple(departures), pickup=tuple(pickup),
        drop_off=tuple(drop_off),
    )  # fmt: skip


def placed(run: Run, update: Any) -> Iterator[tuple[int, Any]]:
    """The position of the call of which each row speaks."""
    after = 0
    for row in update.stop_time_update:
        names = [f"s{stop}" for stop in run.stops]
        at = row.stop_sequence // 10 - 1 if row.HasField("stop_sequence") else None
        if at is None or (row.stop_id and names[at] != row.stop_id):
            at = names.index(row.stop_id, after) if row.stop_id in names[after:] else at
        if at is not None:
            after = at + 1
            yield at, row


def event(row: Any, name: str, planned: int, from_at: int) -> int | None:
    """When something is to happen; the time stands above the delay."""
    said = getattr(row, name)
    if said.HasField("time"):
        return int(said.time) - from_at
    return planned + int(said.delay) if said.HasField("delay") else None


def never_back(arrivals: list[int], departures: list[int]) -> None:
    """Times that go back are raised."""
    latest = arrivals[0]
    for i in range(len(arrivals)):
        arrivals[i] = latest = max(latest, arrivals[i])
        departures[i] = latest = max(latest, departures[i])


def _ymd(text: str) -> tuple[int, int, int]:
    return int(text[:4]), int(text[4:6]), int(text[6:])
