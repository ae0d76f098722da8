"""The short form of bar 10: runners carry on orders for one seat at once; `make bars BARS=buyers` is the whole."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Min

from bookings import capacity
from bookings.models import Capacity, Order
from bookings.services.runner import Runner
from tests.bookings.invariants import money
from tests.bookings.world import World

pytestmark = pytest.mark.db
BUYERS = 8
"""Each with a companion: two seats are there, and all or none of them are taken."""


def _rush(world: World) -> Counter[str]:
    """What becomes of orders that are carried on at the same time: seats first, then the payer, then the rest."""
    orders = [world.order, *(world._place() for _ in range(BUYERS - 1))]

    ours = Order.objects.filter(pk__in=[order.pk for order in orders])

    def advance(order: Order) -> None:
        try:
            Runner(lambda: world.now, world.ports).advance(order.pk)
        finally:
            connection.close()

    for _ in range(40):
        with ThreadPoolExecutor(BUYERS) as pool:
            list(pool.map(advance, ours.filter(wake_at__lte=world.now)))
        for order in ours.filter(state="NEEDS_ACTION"):
            world.order = order
            world.pay()
        wake_at = ours.aggregate(next=Min("wake_at"))["next"]
        if wake_at is None:
            break
        world.wait(max(timedelta(), wake_at - world.now))
    rows = ours.values_list("state", "unwind_reason")
    return Counter(f"{state} {reason}".strip() for state, reason in rows)


def test_one_of_many_gets_the_last_seat(new_world: Callable[..., World]) -> None:
    world = new_world(sold="H", seats=2)
    assert _rush(world) == {"COMPLETED": 1, "FAILED sold_out": BUYERS - 1}
    captured, refunded, authorised = money(world)
    assert (refunded, authorised) == (0, 0)
    assert captured == world.order.quoted_minor
    assert set(Capacity.objects.values_list("taken", "cap")) == {(2, 2)}


@pytest.mark.no_ledger_check  # which takes a payment provider to have one order
def test_without_the_guard_it_is_sold_more_than_once(
    new_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who looks first and takes afterwards sells what another one has just sold."""
    seen = threading.local()
    get_capacity = capacity.get_capacity

    def look(operator_code: str, key: str, cap: int) -> Capacity:
        seen.row = get_capacity(operator_code, key, cap)
        time.sleep(0.1)
        return seen.row  # type: ignore[no-any-return]

    def take(seats: Mapping[int, int]) -> None:
        if seen.row.taken + sum(seats.values()) > seen.row.cap:
            raise capacity.SoldOut(seen.row.key)
        Capacity.objects.filter(pk=seen.row.pk).update(taken=seen.row.taken + sum(seats.values()))

    monkeypatch.setattr(capacity, "get_capacity", look)
    monkeypatch.setattr(capacity, "take", take)
    assert _rush(new_world(sold="H", seats=2))["COMPLETED"] > 1
