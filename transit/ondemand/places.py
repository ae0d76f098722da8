"""The places of a day as nodes of a travel matrix that grows."""

from __future__ import annotations

from collections.abc import Iterable
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
    """Places by longitude and latitude. Those that nobody keeps make room for others."""

    def __init__(self, roads: Roads) -> None:
        self.roads = roads
        self._number: dict[tuple[float, float], int] = {}
        self._used = 0
        """The nodes that have been given out, those that are free again among them."""
        self._free: list[int] = []
        self._passing: list[int] = []
        self._lon, self._lat = np.zeros(_FIRST), np.zeros(_FIRST)
        self._door = np.zeros(_FIRST, np.int64)
        self._seconds, self._metres = (np.zeros((_FIRST, _FIRST), np.int32) for _ in range(2))

    @property
    def count(self) -> int:
        """How many places are known."""
        return len(self._number)

    @property
    def size(self) -> int:
        """The nodes of the matrix as it is."""
        return len(self._lon)

    def node(self, lon: float, lat: float) -> int:
        """The node of a place."""
        key = round(lon, _DIGITS), round(lat, _DIGITS)
        known = self._number.get(key)
        if known is not None:
            return known
        number = self._next()
        self._lon[number], self._lat[number] = key
        self._number[key] = number
        self._passing.append(number)
        self._door[number] = self.roads.door(*key)
        used = self._used
        legs = self.roads.legs(*key, self._lon[:used], self._lat[:used], self._door[:used])
        self._seconds[number, :used], self._metres[number, :used] = legs.out_s, legs.out_m
        self._seconds[:used, number], self._metres[:used, number] = legs.back_s, legs.back_m
        self._seconds[number, number] = self._metres[number, number] = 0
        return number

    def _next(self) -> int:
        if self._free:
            return self._free.pop()
        if self._used == len(self._lon):
            self._widen()
        self._used += 1
        return self._used - 1

    def reserve(self, count: int) -> None:
        """Room for so many places, so that no matrix is made anew before."""
        while len(self._lon) < count:
            self._widen()

    def keep(self) -> None:
        """What is there now stays, and there is room for some more."""
        self._passing.clear()
        if self._room() < ROOM:
            self._widen()

    def drop(self) -> None:
        """Forget what is not kept."""
        self._forget(self._passing)
        self._passing.clear()

    def sweep(self, used: Iterable[int]) -> None:
        """Forget all but these nodes."""
        self._forget(set(self._number.values()).difference(used))

    def _forget(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            del self._number[self.place(number)]
            self._free.append(number)

    def _room(self) -> int:
        return len(self._lon) - self._used + len(self._free)

    def is_full(self) -> bool:
        """Whether one more wish would need a new matrix."""
        return self._room() < 2

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
        lon, lat, door = np.zeros(size), np.zeros(size), np.zeros(size, np.int64)
        seconds, metres = (np.zeros((size, size), np.int32) for _ in range(2))
        n = self._used
        lon[:n], lat[:n], door[:n] = self._lon[:n], self._lat[:n], self._door[:n]
        seconds[:n, :n], metres[:n, :n] = self._seconds[:n, :n], self._metres[:n, :n]
        self._lon, self._lat, self._door, self._seconds, self._metres = lon, lat, door, seconds, metres
