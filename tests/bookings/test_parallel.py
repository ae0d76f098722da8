"""Several processes at once: buyers of the last seat, and runners that take up the same order."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from bookings.capacity import SoldOut
from bookings.models import Capacity, Effect, LedgerTxn, Ticket
from bookings.operators.base import Call, Holding, OperatorPort
from bookings.operators.hosted import reservations
from bookings.operators.hosted.reservations import Departure, Wanted
from bookings.services.runner import Runner
from tests.bookings.invariants import at_rest, safe
from tests.bookings.world import World
from tests.factories import NOW
from transit.money import Money

pytestmark = [pytest.mark.db]
NewWorld = Callable[..., World]


def _at_once(count: int, work: Callable[[], bool]) -> int:
    start = threading.Barrier(count)

    def run(_: int) -> bool:
        try:
            start.wait()
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return sum(pool.map(run, range(count)))


@pytest.mark.django_db(transaction=True)
def test_forty_buyers_of_the_last_seat_make_one_reservation() -> None:
    departures = [Departure(f"f:{trip}@2026-11-23", 1, 1) for trip in (2, 1)]
    wanted = Wanted("bus", Money(700, "EUR"), NOW + timedelta(hours=1), NOW + timedelta(minutes=15), departures, {})

    def buy() -> bool:
        try:
            return reservations.hold("self", uuid4(), wanted, NOW).state == "HELD"
        except SoldOut:
            return False

    assert _at_once(40, buy) == 1
    assert set(Capacity.objects.values_list("taken", "cap")) == {(1, 1)}


def test_runners_that_take_up_the_same_order_buy_it_once(new_world: NewWorld) -> None:
    world = new_world()

    def advance() -> bool:
        return Runner(lambda: world.now, world.ports).advance(world.order.pk)

    for _ in range(40):
        world.order.refresh_from_db()
        if world.order.wake_at is None:
            break
        world.now = max(world.now, world.order.wake_at)
        world.pay()
        _at_once(4, advance)
    safe(world)
    at_rest(world)
    assert world.order.state == "COMPLETED"
    assert not Effect.objects.filter(unknowns__gt=0).exists(), "a lease was broken"
    assert Ticket.objects.count() == 4
    assert LedgerTxn.objects.count() == 1


def test_the_holds_of_one_order_are_asked_for_at_the_same_time(new_world: NewWorld) -> None:
    """Each operator answers only once the other has been asked too: one after the other would never end."""
    both = threading.Barrier(2, timeout=20)

    class AnswersWhenBothAreAsked:
        def __init__(self, port: OperatorPort) -> None:
            self._port = port

        def hold(self, call: Call, now: datetime) -> Holding:
            both.wait()
            return self._port.hold(call, now)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._port, name)

    world = new_world(wrap_operators=AnswersWhenBothAreAsked)
    assert Runner(lambda: world.now, world.ports).advance(world.order.pk)
    world.order.refresh_from_db()
    assert world.order.state == "NEEDS_ACTION"
    assert set(world.order.bookings.values_list("state", flat=True)) == {"HELD"}
