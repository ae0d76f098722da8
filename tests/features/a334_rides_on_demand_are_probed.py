"""Rides on demand are described as the reference of GOFS wants it, and their calendars still hold."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.features.probed import Probed, Site
from transit.feeds.schemas import faults

SQUARE = [[[24.0, 60.0], [24.1, 60.0], [24.1, 60.1], [24.0, 60.0]]]
FILES: dict[str, Any] = {
    "system_information": {"language": "fi", "timezone": "Europe/Helsinki", "name": "Village Taxi"},
    "zones": {
        "zones": {
            "type": "FeatureCollection",
            "features": [
                {"zone_id": "village", "type": "Feature", "properties": {},
                 "geometry": {"type": "Polygon", "coordinates": SQUARE}}
            ],
        }
    },
    "operating_rules": {
        "operating_rules": [
            {"from_zone_id": "village", "to_zone_id": "village", "calendars": ["all"], "vehicle_type_id": ["van"],
             "start_pickup_window": "06:00:00", "end_pickup_window": "20:00:00"}
        ]
    },
    "calendars": {"calendars": [{"calendar_id": "all", "start_date": "20260101", "end_date": "20271231"}]},
    "vehicle_types": {"vehicle_types": [{"vehicle_type_id": "van"}]},
    "service_brands": {
        "service_brands": [
            {"brand_id": "b", "brand_name": "Village Taxi", "brand_color": "0000FF", "brand_text_color": "FFFFFF"}
        ]
    },
    "booking_rules": {"booking_rules": [{"booking_type": 0, "from_zone_ids": ["village"]}]},
}  # fmt: skip


def written(data: Any) -> dict[str, Any]:
    return {"last_updated": int(datetime.now(UTC).timestamp()), "ttl": 3600, "version": "1.0", "data": data}


def put(site: Site, **changed: Any) -> None:
    """The files with some of them changed; None leaves one out."""
    files = {name: data for name, data in (FILES | changed).items() if data is not None}
    for name, data in files.items():
        site.bodies[f"/{name}.json"] = json.dumps(written(data)).encode()
    feeds = [{"name": name, "url": f"{site.url}/{name}.json"} for name in files]
    site.bodies["/gofs.json"] = json.dumps(written({"en": {"feeds": feeds}})).encode()


@pytest.fixture
def site(probed: Probed) -> Site:
    site = probed.site()
    probed.discloses("village", "GOFS", f"{site.url}/gofs.json", "service-hours")
    return site


def test_in_order(probed: Probed, site: Site) -> None:
    put(site)
    assert probed.asks("village") == "FINE"
    assert probed.grade("village") == "A"


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"calendars": None}, "missing_file file=calendars.json"),
        ({"zones": {"zones": {"type": "FeatureCollection"}}}, "schema_faults count=1 file=zones.json"),
        ({"system_information": {"name": "x"}}, "schema_faults count=2 file=system_information.json"),
        (
            {"calendars": {"calendars": [{"calendar_id": "all", "start_date": "20250101", "end_date": "20261101"}]}},
            "expired date=2026-11-01",
        ),
        (
            {"calendars": {"calendars": [{"calendar_id": "all", "start_date": "20250101", "end_date": "20261128"}]}},
            "ends_soon date=2026-11-28",
        ),
        (
            {"operating_rules": {"operating_rules": [
                {"from_zone_id": "village", "to_zone_id": "moon", "calendars": ["all"], "vehicle_type_id": ["van"]}]}},
            "faulty_entities count=1",
        ),
        ({"operating_rules": {"operating_rules": []}}, "nothing_there"),
    ],
)  # fmt: skip
def test_faults(probed: Probed, site: Site, changed: dict[str, Any], found: str) -> None:
    put(site, **changed)
    assert found in probed.asks("village")


def test_what_is_no_gofs(probed: Probed, site: Site) -> None:
    for body in (b"<html>", b"{}", json.dumps(written({})).encode()):
        site.bodies["/gofs.json"] = body
        assert probed.asks("village") == "FAULTY: refused file=GOFS"
    del site.bodies["/gofs.json"]
    assert probed.asks("village").startswith("DOWN")


def test_our_words_say_what_the_published_schemas_say(shared_specs: Path) -> None:
    """The same documents, whole and with every required field taken away in turn, get the same verdict."""
    compared = 0
    for name in FILES.keys() - UNFINISHED:
        judge = jsonschema.Draft7Validator(json.loads((shared_specs / "gofs" / f"{name}.json").read_text()))
        for document in [written(FILES[name]), *lacking(written(FILES[name]))]:
            ours = bool(faults([[name, f"gofs/{name}", json.dumps(document)]]))
            assert ours is not judge.is_valid(document), (name, document)
            compared += 1
    assert compared > 20


UNFINISHED = {"service_brands", "calendars", "operating_rules", "zones"}
"""No list of brands satisfies the published schema, rows of calendars are not looked at, the type of vehicle is
required though the reference says optional, and a zone may have no area.
"""


def lacking(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The document without each of its fields in turn, at any depth."""
    found = []

    def visit(path: list[Any], node: Any) -> None:
        if isinstance(node, dict):
            for key in node:
                copy = json.loads(json.dumps(document))
                place = copy
                for step in path:
                    place = place[step]
                del place[key]
                found.append(copy)
                visit([*path, key], node[key])
        elif isinstance(node, list) and node:
            visit([*path, 0], node[0])

    visit([], document)
    return found
