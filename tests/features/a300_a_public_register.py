"""Anyone can read who operates what, where and when, and where its data are; no secret is among it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.features import registered
from tests.features.registered import SECRETS
from transit.models import Service

pytestmark = [pytest.mark.django_db, pytest.mark.db]
Json = dict[str, Any]


@pytest.fixture(autouse=True)
def _register(db: None) -> None:
    region = registered.region()
    registered.taxi(region)
    registered.bus(region)
    registered.ride(region)


def asked(client: Client, path: str, status: int = 200, **parameters: Any) -> Json:
    answer = client.get(f"/api/v1/register/{path}", parameters)
    assert answer.status_code == status, answer.content
    body: Json = answer.json()
    return body


def test_a_taxi_discloses_bureau_area_hours_and_address(client: Client) -> None:
    operator = asked(client, "operators/valley-taxi")
    assert (operator["licensing_office"], operator["licence_number"]) == ("Coast Transport Bureau", "T-77")
    assert (operator["licence_until"], operator["associated_operators"]) == ("2029-12-31", ["village-ride"])
    taxi = asked(client, "services/valley-taxi")
    assert [area["name"] for area in taxi["areas"]] == ["River valley", "Port"]
    assert taxi["areas"][0]["geometry"] == registered.VALLEY
    assert taxi["areas"][0]["box"] == [24.8, 60.1, 25.0, 60.2]
    assert [(each["weekdays"], each["opens"], each["closes"]) for each in taxi["hours"]] == [
        ([0, 1, 2, 3, 4], "06:00", "22:00"), ([5], "18:00", "02:00")
    ]  # fmt: skip
    assert (taxi["exceptions"][0]["start_date"], taxi["exceptions"][0]["opens"]) == ("2026-12-24", None)
    assert (taxi["url"], taxi["timezone"]) == ("https://taxi.example/more", "Europe/Helsinki")
    assert taxi["facilities"] == {"suitable-for-wheelchairs": "some", "child-seat": "none"}
    assert taxi["prices"][1]["price"]["minor"] == 110


def test_interfaces_without_secrets(client: Client) -> None:
    found = {each["name"]: each for each in asked(client, "interfaces")["interfaces"]}
    assert found["coast"]["url"] == "https://data.example/gtfs.zip?day=1"
    assert found["coast-now"]["url"] == "https://data.example/now.pb"
    assert found["coast-now"]["of"] == "coast"
    assert found["coast-old"]["url"] == "", "a file of this machine is no address"
    tomp = found["coast-tomp"]
    assert (tomp["authentication"], tomp["rate_limit_requests"], tomp["services"]) == (
        "oauth2-client-credentials", 600, ["coast-bus"]
    )  # fmt: skip
    everywhere = [
        "/api/v1/register/operators", "/api/v1/register/services?geometry=true", "/api/v1/register/interfaces",
        "/api/v1/register/interfaces/coast-tomp", "/api/v1/register/changes", "/api/v1/register/catalogue.jsonld",
        *(f"/api/v1/register/{sheet}.csv" for sheet in ("operators", "services", "interfaces")),
        "/register", "/register/operators/coast-bus", "/register/services/coast-bus", "/register/changes.atom",
    ]  # fmt: skip
    for path in everywhere:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert not [secret for secret in SECRETS if secret in answer.content.decode()], path


def test_searched_by_name_kind_and_place(client: Client) -> None:
    def names(**wish: Any) -> list[str]:
        return [each["code"] for each in asked(client, "services", **wish)["services"]]

    assert names() == ["coast-bus", "valley-taxi", "village-ride"]
    assert names(q="laakson TAKSI") == names(q="river") == names(q="谷タクシー") == ["valley-taxi"]
    assert names(q="co-operative ride") == ["village-ride"]
    assert names(kind="bus") == names(operator="coast-bus") == ["coast-bus"]
    assert names(lat=60.15, lon=24.9) == ["valley-taxi"]
    assert names(lat=60.25, lon=24.9) == []
    assert [each["code"] for each in asked(client, "operators", kind="taxi")["operators"]] == ["valley-taxi"]
    assert [each["name"] for each in asked(client, "interfaces", format="TOMP-2.0")["interfaces"]] == ["coast-tomp"]
    held = asked(client, "interfaces", content="route-and-schedule")["interfaces"]
    assert [each["name"] for each in held] == ["coast"]
    assert asked(client, "services", 400, kind="rocket")["code"] == "invalid"
    assert asked(client, "services", 400, lat=60)["code"] == "invalid"
    assert asked(client, "services", 400, cursor="x")["errors"][0]["field"] == "cursor"
    assert asked(client, "services/nobody", 404)["code"] == "not_found"


def test_page_by_page_though_something_goes_away(client: Client) -> None:
    first = asked(client, "services", limit=1)
    assert (first["total"], first["services"][0]["code"]) == (3, "coast-bus")
    Service.objects.filter(code="coast-bus").delete()
    second = asked(client, "services", limit=1, cursor=first["next"])
    assert second["services"][0]["code"] == "valley-taxi"
    third = asked(client, "services", limit=1, cursor=second["next"])
    assert (third["services"][0]["code"], third["next"]) == ("village-ride", "")


def test_who_has_it_is_told_so(client: Client) -> None:
    answer = client.get("/api/v1/register/services")
    again = client.get("/api/v1/register/services", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    Service.objects.update(booking_phone="0200 6")
    assert client.get("/api/v1/register/services", headers={"If-None-Match": answer["ETag"]}).status_code == 200


def test_not_before_its_day(client: Client) -> None:
    Service.objects.filter(code="village-ride").update(published_on="2999-01-01")
    assert [each["code"] for each in asked(client, "services")["services"]] == ["coast-bus", "valley-taxi"]
    assert asked(client, "services/village-ride", 404)["code"] == "not_found"
    assert client.get("/register/services/village-ride").status_code == 404
    assert b"Village Ride" not in client.get("/api/v1/register/services.csv").content
