"""Shared vehicles are told of as the schema of their version wants it, of now, with all files that belong to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from maas.sandbox.gbfs import create_app, town_fleet
from maas.sandbox.gbfs.fleet import Fleet
from tests.features.probed import Probed, Site
from transit.models import Interface, Probe


@pytest.fixture
def fleet(probed: Probed) -> Fleet:
    fleet = town_fleet("Town Bikes", [("Market", 60.19, 24.95), ("Harbour", 60.15, 24.90)])
    fleet.calm = True
    url = probed.serves(lambda url: create_app({"town": fleet}, url))
    probed.discloses("bikes", "GBFS", f"{url}/town/gbfs.json", "pricing", "realtime-interface")
    return fleet


def copied(probed: Probed, fleet: Fleet, change: Callable[[dict[str, Any]], None], file: str) -> Site:
    """The same system on a server of files, one of which is changed."""
    interface = Interface.objects.get(name="bikes")
    base = interface.url.removesuffix("gbfs.json")
    discovery = httpx.get(interface.url, trust_env=False).json()
    site = probed.site()
    for each in discovery["data"]["feeds"]:
        body = httpx.get(each["url"], trust_env=False).json()
        if each["name"] == file:
            change(body)
        site.bodies[f"/{each['name']}.json"] = json.dumps(body).encode()
        each["url"] = each["url"].replace(base, f"{site.url}/")
    if file == "gbfs":
        change(discovery)
    site.bodies["/gbfs.json"] = json.dumps(discovery).encode()
    interface.url = f"{site.url}/gbfs.json"
    interface.save()
    return site


def test_in_order(probed: Probed, fleet: Fleet) -> None:
    assert probed.asks("bikes") == "FINE"
    assert probed.grade("bikes") == "A"
    assert "stations: 2, with status: 2" in Probe.objects.get().evidence


@pytest.mark.parametrize(
    ("age_s", "grade"), [(200, "A"), (900, "C: bad fresh stale"), (9000, "F: unusable fresh stale")]
)
def test_old(probed: Probed, fleet: Fleet, age_s: int, grade: str) -> None:
    fleet.age_s = age_s
    probed.asks("bikes")
    assert probed.grade("bikes") == grade


@pytest.mark.parametrize("broken", ['{"last_upd', '{"data": {}}', "[]"])
def test_broken(probed: Probed, fleet: Fleet, broken: str) -> None:
    fleet.broken = broken
    assert probed.asks("bikes") == "FAULTY: refused file=GBFS"


def test_what_the_schema_finds(probed: Probed, fleet: Fleet) -> None:
    """Read it can be: our reader is lenient where the schema is not."""

    def wrong(body: dict[str, Any]) -> None:
        for station in body["data"]["stations"]:
            station["capacity"] = "12"
            station["lat"] = 60.1

    copied(probed, fleet, wrong, "station_information")
    assert probed.asks("bikes").startswith("FAULTY: schema_faults count=2 file=station_information.json")
    sample = Probe.objects.all()[0].findings[0]["samples"][0]
    assert "$.data.stations[0].capacity" in sample
    assert probed.grade("bikes").startswith("C: bad valid schema_faults")


def test_a_file_that_is_missing(probed: Probed, fleet: Fleet) -> None:
    def fewer(body: dict[str, Any]) -> None:
        body["data"]["feeds"] = [each for each in body["data"]["feeds"] if each["name"] != "system_pricing_plans"]

    copied(probed, fleet, fewer, "gbfs")
    assert probed.asks("bikes") == "FAULTY: promise_broken content=pricing"


def test_a_listed_file_that_is_not_there(probed: Probed, fleet: Fleet) -> None:
    site = copied(probed, fleet, lambda body: None, "")
    site.statuses["/station_status.json"] = 404
    assert probed.asks("bikes") == "DOWN: answered_with status=404"


def test_stations_without_a_word(probed: Probed, fleet: Fleet) -> None:
    copied(probed, fleet, lambda body: body["data"]["stations"].clear(), "station_status")
    assert "no_status count=2 stations=2" in probed.asks("bikes")


def test_of_a_version_without_a_schema(probed: Probed, fleet: Fleet) -> None:
    copied(probed, fleet, lambda body: body.update(version="3.1-RC3"), "gbfs")
    assert probed.asks("bikes") == "FINE"
    assert [row["code"] for row in Probe.objects.all()[0].findings] == ["no_schema"]


def test_a_real_system(probed: Probed, shared_data: Path) -> None:
    """A snapshot of 2.x with hundreds of stations and vehicles is read; of it nothing is of now."""
    site = probed.site()
    files = sorted((shared_data / "gbfs" / "baywheels").glob("*.json"))
    site.bodies = {f"/{path.name}": path.read_bytes() for path in files}
    feeds = [{"name": path.stem, "url": f"{site.url}/{path.name}"} for path in files]
    written = {"last_updated": 1795417200, "ttl": 60, "version": "2.3", "data": {"en": {"feeds": feeds}}}
    site.bodies["/gbfs.json"] = json.dumps(written).encode()
    probed.discloses("bay", "GBFS", f"{site.url}/gbfs.json")
    found = probed.asks("bay")
    assert "stale" in found
    assert "refused" not in found
