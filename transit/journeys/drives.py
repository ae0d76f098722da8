"""How somebody is driven from one place to another: by the roads, or about as far where no road is near."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from transit.journeys.engine import Engine
from transit.routing.driving import Stand, drive_s, find_drive
from transit.routing.itinerary import Place
from transit.routing.kernels.ways import DETOUR, length_of


class Driven(NamedTuple):
    """A drive: how long it usually takes, how far it is, and its line (lon, lat)."""

    seconds: int
    metres: float
    polyline: tuple[tuple[float, float], ...]


def driven(engine: Engine, start: Place, end: Place) -> Driven:
    """The drive between two places."""
    stands = Stand(start.lat, start.lon), Stand(end.lat, end.lon)
    seconds, way = drive_s(engine.ground, *stands), find_drive(engine.ground, *stands)
    if way is not None:
        return Driven(seconds, way.metres, way.polyline)
    straight = ((start.lon, start.lat), (end.lon, end.lat))
    return Driven(seconds, DETOUR * length_of(np.array(straight)), straight)
