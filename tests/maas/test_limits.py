"""How often one caller may ask."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client
from rest_framework.throttling import SimpleRateThrottle

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_counted() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def test_nobody_books_without_end_by_calling_themselves_somebody_else(client: Client) -> None:
    answers = [
        client.post("/api/v1/offers", "{}", "application/json", headers={"X-Forwarded-For": f"198.51.100.{number}"})
        for number in range(61)
    ]
    assert [answer.status_code for answer in answers] == [400] * 60 + [429]


def test_pages_have_the_same_limit_as_the_api_and_say_when_to_come_back(client: Client) -> None:
    answers = [client.post("/offers", {"token": "made up"}) for _ in range(61)]
    assert [answer.status_code for answer in answers] == [409] * 60 + [429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 61
    assert "Please wait a minute" in answers[-1].content.decode()
    assert client.get("/").status_code != 429


def test_who_searches_without_end_does_not_keep_the_dispatcher_busy(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SimpleRateThrottle.THROTTLE_RATES, "search", "3/min")
    answers = [client.get(path) for path in ("/journeys", "/journey") * 2]
    assert [answer.status_code == 429 for answer in answers] == [False] * 3 + [True]
    assert client.get("/").status_code == 200, "the form is for everybody"


@pytest.mark.parametrize("path", ["/offers/", "/orders/", "/tickets/", "/api/v1/offers/", "/api/v1/orders/"])
@pytest.mark.parametrize("code", ["%00", "a%00b", "%E2%80%AE", "x" * 300])
def test_what_is_no_code_is_no_address(client: Client, path: str, code: str) -> None:
    assert client.get(path + code).status_code == 404
