"""What partners' systems may do: every operation of the API says so, or is refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from bookings.api.tomp import customers
from bookings.api.tomp.collections import COLLECTIONS
from bookings.api.tomp.processes import PROCESSES
from maas.accounts.api.bearer import NEEDS
from maas.accounts.clients import SCOPES
from maas.urls import API


def names(patterns: list[URLPattern | URLResolver]) -> list[str]:
    found: list[str] = []
    for each in patterns:
        found += names(each.url_patterns) if isinstance(each, URLResolver) else [each.name or ""]
    return found


def test_every_operation_has_a_policy() -> None:
    assert {name for name in names(API) if name} == set(NEEDS)
    by_tomp = {each.scope for each in (*COLLECTIONS.values(), *PROCESSES.values()) if each.scope} | {customers.SCOPE}
    assert {needed for needed in NEEDS.values() if needed} | by_tomp == set(SCOPES)
    assert get_resolver().resolve("/oauth/token").url_name == "oauth-token"


@pytest.fixture
def _nothing_counted() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.mark.django_db
@pytest.mark.usefixtures("_nothing_counted")
def test_secrets_are_not_guessed_without_end_nor_sent_in_the_open() -> None:
    guess = {"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"}
    client = Client(SERVER_NAME="127.0.0.1")
    answers = [client.post("/oauth/token", guess) for _ in range(61)]
    assert {answer.status_code for answer in answers[:60]} == {400}
    assert {answer.json()["error"] for answer in answers[:60]} == {"invalid_client"}
    assert (answers[60].status_code, int(answers[60]["Retry-After"]) > 0) == (429, True)
    cache.clear()
    open_line = Client(SERVER_NAME="testserver").post("/oauth/token", guess)
    assert (open_line.status_code, open_line.json()["error"]) == (400, "insecure_transport")
    assert client.get("/oauth/token").status_code == 405
