"""Offers, orders and tickets over HTTP, on imported feeds, with an operator that sells by TOMP over real HTTP."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import time_machine
from django.db import connection
from django.test import Client

from bookings.models import Offer, Order
from bookings.services import ticket_keys, ticketing
from bookings.services.viewers import viewer_of
from bookings.tasks import advance_order, follow_hints
from maas.sandbox.stripe import create_app as stripe_twin
from maas.sandbox.tomp import Settings, Timetable, Twin, create_app
from tests import feeds
from tests.servers import serve
from transit import tokens
from transit.models import Interface, Operator, Service
from transit.network import current
from transit.remote.tomp import Party
from transit.remote.tomp.tokens import forget_token
from transit.sealing import seal

pytestmark = [pytest.mark.django_db, pytest.mark.db]

NOW = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)  # 9:30 in Helsinki
BUS = """
stop A 60.2000 24.9000 Asema
stop H 60.1900 24.9500 Satama
line 3 bus A 10:00 H 10:20
line 3 bus A 11:00 H 11:20

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers,transfer_duration
zone,3.50,EUR,1,,5400

[fare_rules.txt]
fare_id,route_id
zone,3
"""
SEA = """
stop Q 60.1899 24.9503 Laituri
stop I 60.1500 24.9900 Saari
line F ferry Q 10:40 I 11:10
line F ferry Q 11:40 I 12:10

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers
crossing,4.20,EUR,1,0

[fare_rules.txt]
fare_id,route_id
crossing,F
"""
QUERY = {"from": "bus:A", "to": "sea:I", "time": "2026-11-23T09:45:00+02:00", "window": "1800"}


@dataclass
class Harbour:
    """A hosted bus company, and a ferry company that sells by itself at `url`."""

    url: str
    twin: Twin

    def fault(self, **fields: Any) -> None:
        """The ferry company's next call goes wrong."""
        assert httpx.post(f"{self.url}/_twin/faults", json=fields, trust_env=False).status_code == 200


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Networks are named by their content: a folder for all tests builds each once."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture
def harbour(kept: Path, settings: Any, tmp_path: Path, fresh_network: None) -> Iterator[Harbour]:
    settings.DATA_DIR, settings.TICKET_KEYS_DIR = kept, kept / "keys"
    with time_machine.travel(NOW, tick=True):
        packed = feeds.write_feed(tmp_path / "sea-own.zip", SEA).read_bytes()
        twin = Twin(Timetable.of_gtfs(packed), Settings(operator="sea", prefix="sea", seats=3), now=lambda: NOW)
        with serve(lambda _: create_app(twin)) as (url, _app):
            settings.DEBUG, settings.ALLOWED_LOOPBACK_ORIGINS = True, [url]
            feeds.publish(tmp_path, {"bus": BUS, "sea": SEA}, now=NOW)
            _register(url)
            forget_token(Party(url, "maas", "tomp-secret"))
            yield Harbour(url, twin)


@pytest.fixture
def fresh_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """No network of another test is open."""
    monkeypatch.setattr(current, "_CURRENT", current.Current())


def _register(url: str) -> None:
    for code, sales in (("bus", "hosted"), ("sea", "tomp")):
        operator = Operator.objects.create(code=code, legal_name=f"{code.title()} Ltd", country="FI")
        Service.objects.create(operator=operator, agency_id=f"{code}:ag", name=code, sales=sales, vat_basis_points=1350)
    Interface.objects.create(
        operator=operator, name="sea-sales", format="TOMP-2.0", url=url, client_id="maas",
        client_secret_sealed=seal("tomp-secret"), capability="B",
    )  # fmt: skip


def post(client: Client, path: str, body: Any, **headers: str) -> Any:
    return client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=headers or None)


def plan(client: Client, **changes: str) -> list[dict[str, Any]]:
    answer = client.get("/api/v1/plan", QUERY | changes)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["itineraries"]
    return found


def token_of(client: Client, **changes: str) -> str:
    """The journey by bus and ferry."""
    (found,) = [each for each in plan(client, **changes) if each["vehicles"] == 2]
    return str(found["token"])


def offered(client: Client, *categories: str) -> dict[str, Any]:
    travellers = [{"category": category} for category in categories or ("adult",)]
    answer = post(client, "offers", {"token": token_of(client), "travellers": travellers})
    assert answer.status_code == 201, answer.content
    body: dict[str, Any] = answer.json()
    return body


def refused(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert (answer.status_code, body["status"], body["code"]) == (status, status, code)
    assert body["title"]
    return body


def test_one_offer_over_two_operators(client: Client, harbour: Harbour) -> None:
    offer = offered(client, "adult", "senior")
    assert offer["total"] == {"minor": 2 * 350 + 2 * 420, "currency": "EUR"}
    bus, sea = offer["parts"]
    assert (bus["operator_name"], bus["price"]["minor"], len(bus["products"])) == ("Bus Ltd", 700, 2)
    assert (sea["operator_name"], sea["price"]["minor"], len(sea["products"])) == ("Sea Ltd", 840, 2)
    assert [product["category"] for product in sea["products"]] == ["adult", "senior"]
    assert bus["products"][0]["vat"] == {
        "country": "FI", "basis_points": 1350, "included": {"minor": 42, "currency": "EUR"},
    }  # fmt: skip
    assert offer["unsold"] == []
    rides = [leg for leg in offer["legs"] if leg["mode"] in ("bus", "ferry")]
    assert [(leg["line"], leg["start_at"]) for leg in rides] == [
        ("3", "2026-11-23T10:00:00+02:00"),
        ("F", "2026-11-23T10:40:00+02:00"),
    ]
    assert datetime.fromisoformat(offer["expires_at"]) == NOW + timedelta(minutes=15)
    assert client.get(f"/api/v1/offers/{offer['code']}").json() == offer
    row = Offer.objects.get(code=offer["code"])
    assert sum(part.price_minor for part in row.parts.all()) == row.total_minor
    assert harbour.twin.state()["packages"] == [], "an offer holds nothing"


def test_the_remote_operator_decides_on_its_price(client: Client, harbour: Harbour) -> None:
    harbour.fault(path="/processes/search-offers/execution", kind="price_up", percent=10)
    offer = offered(client, "adult", "adult")
    assert [part["price"]["minor"] for part in offer["parts"]] == [700, 924]
    assert offer["total"]["minor"] == 1624


def test_the_offer_expires_with_the_remote_part(client: Client, harbour: Harbour) -> None:
    token = token_of(client)
    object.__setattr__(harbour.twin.settings, "offer_valid_s", 240)
    offer = post(client, "offers", {"token": token, "travellers": [{}]}).json()
    assert datetime.fromisoformat(offer["expires_at"]) == NOW + timedelta(seconds=240)


@pytest.mark.parametrize(
    ("fault", "status", "code", "alternative"),
    [
        ("error_before", 503, "operator_unavailable", "retry"),
        ("lost_before", 503, "operator_unavailable", "retry"),
        ("sold_out", 409, "sold_out", "later"),
        ("reject", 409, "not_offered", "other_way"),
    ],
)
def test_a_remote_operator_that_cannot_offer(
    client: Client, harbour: Harbour, fault: str, status: int, code: str, alternative: str
) -> None:
    token = token_of(client)
    harbour.fault(path="/processes/search-offers/execution", kind=fault)
    body = refused(post(client, "offers", {"token": token, "travellers": [{}]}), status, code)
    ferry = [position for position, leg in enumerate(_legs(client)) if leg["mode"] == "ferry"]
    assert (body["legs"], body["alternative"]) == (ferry, alternative)
    assert not Offer.objects.exists()


def _legs(client: Client) -> list[dict[str, Any]]:
    return list(next(each for each in plan(client) if each["vehicles"] == 2)["legs"])


def test_full_boats_are_not_offered(client: Client, harbour: Harbour) -> None:
    body = {"token": token_of(client), "travellers": [{}] * 4}
    assert refused(post(client, "offers", body), 409, "not_offered")["alternative"] == "later"


def test_the_past_is_never_sold(client: Client, harbour: Harbour) -> None:
    token = token_of(client)
    with time_machine.travel(NOW + timedelta(minutes=28, seconds=30), tick=True):  # 9:58:30, the bus leaves at 10:00
        body = refused(post(client, "offers", {"token": token, "travellers": [{}]}), 409, "departed")
    assert body["alternative"] == "later"
    assert _legs(client)[body["legs"][0]]["mode"] == "bus"


def test_tokens_that_are_not_ours_or_too_old(client: Client, harbour: Harbour) -> None:
    token = token_of(client)
    refused(post(client, "offers", {"token": token[:-1] + "~", "travellers": [{}]}), 400, "token_invalid")
    with time_machine.travel(NOW + timedelta(minutes=31), tick=True):
        refused(post(client, "offers", {"token": token, "travellers": [{}]}), 410, "token_expired")


def test_a_changed_timetable_is_noticed(client: Client, harbour: Harbour, tmp_path: Path) -> None:
    token = token_of(client)
    feeds.publish(tmp_path, {"bus": BUS.replace("A 10:00 H 10:20", "A 10:05 H 10:25"), "sea": SEA}, now=NOW)
    current._CURRENT._checked_at = 0.0  # the pointer is read again at once, not within a second
    body = refused(post(client, "offers", {"token": token, "travellers": [{}]}), 409, "itinerary_changed")
    assert body["alternative"] == "later"


def test_what_is_not_sold_here_is_named(client: Client, harbour: Harbour) -> None:
    Service.objects.filter(agency_id="sea:ag").update(sales="elsewhere", sales_url="https://sea.example/buy")
    offer = offered(client)
    assert [part["operator_code"] for part in offer["parts"]] == ["bus"]
    (unsold,) = offer["unsold"]
    assert (unsold["kind"], unsold["url"], unsold["price_minor"]) == ("elsewhere", "https://sea.example/buy", 420)
    Service.objects.update(sales="free")
    body = refused(post(client, "offers", {"token": token_of(client), "travellers": [{}]}), 409, "nothing_to_sell")
    assert [leg["kind"] for leg in body["unsold"]] == ["free", "free"]


def test_requests_that_are_not_valid(client: Client, harbour: Harbour) -> None:
    body = refused(post(client, "offers", {"travellers": [{"category": "giant"}]}), 400, "invalid")
    assert {error["field"] for error in body["errors"]} == {"token", "travellers.0.category"}
    refused(post(client, "offers", {"token": "x", "travellers": []}), 400, "invalid")
    refused(post(client, "offers", {"token": "x", "travellers": [{}] * 10}), 400, "invalid")
    refused(client.post("/api/v1/offers", "{", content_type="application/json"), 400, "malformed")
    refused(client.post("/api/v1/offers", {"token": "x"}), 415, "unsupported_media_type")
    refused(client.delete("/api/v1/offers"), 405, "method_not_allowed")
    refused(client.get("/api/v1/nowhere"), 404, "not_found")


def test_an_order_accepts_an_offer_once(client: Client, harbour: Harbour) -> None:
    offer = offered(client)
    body = {"offer": offer["code"], "contact": "rider@example.org"}
    first = post(client, "orders", body, **{"Idempotency-Key": "k1"})
    assert first.status_code == 201, first.content
    again = post(client, "orders", body, **{"Idempotency-Key": "k1"})
    assert (again.status_code, again.json()) == (201, first.json())
    refused(post(client, "orders", {"offer": "another"}, **{"Idempotency-Key": "k1"}), 422, "key_reused")
    other_key = post(client, "orders", body, **{"Idempotency-Key": "k2"})
    assert other_key.json()["code"] == first.json()["code"]
    refused(post(client, "orders", body), 400, "invalid")
    order = Order.objects.get()
    assert b"rider@example.org" not in bytes(order.contact_sealed)
    shown = client.get(f"/api/v1/orders/{order.code}").json()
    assert (shown["status"]["state"], shown["status"]["price"]["minor"]) == ("HOLDING", 770)
    assert [booking["operator_code"] for booking in shown["bookings"]] == ["bus", "sea"]


def test_an_expired_offer_cannot_be_accepted(client: Client, harbour: Harbour) -> None:
    offer = offered(client)
    with time_machine.travel(NOW + timedelta(minutes=16), tick=True):
        answer = post(client, "orders", {"offer": offer["code"]}, **{"Idempotency-Key": "k"})
    refused(answer, 410, "offer_expired")


def test_giving_up_an_order_before_it_is_bought(client: Client, harbour: Harbour) -> None:
    offer = offered(client)
    order = post(client, "orders", {"offer": offer["code"]}, **{"Idempotency-Key": "k"}).json()
    path = f"orders/{order['code']}"
    assert client.get(f"/api/v1/{path}/cancellation").json()["cancellable"] is False
    refused(post(client, f"{path}/consent", {"price": {"minor": 1, "currency": "EUR"}}), 409, "not_waiting_for_consent")
    answer = post(client, f"{path}/cancellation", {})
    assert (answer.status_code, answer.json()["status"]["state"]) == (202, "UNWINDING")


def _ticket(client: Client, code: str) -> Any:
    order = Order.objects.get(code=code)
    booking = order.bookings.all()[0]
    return ticketing.issue([booking], NOW)[0]


@pytest.fixture
def till(settings: Any) -> Iterator[httpx.Client]:
    """Stripe, and the payer's browser."""
    settings.STRIPE_API_KEY, settings.STRIPE_WEBHOOK_SECRET = "sk_test_twin", "whsec_twin"
    with serve(lambda own: stripe_twin(public_url=own)) as (url, _app), httpx.Client(trust_env=False) as browser:
        settings.STRIPE_API_BASE = url
        yield browser


def _stripe_says(client: Client, order: str, event: str) -> Any:
    thing = {"id": "cs_1", "metadata": {"order": order}}
    body = json.dumps({"id": event, "type": "checkout.session.completed", "data": {"object": thing}})
    at = int(datetime.now(UTC).timestamp())
    mac = hmac.digest(b"whsec_twin", f"{at}.{body}".encode(), "sha256").hex()
    signed = {"Stripe-Signature": f"t={at},v1={mac}"}
    return client.post("/api/v1/webhooks/stripe", body, content_type="application/json", headers=signed)


@pytest.mark.usefixtures("emptied_ledger")
def test_from_search_to_tickets_and_back(client: Client, harbour: Harbour, till: httpx.Client) -> None:
    """One journey over two operators: planned, offered, ordered, paid once, ticketed, and given back."""
    offer = offered(client, "adult", "senior")
    code = post(client, "orders", {"offer": offer["code"]}, **{"Idempotency-Key": "k"}).json()["code"]
    pk = Order.objects.get(code=code).pk

    def order() -> dict[str, Any]:
        follow_hints()
        advance_order(order_id=pk)
        shown: dict[str, Any] = client.get(f"/api/v1/orders/{code}").json()
        return shown

    waiting = order()
    assert waiting["status"]["state"] == "NEEDS_ACTION", waiting
    assert [booking["state"] for booking in waiting["bookings"]] == ["HELD", "HELD"]
    assert waiting["status"]["charged"]["minor"] == 0
    assert till.post(waiting["status"]["action_url"], data={"card": "works", "pay": "1"}).status_code == 303
    for _ in range(2):
        assert _stripe_says(client, code, "evt_1").status_code == 204

    bought = order()
    assert (bought["status"]["state"], bought["status"]["charged"]["minor"]) == ("COMPLETED", 1540), bought
    tickets = [ticket for booking in bought["bookings"] for ticket in booking["tickets"]]
    assert [(ticket["product"], ticket["category"]) for ticket in tickets] == [
        ("zone", "adult"), ("zone", "senior"), ("crossing", "adult"), ("crossing", "senior"),
    ]  # fmt: skip
    keys = ticket_keys.public_keys()
    riding = {ticketing.verify(ticket["token"], keys, NOW + timedelta(minutes=80)).operator_code for ticket in tickets}
    assert riding == {"bus", "sea"}
    assert [package["status"] for package in harbour.twin.state()["packages"]] == ["CONFIRMED"]

    path = f"orders/{code}/cancellation"
    quote = client.get(f"/api/v1/{path}").json()
    assert quote["cancellable"]
    assert quote["fee"]["minor"] + quote["refund"]["minor"] == 1540
    refused(post(client, path, {}), 400, "invalid")
    cheaper = {"minor": quote["fee"]["minor"] - 1, "currency": "EUR"}
    if quote["fee"]["minor"]:
        refused(post(client, path, {"fee": cheaper}), 409, "fee_changed")
    assert post(client, path, {"fee": quote["fee"]}).status_code == 202
    given_back = order()
    assert given_back["status"]["state"] == "CANCELLED", given_back
    assert given_back["status"]["charged"] == quote["fee"]
    assert {ticket["state"] for booking in given_back["bookings"] for ticket in booking["tickets"]} == {"VOID"}


def test_a_ticket_and_its_code(client: Client, harbour: Harbour) -> None:
    offer = offered(client)
    order = post(client, "orders", {"offer": offer["code"]}, **{"Idempotency-Key": "k"}).json()
    ticket = _ticket(client, order["code"])
    shown = client.get(f"/api/v1/tickets/{ticket.serial}").json()
    assert (shown["operator_name"], shown["state"]) == ("Bus Ltd", "ISSUED")
    code = client.get(shown["qr_url"])
    assert code.headers["Content-Type"] == "image/svg+xml"
    assert code.content.startswith(b"<svg")
    keys = ticket_keys.of_jwks(client.get("/api/v1/ticket-keys").json())
    assert ticketing.verify(shown["token"], keys, NOW + timedelta(minutes=30), "bus").serial == ticket.serial


def test_strangers_see_nothing(client: Client, harbour: Harbour, django_user_model: Any) -> None:
    """A public code alone shows nothing: foreign is 404 for guests with a session, without one, and for accounts."""
    offer = offered(client)
    order = post(client, "orders", {"offer": offer["code"]}, **{"Idempotency-Key": "k"}).json()
    ticket = _ticket(client, order["code"])
    stranger, nobody, member = Client(), Client(), Client()
    offered(stranger)
    member.force_login(django_user_model.objects.create_user(email="m@example.org", password="long-enough-word"))
    reads = [
        f"offers/{offer['code']}",
        f"orders/{order['code']}",
        f"orders/{order['code']}/cancellation",
        f"tickets/{ticket.serial}",
        f"tickets/{ticket.serial}/code.svg",
    ]
    writes: list[tuple[str, Any]] = [
        ("orders", {"offer": offer["code"]}),
        (f"orders/{order['code']}/consent", {"price": {"minor": 1, "currency": "EUR"}}),
        (f"orders/{order['code']}/cancellation", {}),
    ]
    for who in (stranger, nobody, member):
        for path in reads:
            refused(who.get(f"/api/v1/{path}"), 404, "not_found")
        for path, body in writes:
            refused(post(who, path, body, **{"Idempotency-Key": "k"}), 404, "not_found")
    for path in reads:
        assert client.get(f"/api/v1/{path}").status_code == 200, "the owner still sees it all"
    assert Order.objects.count() == 1
    assert Order.objects.get().state == "HOLDING"


def test_what_a_guest_bought_stays_visible_after_logging_in(
    client: Client, harbour: Harbour, django_user_model: Any
) -> None:
    offer = offered(client)
    hashed = viewer_of(_Guest(), client.session).session_hash
    client.force_login(django_user_model.objects.create_user(email="g@example.org", password="long-enough-word"))
    assert Offer.objects.get().session_hash == hashed
    assert client.get(f"/api/v1/offers/{offer['code']}").status_code == 200


class _Guest:
    is_authenticated = False


def test_titles_speak_the_readers_language(client: Client) -> None:
    english, finnish = (
        client.get("/api/v1/nowhere", headers={"Accept-Language": language}).json() for language in ("en", "fi")
    )
    assert english["code"] == finnish["code"] == "not_found"


def test_unsigned_webhooks_change_nothing(client: Client) -> None:
    refused(post(client, "webhooks/stripe", {"id": "evt_1"}), 400, "bad_signature")
    refused(post(client, "webhooks/stripe", {"id": "evt_1"}, **{"Stripe-Signature": "t=1,v1=00"}), 400, "bad_signature")


def test_no_address_lies_open(client: Client, harbour: Harbour) -> None:
    """Where somebody comes from is in the token that they hold and, sealed, in the offer; nowhere else."""
    (found,) = [each for each in plan(client, **{"from": "60.2012,24.9034"}) if each["vehicles"] == 2]
    code = post(client, "offers", {"token": found["token"], "travellers": [{}]}).json()["code"]
    post(client, "orders", {"offer": code}, **{"Idempotency-Key": "k"})
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            assert "60.2012" not in repr(cursor.fetchall()), table
    assert tokens.of_json(Offer.objects.get().itinerary).legs[0].start.lat == 60.2012
