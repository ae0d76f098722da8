"""Shared vehicles as publishers disclose them: versions 1.1 to 3.0, and files that are no good."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from transit.feeds.gbfs import CURRENT, Document, Refused, addresses_of, document_of, status_of, system_of
from transit.routing.rentals import Form, Return, Status, System, text_in

Files = dict[str, Any]
VERSIONS = {"v2.3": (2, 0, 1), "v3.0": (23, 7, 272)}


def documents(files: Files) -> dict[str, Document]:
    return {name: document_of(name, json.dumps(content).encode()) for name, content in files.items()}


def read(files: Files) -> tuple[System, Status]:
    found = documents(files)
    system = system_of(found)
    return system, status_of({name: each for name, each in found.items() if name in CURRENT}, system)


def loaded(folder: Path) -> Files:
    return {path.stem: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))}


@pytest.mark.parametrize("version", ["v2.3", "v3.0"])
def test_every_file_of_a_version_is_valid_and_read(version: str, shared_data: Path, shared_specs: Path) -> None:
    files = loaded(shared_data / "gbfs" / version)
    for name, content in files.items():
        schema = json.loads((shared_specs / "gbfs" / version / f"{name}.json").read_text())
        jsonschema.validate(content, schema)
    assert any("station_information" in each for each in addresses_of(documents(files)["gbfs"]).values())
    system, status = read(files)
    assert (system.types[-1].form, len(system.zones) > 0, len(system.plans) > 0) == (Form.BICYCLE, True, True)
    assert {each.station_id for each in status.stations} <= {each.station_id for each in system.stations}
    found = len(system.stations), len(status.vehicles), len(system.zones)
    assert (found, system.faults, status.faults) == (VERSIONS[version], (), ())


def test_bay_wheels(shared_data: Path) -> None:
    system, status = read(loaded(shared_data / "gbfs" / "baywheels"))
    assert (len(system.stations), len(status.stations), len(status.vehicles)) == (496, 496, 720)
    assert (system.faults, status.faults, text_in(system.name, "fi")) == ((), (), "Bay Wheels")
    assert (system.types[0].form, system.types[0].returned) == (Form.BICYCLE, Return.HYBRID)
    assert (status.said_at.year, sum(each.rents for each in status.stations) > 400) == (2022, True)


SMALL: Files = {
    "system_information": {"system_id": "s", "languages": ["fi"], "name": [{"language": "fi", "text": "Pyörät"}],
                           "timezone": "Europe/Helsinki"},
    "vehicle_types": {"vehicle_types": [{"vehicle_type_id": "b", "form_factor": "bicycle"}]},
    "station_information": {"stations": [
        {"station_id": "1", "name": [{"language": "fi", "text": "Tori"}, {"language": "en", "text": "Square"}],
         "lat": 60.1, "lon": 24.9},
        {"station_id": "2", "name": [{"language": "fi", "text": "Satama"}], "lat": 60.2, "lon": 24.9},
    ]},
    "station_status": {"stations": [{"station_id": each, "num_vehicles_available": 3, "num_docks_available": 4,
                                     "is_installed": True, "is_renting": True, "is_returning": True}
                                    for each in "12"]},
    "vehicle_status": {"vehicles": [{"vehicle_id": each, "lat": 60.1, "lon": 24.9, "vehicle_type_id": "b",
                                     "is_reserved": False, "is_disabled": False} for each in "ab"]},
    "system_pricing_plans": {"plans": [{"plan_id": "p", "name": [{"language": "fi", "text": "Hinta"}],
                                        "currency": "EUR", "price": 1.0}]},
    "geofencing_zones": {"geofencing_zones": {"type": "FeatureCollection", "features": [
        {"properties": {"rules": [{"ride_end_allowed": False}]},
         "geometry": {"type": "Polygon", "coordinates": [[[24, 60], [25, 60], [25, 61], [24, 60]]]}}]},
        "global_rules": []},
}  # fmt: skip


def small() -> Files:
    """A system of two stations and two bicycles."""
    envelope = {"last_updated": "2026-03-10T08:00:00Z", "ttl": 60, "version": "3.0"}
    return {name: envelope | {"data": json.loads(json.dumps(data))} for name, data in SMALL.items()}


FAULTS = {
    "a coordinate that is no number": ("vehicle_status vehicles 0 lat", float("nan"), "no_lat"),
    "a coordinate nowhere": ("station_information stations 0 lon", 999, "impossible_position"),
    "a text for a number": ("vehicle_status vehicles 1 lon", "24.9", "no_lon"),
    "a number beyond numbers": ("vehicle_status vehicles 0 current_range_meters", 10**400, "no_current_range_meters"),
    "fewer than none": ("station_status stations 0 num_vehicles_available", -1, "no_num_vehicles_available"),
    "an id twice": ("vehicle_status vehicles 1 vehicle_id", "a", "duplicate_id"),
    "a list for a vehicle": ("vehicle_status vehicles 0", [], "not_an_object"),
    "a type that is not there": ("vehicle_status vehicles 0 vehicle_type_id", "x", "unknown_type"),
    "a name that is a number": ("station_information stations 1 name", 7, "no_name"),
    "a station unheard of": ("station_status stations 0 station_id", "9", "unknown_station"),
    "a plan without a price": ("system_pricing_plans plans 0 price", None, "no_price"),
    "a zone that is a line": ("geofencing_zones geofencing_zones features 0 geometry type", "LineString",
                              "no_geometry"),
    "a zone of two points": ("geofencing_zones geofencing_zones features 0 geometry coordinates",
                             [[[24, 60], [25, 60]]], "no_geometry"),
    "a rule that is a text": ("geofencing_zones geofencing_zones features 0 properties rules", "no", "no_rules"),
}  # fmt: skip
REFUSED = {
    "cut off": b'{"last_updated": 1, "data": {"vehicles": [{"vehicle_id"',
    "nested without end": b"[" * 100_000,
    "a list": b"[]",
    "no data": b'{"last_updated": 1}',
    "no time": b'{"last_updated": "now", "data": {"vehicles": []}}',
    "no list": b'{"last_updated": 1, "data": {"vehicles": {"a": 1}}}',
    "a number of too many digits": b'{"last_updated": ' + b"9" * 10_000 + b', "data": {"vehicles": []}}',
    "more than any system": b'{"last_updated": 1, "data": {"vehicles": [' + b"0," * 200_000 + b"0]}}",
}


@pytest.mark.parametrize("what", FAULTS)
def test_what_makes_no_sense_is_left_out_and_counted(what: str) -> None:
    path, value, code = FAULTS[what]
    files = small()
    name, *keys = path.split()
    at: Any = files[name]["data"]
    for key in keys[:-1]:
        at = at[int(key) if key.isdigit() else key]
    at[int(keys[-1]) if keys[-1].isdigit() else keys[-1]] = value
    system, status = read(files)
    assert dict(system.faults + status.faults)[code] == 1
    left = len(system.stations), len(system.plans), len(system.zones), len(status.stations), len(status.vehicles)
    assert sum(left) == (6 if name == "station_information" else 7)  # with a station goes what is said of it


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_document_is_refused_with_what_to_do(what: str) -> None:
    with pytest.raises(Refused, match=r"vehicle_status .*(ask the publisher|is this the address)"):
        document_of("vehicle_status", REFUSED[what])


def test_before_3_0_each_language_is_a_file() -> None:
    files = small()
    for row, name in zip(files["station_information"]["data"]["stations"], ("Tori", "Satama"), strict=True):
        row["name"] = name
    found = documents(files)
    english = json.loads(json.dumps(files["station_information"]).replace("Tori", "Square"))
    system = system_of(found, {"en": documents({"station_information": english})})
    assert [text_in(each.name, "en") for each in system.stations] == ["Square", "Satama"]
    assert text_in(system.stations[0].name, "fi") == "Tori"
    listed = {
        language: {"feeds": [{"name": "station_status", "url": f"https://x/{language}"}]} for language in ("fi", "en")
    }
    addresses = addresses_of(documents({"gbfs": {"last_updated": 1, "data": listed}})["gbfs"])
    assert addresses["en"] == {"station_status": "https://x/en"}
