"""What trip updates say of trips of the timetable: how late each run is at each of its stops."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from google.transit.gtfs_realtime_pb2 import FeedMessage, TripDescriptor, TripUpdate

from transit.network.store import Network
from transit.routing.window import service_day_start

CALLED_OFF: Final = frozenset({TripDescriptor.CANCELED, TripDescriptor.DELETED})
_RUNNING = frozenset({TripDescriptor.SCHEDULED, TripDescriptor.UNSCHEDULED})
_Stop = TripUpdate.StopTimeUpdate


@dataclass(frozen=True, slots=True)
class Punctuality:
    """A trip (its number in the network) of a service day, as a message has it.

    `arrivals_at` are the Unix seconds at which it should arrive at its stops, `delays_s` how late it is there (None:
    nothing is known, or it does not stop).
    """

    trip: int
    day: int
    cancelled: bool
    arrivals_at: list[int]
    delays_s: list[int | None]

    def delay_at(self, moment: int) -> int | None:
        """How late it is at the next stop that it reaches, or at the last one where it is there."""
        known = [(at, delay) for at, delay in zip(self.arrivals_at, self.delays_s, strict=True) if delay is not None]
        return next((delay for at, delay in known if at + delay >= moment), known[-1][1] if known else None)


def punctuality_of(network: Network, message: FeedMessage, feed: str) -> Iterator[Punctuality]:
    """What a checked message says of the trips of a feed that the network has."""
    for entity in message.entity:
        if entity.HasField("trip_update"):
            found = find_punctuality(network, entity.trip_update, feed, message.header.timestamp)
            if found is not None:
                yield found


def find_punctuality(network: Network, update: TripUpdate, feed: str, made_s: int) -> Punctuality | None:
    """The same of one trip; None for one that the network has not, or that does not run on that day."""
    relation = update.trip.schedule_relationship
    if relation not in CALLED_OFF | _RUNNING:
        return None
    trip = find_run(network, update.trip, feed)
    day = None if trip is None else _day(network, trip, update.trip.start_date, made_s)
    if trip is None or day is None:
        return None
    arrivals_at = _arrivals(network, trip, day)
    if relation in CALLED_OFF:
        return Punctuality(trip, day, True, arrivals_at, [None] * len(arrivals_at))
    return Punctuality(trip, day, False, arrivals_at, _delays(network, trip, arrivals_at, update))


def find_run(network: Network, said: TripDescriptor, feed: str) -> int | None:
    """The number of a trip, or of the run of a frequency that starts at the stated time."""
    found = network.find_trip(f"{feed}:{said.trip_id}")
    if found is None and said.start_time:
        return network.find_trip(f"{feed}:{said.trip_id}@{said.start_time.zfill(8)}")
    return found


def _zone(network: Network, trip: int) -> str:
    schedule = network.schedule
    return schedule.timezones[int(schedule.service_timezone[int(network.trips.service[trip])])]


def _day(network: Network, trip: int, stated: str, made_s: int) -> int | None:
    """The service day that is meant: the stated one, else the one on which the trip is under way, or nearest to it."""
    if stated:
        day = date(int(stated[:4]), int(stated[4:6]), int(stated[6:])).toordinal()
        return day if network.runs_on(trip, day) else None
    today = datetime.fromtimestamp(made_s, UTC).astimezone(ZoneInfo(_zone(network, trip))).toordinal()
    days = [day for day in (today, today - 1, today + 1) if network.runs_on(trip, day)]

    def distance(day: int) -> int:
        ends = _arrivals(network, trip, day)
        return max(ends[0] - made_s, made_s - ends[-1], 0)

    return min(days, key=distance, default=None)


def _arrivals(network: Network, trip: int, day: int) -> list[int]:
    schedule = network.schedule
    first = int(schedule.trip_event_start[trip])
    count = len(network.stop_sequence(trip))
    start_at = service_day_start(day, _zone(network, trip))
    return [start_at + at for at in schedule.event_arrivals[first : first + count].tolist()]


def _delays(network: Network, trip: int, arrivals_at: list[int], update: TripUpdate) -> list[int | None]:
    """By stop. A delay holds until another is stated (GTFS-Realtime, StopTimeUpdate); before the first none is."""
    stated: dict[int, _Stop] = {}
    position = -1
    for stop in update.stop_time_update:
        found = _position(network, trip, stop, position + 1)
        if found is not None:
            stated[found], position = stop, found
    delays: list[int | None] = []
    now: int | None = update.delay if update.HasField("delay") and not stated else None
    for number, scheduled_at in enumerate(arrivals_at):
        said = stated.get(number)
        relation = _Stop.SCHEDULED if said is None else said.schedule_relationship
        if relation == _Stop.NO_DATA:
            now = None
        elif said is not None and relation != _Stop.SKIPPED:
            now = _delay(said, scheduled_at, now)
        delays.append(None if relation == _Stop.SKIPPED else now)
    return delays


def _position(network: Network, trip: int, stop: _Stop, since: int) -> int | None:
    """The call that is meant: by its number, else the next one at the stop."""
    if stop.HasField("stop_sequence"):
        return network.find_call(trip, stop.stop_sequence)
    called = network.trip_stops(trip)
    wanted = [n for n in range(since, len(called)) if network.stop_id(called[n]).partition(":")[2] == stop.stop_id]
    return wanted[0] if wanted else None


def _delay(stop: _Stop, scheduled_at: int, before: int | None) -> int | None:
    for event in (stop.arrival, stop.departure):
        if event.time:
            return event.time - scheduled_at
        if event.HasField("delay"):
            return event.delay
    return before
