"""Places by name and names of places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from transit.journeys.engine import Engine
from transit.routing.access import spot_at
from transit.routing.kernels.dijkstra import METRES_PER_DEGREE

# Who points this near to a stop means the stop.
AT_STOP_M = 25.0
# A street further away names no place.
ON_STREET_M = 150.0


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A place. `kind`: station, stop, settlement, street, address or poi; `detail` says where it is."""

    kind: str
    name: str
    detail: str
    lat: float
    lon: float
    stop_id: str | None = None


def places_named(
    engine: Engine, text: str, language: str, near: tuple[float, float] | None, limit: int
) -> list[FoundPlace]:
    """Places whose name matches a text, best first."""
    found = engine.places.find(text, language, near, limit)
    return [FoundPlace(p.kind, p.name, p.secondary, p.lat, p.lon, p.stop_id) for p in found]


def place_at(engine: Engine, lat: float, lon: float, language: str) -> FoundPlace | None:
    """The stop at a coordinate, else the street there."""
    stops = engine.network.stops
    east = (stops.lon - lon) * np.cos(np.radians(lat))
    away = np.hypot(east, stops.lat - lat) * METRES_PER_DEGREE
    if len(away) and away.min() <= AT_STOP_M:
        stop = int(away.argmin())
        name, stop_id = stops.name.get(stop, language), engine.network.stop_id(stop)
        kind = "station" if stops.station[stop] else "stop"
        return FoundPlace(kind, name, "", float(stops.lat[stop]), float(stops.lon[stop]), stop_id)
    spot = spot_at(engine.ground, lat, lon)
    if spot.link is None or spot.link.offset_m > ON_STREET_M:
        return None
    name = engine.network.street_names.get(int(engine.network.streets.edge_name[spot.link.edge]), language)
    return FoundPlace("street", name, "", lat, lon) if name else None
