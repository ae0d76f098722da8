"""Our own map: vector tiles made from the street extract, one PMTiles file for each layer, in `basemap/`.

| file (source layer of the same name) | geometry | zooms | class |
|---|---|---|---|
| `water.pmtiles` | polygons | 6–14 | sea, water, lake, river, basin … |
| `waterways.pmtiles` | lines | 11–14 | river, stream, canal, ditch |
| `green.pmtiles` | polygons | 9–14 | forest, grass, park, garden, farmland … (OSM value) |
| `buildings.pmtiles` | polygons | 14 | building |
| `roads.pmtiles` | lines | 9–13 | motorway, trunk, primary, secondary, tertiary (`_link` folded in) |
| `streets.pmtiles` | lines | 13 | all other OSM values of highway: residential, service, footway, cycleway, steps … |
| `rails.pmtiles` | lines | 10–14 | rail, light_rail, subway, tram, funicular, narrow_gauge, monorail |
| `places.pmtiles` | points | 6–14 | city, town, village, suburb, … |

Every feature has `class`, and `name` with `name_xx` where it is named (the name on the spot, and in language xx); roads
and streets have `bridge` 0 or 1. Land is the background. A layer without features has no file: `network.json` lists
under `basemap` the layers that are there. The map enlarges the tiles beyond their last zoom.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyogrio.raw
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from transit.feeds.osm import Drawing, Extract, Names, is_language
from transit.feeds.ragged import gather, offsets

Shapes = NDArray[np.object_]

FOLDER = "basemap"
_LANGUAGES = frozenset(("en", "fi", "sv", "ja"))
"""Languages kept wherever they occur; others are kept where they name one feature in a hundred."""
_ROADS = frozenset(("motorway", "trunk", "primary", "secondary", "tertiary"))
_SEA_MARGIN = 1e-6
_COAST_GAP = 0.003
"""Degrees, some 200 m."""
_IN_MEMORY = 64 << 20
"""Bytes of the shapes of a layer, counted once for each zoom, up to which GDAL's working table, some 1.5 times as
large, is kept in memory: in a file every one of its rows is a write of its own."""

# Threads of GDAL wait for each other longer than they work, and another process uses the second core. The driver of
# PMTiles hands the options of vector tiles on, but does not list them among its own.
pyogrio.set_gdal_config_options({"GDAL_NUM_THREADS": 1, "GDAL_VALIDATE_CREATION_OPTIONS": False})


@dataclass
class _Layer:
    """Features of one file."""

    name: str
    zooms: tuple[int, int]
    shapes: Shapes
    category: Sequence[str]
    names: Sequence[Names]
    more: dict[str, NDArray[np.int32]] = field(default_factory=dict)


def write(folder: Path, extract: Extract) -> list[str]:
    """Write the tiles of an extract below a network's folder; the names of the layers that have features."""
    (folder / FOLDER).mkdir()
    layers = [layer for layer in _layers(extract) if len(layer.shapes)]
    for layer in layers:
        _write(folder / FOLDER / f"{layer.name}.pmtiles", layer)
    return [layer.name for layer in layers]


def _layers(extract: Extract) -> list[_Layer]:
    """All layers, also empty ones."""
    water = _drawn(extract.water)
    is_area = np.isin(shapely.get_type_id(water), (3, 6)) if len(water) else np.zeros(0, bool)
    sea = _sea(extract)
    area = np.flatnonzero(is_area)
    line = np.flatnonzero(~is_area)
    settlements = [place for place in extract.places if place.kind == "settlement"]
    return [
        _Layer(
            "water",
            (6, 14),
            np.concatenate((sea, water[area])),
            ["sea"] * len(sea) + [extract.water.category[i] for i in area],
            [{}] * len(sea) + [extract.water.names[i] for i in area],
        ),
        _Layer(
            "waterways",
            (11, 14),
            water[line],
            [extract.water.category[i] for i in line],
            [extract.water.names[i] for i in line],
        ),
        _whole("green", (9, 14), extract.green),
        _whole("buildings", (14, 14), extract.buildings),
        *_ways(extract),
        _whole("rails", (10, 14), extract.rails),
        _Layer(
            "places",
            (6, 14),
            shapely.points([(place.lon, place.lat) for place in settlements]) if settlements else _none(),
            [place.category for place in settlements],
            [place.names for place in settlements],
        ),
    ]


def _none() -> Shapes:
    return np.zeros(0, object)


def _drawn(drawing: Drawing) -> Shapes:
    """The shapes of a drawing."""
    return np.asarray(shapely.from_wkb(drawing.wkb), object) if drawing.wkb else _none()


def _whole(name: str, zooms: tuple[int, int], drawing: Drawing) -> _Layer:
    """A drawing as one layer."""
    return _Layer(name, zooms, _drawn(drawing), drawing.category, drawing.names)


def _ways(extract: Extract) -> tuple[_Layer, _Layer]:
    """Roads for all, and streets for those who are close."""
    ways = extract.ways
    kinds = [kind.removesuffix("_link") for kind in ways.highway]
    large = np.array([kind in _ROADS for kind in kinds], bool)
    start = np.asarray(ways.start, np.int64)
    points = np.column_stack((np.asarray(ways.lon, np.float64), np.asarray(ways.lat, np.float64)))
    bridge = ways.bridge

    def layer(name: str, zooms: tuple[int, int], chosen: NDArray[np.intp]) -> _Layer:
        counts = np.diff(start)[chosen]
        vertices = points[gather(start[:-1][chosen], counts)]
        lines = _none()
        if len(chosen):
            lines = np.asarray(shapely.linestrings(vertices, indices=np.repeat(np.arange(len(chosen)), counts)), object)
        keys = [(kinds[i], ways.name[i], int(bridge[i])) for i in chosen]
        return _merged(name, zooms, lines, keys, extract.names)

    return layer("roads", (9, 13), np.flatnonzero(large)), layer("streets", (13, 13), np.flatnonzero(~large))


def _merged(
    name: str, zooms: tuple[int, int], lines: Shapes, keys: list[tuple[str, int, int]], names: list[Names]
) -> _Layer:
    """Lines of one kind and name that meet are drawn as one: fewer features, and labels that do not repeat."""
    numbers: dict[tuple[str, int, int], int] = {}
    group = np.array([numbers.setdefault(key, len(numbers)) for key in keys], np.int64)
    order = np.argsort(group, kind="stable")
    if not len(lines):
        return _Layer(name, zooms, lines, [], [])
    joined = shapely.line_merge(shapely.multilinestrings(lines[order], indices=group[order]))
    parts, owner = shapely.get_parts(joined, return_index=True)
    rows = list(numbers)
    chosen = [rows[i] for i in owner.tolist()]
    bridges = np.array([row[2] for row in chosen], np.int32)
    return _Layer(name, zooms, parts, [r[0] for r in chosen], [names[r[1]] for r in chosen], {"bridge": bridges})


def _sea(extract: Extract) -> Shapes:
    """The sea within the box of the extract: what lies to the right of the coastlines (OSM, natural=coastline)."""
    coast = _drawn(extract.coast)
    if not len(coast):
        return _none()
    box = shapely.box(min(extract.ways.lon), min(extract.ways.lat), max(extract.ways.lon), max(extract.ways.lat))
    lines = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(coast), directed=True))
    edges = shapely.unary_union([box.boundary, *shapely.intersection(lines, box), *_gaps(lines, box.boundary)])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(edges)))
    starts, ends = _coast_segments(coast)
    tree = shapely.STRtree(np.asarray(shapely.linestrings(np.stack((starts, ends), axis=1)), object))
    wet = [face for face in faces if _is_right_of(face, tree, starts, ends)]
    return np.array(wet, object) if wet else _none()


def _gaps(lines: Shapes, edge: BaseGeometry) -> list[BaseGeometry]:
    """From each loose end of a coastline close to the edge of the map straight on to that edge.

    Extracts are cut by streets, so that the coast often ends a few metres before the box around them.
    """
    points = [shapely.get_point(line, at) for line in lines if not line.is_ring for at in (0, -1)]
    return [shapely.shortest_line(point, edge) for point in points if 0 < shapely.distance(point, edge) < _COAST_GAP]


def _coast_segments(coast: Shapes) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The first and last points of all segments of the coastlines."""
    points = shapely.get_coordinates(coast)
    start = offsets(shapely.get_num_coordinates(coast).astype(np.int64))
    inner = np.ones(len(points), bool)
    inner[start[1:] - 1] = False
    first = np.flatnonzero(inner)
    return points[first], points[first + 1]


def _is_right_of(
    face: BaseGeometry, tree: shapely.STRtree, starts: NDArray[np.float64], ends: NDArray[np.float64]
) -> bool:
    """Whether a face lies to the right of the nearest segment of coast."""
    point = shapely.point_on_surface(face)
    # All segments that are equally near meet in one corner; the one seen most squarely decides.
    found = tree.query_nearest(point, all_matches=True)
    x, y = shapely.get_x(point), shapely.get_y(point)
    along, to = ends[found] - starts[found], np.array([x, y]) - starts[found]
    side = (along[:, 0] * to[:, 1] - along[:, 1] * to[:, 0]) / np.maximum(np.hypot(*along.T), _SEA_MARGIN)
    return bool(side[np.argmax(np.abs(side))] < 0)


def _write(path: Path, layer: _Layer) -> None:
    """One file of tiles."""
    spoken: Counter[str] = Counter(code for names in layer.names for code in names if is_language(code))
    named = sum(bool(names) for names in layer.names)
    languages = sorted(code for code, n in spoken.items() if code in _LANGUAGES or n * 100 > named)
    columns: dict[str, NDArray[Any]] = {
        "class": np.array(layer.category, object),
        "name": np.array([names.get("", "") for names in layer.names], object),
        **{f"name_{code}": np.array([names.get(code, "") for names in layer.names], object) for code in languages},
        **layer.more,
    }
    for name, column in columns.items():
        if name.startswith("name"):
            column[column == ""] = None
    first, last = layer.zooms
    shapes = np.asarray(shapely.to_wkb(layer.shapes), object)
    is_small = sum(map(len, shapes)) * (last - first + 1) <= _IN_MEMORY
    pyogrio.raw.write(
        path,
        shapes,
        list(columns.values()),
        list(columns),
        layer=layer.name,
        driver="PMTiles",
        geometry_type="Unknown",
        crs="EPSG:4326",
        dataset_options={"MINZOOM": first, "MAXZOOM": last} | ({"TEMPORARY_DB": ":memory:"} if is_small else {}),
    )
