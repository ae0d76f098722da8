"""The trip updates of a GTFS-Realtime message as columns of numbers. Source: GTFS Realtime Reference, "TripUpdate"."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from transit.routing.kernels.wire import (
    MISSING,
    STOP_COLUMNS,
    TRIP_COLUMNS,
    count_updates,
    read_updates,
)

I64 = NDArray[np.int64]


class Relation(IntEnum):
    """TripDescriptor.ScheduleRelationship."""

    SCHEDULED = 0
    ADDED = 1
    UNSCHEDULED = 2
    CANCELED = 3
    REPLACEMENT = 5
    DUPLICATED = 6
    DELETED = 7
    NEW = 8


class StopRelation(IntEnum):
    """StopTimeUpdate.ScheduleRelationship."""

    SCHEDULED = 0
    SKIPPED = 1
    NO_DATA = 2
    UNSCHEDULED = 3


class NotAMessage(ValueError):
    """Bytes that are no GTFS-Realtime message."""


@dataclass(frozen=True)
class TripUpdates:
    """Rows by the columns of `kernels.wire`: of trips, and of the stops of all trips one after the other."""

    data: NDArray[np.uint8]
    trips: I64
    stops: I64

    def text(self, row: I64, column: int) -> str:
        """A text of a row; "" where it is not given."""
        at, length = row[column : column + 2].tolist()
        return "" if at == MISSING else self.data[at : at + length].tobytes().decode(errors="replace")


def read_trip_updates(message: bytes) -> TripUpdates:
    """The trip updates of a message. Raises NotAMessage."""
    data = np.frombuffer(message, np.uint8)
    trips, stops = count_updates(data)
    if trips < 0:
        raise NotAMessage("these bytes are no GTFS-Realtime message; ask the publisher of the feed")
    columns = np.full((trips, TRIP_COLUMNS), MISSING), np.full((stops, STOP_COLUMNS), MISSING)
    found = read_updates(data, *columns)
    if found < 0:
        raise NotAMessage("a part of this GTFS-Realtime message is broken; ask the publisher of the feed")
    return TripUpdates(data, columns[0][:found], columns[1])
