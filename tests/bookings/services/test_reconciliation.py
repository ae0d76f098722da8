"""A worker alone finishes every order, wherever it was left: every message lost, and even the time to look again."""

from __future__ import annotations

from typing import Any

import pytest

from bookings.models import Order
from bookings.services import cancelling, reconciliation
from bookings.states import ORDER, ORDER_AT_REST
from tests.bookings.invariants import at_rest, safe
from tests.bookings.schedules import NewWorld
from tests.bookings.world import World
from transit.money import Money

pytestmark = pytest.mark.db
WAYS: dict[str, dict[str, Any]] = {
    "HOLDING": {},
    "NEEDS_CONSENT": {"fault": {"kind": "price_up", "path": "purchase-offers"}},
    "AUTHORISING": {},
    "NEEDS_ACTION": {"pays": ""},
    "CONFIRMING": {},
    "AWAITING_OPERATOR": {"habits": {"confirms": "conditionally"}},
    "CAPTURING": {},
    "UNWINDING": {"fault": {"kind": "reject", "path": "confirm-purchase"}},
    "CANCELLING": {},
}
"""How an order comes into each state in which it may not stay."""


def test_every_state_is_left() -> None:
    assert set(WAYS) == set(ORDER.moves) - ORDER_AT_REST - {"COMPLETED"}


def begin(new_world: NewWorld, state: str, **more: Any) -> World:
    fields = {name: value for name, value in WAYS[state].items() if name != "fault"}
    world = new_world(**fields, **more)
    if fault := WAYS[state].get("fault"):
        world.operator.faults.add(dict(fault))
    return world


def tell(world: World, state: str) -> None:
    """Until it rests, or the process has died."""

    def died(order: Order) -> bool:
        return bool(world.stops) and len(world.places) >= world.stops[0]

    order = world.run(until=died)
    if state == "CANCELLING" and order.state == "COMPLETED" and not died(order):
        cancelling.cancel(order, world.now, Money(10_000, "EUR"), world.ports)
        world.run(until=died)


@pytest.mark.exhaustive
@pytest.mark.parametrize("state", WAYS)
def test_a_worker_alone_finishes_an_order(new_world: NewWorld, state: str) -> None:
    seen: list[str] = []

    def note(world: World) -> None:
        seen.append(Order.objects.values_list("state", flat=True).get(pk=world.order.pk))

    tell(begin(new_world, state, check=note), state)
    place = seen.index(state) + 1
    world = begin(new_world, state, check=safe, stops=(place,))
    tell(world, state)
    world.order.refresh_from_db()
    assert world.order.state == state, "the process died there"
    Order.objects.filter(pk=world.order.pk).update(wake_at=None)
    assert world.run().state == state, "nobody looks any more"
    assert reconciliation.wake_lost(world.now) == 1
    world.run()
    at_rest(world)
    assert reconciliation.wake_lost(world.now) == 0
