"""How far one gets from a place, and how much of what one travels to one reaches, from a place and from everywhere."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from typing import Any, TextIO

import numpy as np
from numpy.typing import NDArray

from transit.accessibility import contours
from transit.accessibility.grid import Grid
from transit.accessibility.opportunities import Counted, Opportunity, counted
from transit.accessibility.question import Spot, Survey, within
from transit.routing.streets import F64
from transit.routing.timetable import UNREACHED

Json = dict[str, Any]
SQUARE_KM = 1e-6


def isochrones(
    survey: Survey, place: Spot, minutes: Sequence[int], percent: float, spacing_m: float, found: list[Opportunity]
) -> Json:
    """GeoJSON: for each of some minutes the area within which one arrives who leaves at so many percent of the moments.

    Each area says its size and what lies in it. An area is made of squares: one belongs to it if its middle does.
    """
    grid = _grid(survey, spacing_m, [place])
    squares = _squares(survey, grid, [place])
    times = survey.times_to(survey.points(*grid.middle(squares)))
    seconds = within(times, place, (percent,))[0]
    field = np.full(grid.rows * grid.columns, np.inf)
    field[squares] = np.where(seconds == UNREACHED, np.inf, seconds)
    here = counted(found, grid)
    features = [_area(grid, field, each, percent, here) for each in sorted(minutes, reverse=True)]
    origin = {"type": "Point", "coordinates": (place.lon, place.lat)}
    features.append({"type": "Feature", "geometry": origin, "properties": {"role": "start", "name": place.id}})
    return {"type": "FeatureCollection", "features": features}


def opportunities(
    survey: Survey,
    minutes: Sequence[int],
    percent: float,
    spacing_m: float,
    found: list[Opportunity],
    said: Callable[[int, int], None] = lambda done, total: None,
) -> Json:
    """GeoJSON: for each square around the stops, how much one reaches from it within each of some minutes.

    Opportunities are met in the middle of their square. `said` hears how many squares of how many are done.
    """
    grid = _grid(survey, spacing_m, ())
    squares = _squares(survey, grid, ())
    here = counted(found, grid)
    times = survey.times_to(survey.points(*grid.middle(here.squares)))
    lat, lon = grid.middle(squares)
    features = []
    for i, square in enumerate(squares.tolist()):
        seconds = within(times, Spot("", float(lat[i]), float(lon[i])), (percent,))[0]
        reached = {f"{each}": here.within(seconds <= each * 60) for each in minutes}
        properties = {"square": square, "lat": round(float(lat[i]), 6), "lon": round(float(lon[i]), 6)}
        features.append(
            {"type": "Feature", "geometry": grid.outline(square), "properties": properties | {"reached": reached}}
        )
        said(i + 1, len(squares))
    return {"type": "FeatureCollection", "features": features}


def _area(grid: Grid, field: F64, minutes: int, percent: float, here: Counted) -> Json:
    """One area."""
    inside = field <= minutes * 60
    rings = contours.polygons(field.reshape(grid.rows, grid.columns), minutes * 60)
    middle_lat, middle_lon = grid.middle(np.zeros(1, np.int64))
    origin = float(middle_lon[0]), float(middle_lat[0])
    outline = contours.geometry(rings, origin, (grid.step_lon, grid.step_lat))
    properties = {
        "minutes": minutes,
        "percent": percent,
        "square_km": round(_square_km(grid, inside), 3),
        "reached": here.within(inside[here.squares]),
    }
    return {"type": "Feature", "geometry": outline, "properties": properties}


def _square_km(grid: Grid, inside: NDArray[np.bool_]) -> float:
    """The area of some squares of a grid."""
    from_lat, _ = grid.middle(np.flatnonzero(inside))
    metres = 111_194.9**2 * grid.step_lat * grid.step_lon
    return float((metres * np.cos(np.radians(from_lat))).sum()) * SQUARE_KM


def _grid(survey: Survey, spacing_m: float, places: Sequence[Spot]) -> Grid:
    """A grid over everything that may be reached."""
    lat, lon = _middles(survey, places)
    reach = _reach_m(survey) / 111_194.9
    wide = reach / np.cos(np.radians(np.abs(lat).max()))
    return Grid.over((lon.min() - wide, lat.min() - reach, lon.max() + wide, lat.max() + reach), spacing_m)


def _squares(survey: Survey, grid: Grid, places: Sequence[Spot]) -> NDArray[np.int64]:
    """The squares within a walk of a stop or a place."""
    return grid.near(*_middles(survey, places), _reach_m(survey))


def _middles(survey: Survey, places: Sequence[Spot]) -> tuple[F64, F64]:
    """The stops and some places."""
    lat, lon = survey.served()
    return np.append(lat, [each.lat for each in places]), np.append(lon, [each.lon for each in places])


def _reach_m(survey: Survey) -> float:
    """How far a walk leads at most."""
    return survey.question.max_walk_s * survey.question.walk_speed_mps


def write_csv(out: TextIO, found: Json) -> None:
    """What `opportunities` found: a row for each square, minutes and theme."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("square", "lat", "lon", "minutes", "theme", "reached"))
    for feature in found["features"]:
        here = feature["properties"]
        for minutes, themes in here["reached"].items():
            writer.writerows((here["square"], here["lat"], here["lon"], minutes, *each) for each in themes.items())
