"""Who may use which street, and what is read from an extract."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.feeds import write_streets
from transit.feeds.notices import FeedError
from transit.feeds.osm import joined, names_of, read_extract
from transit.feeds.permissions import permissions
from transit.routing.streets import BICYCLE, WALK

BOTH = WALK | BICYCLE


@pytest.mark.parametrize(
    ("tags", "forward", "backward"),
    [
        ("highway=residential", BOTH, BOTH),
        ("highway=residential oneway=yes", BOTH, WALK),
        ("highway=residential oneway=-1", WALK, BOTH),
        ("highway=residential oneway=yes oneway:bicycle=no", BOTH, BOTH),
        ("highway=residential oneway=yes cycleway=opposite_lane", BOTH, BOTH),
        ("highway=tertiary junction=roundabout", BOTH, WALK),
        ("highway=footway", WALK, WALK),
        ("highway=footway bicycle=yes", BOTH, BOTH),
        ("highway=pedestrian bicycle=dismount", WALK, WALK),
        ("highway=steps", WALK, WALK),
        ("highway=steps bicycle=yes", WALK, WALK),
        ("highway=cycleway foot=no", BICYCLE, BICYCLE),
        ("highway=motorway", 0, 0),
        ("highway=trunk", 0, 0),
        ("highway=trunk sidewalk=both", WALK, WALK),
        ("highway=primary motorroad=yes", 0, 0),
        ("highway=service access=private", 0, 0),
        ("highway=service access=private foot=yes", WALK, WALK),
        ("highway=residential bicycle=use_sidepath", WALK, WALK),
        ("highway=footway oneway:foot=yes", WALK, 0),
    ],
)
def test_permissions(tags: str, forward: int, backward: int) -> None:
    assert permissions(dict(tag.split("=") for tag in tags.split())) == (forward, backward)


def test_names_by_language() -> None:
    tags = {"name": "Hämeenkatu", "name:sv": "Tavastgatan", "name:fi": "Hämeenkatu", "name:etymology": "Häme"}
    assert names_of(tags) == {"": "Hämeenkatu", "sv": "Tavastgatan"}
    assert names_of({"highway": "service"}) == {}


def test_reads_streets_places_and_areas(tmp_path: Path) -> None:
    path = write_streets(
        tmp_path / "town.osm.pbf",
        """
        street residential 60.0,24.0 60.001,24.0 60.002,24.0 # Kotikatu
        street construction 60.0,24.0 60.0,24.1
        node 60.0005,24.001 addr:street=Kotikatu addr:housenumber=4 addr:city=Kylä
        node 60.0015,24.001 amenity=library # Kirjasto
        node 60.001,24.002 place=village # Kylä
        node 60.003,24.0 amenity=bench # Penkki
        area building=yes 60.0,24.002 60.0,24.003 60.001,24.003
        """,
    )
    extract = read_extract(path)
    assert extract.ways.highway == ["residential"]
    assert extract.names[extract.ways.name[0]] == {"": "Kotikatu"}
    found = {(place.kind, place.names[""]) for place in extract.places}
    assert found == {("address", "Kotikatu 4"), ("poi", "Kirjasto"), ("settlement", "Kylä")}
    assert len(extract.buildings.wkb) == 1


def test_joining_an_extract_with_itself_changes_no_street(tmp_path: Path) -> None:
    path = write_streets(tmp_path / "a.osm.pbf", "street residential 60.0,24.0 60.001,24.0 # Kotikatu")
    extract = read_extract(path)
    both = joined([extract, read_extract(path)])
    assert list(both.ways.ref) == list(extract.ways.ref)
    assert both.ways.highway == extract.ways.highway


@pytest.mark.parametrize("content", [b"", b"not an extract", b"\x00" * 100])
def test_no_extract(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.osm.pbf"
    path.write_bytes(content)
    with pytest.raises(FeedError):
        read_extract(path)


def test_car_parks_to_ride_on_from(tmp_path: Path) -> None:
    extract = read_extract(
        write_streets(
            tmp_path / "a.osm.pbf",
            """
            street residential 60.000,24.000 60.001,24.000
            area amenity=parking park_ride=yes capacity=120 fee=no 60.002,24.000 60.003,24.000 60.003,24.002 # Liityntä
            node 60.004,24.000 amenity=parking park_ride=train capacity=many fee=yes
            node 60.005,24.000 amenity=parking park_ride=no
            node 60.006,24.000 amenity=parking park_ride=yes access=private
            node 60.007,24.000 amenity=bicycle_parking park_ride=yes
            node 60.008,24.000 barrier=bollard
            """,
        )
    )
    assert [(each.names.get("", ""), each.capacity, each.costs) for each in extract.car_parks] == [
        ("", None, True),
        ("Liityntä", 120, False),
    ]
    assert (extract.car_parks[1].lat, extract.car_parks[1].lon) == pytest.approx((60.0025, 24.001))
    assert len(extract.closed) == 1
    twice = joined([extract, extract])
    assert len(twice.car_parks) == 2
