"""Every call that we make of Stripe × what may go wrong with it: the same end, and the money moved once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from bookings.models import Order
from bookings.services import cancelling
from tests.bookings.invariants import at_rest, money, safe
from tests.bookings.payments.test_after_sale import _with_card
from tests.bookings.world import World
from transit.money import Money

# What a provider's fault comes to does not depend on the database, so PostgreSQL does not see them again.
pytestmark = [pytest.mark.exhaustive]
NewWorld = Callable[..., World]

FAULTS: tuple[dict[str, Any], ...] = (
    {"status": 409},
    {"status": 429},
    {"status": 500},
    {"status": 500, "after_effect": True},
    {"lost": True},
    {"lost": True, "after_effect": True},
    {"late_s": 45.0},
)


@dataclass(frozen=True)
class Course:
    """How an order goes, which calls it makes, and what Stripe has taken and given back in the end."""

    ends: str
    calls: tuple[str, ...]
    taken: int = 0
    back: int = 0
    given_back: bool = False
    unconfirmed: bool = False
    saved_card: bool = False
    pays: str = "works"


COURSES = {
    "sold": Course(
        "COMPLETED",
        ("POST /v1/checkout/sessions", "POST /v1/payment_intents/.*/capture", "GET /v1/checkout/sessions/.*"),
        1280,
    ),
    "given back": Course(
        "CANCELLED",
        ("POST /v1/refunds", "GET /v1/refunds", "GET /v1/checkout/sessions/.*"),
        1280,
        1227,
        given_back=True,
    ),
    "not confirmed": Course("FAILED", ("POST /v1/payment_intents/.*/cancel",), unconfirmed=True),
    "not paid": Course("FAILED", ("POST /v1/checkout/sessions/.*/expire",), pays=""),
    "by saved card": Course(
        "COMPLETED",
        ("POST /v1/payment_intents", "POST /v1/payment_intents/.*/capture", "GET /v1/payment_intents/.*"),
        1280,
        saved_card=True,
    ),
    "by saved card, not confirmed": Course(
        "FAILED", ("POST /v1/payment_intents/.*/cancel",), unconfirmed=True, saved_card=True
    ),
}
CASES = [(name, call) for name, course in COURSES.items() for call in course.calls]


@pytest.mark.parametrize(("name", "call"), CASES, ids=lambda text: text)
def test_a_passing_fault_changes_nothing_in_the_end(new_world: NewWorld, name: str, call: str) -> None:
    course = COURSES[name]
    method, path = call.split()
    for fault in FAULTS:
        if "late_s" in fault and method == "GET":
            continue
        world = new_world(check=safe, pays=course.pays, hold_s=900 if course.pays else 112)
        if course.saved_card:
            card = _with_card(world)
            Order.objects.filter(pk=world.order.pk).update(payer_ref=card.code)
        if course.unconfirmed:
            world.operator.faults.add({"kind": "reject", "path": "confirm", "times": 99})
        if course.given_back:
            world.run()
            cancelling.cancel(world.order, world.now, Money(9999, "EUR"), world.ports)
        if call == "GET /v1/refunds":  # asked only where the refund's own answer was lost
            world.stripe.faults.add(path="/v1/refunds", lost=True, after_effect=True)
        if name == "by saved card" and method == "GET":  # asked only where an answer was lost
            world.stripe.faults.add(method="POST", path="/v1/payment_intents/.*/capture", lost=True, after_effect=True)
        world.stripe.faults.add(method=method, path=path, **fault)
        world.run()
        at_rest(world)
        assert world.order.state == course.ends, fault
        assert money(world) == (course.taken, course.back, 0), fault
        assert not world.stripe.faults.waiting, "a call that is not made"
        if course.saved_card:
            _rename(world)


def _rename(world: World) -> None:
    """The next world has the same resident again."""
    owner = world.order.owner
    assert owner is not None
    type(owner).objects.filter(pk=owner.pk).update(email=f"aino{world.number}@maas.test")
