"""The generated region is believable, complete and always the same."""

from __future__ import annotations

import csv
import io
import itertools
import json
import os
import subprocess
import sys
import zipfile
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path

import osmium
import pytest
import shapely

from maas.sandbox.region import gtfs
from maas.sandbox.region import region as regions
from maas.sandbox.region.fares import TOWN_PRICES
from maas.sandbox.region.lines import FEEDS, Density
from maas.sandbox.region.model import Region
from maas.sandbox.region.plane import bend_shape

START = date(2026, 11, 23)
FILES = ("rail.gtfs.zip", "town.gtfs.zip", "coast.gtfs.zip", "region.osm.pbf", "region.json")
Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def region() -> Region:
    return regions.of_size(1)


@pytest.fixture(scope="module")
def folder(region: Region, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("region")
    regions.write(region, START, path)
    return path


@pytest.fixture(scope="module")
def feeds(folder: Path) -> dict[str, dict[str, Rows]]:
    return {feed: _tables(folder / f"{feed}.gtfs.zip") for feed in FEEDS}


def _tables(path: Path) -> dict[str, Rows]:
    with zipfile.ZipFile(path) as archive:
        return {
            name: list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8")))) for name in archive.namelist()
        }


def test_another_process_writes_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "maas.sandbox.region", "--start", START.isoformat(), "--out", str(tmp_path)]
    environment = os.environ | {"PYTHONHASHSEED": "7"}
    subprocess.run(command, check=True, env=environment, cwd=Path(__file__).parents[3])
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes(), name


def test_it_is_small_enough_to_import_in_seconds(region: Region) -> None:
    assert 1500 < len(region.network.streets) < 6000
    assert 60 <= len([s for s in region.transit.all_stops() if s.kind == 0]) <= 140


@pytest.mark.parametrize("size", [0, 101])
def test_other_sizes_are_refused(size: int) -> None:
    with pytest.raises(ValueError, match="size"):
        regions.of_size(size)


def test_a_larger_region_has_more_of_everything(region: Region) -> None:
    larger = regions.of_size(4)
    assert len(larger.network.streets) > 2.5 * len(region.network.streets)
    assert len(larger.transit.lines["town"]) > len(region.transit.lines["town"])


def test_more_service_in_the_same_town(region: Region, feeds: dict[str, dict[str, Rows]]) -> None:
    dense = regions.of_size(1, Density(lines=2, often=3)).transit
    assert len(dense.lines["town"]) > 1.5 * len(region.transit.lines["town"])
    assert [line.id for line in dense.lines["rail"]] == [line.id for line in region.transit.lines["rail"]]
    usual = Counter((row["service_id"], row["shape_id"]) for row in feeds["rail"]["trips.txt"])
    with zipfile.ZipFile(io.BytesIO(gtfs.archive("rail", dense, START))) as archive:
        trips = list(csv.DictReader(io.StringIO(archive.read("trips.txt").decode())))
    assert len({row["trip_id"] for row in trips}) == len(trips)
    for kind, count in Counter((row["service_id"], row["shape_id"]) for row in trips).items():
        assert 2.8 * usual[kind] <= count <= 3 * usual[kind]


def test_every_stop_is_close_to_a_street_one_can_walk(region: Region) -> None:
    lines = [shapely.LineString(s.line) for s in region.network.streets]
    tree = shapely.STRtree(lines)
    for stop in region.transit.all_stops():
        gap = lines[int(tree.nearest(shapely.Point(stop.at)))].distance(shapely.Point(stop.at))
        assert gap <= 40, f"{stop.name.en} is {gap:.0f} m from the nearest street"


def test_the_streets_of_each_shore_hang_together(region: Region) -> None:
    parent = list(range(len(region.network.junctions)))

    def root(n: int) -> int:
        while parent[n] != n:
            n = parent[n]
        return n

    for street in region.network.streets:
        parent[root(street.start)] = root(street.end)
    parts = Counter(root(s.start) for s in region.network.streets)
    assert len(parts) == 2, "the mainland and the island"
    assert min(parts.values()) > 150, "importers drop smaller parts as slips of the map"


def test_streets_of_every_rank_are_there(region: Region) -> None:
    kinds = Counter(s.kind for s in region.network.streets)
    for kind in ("primary", "secondary", "tertiary", "residential", "footway", "cycleway", "steps"):
        assert kinds[kind] >= 3, kind
    assert any(s.is_bridge for s in region.network.streets)


def test_no_street_but_a_bridge_or_a_pier_runs_through_water(region: Region) -> None:
    land = shapely.union_all([region.terrain.land, *region.terrain.islands]).difference(region.terrain.river)
    ground = bend_shape(land).buffer(12)
    wet = [s for s in region.network.streets if not ground.contains(shapely.LineString(s.line))]
    strays = [s.key for s in wet if not s.is_bridge and not s.key.startswith("pier")]
    assert len(strays) <= 0.005 * len(region.network.streets), strays


def test_six_bus_lines_of_two_operators_a_railway_and_a_ferry(feeds: dict[str, dict[str, Rows]]) -> None:
    by_type = Counter((r["agency_id"], r["route_type"]) for t in feeds.values() for r in t["routes.txt"])
    assert by_type["tuuli", "3"] + by_type["ranta", "3"] == 6
    assert by_type["juna", "2"] == 1
    assert by_type["lautta", "4"] == 2
    stations = [r for r in feeds["rail"]["stops.txt"] if r["location_type"] == "1"]
    platforms = Counter(r["parent_station"] for r in feeds["rail"]["stops.txt"] if r["parent_station"])
    assert len(stations) >= 5
    assert set(platforms.values()) == {2}
    assert platforms.keys() == {r["stop_id"] for r in stations}


def test_references_resolve_and_times_rise(feeds: dict[str, dict[str, Rows]]) -> None:
    for tables in feeds.values():
        stops = {r["stop_id"] for r in tables["stops.txt"]}
        trips = {r["trip_id"] for r in tables["trips.txt"]}
        shapes = {r["shape_id"] for r in tables["shapes.txt"]}
        assert len(trips) == len(tables["trips.txt"]), "trip ids are unique"
        assert {r["shape_id"] for r in tables["trips.txt"]} <= shapes
        calls: dict[str, Rows] = defaultdict(list)
        for row in tables["stop_times.txt"]:
            assert row["stop_id"] in stops
            calls[row["trip_id"]].append(row)
        assert calls.keys() == trips
        for rows in calls.values():
            assert rows[0]["departure_time"]
            assert rows[-1]["arrival_time"]
            known = [r[c] for r in rows for c in ("arrival_time", "departure_time") if r[c]]
            assert known == sorted(known)
            along = [float(r["shape_dist_traveled"]) for r in rows]
            assert all(a < b for a, b in itertools.pairwise(along))


def test_the_timetable_has_its_difficult_sides(feeds: dict[str, dict[str, Rows]]) -> None:
    town, coast = feeds["town"], feeds["coast"]
    assert any(r["departure_time"] == "25:10:00" and r["stop_sequence"] == "1" for r in town["stop_times.txt"])
    assert town["frequencies.txt"]
    assert "frequencies.txt" not in coast
    blank = {r["trip_id"].split("-")[0] for r in coast["stop_times.txt"] if not r["arrival_time"]}
    assert blank == {"K52"}
    assert {r["transfer_type"] for r in feeds["rail"]["transfers.txt"]} == {"2"}


def test_every_day_of_the_year_has_service(feeds: dict[str, dict[str, Rows]]) -> None:
    for tables in feeds.values():
        days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
        changed = {(r["date"], r["service_id"]): r["exception_type"] for r in tables["calendar_dates.txt"]}
        for offset in range(-30, 366):
            day = START + timedelta(offset)
            running = [
                r["service_id"]
                for r in tables["calendar.txt"]
                if (
                    r["start_date"] <= f"{day:%Y%m%d}" <= r["end_date"]
                    and changed.get((f"{day:%Y%m%d}", r["service_id"]), "1" if r[days[day.weekday()]] == "1" else "2")
                    == "1"
                )
                or changed.get((f"{day:%Y%m%d}", r["service_id"])) == "1"
            ]
            assert len(running) == 1, (day, running)
    assert ("20261225", "sunday") in changed


def test_every_ride_by_town_bus_has_a_fare(feeds: dict[str, dict[str, Rows]]) -> None:
    zones = {r["stop_id"]: r["zone_id"] for r in feeds["town"]["stops.txt"]}
    assert set(zones.values()) == {"A", "B", "C"}
    calls: dict[str, list[str]] = defaultdict(list)
    for row in feeds["town"]["stop_times.txt"]:
        calls[row["trip_id"]].append(zones[row["stop_id"]])
    touched = {"".join(sorted(set(c[a : b + 1]))) for c in calls.values() for b in range(len(c)) for a in range(b)}
    assert touched <= TOWN_PRICES.keys()
    assert {r["transfer_duration"] for r in feeds["town"]["fare_attributes.txt"]} == {"5400"}


def test_every_pair_of_stations_has_one_fare(feeds: dict[str, dict[str, Rows]]) -> None:
    stations = {r["stop_id"] for r in feeds["rail"]["stops.txt"] if r["location_type"] == "1"}
    rules = [(r["origin_id"], r["destination_id"]) for r in feeds["rail"]["fare_rules.txt"]]
    assert len(rules) == len(set(rules))
    assert set(rules) == {(a, b) for a in stations for b in stations if a != b}
    price = {r["fare_id"]: float(r["price"]) for r in feeds["rail"]["fare_attributes.txt"]}
    fares = {(r["origin_id"], r["destination_id"]): price[r["fare_id"]] for r in feeds["rail"]["fare_rules.txt"]}
    assert fares["R01", "R02"] < fares["R01", "R07"]


def test_all_names_exist_in_three_languages(feeds: dict[str, dict[str, Rows]], folder: Path) -> None:
    for tables in feeds.values():
        translated = {(r["field_value"], r["language"]) for r in tables["translations.txt"] if r["translation"]}
        for stop in tables["stops.txt"]:
            assert {(stop["stop_name"], "en"), (stop["stop_name"], "ja")} <= translated
    named = [dict(o.tags) for o in osmium.FileProcessor(str(folder / "region.osm.pbf")) if "name" in o.tags]
    assert len(named) > 500
    assert all("name:en" in tags and "name:fi" in tags and "name:ja" in tags for tags in named)


def test_the_map_has_coast_sea_addresses_and_places(folder: Path) -> None:
    seen: Counter[str] = Counter()
    for thing in osmium.FileProcessor(str(folder / "region.osm.pbf")).with_areas():
        tags = dict(thing.tags)
        seen.update(f"{key}={value}" for key, value in tags.items())
        seen["addresses"] += "addr:housenumber" in tags
        seen["sea area"] += isinstance(thing, osmium.osm.Area) and tags.get("water") == "sea"
    assert seen["sea area"] == 1
    assert seen["addresses"] > 2000
    for wanted in ("natural=coastline", "place=island", "amenity=hospital", "amenity=school", "amenity=library"):
        assert seen[wanted], wanted
    for wanted in (
        "railway=rail",
        "route=ferry",
        "leisure=park",
        "waterway=river",
        "amenity=marketplace",
        "park_ride=yes",
        "place=town",
    ):
        assert seen[wanted], wanted


def test_the_description_names_what_is_there(folder: Path, feeds: dict[str, dict[str, Rows]]) -> None:
    about = json.loads((folder / "region.json").read_text(encoding="utf-8"))
    assert {feed["id"]: feed["sales"] for feed in about["feeds"]} == {
        "rail": "tomp",
        "town": "hosted",
        "coast": "hosted",
    }
    west, south, east, north = about["bbox"]
    for tables in feeds.values():
        for stop in tables["stops.txt"]:
            assert west < float(stop["stop_lon"]) < east
            assert south < float(stop["stop_lat"]) < north
    for search in about["searches"]:
        for end in (search["from"], search["to"]):
            assert set(end["name"]) == {"fi", "en", "ja"}
            assert south < end["lat"] < north
