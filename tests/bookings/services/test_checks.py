"""Two devices report the same ticket at the same moment, and what a replay is."""

from __future__ import annotations

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from bookings.models import Order, Ticket, TicketCheck
from bookings.services import checks, rides, ticketing
from bookings.services.checks import Check
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]
AT = NOW + timedelta(minutes=36)
BUS, OTHER = "f:t1@2026-11-23", "f:t2@2026-11-23"


@pytest.fixture
def ticket(data_dir: Path) -> Ticket:
    order = factories.order(state="COMPLETED")
    bus = order.bookings.get(operator_code="bus")
    rides.note(order, [bus])
    return ticketing.issue([bus], NOW)[0]


def seen(ticket: Ticket, minute: float = 0, departure: str = BUS, *, boarding: bool = True) -> Check:
    return Check(uuid4(), ticket.serial, AT + timedelta(minutes=minute), boarding, departure, "valid")


def told(device: str, check: Check) -> str:
    (row,) = checks.submit("bus", device, [check], None, AT + timedelta(hours=1))
    return row.outcome


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have looked for other checks before either writes, unless something keeps them apart."""
    both, judge = threading.Barrier(2), checks._outcome

    def judged(row: TicketCheck, now: Any) -> Any:
        found = judge(row, now)
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(timeout=0.7)
        return found

    monkeypatch.setattr(checks, "_outcome", judged)


def at_once(ticket: Ticket) -> list[str]:
    def report(device: str) -> str:
        try:
            return told(device, seen(ticket))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(report, "ab"))


@pytest.mark.usefixtures("slow")
def test_one_of_two_at_the_same_moment_is_the_replay(ticket: Ticket) -> None:
    assert at_once(ticket) == ["accepted", "replay"]


@pytest.mark.usefixtures("slow")
def test_without_the_lock_both_would_ride(ticket: Ticket, monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets one write at a time, lock or not")
    monkeypatch.setattr(Order.objects.__class__, "select_for_update", lambda self, **_: self.all())
    monkeypatch.setattr(Ticket.objects.__class__, "select_for_update", lambda self, **_: self.all())
    assert at_once(ticket) == ["accepted", "accepted"]
    assert TicketCheck.objects.filter(outcome="accepted").count() == 2


@pytest.mark.parametrize(
    ("first", "second", "outcome"),
    [
        ({}, {"minute": 5, "boarding": False}, "accepted"),
        ({"boarding": False}, {"minute": 5, "boarding": False}, "accepted"),
        ({}, {"minute": 20, "departure": OTHER}, "accepted"),  # ninety minutes, as often as one likes
        ({}, {"minute": 1, "departure": OTHER, "boarding": False}, "replay"),
        ({}, {"minute": 40}, "replay"),
        ({"minute": 9}, {"minute": 3}, "replay"),
        ({}, {"departure": ""}, "replay"),  # it can only have been this one
    ],
)
def test_what_is_a_replay(ticket: Ticket, first: Any, second: Any, outcome: str) -> None:
    assert [told("a", seen(ticket, **first)), told("b", seen(ticket, **second))] == ["accepted", outcome]


def test_a_ticket_for_one_ride_boards_one_departure(data_dir: Path) -> None:
    order = factories.order(state="COMPLETED")
    sea = order.bookings.get(operator_code="sea")
    rides.note(order, [sea])
    crossing = ticketing.issue([sea], NOW)[0]
    boat = [Check(uuid4(), crossing.serial, AT + timedelta(minutes=after), True, key, "valid")
            for after, key in ((25, "g:t9@2026-11-23"), (45, "g:t11@2026-11-23"))]  # fmt: skip
    rows = checks.submit("sea", "one device", boat, None, AT + timedelta(hours=2))
    assert [row.outcome for row in rows] == ["accepted", "replay"]
