"""What runs otherwise than the timetable says, as a schedule of its own to be laid over the timetable's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from transit.routing.timetable import U8, U32, Schedule

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]


class Off(NamedTuple):
    """Runs of the schedule that do not run on a day (`date.toordinal`), or run otherwise."""

    trip: U32
    day: I32

    def holds(self, trips: I64, day: int) -> NDArray[np.bool_]:
        """Which of some trips are off on a day."""
        return np.isin(trips, self.trip[self.day == day])


NOTHING_OFF = Off(np.empty(0, np.uint32), np.empty(0, np.int32))


@dataclass(frozen=True)
class Live:
    """What is off, and the runs that come in place of it and besides.

    Sequences go on counting after the schedule's, and so do runs after its trips. Times are seconds of the service day.
    """

    off: Off
    sequence_start: U32
    """Offsets into the three arrays below, which are as in Schedule."""
    sequence_stops: U32
    sequence_pickup: U8
    sequence_drop_off: U8
    sequence_mode: U8
    run_sequence: U32
    """The stop sequence of a run, be it the schedule's or one of these."""
    run_event_start: NDArray[np.uint64]
    event_arrivals: I32
    event_departures: I32
    run_day: I32
    run_zone: U32
    """Index into Schedule.timezones: where the day of the run begins."""


def extended(schedule: Schedule, live: Live) -> Schedule:
    """The schedule with the live runs after its trips, each with a service that runs on its day alone."""
    days, service = np.unique(np.stack((live.run_zone, live.run_day.astype(np.int64))), axis=1, return_inverse=True)
    columns = days[1] - schedule.first_day
    active = np.zeros((days.shape[1], schedule.service_active.shape[1]), np.uint8)
    inside = np.flatnonzero((columns >= 0) & (columns < active.shape[1]))
    active[inside, columns[inside]] = 1
    joined: dict[str, Any] = {name: np.concatenate((getattr(schedule, name), getattr(live, name))) for name in _JOINED}
    first_event, first_service = len(schedule.event_arrivals), len(schedule.service_active)
    return replace(
        schedule,
        **joined,
        sequence_start=_continued(schedule.sequence_start, live.sequence_start),
        trip_sequence=np.concatenate((schedule.trip_sequence, live.run_sequence)),
        trip_event_start=np.concatenate((_starts(schedule), live.run_event_start + np.uint64(first_event))),
        trip_service=np.concatenate((schedule.trip_service, (service.reshape(-1) + first_service).astype(np.uint32))),
        service_active=np.concatenate((schedule.service_active, active)),
        service_timezone=np.concatenate((schedule.service_timezone, days[0].astype(np.uint32))),
    )


_JOINED = (
    "sequence_stops", "sequence_pickup", "sequence_drop_off", "sequence_mode", "event_arrivals", "event_departures",
)  # fmt: skip


def _continued(starts: U32, more: U32) -> U32:
    return np.concatenate((starts, more[1:] + starts[-1])).astype(np.uint32)


def _starts(schedule: Schedule) -> NDArray[np.uint64]:
    """Where the events of each trip start; some schedules also say where the last ones end."""
    return schedule.trip_event_start[: len(schedule.trip_sequence)]
