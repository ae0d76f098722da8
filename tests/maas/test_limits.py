"""How often one caller may ask."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client

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
