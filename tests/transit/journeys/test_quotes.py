"""Who asks our own dispatcher waits for a moment at most, and leaves nothing to do behind."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from transit.journeys import quotes
from transit.ondemand.quote import Spot, Wish

pytestmark = [pytest.mark.django_db(transaction=True)]
NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
WISHES = [Wish("none", Spot(24.8, 60.1), Spot(24.9, 60.1), NOW + timedelta(hours=hour)) for hour in range(9)]


def test_what_has_not_begun_in_time_is_never_done() -> None:
    gate = Event()
    busy = [quotes._POOL.submit(gate.wait) for _ in range(8)]
    try:
        asked = quotes.ask(WISHES, NOW, time.monotonic() + 0.05)
        assert asked.answers == {}
        assert all(each.cancelled() for each in asked.futures.values())
    finally:
        gate.set()
    assert all(each.result() for each in busy)


def test_only_so_many_wait() -> None:
    gate = Event()
    busy = [quotes._POOL.submit(gate.wait) for _ in range(8)]
    many = [
        Wish("none", Spot(24.8, 60.1), Spot(24.9, 60.1), NOW + timedelta(minutes=number))
        for number in range(quotes.MOST_WAITING + 50)
    ]
    try:
        asked = quotes.ask(many, NOW, time.monotonic())
        assert len(asked.futures) == quotes.MOST_WAITING
        assert asked.answers == {}
        assert len(quotes.ask(WISHES, NOW, time.monotonic()).futures) == len(WISHES), "there is room again"
    finally:
        gate.set()
    assert all(each.result() for each in busy)
