"""How long a vehicle drives between places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]

METRES_PER_DEGREE: Final = 111_194.9
DETOUR: Final = 1.3
STRAIGHT_MPS: Final = 30 / 3.6


@dataclass(frozen=True, slots=True)
class Legs:
    """From one place to others and back: seconds on streets as at night, and metres, rounded up."""

    out_s: I32
    out_m: I32
    back_s: I32
    back_m: I32


class Roads(Protocol):
    """What a dispatcher asks of the streets."""

    def legs(self, lon: float, lat: float, to_lon: F64, to_lat: F64, doors: I64 | None = None) -> Legs:
        """From a place to others and back. No way round is quicker. `doors` are those of the others, if known."""

    def door(self, lon: float, lat: float) -> int:
        """The number of a place, by which it is found again at once."""

    def meet(self, lon: float, lat: float) -> tuple[float, float, float]:
        """The nearest point that a vehicle passes, and the metres to it."""


@dataclass(frozen=True, slots=True)
class Straight:
    """Where no streets are known: the straight line with a detour of DETOUR, at 30 km/h, on a plane around `lat`."""

    lat: float = 0.0

    def legs(self, lon: float, lat: float, to_lon: F64, to_lat: F64, doors: I64 | None = None) -> Legs:
        """As Roads has it."""
        metres = straight_m(lon, lat, to_lon, to_lat, self.lat)
        seconds, length = _up(metres / STRAIGHT_MPS), _up(metres)
        return Legs(seconds, length, seconds, length)

    def door(self, lon: float, lat: float) -> int:
        """Nothing has to be found."""
        return 0

    def meet(self, lon: float, lat: float) -> tuple[float, float, float]:
        """The place itself."""
        return lon, lat, 0.0


def straight_m(lon: float, lat: float, to_lon: F64, to_lat: F64, middle: float | None = None) -> F64:
    """Metres of the straight line, with a detour; on one plane, if a latitude is given, so that triangles hold."""
    east = (to_lon - lon) * np.cos(np.radians(lat if middle is None else middle))
    return np.asarray(np.hypot(east, to_lat - lat) * METRES_PER_DEGREE * DETOUR)


def _up(values: F64) -> I32:
    return np.ceil(values - 1e-6).astype(np.int32)
