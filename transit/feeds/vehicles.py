"""Vehicle positions of a GTFS-Realtime message."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import NamedTuple

from google.transit.gtfs_realtime_pb2 import FeedMessage
from google.transit.gtfs_realtime_pb2 import VehiclePosition as Message


class VehiclePosition(NamedTuple):
    """Where a vehicle is. Ids are `feed:id`, or "" where they are not stated; words are those of GTFS-Realtime in
    lower case. `seen_at` is when it was there, `bearing` degrees from north.
    """

    trip_id: str
    route_id: str
    label: str
    lat: float
    lon: float
    bearing: int | None
    seen_at: datetime
    stop_id: str
    status: str
    occupancy: str
    occupancy_percent: int | None


def vehicles_of(message: FeedMessage, feed: str) -> list[VehiclePosition]:
    """The vehicles of a checked message about a feed that say where they are."""
    made_s = message.header.timestamp
    said = (each.vehicle for each in message.entity if each.HasField("vehicle"))
    return [_position(each, feed, made_s) for each in said if each.HasField("position")]


def _position(said: Message, feed: str, made_s: int) -> VehiclePosition:
    def outside(name: str) -> str:
        return f"{feed}:{name}" if name else ""

    bearing = said.position.bearing
    known = said.position.HasField("bearing") and math.isfinite(bearing)
    return VehiclePosition(
        outside(said.trip.trip_id),
        outside(said.trip.route_id),
        said.vehicle.label,
        round(said.position.latitude, 6),
        round(said.position.longitude, 6),
        round(bearing) % 360 if known else None,
        datetime.fromtimestamp(said.timestamp or made_s, UTC),
        outside(said.stop_id),
        Message.VehicleStopStatus.Name(said.current_status).lower(),
        Message.OccupancyStatus.Name(said.occupancy_status).lower() if said.HasField("occupancy_status") else "",
        said.occupancy_percentage if said.HasField("occupancy_percentage") else None,
    )
