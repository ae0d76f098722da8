"""The places of a day as nodes of a travel matrix that grows."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from transit.ondemand.roads import Roads
from transit.routing.pooling import Travel

I64 = NDArray[np.int64]
_FIRST: Final = 256
ROOM: Final = 64
"""So many places of wishes find room without a new matrix."""
_DIGITS: Final = 6


class Places:
    """Places by longitude and latitude. Those after the first `kept` are for the moment and make room for others."""

    def __init__(self, roads: Roads) -> None:
        self.roads = roads
        self.count = self.kept = 0
        self._number: dict[tuple[float, float], int] = {}
        self._lon, self._lat = np.zeros(_FIRST), np.zeros(_FIRST)
        self._seconds, self._metres = (np.zeros((_FIRST, _FIRST), np.int32) for _ in range(2))

    def node(self, lon: float, lat: float) -> int:
        """The node of a place."""
        key = round(lon, _DIGITS), round(lat, _DIGITS)
        known = self._number.get(key)
        if known is not None:
            return known
        if self.count == len(self._lon):
            self._widen()
        number = self._number[key] = self.count
        self._lon[number], self._lat[number] = key
        self.count += 1
        legs = self.roads.legs(*key, self._lon[:number], self._lat[:number])
        self._seconds[number, :number], self._metres[number, :number] = legs.out_s, legs.out_m
        self._seconds[:number, number], self._metres[:number, number] = legs.back_s, legs.back_m
        return number

    def reserve(self, count: int) -> None:
        """Room for so many places, so that no matrix is made anew before."""
        while len(self._lon) < count:
            self._widen()

    def keep(self) -> None:
        """What is there now stays, and there is room for some more."""
        self.kept = self.count
        if self.count + ROOM > len(self._lon):
            self._widen()

    def drop(self) -> None:
        """Forget what is not kept."""
        for number in range(self.kept, self.count):
            del self._number[self._lon[number], self._lat[number]]
        self.count = self.kept

    def is_full(self) -> bool:
        """Whether one more wish would need a new matrix."""
        return self.count + 2 > len(self._lon)

    def place(self, node: int) -> tuple[float, float]:
        """Where a node is."""
        return float(self._lon[node]), float(self._lat[node])

    def seconds(self, start: int, end: int) -> int:
        """Between two nodes."""
        return int(self._seconds[start, end])

    def metres(self, start: int, end: int) -> int:
        """Between two nodes."""
        return int(self._metres[start, end])

    def travel(self, pace: I64) -> Travel:
        """The matrix as it is now and, until it is widened, as it will be: places that are added appear in it."""
        return Travel(self._seconds[:], self._metres[:], pace[:])

    def _widen(self) -> None:
        size = 2 * len(self._lon)
        lon, lat = np.zeros(size), np.zeros(size)
        seconds, metres = (np.zeros((size, size), np.int32) for _ in range(2))
        n = self.count
        lon[:n], lat[:n] = self._lon[:n], self._lat[:n]
        seconds[:n, :n], metres[:n, :n] = self._seconds[:n, :n], self._metres[:n, :n]
        self._lon, self._lat, self._seconds, self._metres = lon, lat, seconds, metres
