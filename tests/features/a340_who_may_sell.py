"""A company gets credentials, an officer licenses it, and its system is served by TOMP 2.0; what is there is said."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from rest_framework.throttling import SimpleRateThrottle

from bookings.models import Offer, Provider
from tests.features.coast import BUS
from tests.features.company import Company, officer, refused
from tests.features.market import Market

pytestmark = pytest.mark.db
OPEN = ("/", "/api", "/conformance", "/collections", "/processes", "/health", "/collections/datasources/items")


@pytest.fixture
def company(market: Market, shared_specs: Path) -> Company:
    market.publish(bus=BUS)
    market.sells("bus")
    return Company(shared_specs, licensed=False)


def test_no_licence_no_sale(market: Market, company: Company, shared_specs: Path) -> None:
    search = ("search-offers", 403)
    wanted = {"type": "travelSpecification", "from": "bus:H", "to": "bus:Q"}
    said: Any = {"type": "searchOffer", "specification": wanted}
    assert refused(company.post(*search, **said)) == [7006]
    page = officer().get("/providers").content.decode()
    assert "Trips Ltd" in page
    assert company.decide("license", licence_no="").status_code == 302
    assert company.row.state == "APPLIED"
    company.decide("license")
    assert len(company.search()["features"]) == 1
    company.decide("suspend", why="complaints")
    assert refused(company.post(*search, **said)) == [7006]
    company.decide("license", until="2026-11-24")
    assert len(company.search()["features"]) == 1
    market.clock.shift(48 * 3600)
    company.client = company.system.client()
    assert refused(company.post(*search, **said)) == [7006]
    assert [event.new for event in company.row.events.order_by("pk")] == ["LICENSED", "SUSPENDED", "LICENSED"]


def test_only_officers_decide(company: Company) -> None:
    row = Provider.objects.get()
    for who in (Client(), company.client):
        assert who.get("/providers").status_code in {302, 404}
        assert who.post(f"/providers/{row.code}", {"decision": "license"}).status_code in {302, 404}
    row.refresh_from_db()
    assert row.state == "APPLIED"


def test_tokens_and_scopes(company: Company, shared_specs: Path) -> None:
    company.decide("license")
    reader = Company(shared_specs, "Reader", "tomp.read")
    offer = reader.offer()
    assert refused(reader.post("purchase-offers", 403, offer=offer)) == [7006]
    company.client = Client()
    assert refused(company.items("packages", 401, packageId=offer)) == [7006]
    assert company.last["WWW-Authenticate"] == "Bearer"
    company.client = Client(headers={"authorization": "Bearer guess"})
    assert refused(company.items("packages", 401, packageId=offer)) == [7006]
    company.client = company.system.client()
    answer = company.client.get("/tomp/v2/collections/packages/items?packageId=x")
    assert refused(answer.json()) == [7001], "TOMP wants to know the language"


def test_what_is_there(company: Company) -> None:
    company.client = Client()
    for path in OPEN:
        company.get(path)
    assert company.get("/collections/datasources/items")[0]["rel"] == "bus"
    served = company.get("/api")["paths"]
    described = [one for methods in served.values() for name, one in methods.items() if name != "parameters"]
    operations = {one["operationId"] for one in described}
    assert len(operations) >= 40
    for row in company.get("/collections")["collections"]:
        company.get(f"/collections/{row['id']}")
    for row in company.get("/processes")["processes"]:
        company.get(f"/processes/{row['id']}")
    for process in ("use-asset", "assign-asset", "purchase-product", "unlock-asset", "refund-deposit", "notification"):
        assert f"/processes/{process}/execution" not in served
        answer = company.client.post(f"/tomp/v2/processes/{process}/execution", {}, content_type="application/json")
        assert (answer.status_code, refused(answer.json())) == (404, [7204])
    assert refused(company.get("/collections/assets/items", 404)) == [7204]
    assert refused(company.get("/nothing", 404)) == [7204]
    assert refused(company.client.get("/tomp/v2/processes/no%0Athing/execution").json()) == [7204]


def test_bad_requests_name_the_fault(company: Company) -> None:
    company.decide("license")
    wanted = {"type": "travelSpecification", "from": "bus:H", "to": "bus:Q"}
    cases: list[tuple[dict[str, Any], int, list[int]]] = [
        ({"specification": wanted}, 400, [2001]),
        ({"type": "searchOffer", "specification": {**wanted, "from": 7}}, 400, [2002]),
        ({"type": "searchOffer", "specification": {"to": "bus:Q"}}, 400, [2001]),
        ({"type": "searchOffer", "specification": {**wanted, "from": "bus:\0"}}, 400, [2002]),
        ({"type": "searchOffer", "specification": {**wanted, "from": "bus:\ud800"}}, 400, [2002]),
        ({"type": "searchOffer", "specification": {**wanted, "from": "gps:200,95"}}, 400, [2002]),
        ({"type": "searchOffer", "specification": {**wanted, "from": "bus:Nowhere"}}, 404, [2204]),
        ({"type": "searchOffer", "specification": {**wanted, "startTime": "tomorrow"}}, 400, [2002]),
    ]
    for inputs, status, numbers in cases:
        assert refused(company.post("search-offers", status, valid=False, **inputs)) == numbers, inputs
    for sent, kind in ((b"{", "application/json"), (b"[" * 200_000, "application/json"), (b"a=1", "text/plain")):
        answer = company.client.post(
            "/tomp/v2/processes/search-offers/execution", sent, content_type=kind, headers={"Accept-Language": "en"}
        )
        assert answer.status_code in {400, 415}, answer.content
        assert not company.schema.error_errors(answer.json())
    assert company.client.delete("/tomp/v2/health").status_code == 405
    assert not Offer.objects.exists()


def test_too_many_calls(market: Market, company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    company.decide("license")
    monkeypatch.setitem(SimpleRateThrottle.THROTTLE_RATES, "tomp", "3/min")
    for _ in range(3):
        company.items("packages", 404, packageId="nothing")
    assert refused(company.items("packages", 429, packageId="nothing")) == [7007]
    market.clock.shift(int(company.last["Retry-After"]))
    company.items("packages", 404, packageId="nothing")
