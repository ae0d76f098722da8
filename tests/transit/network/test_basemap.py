"""The tiles of the map, read back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyogrio.raw
import shapely

from tests.feeds import write_streets
from transit.feeds.osm import read_extract
from transit.network import basemap

COAST = """
    street residential 60.000,24.000 60.000,24.100 # Rantakatu
    street primary 60.000,24.000 60.100,24.000 name:sv=Landsvägen # Maantie
    street tertiary 60.100,24.000 60.100,24.100 bridge=yes # Silta
    area leisure=park 60.001,24.001 60.001,24.010 60.010,24.010 # Puisto
    area building=yes 60.002,24.020 60.002,24.021 60.003,24.021
    node 60.005,24.005 place=town # Kylä
"""


def read(path: Path) -> tuple[shapely.Geometry, dict[str, list[object]]]:
    meta, _, shapes, columns = pyogrio.raw.read(path)
    return shapely.from_wkb(shapes), {
        name: values.tolist() for name, values in zip(meta["fields"], columns, strict=True)
    }


def test_layers_fields_and_names(tmp_path: Path) -> None:
    extract = read_extract(write_streets(tmp_path / "coast.osm.pbf", COAST))
    layers = basemap.write(tmp_path, extract)
    assert set(layers) >= {"roads", "streets", "green", "buildings", "places"}
    assert {path.stem for path in (tmp_path / "basemap").iterdir()} == set(layers)
    _, roads = read(tmp_path / "basemap" / "roads.pmtiles")
    rows = set(zip(roads["class"], roads["name"], roads["name_sv"], roads["bridge"], strict=True))
    assert rows == {("primary", "Maantie", "Landsvägen", 0), ("tertiary", "Silta", None, 1)}
    _, places = read(tmp_path / "basemap" / "places.pmtiles")
    assert (places["class"], places["name"]) == (["town"], ["Kylä"])


def test_the_sea_is_right_of_the_coast(shared_data: Path) -> None:
    extract = read_extract(shared_data / "helsinki" / "helsinki-core.osm.pbf")
    sea = shapely.union_all(basemap._sea(extract))
    assert not sea.is_empty
    lon, lat = np.asarray(extract.ways.lon), np.asarray(extract.ways.lat)
    on_land = ~shapely.contains_xy(sea, lon, lat)
    # Bridges and piers are over water; nearly everything else that one walks on is not.
    assert on_land.mean() > 0.95
    assert shapely.contains_xy(sea, 24.9575, 60.1655), "the harbour off the market square"
