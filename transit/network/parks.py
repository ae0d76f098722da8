"""Car parks where one changes to public transport, of a network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transit.network.folder import Reader
from transit.network.texts import Texts, read_texts

UNKNOWN, FREE, COSTS = range(3)


@dataclass(frozen=True)
class ParkTable:
    """Car parks. `capacity` is −1 where it is not known, `costs` one of UNKNOWN, FREE, COSTS."""

    name: Texts
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    capacity: NDArray[np.int32]
    costs: NDArray[np.uint8]


def read_parks(reader: Reader) -> ParkTable:
    """Out of a network's folder."""
    columns = (reader.array(f"parks.{name}") for name in ("lat", "lon", "capacity", "costs"))
    return ParkTable(read_texts(reader, "parks.name"), *columns)
