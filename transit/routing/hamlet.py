"""The smallest network that calls every kernel with the types of real arrays, so that these are compiled or loaded."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from transit.routing.access import Ground
from transit.routing.query import Mode
from transit.routing.rentals import Form, Rentals, Return, Station, StationStatus, Status, System, Vehicle, VehicleType
from transit.routing.streets import DRIVE, MOPED, NO_EDGE, Carriageways, Streets
from transit.routing.timetable import Schedule

VEHICLES = Rentals(
    "",
    System("", (), "UTC", types=(VehicleType("", Form.BICYCLE, Return.HYBRID),), stations=(Station("", (), 0, 0),)),
    Status(
        datetime(1970, 1, 1, tzinfo=UTC),
        (StationStatus("", {"": 1}, {"": 1}),),
        (Vehicle("", 0, 0.001, ""),),
    ),
)

NOON = datetime(1970, 1, 1, 12, tzinfo=UTC)


def hamlet() -> tuple[Schedule, Ground]:
    """One street, two stops, one trip at noon: enough for every kernel to be called with the types of real arrays."""

    def numbers(*values: int) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
        return np.array(values, np.uint32)

    def bytes_(*values: int) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
        return np.array(values, np.uint8)

    times = np.array([43800, 44400], np.int32)
    schedule = Schedule(
        numbers(0, 2), numbers(0, 1), bytes_(0, 0), bytes_(0, 0), bytes_(list(Mode).index(Mode.BUS)), numbers(0),
        np.zeros(1, np.uint64), times, times.copy(), numbers(0), np.ones((1, 1), np.uint8), NOON.toordinal(),
        numbers(0), ("UTC",), numbers(0, 1, 2), numbers(0, 1), np.zeros(2, np.int32),
    )  # fmt: skip
    lon, lat = np.array([0.0, 0.01]), np.zeros(2)
    streets = Streets(
        lon, lat, numbers(0, 1, 2), numbers(1, 0), np.full(2, 1112, np.float32), bytes_(3, 3), numbers(0, 0),
        bytes_(0, 1), numbers(0, 0), bytes_(0, 0), numbers(0, 2), lon.copy(), lat.copy(), numbers(0, 1), numbers(0),
        np.array([-0.01, -0.01, 0.03, 0.03, 1, 1]), numbers(0, int(NO_EDGE)), np.zeros(2, np.float32),
        np.zeros(2, np.float32),
    )  # fmt: skip
    driven = replace(streets, edge_modes=bytes_(DRIVE | MOPED, DRIVE | MOPED))
    roads = Carriageways(driven, bytes_(50, 50), numbers(0, 1))
    return schedule, Ground(lat.copy(), lon.copy(), streets, carriageways=roads)
