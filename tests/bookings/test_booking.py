"""One order over a hosted operator and one that speaks TOMP: what residents meet."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bookings.ledger.posting import balance
from bookings.models import Booking, Outbox, Ticket
from bookings.services import orders
from tests.bookings.invariants import at_rest, safe
from tests.bookings.world import World
from transit.money import Money

pytestmark = [pytest.mark.db]
NewWorld = Callable[..., World]


def test_a_paid_order_is_bought_everywhere_and_ticketed(new_world: NewWorld) -> None:
    world = new_world(check=safe)
    assert orders.status(world.order).state == "HOLDING"
    order = world.run()
    at_rest(world)
    assert order.state == "COMPLETED"
    assert set(Booking.objects.values_list("state", flat=True)) == {"CONFIRMED"}
    assert Ticket.objects.count() == 4
    assert orders.status(order).charged == Money(530 + 750, "EUR")
    assert balance(f"operator_payable:{world.sea}", "EUR") == Money(-750, "EUR")
    assert list(Outbox.objects.values_list("topic", flat=True)) == ["order.needs_action", "order.completed"]
