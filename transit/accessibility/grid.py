"""Squares over a region, each of which stands for its middle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transit.routing.kernels.dijkstra import METRES_PER_DEGREE
from transit.routing.streets import F64

MOST_SQUARES = 60_000
"""Each has its walks searched for; more of them are a question for wider squares."""


class TooFine(ValueError):
    """The squares are too small for the region."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows from the south, columns from the west; square (row, column) is number row × columns + column."""

    west: float
    south: float
    step_lon: float
    step_lat: float
    columns: int
    rows: int

    @classmethod
    def over(cls, bounds: tuple[float, float, float, float], spacing_m: float) -> Grid:
        """A grid over a box [west, south, east, north]."""
        west, south, east, north = bounds
        step_lat = spacing_m / METRES_PER_DEGREE
        step_lon = step_lat / np.cos(np.radians((south + north) / 2))
        # One square more on every side: an outline needs an outside.
        columns, rows = (int(np.ceil(span)) + 2 for span in ((east - west) / step_lon, (north - south) / step_lat))
        return cls(west - step_lon, south - step_lat, float(step_lon), step_lat, columns, rows)

    def number(self, lat: F64, lon: F64) -> NDArray[np.int64]:
        """The square that each place is in, −1 where it is in none."""
        row = np.floor((lat - self.south) / self.step_lat).astype(np.int64)
        column = np.floor((lon - self.west) / self.step_lon).astype(np.int64)
        inside = (row >= 0) & (row < self.rows) & (column >= 0) & (column < self.columns)
        return np.where(inside, row * self.columns + column, -1)

    def middle(self, numbers: NDArray[np.int64]) -> tuple[F64, F64]:
        """The (lat, lon) of the middles of squares."""
        row, column = np.divmod(numbers, self.columns)
        return self.south + (row + 0.5) * self.step_lat, self.west + (column + 0.5) * self.step_lon

    def near(self, lat: F64, lon: F64, within_m: float) -> NDArray[np.int64]:
        """The squares whose middle is within a straight line of some place. Raises TooFine."""
        marked = np.zeros((self.rows, self.columns), bool)
        high = within_m / METRES_PER_DEGREE
        for here_lat, here_lon in zip(lat.tolist(), lon.tolist(), strict=True):
            wide = high / np.cos(np.radians(here_lat))
            rows = np.arange(*_span(here_lat - self.south, high, self.step_lat, self.rows))
            columns = np.arange(*_span(here_lon - self.west, wide, self.step_lon, self.columns))
            north = (self.south + (rows + 0.5) * self.step_lat - here_lat) / high
            east = (self.west + (columns + 0.5) * self.step_lon - here_lon) / wide
            marked[np.ix_(rows, columns)] |= north[:, None] ** 2 + east**2 <= 1
        found = np.flatnonzero(marked)
        if len(found) > MOST_SQUARES:
            raise TooFine(f"{len(found)} squares are more than {MOST_SQUARES}: ask for wider ones.")
        return found

    def outline(self, number: int) -> dict[str, Any]:
        """A square as GeoJSON."""
        row, column = divmod(number, self.columns)
        west, south = self.west + column * self.step_lon, self.south + row * self.step_lat
        east, north = west + self.step_lon, south + self.step_lat
        ring = ((west, south), (east, south), (east, north), (west, north), (west, south))
        return {"type": "Polygon", "coordinates": [[(round(x, 6), round(y, 6)) for x, y in ring]]}


def _span(offset: float, reach: float, step: float, count: int) -> tuple[int, int]:
    """The squares of a row or column that a reach around a place touches."""
    low, high = int((offset - reach) // step), int((offset + reach) // step) + 1
    return min(max(low, 0), count), min(max(high, 0), count)
