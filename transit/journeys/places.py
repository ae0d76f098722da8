"""Places by name and names of places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext, override

from transit.journeys.crossings import crossing_of
from transit.journeys.engine import Engine
from transit.network.places import FoundPlace as IndexedPlace
from transit.routing.access import spot_at
from transit.routing.kernels.dijkstra import METRES_PER_DEGREE

# Who points this near to a stop means the stop.
AT_STOP_M = 25.0
# An address or a point of interest further away is somewhere else.
AT_DOOR_M = 40.0
# A street further away names no place.
ON_STREET_M = 150.0


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A place. `kind`: station, stop, settlement, street, address or poi; `detail` says where it is.

    A crossing is a street of two names. Where a house number is on no map, `detail` says so of what was found instead.
    """

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
    found = [
        FoundPlace(p.kind, p.name, _detail(p, language), p.lat, p.lon, p.stop_id)
        for p in engine.places.find(text, language, near, limit)
    ]
    crossing = crossing_of(engine, text, language, near)
    if crossing is None:
        return found
    return [FoundPlace("street", crossing.name, "", crossing.lat, crossing.lon), *found][:limit]


def place_at(engine: Engine, lat: float, lon: float, language: str) -> FoundPlace | None:
    """The stop at a coordinate, else the address there, else the point of interest, else the street.

    What is no stop keeps the coordinate that was asked for.
    """
    stops = engine.network.stops
    east = (stops.lon - lon) * np.cos(np.radians(lat))
    away = np.hypot(east, stops.lat - lat) * METRES_PER_DEGREE
    if len(away) and away.min() <= AT_STOP_M:
        stop = int(away.argmin())
        name, stop_id = stops.name.get(stop, language), engine.network.stop_id(stop)
        kind = "station" if stops.station[stop] else "stop"
        return FoundPlace(kind, name, "", float(stops.lat[stop]), float(stops.lon[stop]), stop_id)
    if door := engine.places.at(lat, lon, AT_DOOR_M, language):
        return FoundPlace(door.kind, door.name, door.secondary, lat, lon)
    spot = spot_at(engine.ground, lat, lon)
    if spot.link is None or spot.link.offset_m > ON_STREET_M:
        return None
    name = engine.network.street_names.get(int(engine.network.streets.edge_name[spot.link.edge]), language)
    return FoundPlace("street", name, "", lat, lon) if name else None


def name_at(engine: Engine, lat: float, lon: float, language: str) -> str:
    """What a coordinate is called; "" where nothing there has a name."""
    found = place_at(engine, lat, lon, language)
    return found.name if found else ""


def _detail(place: IndexedPlace, language: str) -> str:
    """Where a place is, and what it stands for."""
    if not place.unmapped:
        return place.secondary
    with override(language):
        if place.kind == "address":
            note = gettext("Number %(number)s is not on the map. This is the nearest.") % {"number": place.unmapped}
        else:
            note = gettext("Number %(number)s is not on the map. This is the street.") % {"number": place.unmapped}
    return " · ".join(filter(None, (place.secondary, note)))
