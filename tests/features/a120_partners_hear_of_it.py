"""An operator's system hears of its bookings by signed messages that name nobody (Standard Webhooks)."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from django.test import Client
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bookings.models import Booking, Outbox, Webhook
from bookings.tasks import send_messages
from tests.features.a92_cash_to_the_driver import staff
from tests.features.coast import BUS
from tests.features.market import Market
from tests.servers import serve

pytestmark = pytest.mark.db
HOUR = 3600


class Partner:
    """An operator's system: what came, and how it answers."""

    def __init__(self) -> None:
        self.came: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        self.always = 204

    async def hear(self, request: Request) -> Response:
        self.came.append((dict(request.headers), await request.body()))
        return Response(status_code=self.answers.pop(0) if self.answers else self.always)

    def ids(self) -> set[str]:
        return {headers["webhook-id"] for headers, _ in self.came}


def signatures(secret: str, headers: dict[str, str], body: bytes) -> bool:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    return expected in headers["webhook-signature"].split(" ")


@pytest.fixture
def partner(market: Market, settings: Any) -> Partner:
    system = Partner()
    app = Starlette(routes=[Route("/hear", system.hear, methods=["POST"])])
    url, _ = market.doors.enter_context(serve(lambda address: app))
    settings.ALLOWED_LOOPBACK_ORIGINS = [url]
    market.remotes["hear"] = url
    market.publish(bus=BUS)
    market.sells("bus")
    return system


def subscribe(market: Market, who: Client) -> Any:
    return market.post("operators/bus/webhooks", {"url": f"{market.remotes['hear']}/hear"}, 201, who)


def test_secured_and_cancelled(market: Market, partner: Partner) -> None:
    office = staff("operator_staff", "bus")
    made = subscribe(market, office)
    code = market.buy("bus:H", "bus:Q", "10:00")
    send_messages()
    ((headers, body),) = partner.came
    said = json.loads(body)
    assert said["type"] == "order.secured"
    assert said["data"] == {"operator": "bus", "bookings": [str(Booking.objects.get().client_ref)]}
    assert signatures(made["secret"], headers, body)
    assert not signatures("whsec_" + base64.b64encode(b"x" * 32).decode(), headers, body)
    assert code.encode() not in body
    market.post(f"orders/{code}/cancellation", {"fee": {"minor": 0, "currency": "EUR"}}, 202)
    market.work(code)
    send_messages()
    assert [json.loads(body)["type"] for _, body in partner.came[1:]] == ["order.refunded", "order.cancelled"]
    assert len(partner.ids()) == 3
    log = office.get(f"/api/v1/operators/bus/webhooks/{made['code']}/deliveries").json()
    assert [(row["topic"], row["outcome"]) for row in log] == [
        ("order.cancelled", "sent"),
        ("order.refunded", "sent"),
        ("order.secured", "sent"),
    ]


def test_again_for_75_hours_under_one_id(market: Market, partner: Partner) -> None:
    subscribe(market, staff("operator_staff", "bus"))
    partner.always = 500
    market.buy("bus:H", "bus:Q", "10:00")
    waited = 0
    while Outbox.objects.filter(channel="webhook", published_at=None).exists():
        send_messages()
        market.clock.shift(300)
        waited += 300
        assert waited < 80 * HOUR
    assert len(partner.came) == 10
    assert len(partner.ids()) == 1
    assert len({body for _, body in partner.came}) == 1
    assert waited > 75 * HOUR
    assert Outbox.objects.get(channel="webhook").outcome == "failed"


def test_gone_is_gone_until_the_secret_is_new(market: Market, partner: Partner) -> None:
    office = staff("operator_staff", "bus")
    made = subscribe(market, office)
    partner.answers = [410]
    market.buy("bus:H", "bus:Q", "10:00")
    send_messages()
    assert office.get("/api/v1/operators/bus/webhooks").json()[0]["disabled_at"]
    market.buy("bus:H", "bus:Q", "10:00")
    send_messages()
    assert len(partner.came) == 1
    new = market.post(f"operators/bus/webhooks/{made['code']}/rotation", {}, 200, office)
    assert new["disabled_at"] is None
    market.buy("bus:H", "bus:Q", "10:00")
    send_messages()
    headers, body = partner.came[1]
    assert signatures(made["secret"], headers, body)
    assert signatures(new["secret"], headers, body)
    market.clock.shift(25 * HOUR)
    Outbox.objects.filter(channel="webhook").update(published_at=None, not_before=None)
    send_messages()
    headers, body = partner.came[-1]
    assert not signatures(made["secret"], headers, body)
    assert signatures(new["secret"], headers, body)


def test_secrets_are_shown_once_and_sealed(market: Market, partner: Partner) -> None:
    office = staff("operator_staff", "bus")
    made = subscribe(market, office)
    assert "secret" not in office.get("/api/v1/operators/bus/webhooks").json()[0]
    row = Webhook.objects.get()
    assert made["secret"].encode() not in bytes(row.secret_sealed)
    assert office.delete(f"/api/v1/operators/bus/webhooks/{made['code']}").status_code == 204
    market.buy("bus:H", "bus:Q", "10:00")
    send_messages()
    assert partner.came == []


def test_not_for_strangers(market: Market, partner: Partner) -> None:
    made = subscribe(market, staff("operator_staff", "bus"))
    sea = staff("operator_staff", "sea")
    for stranger in (Client(), sea, staff("driver", "bus"), staff("desk_agent")):
        market.post("operators/bus/webhooks", {"url": "https://example.org/"}, 404, stranger)
        market.post(f"operators/bus/webhooks/{made['code']}/rotation", {}, 404, stranger)
        assert stranger.get("/api/v1/operators/bus/webhooks").status_code == 404
        assert stranger.delete(f"/api/v1/operators/bus/webhooks/{made['code']}").status_code == 404
    sea2 = market.post("operators/sea/webhooks", {"url": "https://example.org/"}, 201, sea)
    assert sea.get(f"/api/v1/operators/sea/webhooks/{made['code']}/deliveries").status_code == 404
    assert sea.get(f"/api/v1/operators/sea/webhooks/{sea2['code']}/deliveries").json() == []


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/hear", "https://169.254.169.254/", "https://[::1]/", "http://example.org/"]
)
def test_addresses_inside_are_never_called(market: Market, partner: Partner, url: str) -> None:
    market.post("operators/bus/webhooks", {"url": url}, 201, staff("operator_staff", "bus"))
    market.buy("bus:H", "bus:Q", "10:00")
    send_messages()
    row = Outbox.objects.get(channel="webhook")
    assert (row.outcome, row.attempts) == ("failed", 1)


def test_by_the_page(market: Market, partner: Partner) -> None:
    office, address = staff("operator_staff", "bus"), "/operators/bus/webhooks"
    page = office.post(address, {"do": "add", "url": f"{market.remotes['hear']}/hear"}).content.decode()
    assert "whsec_" in page
    assert "whsec_" not in office.get(address).content.decode()
    market.buy("bus:H", "bus:Q", "10:00")
    send_messages()
    assert "order.secured · sent (1)" in office.get(address).content.decode()
    code = Webhook.objects.get().code
    assert "whsec_" in office.post(address, {"do": "rotate", "code": code}).content.decode()
    stranger = staff("operator_staff", "sea")
    assert stranger.get(address).status_code == 404
    assert stranger.post("/operators/sea/webhooks", {"do": "remove", "code": code}).status_code == 404
    office.post(address, {"do": "remove", "code": code})
    assert not Webhook.objects.exists()
