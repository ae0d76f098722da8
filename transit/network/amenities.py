"""Schools, shops, doctors and the like of a network: what planners count as opportunities."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transit.network.folder import Reader

_VALUES = {
    "schools": "school kindergarten college university",
    "health": "hospital clinic doctors pharmacy dentist",
    "shops": "supermarket convenience mall department_store marketplace greengrocer bakery butcher",
    "offices": "townhall library post_office bank community_centre social_facility courthouse police",
    "leisure": "park playground sports_centre swimming_pool stadium cinema theatre museum",
}
THEMES = tuple(_VALUES)
THEME_OF = {value: number for number, values in enumerate(_VALUES.values()) for value in values.split()}
"""Values of OpenStreetMap's keys `amenity`, `shop`, `leisure` and `tourism`."""


class Amenities(NamedTuple):
    """Where they are, and of which theme (index into THEMES)."""

    theme: NDArray[np.uint8]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]


def read_amenities(folder: Path) -> Amenities:
    """Those of a network; none where it was built before they were kept."""
    reader = Reader(folder)
    if "amenities.theme" not in reader.facts["arrays"]:
        return Amenities(np.empty(0, np.uint8), np.empty(0), np.empty(0))
    return Amenities(*(reader.array(f"amenities.{name}") for name in Amenities._fields))
