"""Where two streets cross, written as `Museokatu / Runeberginkatu` or `Museokatu & Runeberginkatu`."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transit.journeys.engine import Engine

_BETWEEN = re.compile(r"\s*[/&＆／]\s*")
_NAMESAKES = 8


@dataclass(frozen=True, slots=True)
class Crossing:
    """A node of the streets where both names meet."""

    name: str
    lat: float
    lon: float


def crossing_of(engine: Engine, text: str, language: str, near: tuple[float, float] | None) -> Crossing | None:
    """The crossing of two streets, the nearest where they meet more than once; None for any other text."""
    sides = _BETWEEN.split(text.strip())
    if len(sides) != 2 or not all(sides):
        return None
    first, second = (_streets_named(engine, side, near) for side in sides)
    for one in first:
        for other in second:
            nodes = np.intersect1d(_ends(engine, one), _ends(engine, other)) if one != other else ()
            if len(nodes):
                return _crossing(engine, np.asarray(nodes), (one, other), language, near)
    return None


def _streets_named(engine: Engine, text: str, near: tuple[float, float] | None) -> list[str]:
    """The names on the spot of the streets that a text may mean, best first."""
    found = engine.places.find(text, "", near, _NAMESAKES)
    return list(dict.fromkeys(place.name for place in found if place.kind == "street"))


def _ends(engine: Engine, name: str) -> NDArray[np.uint32]:
    """The nodes that a street of that name runs through. Every stretch has an edge each way, so heads are all ends."""
    streets = engine.network.streets
    return streets.edge_head[np.isin(streets.edge_name, engine.streets_by_name.get(name, []))]


def _crossing(
    engine: Engine, nodes: NDArray[np.uint32], names: tuple[str, str], language: str, near: tuple[float, float] | None
) -> Crossing:
    streets = engine.network.streets
    lat, lon = streets.node_lat[nodes], streets.node_lon[nodes]
    middle = near or (float(np.median(lat)), float(np.median(lon)))
    best = int(np.hypot(lat - middle[0], (lon - middle[1]) * np.cos(np.radians(middle[0]))).argmin())
    numbers = [engine.streets_by_name[name][0] for name in names]
    spoken = " / ".join(engine.network.street_names.get(number, language) for number in numbers)
    return Crossing(spoken, float(lat[best]), float(lon[best]))
