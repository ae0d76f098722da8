"""What one travels to: points with a weight and a theme, a planner's own or those of the map."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from transit.accessibility.grid import Grid
from transit.network.amenities import THEMES, read_amenities
from transit.network.store import Network

ALL = "all"
MOST_ROWS = 200_000


class BadOpportunities(ValueError):
    """A file of opportunities that cannot be read; the message says where."""


class Opportunity(NamedTuple):
    """So much of something at a place."""

    theme: str
    lat: float
    lon: float
    weight: float


@dataclass(frozen=True)
class Counted:
    """Opportunities by square of a grid: `weight[theme, i]` lies in square `squares[i]`."""

    themes: tuple[str, ...]
    squares: NDArray[np.int64]
    weight: NDArray[np.float64]

    def within(self, reached: NDArray[np.bool_]) -> dict[str, float]:
        """How much of each theme lies in the squares that are reached."""
        found = self.weight[:, reached].sum(axis=1)
        return {theme: round(float(sum_), 6) for theme, sum_ in zip(self.themes, found, strict=True)}


def of_the_map(network: Network) -> list[Opportunity]:
    """The schools, shops, doctors … of a network's extract, each counting once."""
    found = read_amenities(network.folder)
    columns = (found.theme.tolist(), found.lat.tolist(), found.lon.tolist())
    return [Opportunity(THEMES[theme], lat, lon, 1.0) for theme, lat, lon in zip(*columns, strict=True)]


def read(text: str) -> list[Opportunity]:
    """Those of a CSV (`lat`, `lon`, and as one likes `weight`, `theme`) or of GeoJSON points with such properties.

    Raises BadOpportunities.
    """
    rows = _of_geojson(text) if text.lstrip().startswith("{") else csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    return list(_opportunities(rows))


def counted(found: list[Opportunity], grid: Grid) -> Counted:
    """Opportunities of a grid; what lies beside it is left out."""
    numbers = grid.number(np.array([each.lat for each in found]), np.array([each.lon for each in found]))
    themes = sorted({each.theme for each in found})
    squares = np.unique(numbers[numbers >= 0])
    weight = np.zeros((len(themes), len(squares)))
    for each, number in zip(found, numbers.tolist(), strict=True):
        if number >= 0:
            weight[themes.index(each.theme), np.searchsorted(squares, number)] += each.weight
    return Counted(tuple(themes), squares, weight)


def _opportunities(rows: Iterable[dict[str, Any]]) -> Iterator[Opportunity]:
    for line, row in enumerate(rows, 1):
        if line > MOST_ROWS:
            raise BadOpportunities(f"More than {MOST_ROWS} rows.")
        try:
            lat, lon, weight = float(row["lat"]), float(row["lon"]), float(row.get("weight") or 1)
        except (KeyError, TypeError, ValueError):
            raise BadOpportunities(f"Row {line} needs numbers as lat, lon and weight.") from None
        if not (-90 <= lat <= 90 and -180 <= lon <= 180 and 0 <= weight < 1e12):
            raise BadOpportunities(f"Row {line} is at no place on earth, or its weight is no amount.")
        yield Opportunity(str(row.get("theme") or ALL)[:40], lat, lon, weight)


def _of_geojson(text: str) -> Iterator[dict[str, Any]]:
    try:
        features = json.loads(text)["features"]
        for number, feature in enumerate(features, 1):
            if feature["geometry"]["type"] != "Point":
                raise BadOpportunities(f"Feature {number} is no point.")
            lon, lat = feature["geometry"]["coordinates"][:2]
            yield {**(feature.get("properties") or {}), "lat": lat, "lon": lon}
    except (ValueError, KeyError, TypeError) as error:
        if isinstance(error, BadOpportunities):
            raise
        raise BadOpportunities("The file is no GeoJSON with a list of points.") from None
