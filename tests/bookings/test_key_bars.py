"""Bar 12 of the transaction design: the same Idempotency-Key many times at once, and another body under it.

In the suite 12 hands on one key, in `python -m bars.api` (MAAS_BARS=long) fifty, ten times over.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import httpx
import pytest
from django.db import connections

from bookings.models import Effect, Offer, Order
from tests.features.coast import BUS
from tests.features.conftest import emptied_ledger, market, monday
from tests.features.market import Market

__all__ = ["emptied_ledger", "market", "monday"]
pytestmark = [pytest.mark.db, pytest.mark.exhaustive]
LONG = os.environ.get("MAAS_BARS") == "long"
HANDS, ROUNDS = (50, 10) if LONG else (12, 1)


class Hands:
    """Many clients of one browser session that press at the same moment."""

    def __init__(self, url: str, cookies: dict[str, str]) -> None:
        self._url, self._cookies = url, cookies

    def press(self, path: str, bodies: list[Any], key: str) -> list[httpx.Response]:
        """One POST for each body, all at once."""
        with ThreadPoolExecutor(len(bodies)) as hands:
            return list(hands.map(lambda body: self._post(path, body, key), bodies))

    def _post(self, path: str, body: Any, key: str) -> httpx.Response:
        with closing(httpx.Client(cookies=self._cookies, trust_env=False, timeout=60)) as browser:
            return browser.post(f"{self._url}/api/v1/{path}", json=body, headers={"Idempotency-Key": key})


@pytest.fixture
def hands(market: Market, live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Hands:
    monkeypatch.setattr("rest_framework.throttling.ScopedRateThrottle.allow_request", lambda *_: True)
    market.publish(bus=BUS)
    market.sells("bus")
    market.ask("bus:H", "bus:Q", "10:00")
    return Hands(live_server.url, {"sessionid": market.client.cookies["sessionid"].value})


def _one_answer(answers: list[httpx.Response], status: int) -> Any:
    """What all that were answered got; the others are told to wait, and how long."""
    for answer in answers:
        if answer.status_code != status:
            assert (answer.status_code, answer.json()["code"]) == (409, "in_flight"), answer.text
            assert int(answer.headers["Retry-After"]) > 0
    first, *others = [answer.json() for answer in answers if answer.status_code == status]
    assert all(other == first for other in others)  # PostgreSQL keeps no order of members
    return first


def test_bar_12_one_key(market: Market, hands: Hands, record_property: Any) -> None:
    others = 0
    for number in range(ROUNDS):
        before = Offer.objects.count()
        (itinerary, *_) = market.plan("bus:H", "bus:Q", "10:00")
        wish = {"token": itinerary["token"], "travellers": [{"category": "adult"}]}
        answers = hands.press("offers", [wish] * HANDS, f"offer {number}")
        _one_answer(answers, 201)
        assert Offer.objects.count() == before + 1
        offer = next(answer.json()["code"] for answer in answers if answer.status_code == 201)
        said = _one_answer(hands.press("orders", [{"offer": offer}] * HANDS, f"order {number}"), 201)
        assert Order.objects.filter(offer__code=offer).count() == 1
        wrong: list[Any] = [{"offer": "x" * 22}, {"offer": offer, "contact": "a@example.org"}, {}, [], {"offer": 1}]
        for answer in hands.press("orders", wrong, f"order {number}"):
            assert (answer.status_code, answer.json()["code"]) == (422, "key_reused"), answer.text
            others += 1
        assert hands.press("orders", [{"offer": offer}], f"order {number}")[0].json() == said
        code = Order.objects.get(offer__code=offer).code
        _one_answer(hands.press(f"orders/{code}/cancellation", [{}] * HANDS, f"cancel {number}"), 202)
        assert Effect.objects.filter(order__code=code, kind="AUTHORISE").count() <= 1
        market.work(code)
    assert market.money() == "captured 0.00, authorised 0.00, refunded 0.00"
    connections.close_all()
    record_property("bar", f"12 {ROUNDS} x 3 keys x {HANDS} at once: one each, {others} other bodies 422/1 each")
