"""Checkout: the hosted page over real HTTP, with a browser's requests, and the webhooks that follow."""

from __future__ import annotations

import concurrent.futures
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
import stripe
from starlette.applications import Starlette
from starlette.routing import Mount

from maas.sandbox.stripe import StripeTwin, create_app
from tests.maas.sandbox.stripes import SECRET, client_of, http_transport
from tests.servers import serve


@dataclass
class Endpoint:
    """A webhook endpoint that notes what it got, and refuses the first `refusals`."""

    url: str
    got: list[tuple[bytes, str]] = field(default_factory=list)
    refusals: int = 0

    def kinds(self) -> list[str]:
        return [stripe.Webhook.construct_event(*pair, SECRET).type for pair in self.got]

    def wait_for(self, kind: str) -> None:
        deadline = time.monotonic() + 10
        while kind not in self.kinds():
            assert time.monotonic() < deadline, f"{kind} never came, only {self.kinds()}"
            time.sleep(0.02)


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if noted.refusals > 0:
                noted.refusals -= 1
                self.send_response(500)
            else:
                noted.got.append((body, self.headers["Stripe-Signature"]))
                self.send_response(200)
            self.end_headers()

        def log_message(self, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    noted = Endpoint(f"http://127.0.0.1:{server.server_address[1]}/hook")
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield noted
    server.shutdown()
    server.server_close()


@dataclass
class Pay:
    url: str
    twin: StripeTwin
    client: stripe.StripeClient
    browser: httpx.Client

    def session(self, **extra: Any) -> Any:
        line = {
            "price_data": {"currency": "eur", "unit_amount": 640, "product_data": {"name": "Trip <b>A–B</b>"}},
            "quantity": 2,
        }
        params: Any = {
            "mode": "payment",
            "line_items": [line],
            "payment_intent_data": {"capture_method": "manual", "metadata": {"order": "A1"}},
            "metadata": {"order": "A1"},
            "success_url": "https://maas.test/done?s={CHECKOUT_SESSION_ID}",
            "cancel_url": "https://maas.test/back",
            **extra,
        }
        return self.client.v1.checkout.sessions.create(params)

    def lever(self, name: str, **body: Any) -> None:
        assert httpx.post(f"{self.url}/_twin/{name}", json=body, trust_env=False).status_code == 200


@pytest.fixture
def pay(endpoint: Endpoint) -> Iterator[Pay]:
    def make(own: str) -> Any:
        return create_app(webhook_url=endpoint.url, webhook_secret=SECRET, public_url=own)

    with serve(make) as (url, app), httpx.Client(trust_env=False) as browser:
        transport = http_transport()
        yield Pay(url, app.state.twin, client_of(url, transport=transport), browser)
        transport.close()  # type: ignore[no-untyped-call]


def test_pay_with_a_card_that_works(pay: Pay, endpoint: Endpoint) -> None:
    session = pay.session()
    assert (session.status, session.payment_status, session.amount_total) == ("open", "unpaid", 1280)
    assert session.payment_intent is None
    page = pay.browser.get(session.url)
    assert page.status_code == 200
    assert "€12.80" in page.text
    assert "Trip &lt;b&gt;A–B&lt;/b&gt; × 2" in page.text
    assert 'href="https://maas.test/back"' in page.text
    assert "<script" not in page.text
    assert re.findall(r'name="card" value="(\w+)"', page.text) == ["works", "declined", "confirm"]
    paid = pay.browser.post(session.url, data={"card": "works", "pay": "1"})
    assert (paid.status_code, paid.headers["Location"]) == (303, f"https://maas.test/done?s={session.id}")

    done: Any = pay.client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent.latest_charge"]})
    assert (done.status, done.payment_status, done.url) == ("complete", "unpaid", None)
    assert done.payment_intent.status == "requires_capture"
    assert done.payment_intent.metadata["order"] == "A1"
    assert done.payment_intent.latest_charge.captured is False
    pay.client.v1.payment_intents.capture(done.payment_intent.id)
    assert pay.client.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"
    endpoint.wait_for("payment_intent.succeeded")
    assert endpoint.kinds().index("payment_intent.created") < endpoint.kinds().index("checkout.session.completed")
    # pressing Pay again, or coming back, leads to the same place and takes nothing more
    assert pay.browser.post(session.url, data={"card": "works"}).headers["Location"].endswith(session.id)
    assert pay.twin.state()["balance"] == {"eur": 1280}


def test_a_declined_card_can_be_replaced(pay: Pay) -> None:
    session = pay.session()
    declined = pay.browser.post(session.url, data={"card": "declined"})
    assert declined.status_code == 402
    assert 'role="alert"' in declined.text
    assert pay.client.v1.checkout.sessions.retrieve(session.id).status == "open"
    intent: Any = pay.client.v1.checkout.sessions.retrieve(session.id).payment_intent
    with pytest.raises(stripe.InvalidRequestError):
        pay.client.v1.payment_intents.cancel(intent)
    assert pay.browser.post(session.url, data={"card": "works"}).status_code == 303
    assert pay.client.v1.payment_intents.retrieve(intent).status == "requires_capture"


@pytest.mark.parametrize("answer", ["approve", "refuse"])
def test_a_card_that_asks(pay: Pay, answer: str) -> None:
    session = pay.session()
    asked = pay.browser.post(session.url, data={"card": "confirm"}, follow_redirects=True)
    assert asked.request.url.path.startswith("/authenticate/pi_")
    assert "€12.80" in asked.text
    after = pay.browser.post(asked.request.url, data={"answer": answer})
    found = pay.client.v1.checkout.sessions.retrieve(session.id)
    if answer == "approve":
        assert after.headers["Location"] == f"https://maas.test/done?s={session.id}"
        assert found.status == "complete"
    else:
        assert after.headers["Location"] == session.url
        assert found.status == "open"
        assert "not confirmed" in pay.browser.get(session.url).text


@pytest.mark.parametrize(
    ("locale", "accepted", "language", "words"),
    [
        ("fi", "en", "fi", "Maksa 12,80"),
        ("ja", "en", "ja", "€12.80を支払う"),
        ("auto", "ja-JP,ja;q=0.9", "ja", "€12.80を支払う"),
        ("auto", "sv", "en", "Pay €12.80"),
    ],
)
def test_the_page_speaks_three_languages(pay: Pay, locale: str, accepted: str, language: str, words: str) -> None:
    page = pay.browser.get(pay.session(locale=locale).url, headers={"Accept-Language": accepted}).text
    assert f'<html lang="{language}">' in page
    assert words in page


def test_an_expired_session_cannot_be_paid(pay: Pay, endpoint: Endpoint) -> None:
    session = pay.session()
    page = session.url
    assert pay.client.v1.checkout.sessions.expire(session.id).status == "expired"
    assert pay.browser.post(page, data={"card": "works"}).status_code == 410
    assert pay.twin.state()["payment_intent"] == []
    with pytest.raises(stripe.InvalidRequestError):
        pay.client.v1.checkout.sessions.expire(session.id)
    endpoint.wait_for("checkout.session.expired")
    by_clock = pay.session(expires_at=int(time.time()) + 1800)
    pay.lever("clock", advance_s=1801)
    assert pay.client.v1.checkout.sessions.retrieve(by_clock.id).status == "expired"
    with pytest.raises(stripe.InvalidRequestError):
        pay.session(expires_at=int(time.time()) + 1801 + 600)


def test_webhooks_are_retried(pay: Pay, endpoint: Endpoint) -> None:
    endpoint.refusals = 1
    customer = pay.client.v1.customers.create({"name": "R"})
    endpoint.wait_for("customer.created")
    event = stripe.Webhook.construct_event(*endpoint.got[0], SECRET)
    assert event.data.object["id"] == customer.id
    assert endpoint.refusals == 0
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(*endpoint.got[0], "whsec_other")


def test_webhooks_on_demand_late_twice_and_reversed(pay: Pay, endpoint: Endpoint) -> None:
    pay.lever("webhooks", paused=True, duplicate=True, reorder=True)
    intent = pay.client.v1.payment_intents.create({"amount": 500, "currency": "eur"})
    pay.client.v1.payment_intents.cancel(intent.id)
    time.sleep(0.4)
    assert endpoint.got == []
    pay.lever("webhooks", flush=True)
    assert endpoint.kinds() == ["payment_intent.canceled"] * 2 + ["payment_intent.created"] * 2
    assert pay.twin.webhooks.pending() == []


def test_a_broken_connection_and_a_slow_call_over_http(pay: Pay) -> None:
    params: Any = {"amount": 500, "currency": "eur"}
    pay.lever("faults", path="/v1/payment_intents", lost=True, after_effect=True)
    with pytest.raises(stripe.APIConnectionError):
        pay.client.v1.payment_intents.create(params, {"idempotency_key": "k1"})
    made = pay.client.v1.payment_intents.create(params, {"idempotency_key": "k1"})
    assert made.last_response is not None
    assert made.last_response.headers["idempotent-replayed"] == "true"
    pay.lever("faults", path="/v1/payment_intents", delay_s=0.5)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        slow = pool.submit(pay.client.v1.payment_intents.create, params, {"idempotency_key": "k2"})
        time.sleep(0.25)
        with pytest.raises(stripe.APIError) as conflict:
            pay.client.v1.payment_intents.create(params, {"idempotency_key": "k2"})
        assert conflict.value.http_status == 409
        assert slow.result().status == "requires_payment_method"
    assert len(pay.twin.state()["payment_intent"]) == 2
    state = httpx.get(f"{pay.url}/_twin/state", trust_env=False).json()
    assert [call["status"] for call in state["calls"]] == [200, 200, 409, 200]


def test_the_twin_works_under_a_prefix(endpoint: Endpoint) -> None:
    twins: list[StripeTwin] = []

    def make(own: str) -> Any:
        app = create_app(webhook_url=endpoint.url, webhook_secret=SECRET, public_url=f"{own}/stripe")
        twins.append(app.state.twin)
        return Starlette(routes=[Mount("/stripe", app)])

    with serve(make) as (url, _app), httpx.Client(trust_env=False) as browser:
        transport = http_transport()
        pay = Pay(f"{url}/stripe", twins[0], client_of(f"{url}/stripe", transport), browser)
        session = pay.session()
        asked = browser.post(session.url, data={"card": "confirm"}, follow_redirects=True)
        assert browser.post(asked.request.url, data={"answer": "approve"}).headers["Location"].endswith(session.id)
        endpoint.wait_for("checkout.session.completed")
        transport.close()  # type: ignore[no-untyped-call]
        twins[0].webhooks.stop()
