"""The TOMP client against a scripted operator; the schema judges what is sent and what is answered."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.servers import serve
from tests.transit.remote.tomp_schema import Schema
from transit.money import Money
from transit.remote import tomp
from transit.remote.http import RemoteError
from transit.remote.tomp import Party, Search, Traveller, tokens

AT = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
EXPIRES = {"Expires": "Tue, 24 Nov 2026 07:25:00 GMT", "rollbackExpires": "Tue, 24 Nov 2026 08:00:00 GMT"}


def package(status: str = "PENDING", **changes: Any) -> dict[str, Any]:
    properties = {
        "type": "package",
        "id": "pkg-1",
        "status": status,
        "price": {"amount": 3.2, "currencyCode": "EUR", "elements": [{"type": "FIXED", "amount": 3.2}]},
        "legs": [
            {
                "type": "leg",
                "id": "leg-1",
                "specification": {
                    "type": "travelSpecification",
                    "from": "tre:0001",
                    "to": "tre:0002",
                    "startTime": "2026-11-24T07:30:00Z",
                },
                "mode": "BUS",
                "status": "NOT_STARTED",
                "labels": ["REFUNDABLE"],
            }
        ],
    }
    links = [
        {"rel": "confirm-purchase", "href": "https://to.example/c", "method": "POST", "mandatory": True},
        {"rel": "rollback-purchase", "href": "https://to.example/r", "method": "POST"},
    ]
    document = {"type": "FeatureCollection", "features": [], "properties": properties, "links": links}
    return document | changes


OFFERS = {
    "type": "FeatureCollection",
    "properties": {"type": "OfferCollection", "id": "o"},
    "features": [
        {
            "type": "Feature",
            "properties": {
                "type": "offer",
                "id": "pkg-1",
                "specification": {
                    "type": "travelSpecification",
                    "from": "tre:0001",
                    "to": "tre:0002",
                    "startTime": "2026-11-24T07:30:00Z",
                    "endTime": "2026-11-24T07:50:00Z",
                },
                "price": {"amount": 3.2, "currencyCode": "EUR"},
                "refundable": True,
                "cancellation": {"cancellable": True, "fee": {"amount": 0.5, "currencyCode": "EUR"}},
            },
        }
    ],
}
DOCUMENTS = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {
                "type": "travelDocument",
                "travelDocumentType": "QRCODE",
                "validity": ["2026-11-24T07:00:00Z", "2026-11-24T09:00:00Z"],
                "package": "pkg-1",
                "traveller": "t1",
                "contentType": "image/png",
                "base64": base64.b64encode(b"png").decode(),
            },
            "links": [{"rel": "ticket", "href": "https://to.example/t.png", "type": "image/png"}],
        }
    ],
}
REDRESS = {
    "type": "FeatureCollection",
    "properties": {"type": "redressOptions", "package": "pkg-1", "guarantee": "g-1"},
    "features": [
        {
            "type": "Feature",
            "properties": {
                "type": "RedressOption",
                "id": "r-1",
                "packageState": "CANCELLED",
                "redressType": "PACKAGE_REFUND",
                "compensations": [{"amount": 2.7, "currencyCode": "EUR", "category": "REFUND"}],
            },
        }
    ],
}
SOURCES = [{"rel": "tre", "href": "https://data.example/gtfs.zip"}]
Scripted = tuple[int, Any, dict[str, str]]


@dataclass
class Operator:
    """A scripted operator: says what it is told to say, notes what it was sent."""

    party: Party
    say: dict[str, Scripted] = field(default_factory=dict)
    got: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    lifetime_s: int = 3600

    def said(self, path: str) -> list[tuple[str, str, dict[str, str], bytes]]:
        return [row for row in self.got if row[1].partition("?")[0] == path]


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, Any]]:
    async def answer(request: Request) -> Response:
        operator: Operator = request.app.state.operator
        path = request.url.path
        suffix = f"?{request.url.query}" if request.url.query else ""
        operator.got.append((request.method, path + suffix, dict(request.headers), await request.body()))
        if path == "/oauth/token" and path not in operator.say:
            return JSONResponse({"access_token": f"token{len(operator.got)}", "expires_in": operator.lifetime_s})
        status, body, headers = operator.say.get(path, (404, {"errors": [{"errorcode": 3204, "title": "none"}]}, {}))
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return Response(content, status, headers, "application/geo+json")

    app = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])
    with serve(lambda _: app) as running:
        yield running


@pytest.fixture
def operator(server: tuple[str, Any], settings: Any) -> Operator:
    url, app = server
    settings.DEBUG, settings.ALLOWED_LOOPBACK_ORIGINS = True, [url]
    found = app.state.operator = Operator(Party(url, "maas", "secret", "fi"))
    tokens.forget_token(found.party)
    return found


@pytest.fixture
def schema(shared_specs: Path) -> Schema:
    return Schema(shared_specs)


RIDERS = [Traveller("t1", age=78, profile="senior"), Traveller("t2")]
SEARCH = Search("tre:0001", "tre:0002", AT, travellers=tuple(RIDERS))
SCHEDULED = Search("tre:0001", "tre:0002", AT, service_journeys=("tre:trip7",), travel_date=date(2026, 11, 24))
OPTION = tomp.RedressOption("r-1", "g-1", "PACKAGE_REFUND", "CANCELLED", Money(270, "EUR"))

CALLS: list[tuple[str, str, Any, Callable[[Party], object]]] = [
    ("POST", "/processes/search-offers/execution", OFFERS, lambda to: tomp.search_offers(to, SEARCH)),
    ("POST", "/processes/search-offers/execution", OFFERS, lambda to: tomp.search_offers(to, SCHEDULED)),
    (
        "POST",
        "/processes/purchase-offers/execution",
        package(),
        lambda to: tomp.purchase_offers(to, "pkg-1", RIDERS, customer="c1", reference="ref-1"),
    ),
    (
        "POST",
        "/processes/confirm-purchase/execution",
        package("CONFIRMED"),
        lambda to: tomp.confirm_purchase(to, "pkg-1"),
    ),
    (
        "POST",
        "/processes/rollback-purchase/execution",
        package("ROLLBACK"),
        lambda to: tomp.rollback_purchase(to, "pkg-1"),
    ),
    ("POST", "/processes/extend-expiry-time/execution", package(), lambda to: tomp.extend_expiry_time(to, "pkg-1")),
    ("GET", "/collections/packages/items", package(), lambda to: tomp.get_package(to, "pkg-1")),
    ("GET", "/collections/travel-documents/items", DOCUMENTS, lambda to: tomp.travel_documents(to, "pkg-1")),
    ("GET", "/collections/redress-options/items", REDRESS, lambda to: tomp.list_redress_options(to, "pkg-1")),
    (
        "POST",
        "/processes/claim-redress-option/execution",
        package(),
        lambda to: tomp.claim_redress(to, "pkg-1", OPTION),
    ),
    (
        "POST",
        "/processes/confirm-redress-option/execution",
        package("CANCELLED"),
        lambda to: tomp.confirm_redress(to, "pkg-1", OPTION),
    ),
    ("GET", "/collections/datasources/items", SOURCES, lambda to: tomp.list_data_sources(to)),
]


@pytest.mark.parametrize(
    ("method", "path", "answer", "call"), CALLS, ids=[f"{row[1]}-{n}" for n, row in enumerate(CALLS)]
)
def test_both_directions_obey_the_schema(
    operator: Operator, schema: Schema, method: str, path: str, answer: Any, call: Callable[[Party], object]
) -> None:
    assert schema.answer_errors(method, path, answer) == []
    operator.say[path] = (200, answer, EXPIRES)
    call(operator.party)
    sent_method, sent_path, headers, body = operator.said(path)[-1]
    assert sent_method == method
    assert headers["accept-language"] == "fi"
    assert headers["authorization"].startswith("Bearer token")
    if method == "POST":
        assert headers["content-type"] == "application/json"
        assert schema.request_errors(method, path, json.loads(body)) == []
    else:
        assert set(parse_qs(sent_path.partition("?")[2])) <= schema.query_names(path)


def test_the_schema_judges(schema: Schema) -> None:
    path = "/processes/purchase-offers/execution"
    assert schema.request_errors("POST", path, {"inputs": {"customer": {"id": "c"}}}) != []
    assert schema.answer_errors("POST", path, package("BOUGHT")) != []


def test_search(operator: Operator) -> None:
    operator.say["/processes/search-offers/execution"] = (200, OFFERS, EXPIRES)
    (offer,) = tomp.search_offers(operator.party, SCHEDULED)
    assert (offer.id, offer.price, offer.cancellation_fee) == ("pkg-1", Money(320, "EUR"), Money(50, "EUR"))
    assert (offer.start_at, offer.expires_at) == (AT, datetime(2026, 11, 24, 7, 25, tzinfo=UTC))
    sent = json.loads(operator.got[-1][3])["inputs"]["specification"]
    assert sent == {
        "type": "tripPattern",
        "from": "tre:0001",
        "to": "tre:0002",
        "startTime": "2026-11-24T07:30:00Z",
        "serviceJourneys": ["tre:trip7"],
        "travelDate": "2026-11-24",
    }


def test_purchase(operator: Operator) -> None:
    operator.say["/processes/purchase-offers/execution"] = (200, package(), EXPIRES)
    held = tomp.purchase_offers(operator.party, "pkg-1", RIDERS, customer="c1", reference="ref-1")
    assert (held.id, held.status, held.price, held.confirm_mandatory) == ("pkg-1", "PENDING", Money(320, "EUR"), True)
    assert held.expires_at == datetime(2026, 11, 24, 7, 25, tzinfo=UTC)
    assert held.rollback_expires_at == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    assert held.allows("rollback-purchase")
    assert not held.allows("release-package")
    assert (held.legs[0].mode, held.legs[0].origin, held.legs[0].start_at) == ("BUS", "tre:0001", AT)
    inputs = json.loads(operator.got[-1][3])["inputs"]
    assert inputs["offer"] == "pkg-1"
    assert inputs["customer"] == {"id": "c1", "customFields": {"reference": "ref-1"}}


def test_expiry_from_the_link_and_caching_headers(operator: Operator) -> None:
    links = [{"rel": "confirm-purchase", "href": "https://x.example", "expires": "2026-11-24T09:00:00+02:00"}]
    operator.say["/collections/packages/items"] = (200, package(links=links), {"Expires": "0"})
    found = tomp.get_package(operator.party, "pkg-1")
    assert found.expires_at == datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
    assert not found.confirm_mandatory


def test_documents_and_redress(operator: Operator) -> None:
    operator.say["/collections/travel-documents/items"] = (200, DOCUMENTS, {})
    (document,) = tomp.travel_documents(operator.party, "pkg-1")
    assert (document.kind, document.content, document.traveller) == ("QRCODE", b"png", "t1")
    assert document.url == "https://to.example/t.png"
    operator.say["/collections/redress-options/items"] = (200, REDRESS, {})
    assert tomp.list_redress_options(operator.party, "pkg-1") == [OPTION]


def test_a_package_that_does_not_exist(operator: Operator) -> None:
    assert tomp.find_package(operator.party, "pkg-1") is None
    with pytest.raises(RemoteError) as error:
        tomp.get_package(operator.party, "pkg-1")
    assert error.value.permanent
    assert tomp.error_codes(error.value) == {3204}
    for status, body in ((503, b""), (404, b"<html>a gateway's own page</html>")):
        operator.say["/collections/packages/items"] = (status, body, {})
        with pytest.raises(RemoteError) as error:
            tomp.find_package(operator.party, "pkg-1")
        assert error.value.unknown


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"null",
        b"{}",
        b"[" * 100_000,
        b'{"properties": NaN}',
        b"\xff\xfe",
        package("BOUGHT"),
        package(properties=[]),
        package(properties={"type": "package", "id": 7, "status": "PENDING"}),
        package(properties={"type": "package", "id": "", "status": "PENDING"}),
        package(properties={"type": "package", "id": "x" * 300, "status": "PENDING"}),
        package(properties={"type": "package", "id": "another", "status": "PENDING"}),
        package(properties={"id": "pkg-1", "status": "PENDING", "price": {"amount": "3", "currencyCode": "EUR"}}),
        package(properties={"id": "pkg-1", "status": "PENDING", "price": {"amount": True, "currencyCode": "EUR"}}),
        package(properties={"id": "pkg-1", "status": "PENDING", "price": {"amount": 3, "currencyCode": "€€€"}}),
        b'{"properties": {"id": "pkg-1", "status": "PENDING", "price": {"amount": 1e999999, "currencyCode": "EUR"}}}',
        package(links="none"),
        package(links=[{"rel": "confirm-purchase", "mandatory": "yes"}]),
        package(links=[{"rel": "confirm-purchase", "expires": "tomorrow"}]),
        package(links=[{"rel": "confirm-purchase", "expires": "2026-11-24T07:00:00"}]),
        package(links=[{"rel": "confirm-purchase", "expires": "0001-01-01T00:00:00+14:00"}]),
        package(links=[{"rel": "x", "href": ""}] * 1001),
    ],
)
def test_nonsense_is_an_unknown_outcome(operator: Operator, body: Any) -> None:
    operator.say["/processes/confirm-purchase/execution"] = (200, body, {})
    with pytest.raises(RemoteError) as error:
        tomp.confirm_purchase(operator.party, "pkg-1")
    assert error.value.unknown


@pytest.mark.parametrize(("status", "unknown"), [(202, True), (204, True), (409, False), (410, False), (500, True)])
def test_refusals(operator: Operator, status: int, unknown: bool) -> None:
    operator.say["/processes/confirm-purchase/execution"] = (status, b"", {})
    with pytest.raises(RemoteError) as error:
        tomp.confirm_purchase(operator.party, "pkg-1")
    assert error.value.unknown is unknown


def test_a_token_is_kept_and_renewed(operator: Operator) -> None:
    operator.say["/collections/packages/items"] = (200, package(), {})
    operator.lifetime_s = 2  # renewed at half time
    for _ in range(2):
        tomp.get_package(operator.party, "pkg-1")
    assert len(operator.said("/oauth/token")) == 1
    time.sleep(1.1)
    tomp.get_package(operator.party, "pkg-1")
    asked = operator.said("/oauth/token")
    assert len(asked) == 2
    fields = parse_qs(asked[0][3].decode())
    assert fields == {"grant_type": ["client_credentials"], "client_id": ["maas"], "client_secret": ["secret"]}
    uses = [row[2]["authorization"] for row in operator.said("/collections/packages/items")]
    assert uses[0] == uses[1] != uses[2]


def test_a_refused_token_is_forgotten(operator: Operator) -> None:
    operator.say["/processes/confirm-purchase/execution"] = (401, b"", {})
    with pytest.raises(RemoteError) as error:
        tomp.confirm_purchase(operator.party, "pkg-1")
    assert error.value.unknown
    assert len(operator.said("/processes/confirm-purchase/execution")) == 1  # only the booking runner repeats it
    operator.say["/processes/confirm-purchase/execution"] = (200, package("CONFIRMED"), {})
    tomp.confirm_purchase(operator.party, "pkg-1")
    assert len(operator.said("/oauth/token")) == 2


@pytest.mark.parametrize(("method", "path", "good", "call"), [CALLS[0], CALLS[6], CALLS[7], CALLS[8]])
def test_what_changes_nothing_is_asked_again_with_a_new_token(
    operator: Operator, method: str, path: str, good: Any, call: Callable[[Party], object]
) -> None:
    operator.say[path] = (401, b"", {})
    with pytest.raises(RemoteError) as error:
        call(operator.party)
    assert error.value.unknown
    assert len(operator.said(path)) == len(operator.said("/oauth/token")) == 2


def test_nothing_at_the_address_of_tokens_says_nothing_about_a_package(operator: Operator) -> None:
    operator.say["/oauth/token"] = (404, b"", {})
    with pytest.raises(RemoteError) as error:
        tomp.find_package(operator.party, "pkg-1")
    assert error.value.unknown


def test_health(operator: Operator) -> None:
    assert not tomp.is_healthy(operator.party)
    operator.say["/health"] = (204, b"", {})
    assert tomp.is_healthy(operator.party)


def test_references() -> None:
    assert tomp.gps_reference(24.9384, 60.1699) == "gps:24.938400,60.169900"
    assert tomp.stop_reference("tre", "0001") == "tre:0001"
    with pytest.raises(ValueError, match="offset"):
        Search("a", "b", datetime(2026, 1, 1)).document()
