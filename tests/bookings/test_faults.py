"""Calls that go wrong: a fault that passes may cost time but not the journey (V1).

Every fault of every call at every place, and pairs of them, are `make bars BARS=transaction`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bookings.models import Effect, EffectAttempt
from bookings.services import timing
from tests.bookings.invariants import Violation, at_rest, safe
from tests.bookings.world import World

pytestmark = [pytest.mark.db, pytest.mark.exhaustive]
NewWorld = Callable[..., World]

OPERATOR = [
    {"kind": kind, "path": path}
    for kind in ("error_before", "error_after", "lost_before", "lost")
    for path in ("purchase-offers", "confirm-purchase")
]
STRIPE = [
    {"path": path, **how}
    for path in ("/v1/checkout/sessions", "/v1/payment_intents/.*/capture")
    for how in (
        {"status": 500},
        {"status": 500, "after_effect": True},
        {"status": 429},
        {"lost": True},
        {"lost": True, "after_effect": True},
        {"late_s": 45.0},
    )
]


def _live(new_world: NewWorld, fault: dict[str, Any], **fields: Any) -> World:
    world = new_world(check=safe, **fields)
    if "kind" in fault:
        world.operator.faults.add(fault)
    else:
        world.stripe.faults.add(**fault)
    world.run()
    at_rest(world)
    if world.order.state != "COMPLETED":
        raise Violation(f"V1 passing faults cost no journey: {fault} {world.order.unwind_reason}")
    return world


@pytest.mark.parametrize("capability", ["B", "C"])
@pytest.mark.parametrize("fault", OPERATOR, ids=lambda fault: f"{fault['kind']} {fault['path']}")
def test_a_passing_fault_at_an_operator_costs_no_journey(
    new_world: NewWorld, fault: dict[str, Any], capability: str
) -> None:
    world = _live(new_world, fault, capability=capability)
    assert not world.operator.faults.waiting
    audits = Effect.objects.filter(order=world.order, kind="AUDIT")
    assert [audit.state for audit in audits] == ["DONE"], "who knows no keys is looked at again"


def test_who_is_searched_by_our_reference_is_not_asked_again_while_the_first_call_may_arrive(
    new_world: NewWorld,
) -> None:
    world = _live(new_world, {"kind": "lost_before", "path": "purchase-offers"}, capability="C")
    sent = [call.started_at for call in EffectAttempt.objects.filter(effect__order=world.order, effect__kind="HOLD")]
    assert max(sent) - min(sent) >= timing.IN_FLIGHT


@pytest.mark.parametrize("fault", STRIPE, ids=lambda fault: " ".join(f"{key}={fault[key]}" for key in fault))
def test_a_passing_fault_at_the_provider_costs_no_journey(new_world: NewWorld, fault: dict[str, Any]) -> None:
    world = _live(new_world, fault)
    assert not world.stripe.faults.waiting


def test_an_operator_that_never_answers_leaves_nothing_behind(new_world: NewWorld) -> None:
    world = new_world(check=safe)
    world.operator.faults.add({"kind": "error_before", "path": "purchase-offers", "times": 10_000})
    world.run()
    at_rest(world)
    assert (world.order.state, world.order.unwind_reason) == ("FAILED", "operator_unavailable")
