"""An officer connects an operator's sales system: an address, a name and a secret, and its rides are sold."""

import re
from typing import Any

import pytest
from django.test import Client

from maas.sandbox.tomp import Settings, Timetable, Twin, create_app, discovery
from maas.sandbox.tomp1 import Twin1
from tests import feeds
from tests.features.a107_statements import member
from tests.features.a322_keys_are_turned import ASKED, COAST
from tests.features.market import Market
from tests.servers import serve
from transit.models import Interface, Operator, Region, Service
from transit.sealing import unseal

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.db]
GIVEN = {"client_id": "maas", "client_secret": "tomp-secret", "sell": "on"}


@pytest.fixture
def coast(market: Market) -> Market:
    """A bus company of the region whose rides are not sold here."""
    market.publish(bus=COAST)
    market.sells("bus", "elsewhere")
    Operator.objects.update(region=Region.objects.get())
    return market


def opened(market: Market, kind: type[Twin], **habits: Any) -> str:
    """The address of the company's own sales system."""
    packed = feeds.write_feed(market.folder / "own.zip", COAST).read_bytes()
    twin = kind(Timetable.of_gtfs(packed), Settings(operator="bus", prefix="bus", seed="bus", **habits))
    url, _ = market.doors.enter_context(serve(lambda address: create_app(twin)))
    market.remotes["bus"] = url
    market.settings.ALLOWED_LOOPBACK_ORIGINS = [url]
    return url


def tried(who: Client, url: str, status: int = 200, language: str = "en", **given: str) -> str:
    """What the page says."""
    answer = who.post("/connect/bus", GIVEN | {"url": url} | given, headers={"Accept-Language": language})
    assert answer.status_code == status, answer.content.decode()
    assert b"tomp-secret" not in answer.content
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.mark.parametrize(("kind", "version"), [(Twin, "2.0"), (Twin1, "1.6.1")])
def test_connected_and_sold(coast: Market, kind: type[Twin], version: str) -> None:
    officer = member("region_officer", "coast")
    page = tried(officer, opened(coast, kind))
    assert f"Connected: TOMP-API {version}" in page
    assert "Nothing is bought twice" in page
    row = Interface.objects.get(operator__code="bus")
    assert (row.capability, unseal(row.client_secret_sealed)) == ("B", "tomp-secret")
    code = coast.accept(coast.ask(*ASKED))
    coast.pay(code)
    assert "COMPLETED" in coast.work(code).upper() or coast.order(code)["status"]["is_final"]
    assert coast.packages("bus") == ["CONFIRMED"]
    assert "At present it sells through" in officer.get("/connect/bus").content.decode()


def test_what_is_wrong_is_said(coast: Market) -> None:
    officer = member("platform_staff")
    url = opened(coast, Twin)
    assert "does not accept this name and secret" in tried(officer, url, 422, client_secret="wrong")
    for hostile in ("https://169.254.169.254/", "http://127.0.0.1:1/", "https://2130706433/", "file:///etc/passwd"):
        assert "This address may not be called" in tried(officer, hostile, 422)
    assert "Nobody answers" in tried(officer, "https://tomp.invalid/", 422)
    assert "tai se ei vastaa" in tried(officer, "https://tomp.invalid/", 422, "fi")
    assert "応答" in tried(officer, "https://tomp.invalid/", 422, "ja")
    assert not Interface.objects.filter(operator__code="bus").exists(), "nothing was changed"
    assert Service.objects.get().sales == "elsewhere"


def test_one_that_cannot_hold(coast: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    served = {"offers": ("search-offers",), "purchase": ("purchase-offers", "confirm-purchase")}
    monkeypatch.setattr(discovery, "PROCESSES", served)
    page = tried(member("platform_staff"), opened(coast, Twin), 422)
    assert "cannot do everything that selling needs" in page
    assert "rollback-purchase" in page


def test_a_new_secret_takes_the_place_of_the_old(coast: Market) -> None:
    officer = member("platform_staff")
    tried(officer, opened(coast, Twin))
    tried(officer, opened(coast, Twin, client_secret="another"), client_secret="another")
    row = Interface.objects.get(operator__code="bus")
    assert unseal(row.client_secret_sealed) == "another"


def test_who_may(coast: Market) -> None:
    for stranger in (member("region_officer", "elsewhere"), member("operator_staff", "bus")):
        assert stranger.get("/connect/bus").status_code == 404
    assert Client().get("/connect/bus").status_code == 302
    assert member("region_officer", "coast").get("/connect/nobody").status_code == 404
