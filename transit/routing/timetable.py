"""The timetable that a search runs on: arrays of one window of days, in seconds after `base_at`.

A window merges the service days that can matter to a search, so that trips after midnight, time zones and
daylight-saving nights are settled when the arrays are made and the kernels only ever compare seconds. Patterns are
FIFO: within one, a later trip is never earlier at any stop (trips that overtake stand in a pattern of their own).
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transit.routing.kernels.landmarks import LANDMARKS, Hops, Landmarks, place_landmarks, shortest_runs

U32 = NDArray[np.uint32]
I32 = NDArray[np.int32]
U8 = NDArray[np.uint8]

# Larger than every time of a window and still far from overflow when durations are added (int32).
UNREACHED = np.int32(1 << 30)


class Transfers(NamedTuple):
    """S + 1 offsets into the other two: for each stop those that one can change to, sorted by seconds."""

    start: U32
    stops: U32
    seconds: I32

    def find(self, tail: int, head: int) -> int | None:
        """The seconds from a stop to another, where there is a way."""
        low, high = self.start[tail : tail + 2].tolist()
        stops = self.stops[low:high].tolist()
        return int(self.seconds[low + stops.index(head)]) if head in stops else None


@dataclass(frozen=True)
class Timetable:
    """Stops S, patterns P, trips T (runs on a day), stop events E = Σ trips × stops. Index arrays are uint32.

    For pattern p with n stops and m trips: its stops are `pattern_stops[pattern_stop_start[p]:][:n]`, its trips are
    numbered from `pattern_trip_start[p]`, its events start at `pattern_event_start[p]`; there `departures` is
    stop-major (stop i, trip j at i·m + j) for boarding and `arrivals` is trip-major (j·n + i) for riding.
    Boarding is forbidden where `boardable` is 0 (also always at a pattern's last stop), leaving where `alightable`
    is 0 (also at its first). Transfers of a stop are sorted by seconds; the change at the stop itself is one of them.
    """

    base_at: int
    """Unix time (UTC) of second 0."""
    pattern_stop_start: U32
    """P + 1 offsets into pattern_stops, boardable, alightable."""
    pattern_stops: U32
    boardable: U8
    alightable: U8
    pattern_trip_start: U32
    """P + 1 offsets into trips."""
    pattern_event_start: NDArray[np.uint64]
    """P + 1 offsets into departures and arrivals."""
    pattern_mode: U8
    """Index of the pattern's mode in `list(Mode)`."""
    departures: I32
    arrivals: I32
    trip_source: U32
    """T: the network's number of the trip that runs."""
    trip_day: I32
    """T: its service day, as the ordinal of the date (`date.toordinal`)."""
    stop_pattern_start: U32
    """S + 1 offsets into stop_patterns and stop_positions."""
    stop_patterns: U32
    stop_positions: U32
    """The position of the stop in the pattern; a stop that a pattern calls at twice stands twice."""
    transfer_start: U32
    """S + 1 offsets into transfer_stops and transfer_seconds."""
    transfer_stops: U32
    transfer_seconds: I32

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                value.flags.writeable = False

    def with_transfers(self, transfers: Transfers) -> Timetable:
        """The same vehicles with other ways between stops."""
        return replace(
            self,
            transfer_start=transfers.start,
            transfer_stops=transfers.stops,
            transfer_seconds=transfers.seconds,
        )

    def walked_within(self, limit_s: float, original: NDArray[np.int64]) -> Timetable:
        """The same without the changes between stops (`original`: what each is to people) that take longer."""
        tails = np.repeat(original, self.transfer_start[1:].astype(np.int64) - self.transfer_start[:-1])
        kept = (self.transfer_seconds <= limit_s) | (original[self.transfer_stops] == tails)
        if kept.all():
            return self
        start = np.append(0, np.cumsum(kept))[self.transfer_start].astype(np.uint32)
        fewer = self.with_transfers(Transfers(start, self.transfer_stops[kept], self.transfer_seconds[kept]))
        return fewer.bounded_by(self.landmarks)

    def bounded_by(self, landmarks: Landmarks) -> Timetable:
        """Itself, with bounds that are known to hold for it."""
        vars(self)["landmarks"] = landmarks
        return self

    @cached_property
    def landmarks(self) -> Landmarks:
        """Bounds on the time between stops, whatever the hour. Made when first needed."""
        starts = self.pattern_stop_start
        runs = shortest_runs(starts, self.pattern_trip_start, self.pattern_event_start, self.departures, self.arrivals)
        busiest = np.uint64(np.argmax(np.diff(self.stop_pattern_start.astype(np.int64))) if self.stops else 0)
        found = place_landmarks(Hops(starts, self.pattern_stops, runs, *self.transfers), busiest, LANDMARKS)
        for seconds in found:
            seconds.flags.writeable = False
        return found

    @property
    def transfers(self) -> Transfers:
        """The changes between stops."""
        return Transfers(self.transfer_start, self.transfer_stops, self.transfer_seconds)

    @property
    def stops(self) -> int:
        """S."""
        return len(self.transfer_start) - 1

    @property
    def patterns(self) -> int:
        """P."""
        return len(self.pattern_mode)

    @property
    def trips(self) -> int:
        """T."""
        return len(self.trip_source)


LIMITED = ("step_free", "wheelchair")
"""The fields of Schedule with the transfers of those who cannot make all."""


@dataclass(frozen=True)
class Schedule:
    """All trips of a network, before a day is chosen: what a network folder keeps, memory-mapped.

    Stop sequences Q (each with the stops, pick-up and drop-off types and mode of its trips), trips T, events E.
    Times are seconds after the start of the service day (noon − 12 h, GTFS) in the time zone of the trip's feed and
    may exceed 24 h. Missing times are already interpolated and frequencies already expanded into trips.
    """

    sequence_start: U32
    """Q + 1 offsets into the three arrays below."""
    sequence_stops: U32
    sequence_pickup: U8
    """GTFS pickup_type: 0 regular, 1 none, 2 phone, 3 driver."""
    sequence_drop_off: U8
    sequence_mode: U8
    """Q: index of the mode in `list(Mode)`."""
    trip_sequence: U32
    """T: the stop sequence of a trip."""
    trip_event_start: NDArray[np.uint64]
    """T: where the events of a trip start; it has as many as its sequence has stops."""
    event_arrivals: I32
    event_departures: I32
    trip_service: U32
    """T: index of the trip's service."""
    service_active: U8
    """Services × days: 1 where the service runs, from `first_day` on."""
    first_day: int
    """Ordinal (`date.toordinal`) of the first column of service_active."""
    service_timezone: U32
    """Services: index into `timezones`."""
    timezones: tuple[str, ...]
    """IANA names."""
    transfer_start: U32
    """S + 1 offsets: as in Timetable, which takes the transfers over unchanged."""
    transfer_stops: U32
    transfer_seconds: I32
    step_free: Transfers | None = None
    """The transfers without steps, where these are known; None where that is so of none."""
    wheelchair: Transfers | None = None
    """The transfers without what a wheelchair does not pass, likewise."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                value.flags.writeable = False
