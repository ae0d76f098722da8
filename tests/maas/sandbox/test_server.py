"""The outside world runs as one server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from maas.sandbox.realtime import Control
from maas.sandbox.realtime.messages import message
from maas.sandbox.server import Options, create_app, prepare_region
from maas.sandbox.tomp import Timetable
from tests.maas.sandbox.live import serving
from transit.feeds.messages import check
from transit.feeds.realtime import Kind

TODAY = datetime.now(UTC).date()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare_region(tmp_path_factory.mktemp("work"), 1, TODAY)


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[httpx.Client]:
    app = create_app(Options(folder, "http://sandbox.example"))
    with serving(app) as url, httpx.Client(base_url=url, trust_env=False) as client:
        yield client


@pytest.fixture(scope="module")
def about(client: httpx.Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/region.json").json()
    return found


def test_the_index_says_what_is_here(client: httpx.Client) -> None:
    page = client.get("/").text
    for path in ("/feeds", "/stripe", "/sms", "/push", "/realtime", "/tomp/rail-juna", "/region.json"):
        assert f'href="{path}"' in page


def test_what_comes_to_phones_and_browsers_can_be_read(client: httpx.Client) -> None:
    said = {"to": "+358401234567", "text": "<b>Matkasi on varattu"}
    headers = {"Authorization": "Bearer sms-token", "Idempotency-Key": "1"}
    assert "Nothing has come yet" in client.get("/sms").text
    for _ in range(2):
        assert client.post("/sms/messages", json=said, headers=headers).status_code == 202
    assert client.get("/sms").text.count("&lt;b&gt;Matkasi on varattu") == 1
    made = client.post("/push/browsers", json={"applicationServerKey": "x"}).json()
    assert made["endpoint"].startswith("http://sandbox.example/push/send/")
    assert "Nothing has come yet" in client.get("/push").text


def test_what_the_description_names_is_served(client: httpx.Client, about: dict[str, Any]) -> None:
    assert about["names"] == {"fi": "Tuulirannikko", "en": "Wind Coast", "ja": "風ヶ浜地方"}
    for path in [feed["path"] for feed in about["feeds"]] + [about["streets"]]:
        assert client.get(path).status_code == 200
    for pair in about["examples"]:
        assert len(pair) == 2
        assert all({"name", "names", "lat", "lon"} == end.keys() for end in pair)


def test_operators_say_how_their_trips_run(client: httpx.Client, about: dict[str, Any]) -> None:
    """Of every trip that is about to run; most are on time, and equal questions have equal answers."""
    assert [each["feed"] for each in about["realtime"]] == [feed["name"] for feed in about["feeds"]]
    noon = datetime.combine(TODAY, datetime.min.time(), UTC) + timedelta(hours=13)
    control, timetable = Control(), Timetable.of_gtfs(client.get("/feeds/town.gtfs.zip").content)
    said = message("town", timetable, control, noon)
    checked = check(said.SerializeToString(), noon)
    assert checked.faults == ()
    assert checked.counts.keys() == set(Kind)
    assert checked.trip_ids <= timetable.trips.keys()
    assert said == message("town", timetable, control, noon)
    late = [stop.arrival.time for each in said.entity for stop in each.trip_update.stop_time_update]
    calm = message("town", timetable, Control(calm=True), noon)
    early = [stop.arrival.time for each in calm.entity for stop in each.trip_update.stop_time_update]
    assert sum(late) > sum(early)
    answer = client.get("/realtime/coast.pb")
    assert client.get("/realtime/coast.pb", headers={"If-None-Match": answer.headers["etag"]}).status_code in (200, 304)
    assert client.get("/realtime/nobody.pb").status_code == 404


def test_the_railway_sells_by_tomp_and_the_others_are_hosted(client: httpx.Client, about: dict[str, Any]) -> None:
    services = {o["code"]: s["sales"] for o in about["operators"] for s in o["services"] if "sales" in s}
    assert services == {"coast-ranta": "hosted", "coast-lautta": "hosted", "rail-juna": "tomp", "town-tuuli": "hosted"}
    tomp = next(o["tomp"] for o in about["operators"] if "tomp" in o)
    auth = (tomp["client_id"], tomp["client_secret"])
    form = {"grant_type": "client_credentials"}
    assert client.post(f"{tomp['path']}/oauth/token", data=form, auth=auth).status_code == 200
    links = client.get(f"{tomp['path']}/").json()["links"]
    assert all(link["href"].startswith("http://sandbox.example/tomp/rail-juna/") for link in links)


def test_the_payment_provider_answers_under_its_path(client: httpx.Client) -> None:
    key = {"Authorization": "Bearer sk_test_twin"}
    answer = client.post(
        "/stripe/v1/payment_intents", data={"amount": "500", "currency": "eur", "capture_method": "manual"}, headers=key
    )
    assert answer.status_code == 200
    assert answer.json()["status"] == "requires_payment_method"


def test_a_region_is_drawn_once_and_anew_when_it_is_old(folder: Path) -> None:
    made = (folder / "rail.gtfs.zip").stat().st_mtime_ns
    assert prepare_region(folder.parent, 1, TODAY + timedelta(30)) == folder
    assert (folder / "rail.gtfs.zip").stat().st_mtime_ns == made
    later = TODAY + timedelta(120)
    prepare_region(folder.parent, 1, later)
    assert date.fromisoformat(json.loads((folder / "region.json").read_text())["start"]) == later


@pytest.mark.parametrize(("city", "country", "currency"), [("tampere", "FI", "EUR"), ("yamanashi", "JP", "JPY")])
def test_a_real_city_is_described_from_its_feeds(shared_data: Path, city: str, country: str, currency: str) -> None:
    app = create_app(Options(shared_data / city, "http://sandbox.example"))
    region = app.state.catalogue.region()
    assert (region["code"], region["country"], region["currency"]) == (city, country, currency)
    assert len({o["code"] for o in region["operators"]}) == len(region["operators"])
    sales = [o["services"][0]["sales"] for o in region["operators"]]
    assert sales.count("tomp") == (1 if len(sales) > 1 else 0)
    west, south, east, north = region["bounds"]
    for pair in region["examples"]:
        assert all(west <= end["lon"] <= east and south <= end["lat"] <= north for end in pair)
