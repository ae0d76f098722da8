"""A partner's system gets a token by its client credentials, books for its customer, and hears what becomes of it."""

import json
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from bookings.models import Order
from bookings.tasks import send_messages
from maas.accounts.models import OAuthClient, OAuthToken
from tests.features.a120_partners_hear_of_it import HOUR, Partner, partner, signatures
from tests.features.market import Market

__all__ = ["partner"]
pytestmark = pytest.mark.db
SELLING = ("offers", "orders", "webhooks")


class System:
    """A partner's system, which knows what the admin's page has shown once."""

    def __init__(self, title: str, *scopes: str) -> None:
        self.admin = Client()
        office, _ = get_user_model().objects.get_or_create(email="office@maas.test", is_staff=True, is_superuser=True)
        self.admin.force_login(office, backend="django.contrib.auth.backends.ModelBackend")
        fields = {"title": title, "scopes": scopes or SELLING}
        self.id, self.secret = shown(self.admin.post("/admin/accounts/oauthclient/add/", fields))
        self.pk = OAuthClient.objects.get(client_id=self.id).pk

    def do(self, action: str) -> Any:
        chosen = {"action": action, "_selected_action": [self.pk]}
        return self.admin.post("/admin/accounts/oauthclient/", chosen)

    def ask(self, secret: str = "", **fields: str) -> Any:
        body = {"grant_type": "client_credentials", "client_id": self.id, "client_secret": secret or self.secret}
        return Client().post("/oauth/token", body | fields, SERVER_NAME="127.0.0.1")

    def client(self) -> Client:
        """A caller with a fresh token."""
        return Client(headers={"authorization": f"Bearer {self.ask().json()['access_token']}"})


def shown(answer: Any) -> tuple[str, str]:
    """What stands on the page that follows the making of a secret."""
    client_id, secret = re.findall("<code>(.*?)</code>", answer.content.decode())
    assert "no-store" in answer["Cache-Control"]
    return client_id, secret


def test_from_the_token_to_the_customers_ticket(market: Market, partner: Partner) -> None:
    shop = System("Shop")
    market.client = shop.client()
    hook = market.post("webhooks", {"url": f"{market.remotes['hear']}/hear"}, 201)
    code = market.accept(market.ask("bus:H", "bus:Q", "10:00"))
    market.work(code, until="NEEDS_ACTION")
    assert not market.client.cookies, "a system has no session"
    link = urlsplit(market.order(code)["payment_link"]).path
    customer = Client()
    customer.post(link)
    market.use(customer.get(f"/orders/{code}/pay")["Location"], "works")
    assert market.work(code) == "COMPLETED charged 3.50: bus CONFIRMED; tickets ISSUED"
    assert "/tickets/" in customer.get(f"/orders/{code}").content.decode()
    send_messages()
    said = [json.loads(body) for _, body in partner.came]
    assert [(each["type"], each["data"]) for each in said] == [
        ("order.needs_action", {"order": code}),
        ("order.secured", {"order": code}),
    ]
    assert all(signatures(hook["secret"], headers, body) for headers, body in partner.came)
    deliveries: Any = market.get(f"webhooks/{hook['code']}/deliveries")
    assert [each["topic"] for each in deliveries] == ["order.secured", "order.needs_action"]


def test_errors_have_the_shape_of_oauth(market: Market, partner: Partner) -> None:
    shop = System("Shop", "offers")
    assert shop.ask().json().keys() == {"access_token", "token_type", "expires_in", "scope"}
    assert (shop.ask().json()["expires_in"], shop.ask().json()["scope"]) == (3600, "offers")
    for fields, error in (
        ({"secret": "guess"}, "invalid_client"),
        ({"scope": "offers orders"}, "invalid_scope"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ):
        answer = shop.ask(**fields)
        assert (answer.status_code in {400, 401}, answer.json()["error"]) == (True, error)
        assert "no-store" in answer["Cache-Control"]
    market.client = shop.client()
    offer = market.ask("bus:H", "bus:Q", "10:00")
    assert market.post("orders", {"offer": offer["code"]}, 403, key="x")["code"] == "forbidden"
    assert shop.secret not in str(list(OAuthClient.objects.values()))
    assert "Bearer" not in str(list(OAuthToken.objects.values()))


def test_a_new_secret_beside_the_old_one_and_the_end(market: Market, partner: Partner) -> None:
    shop = System("Shop")
    old = shop.secret
    _, shop.secret = shown(shop.do("rotate"))
    assert [shop.ask(old).status_code, shop.ask().status_code] == [200, 200]
    client = shop.client()
    assert client.get("/api/v1/webhooks").status_code == 200
    market.clock.shift(HOUR + 1)
    late = client.get("/api/v1/webhooks")
    assert (late.status_code, late["WWW-Authenticate"], late.json()["code"]) == (401, "Bearer", "not_authenticated")
    market.clock.shift(24 * HOUR)
    assert [shop.ask(old).status_code, shop.ask().status_code] == [401, 200]
    client = shop.client()
    shop.do("withdraw")
    assert client.get("/api/v1/webhooks").status_code == 401
    assert shop.ask().status_code == 400


def test_one_partner_sees_nothing_of_another(market: Market, partner: Partner) -> None:
    market.client = System("Shop").client()
    hook = market.post("webhooks", {"url": "https://shop.example/hear"}, 201)
    code = market.buy("bus:H", "bus:Q", "10:00")
    order = market.order(code)
    serial = order["bookings"][0]["tickets"][0]["serial"]
    fee = {"fee": {"minor": 0, "currency": "EUR"}}
    calls: list[tuple[str, str, Any]] = [
        ("get", f"offers/{order['offer']}", None), ("get", f"orders/{code}", None), ("get", f"tickets/{serial}", None),
        ("post", "orders", {"offer": order["offer"]}), ("get", f"orders/{code}/contact", None),
        ("put", f"orders/{code}/contact", {"tell_by": "call", "phone": "+358401234567"}),
        ("get", f"tickets/{serial}/code.svg", None), ("get", f"orders/{code}/receipts", None),
        ("get", f"orders/{code}/cancellation", None), ("post", f"orders/{code}/cancellation", fee),
        ("post", f"orders/{code}/consent", {"price": fee["fee"]}), ("post", f"orders/{code}/way-on", {}),
        ("post", f"orders/{code}/changes", {"token": "x", "bookings": [1]}),
        ("delete", f"webhooks/{hook['code']}", None), ("post", f"webhooks/{hook['code']}/rotation", {}),
        ("get", f"webhooks/{hook['code']}/deliveries", None),
    ]  # fmt: skip
    other, person = System("Other").client(), Client()
    person.force_login(get_user_model().objects.create_user("rider@maas.test"))
    for who in (other, person, Client()):
        for method, path, body in calls:
            sent = {} if body is None else {"data": body, "content_type": "application/json"}
            answer = getattr(who, method)(f"/api/v1/{path}", **sent, headers={"Idempotency-Key": f"k{path}"})
            assert answer.status_code == 404, (method, path, answer.content)
    assert other.get("/api/v1/webhooks").json() == []
    for stranger in (person, Client()):
        assert stranger.get("/api/v1/webhooks").status_code == 404
    for path in ("operators/bus/webhooks", "operators/bus/statement", "operators/bus/payouts"):
        assert other.get(f"/api/v1/{path}").status_code == 403
    assert Order.objects.get().state == "COMPLETED"
    market.client.cookies["sessionid"] = "somebody else's"
    assert market.get(f"orders/{code}")["code"] == code
