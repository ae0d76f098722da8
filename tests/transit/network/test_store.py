"""What a built network says."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.feeds import write_feed, write_streets
from transit.feeds.notices import FeedError
from transit.journeys.engine import Engine
from transit.journeys.itineraries import Translator
from transit.money import Money
from transit.network import build as builder
from transit.network.build import Source, build
from transit.network.graph import street_graph
from transit.network.store import Network, Run, open_network
from transit.routing.query import Mode

TEXT = """
    station S 60.000 24.000 Keskusta
    stop A 60.000 24.000 Keskusta parent=S platform=01 zone=A
    stop A2 60.0005 24.000 Keskusta parent=S platform=2 zone=A
    stop B 60.010 24.010 Tori zone=B
    stop B2 60.011 24.010 Tori zone=B
    stop C 60.050 24.010 Satama
    line 1 tram A 8:00 B 8:10/8:12 C 8:40
    line 1 tram A 9:00 B 9:10/9:12 C 9:40
    line 2 ferry C 10:00 A2 25:30

    [shapes.txt]
    shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence
    s,60.000,24.000,1
    s,60.010,24.000,2
    s,60.010,24.010,3
    s,60.050,24.010,4

    [fare_attributes.txt]
    fare_id,price,currency_type,payment_method,transfers,transfer_duration,agency_id
    single,3.50,EUR,0,,5400,ag

    [fare_rules.txt]
    fare_id,route_id,origin_id,destination_id,contains_id
    single,1,,,A

    [translations.txt]
    table_name,field_name,language,translation,record_id,field_value
    stops,stop_name,en,Harbour,C,
    stops,stop_name,sv,Torget,,Tori
    trips,trip_headsign,en,Harbour,,C
    agency,agency_name,en,The Agency,ag,
"""
STREETS = """
    street residential 60.000,24.000 60.010,24.010 # Kotikatu
    street residential 60.010,24.010 60.050,24.010 name:sv=Hamngatan # Satamakatu
"""


def source(name: str, path: Path, is_streets: bool = False) -> Source:
    return Source(name, path, f"{path.stat().st_size}-{name}", is_streets)


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Network:
    folder = tmp_path_factory.mktemp("store")
    feed = write_feed(folder / "f.zip", TEXT)
    streets = write_streets(folder / "s.osm.pbf", STREETS)
    return open_network(build([source("f", feed), source("streets", streets, True)], folder / "networks"))


def test_ids_and_names(network: Network) -> None:
    stop = network.find_stop("f:C")
    assert stop is not None
    assert network.stop_id(stop) == "f:C"
    assert [network.stops.name.get(stop, code) for code in ("fi", "en", "sv")] == ["Satama", "Harbour", "Satama"]
    tori = network.find_stop("f:B")
    assert tori is not None
    assert network.stops.name.get(tori, "sv") == "Torget"
    assert network.find_stop("f:Z") is None
    assert network.find_stop("g:C") is None
    assert network.agencies.name.get(0, "en") == "The Agency"
    trip = network.find_trip("f:1-0")
    assert trip is not None
    assert network.headsigns.get(int(network.trips.headsign[trip]), "en") == "Harbour"
    assert network.headsigns.get(int(network.trips.headsign[trip]), "fi") == "C"
    route = int(network.trips.route[trip])
    assert (network.routes.ids.texts[route], network.mode(route)) == ("f:1", Mode.TRAM)


def test_stops_know_their_station_platform_and_zone(network: Network) -> None:
    stop, station = network.find_stop("f:A"), network.find_stop("f:S")
    assert stop is not None
    assert station is not None
    assert network.stops.parent[stop] == station
    assert network.stops.platform[stop] == "01"
    assert network.stops.zone[stop] == "f:A"
    assert network.stop_timezone(stop) == "Europe/Helsinki"
    assert sorted(network.stop_id(i) for i in network.members(station)) == ["f:A", "f:A2", "f:S"]
    assert [network.stop_id(i) for i in network.members(stop)] == ["f:A"]
    tori = network.find_stop("f:B")
    assert tori is not None
    assert [network.stop_id(i) for i in network.members(tori)] == ["f:B", "f:B2"], "namesakes close by"


def test_schedule(network: Network) -> None:
    schedule = network.schedule
    trips = [network.find_trip(f"f:{name}") for name in ("1-0", "1-1", "2-0")]
    assert schedule.trip_sequence[trips[0]] == schedule.trip_sequence[trips[1]]
    first = int(schedule.trip_event_start[trips[0]])
    assert schedule.event_arrivals[first : first + 3].tolist() == [28800, 29400, 31200]
    assert schedule.event_departures[first : first + 3].tolist() == [28800, 29520, 31200]
    last = int(schedule.trip_event_start[trips[2]])
    assert schedule.event_arrivals[last + 1] == 25 * 3600 + 1800
    assert schedule.first_day == date(2026, 1, 1).toordinal()
    assert network.last_day == date(2027, 12, 31).toordinal()
    assert schedule.service_active.all()
    assert not schedule.event_arrivals.flags.writeable


def test_calls_are_found_by_stop_sequence(network: Network) -> None:
    trip = network.find_trip("f:1-1")
    assert trip is not None
    assert network.stop_sequence(trip).tolist() == [1, 2, 3]
    assert network.find_call(trip, 2) == 1
    assert network.find_call(trip, 9) is None
    assert [network.stop_id(int(stop)) for stop in network.trip_stops(trip)] == ["f:A", "f:B", "f:C"]


def test_fares(network: Network) -> None:
    (fare,) = network.fares.fares
    assert (fare.product_id, fare.price, fare.agency_id) == ("f:single", Money(350, "EUR"), "f:ag")
    assert fare.transfers is None
    assert network.fares.routes == ("f:1",)
    assert network.fares.zones == ("f:A",)
    assert network.fares.rule_fare.tolist() == [0]


def test_a_line_without_a_shape_is_straight(network: Network) -> None:
    trip = network.find_trip("f:2-0")
    assert trip is not None
    assert network.find_shape(trip, 0, 1) is None
    ride = Translator(Engine(network), "fi").transit_leg(Run(trip, network.first_day, 0, 1))
    assert ride.polyline == ((24.01, 60.05), (24.0, 60.0005))


def test_a_line_follows_its_shape(tmp_path: Path) -> None:
    path = write_feed(tmp_path / "f.zip", TEXT + "\n    [trips.txt]\n    route_id,service_id,trip_id,shape_id\n"
                      "    1,daily,1-0,s\n    1,daily,1-1,\n    2,daily,2-0,\n")  # fmt: skip
    network = open_network(build([source("f", path)], tmp_path / "networks"))
    trip = network.find_trip("f:1-0")
    assert trip is not None
    lines = [network.find_shape(trip, *calls) for calls in ((0, 1), (1, 2))]
    assert [line.tolist() for line in lines if line is not None] == [
        [[24.0, 60.0], [24.0, 60.01], [24.01, 60.01]],
        [[24.01, 60.01], [24.01, 60.05]],
    ]
    assert network.streets.nodes == 0
    assert network.basemap == ()


def test_street_names_and_graph(network: Network) -> None:
    names = {network.street_names.get(int(number), "sv") for number in network.streets.edge_name}
    assert names == {"Kotikatu", "Hamngatan"}
    graph = street_graph(network)
    assert graph.number_of_nodes() == network.streets.nodes == 3
    assert {data["name"] for _, _, data in graph.edges(data=True)} == {"Kotikatu", "Satamakatu"}
    assert all(data["walk"] and data["bicycle"] for _, _, data in graph.edges(data=True))


def test_the_map_has_tiles(network: Network) -> None:
    assert network.basemap == ("streets",)
    head = (network.folder / "basemap" / "streets.pmtiles").read_bytes()[:8]
    assert head == b"PMTiles\x03"
    assert network.bounds == (24.0, 60.0, 24.01, 60.05)


def test_several_feeds_in_one_network(tmp_path: Path) -> None:
    a = write_feed(tmp_path / "a.zip", TEXT)
    b = write_feed(tmp_path / "b.zip", "stop A 60.001 24.0\nstop B 61 24\nline 1 bus A 7:00 B 8:00")
    network = open_network(build([source("b", b), source("a", a)], tmp_path / "networks"))
    assert network.feeds == ("a", "b")
    first, second = network.find_stop("a:A"), network.find_stop("b:A")
    assert first is not None
    assert second is not None
    row = slice(*network.schedule.transfer_start[first : first + 2].tolist())
    assert second in network.schedule.transfer_stops[row].tolist(), "one may walk from one operator to the other"
    trip = network.find_trip("b:1-0")
    assert trip is not None
    assert [network.stop_id(int(stop)) for stop in network.trip_stops(trip)] == ["b:A", "b:B"]
    assert network.routes.ids.texts[int(network.trips.route[trip])] == "b:1"


def test_the_same_sources_make_the_same_folder_once(tmp_path: Path) -> None:
    feed = write_feed(tmp_path / "f.zip", TEXT)
    folder = build([source("f", feed)], tmp_path / "networks")
    written = (folder / "network.json").stat().st_mtime_ns
    assert build([source("f", feed)], tmp_path / "networks") == folder
    assert (folder / "network.json").stat().st_mtime_ns == written
    assert [path.name for path in (tmp_path / "networks").iterdir()] == [folder.name]


def test_a_failed_build_leaves_nothing(tmp_path: Path) -> None:
    feed = write_feed(tmp_path / "f.zip", TEXT)
    streets = tmp_path / "s.osm.pbf"
    streets.write_bytes(b"no streets")
    with pytest.raises(FeedError):
        build([source("f", feed), source("streets", streets, True)], tmp_path / "networks")
    with pytest.raises(FeedError, match="at least one feed"):
        build([source("streets", streets, True)], tmp_path / "networks")
    assert not (tmp_path / "networks").exists() or not list((tmp_path / "networks").iterdir())


def test_the_builder_is_part_of_the_name() -> None:
    assert len(builder.builder_version()) == 64


@pytest.fixture(scope="module")
def tampere(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Network:
    city = shared_data / "tampere"
    sources = [source("tampere", city / "tampere.zip"), source("streets", city / "tampere.osm.pbf", True)]
    return open_network(build(sources, tmp_path_factory.mktemp("tampere")))


def test_tracks_of_a_real_city_run_forward_and_near_their_stops(tampere: Network) -> None:
    rng = np.random.default_rng(3)
    far: list[float] = []
    for trip in rng.choice(len(tampere.trips.route), 300, replace=False).tolist():
        stops = np.array(tampere.trip_stops(trip))
        line: Any = tampere.find_shape(trip, 0, len(stops) - 1)
        assert len(line) >= 2
        track = int(tampere.trips.track[trip])
        begin = int(tampere.tracks.start[track])
        at = tampere.tracks.at[begin : begin + len(stops)]
        assert (np.diff(at) >= 0).all()
        lines: Any = [tampere.find_shape(trip, i, len(stops) - 1) for i in range(len(stops) - 1)]
        start = np.array([each[0] for each in lines])
        east = (start[:, 0] - tampere.stops.lon[stops[:-1]]) * np.cos(np.radians(61.5))
        far += (np.hypot(east, start[:, 1] - tampere.stops.lat[stops[:-1]]) * 111_195).tolist()
    assert np.percentile(far, 99) < 60
