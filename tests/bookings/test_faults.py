"""Every call over the wire × what may go wrong with it, and the seeded bugs that these enumerations must catch.

A fault that passes may cost time but not the journey (V1). The seeded bugs are the prototype's: each is planted by
swapping the plan or a port, and each must be reported by a rule of `invariants` or by V1, else the checks see nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from bookings.models import Effect, EffectAttempt
from bookings.operators.base import Call, Holding, OperatorError, OperatorPort
from bookings.services import calls, timing
from bookings.services.calls import Conversation
from bookings.services.plan import NewStep, Plan, plan
from bookings.services.snapshot import Snapshot
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


def capture_early(order: Snapshot, now: datetime) -> Plan:
    """Seeded bug: the money is taken while operators are still asked to confirm."""
    move = plan(order, now)
    if order.state != "CONFIRMING" or order.find("CAPTURE") is not None:
        return move
    early = NewStep("CAPTURE", 0, now, order.deadline_at)
    return replace(move, steps=(early, *move.steps))


class TimeoutIsFailure:
    """Seeded bug: an outcome that is not known is taken for a refusal."""

    def __init__(self, port: OperatorPort) -> None:
        self._port = port

    def __getattr__(self, name: str) -> Any:
        verb = getattr(self._port, name)

        def certain(call: Call, now: datetime) -> Holding:
            try:
                found: Holding = verb(call, now)
            except OperatorError as error:
                raise OperatorError(error.reason, permanent=True, status=error.status) from error
            return found

        return certain


def _seek(new_world: NewWorld, faults: list[dict[str, Any]], **fields: Any) -> list[str]:
    """What the rules say about a seeded bug, over passing faults and over every crash point."""
    found = []
    for fault in faults:
        try:
            _live(new_world, fault, **fields)
        except Violation as violation:
            found.append(str(violation))
    return found


def test_guard_capture_before_confirm_is_seen(new_world: NewWorld) -> None:
    found = _seek(new_world, [OPERATOR[0]], planner=capture_early)
    assert found, "a capture before the confirmations went unseen"
    assert "S2" in found[0]


def test_guard_a_timeout_taken_for_a_failure_is_seen(new_world: NewWorld) -> None:
    found = _seek(new_world, OPERATOR, wrap_operators=TimeoutIsFailure)
    assert len(found) == len(OPERATOR)
    assert all("V1" in violation for violation in found)


def test_guard_a_repetition_without_a_look_is_seen(new_world: NewWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seeded bug: operators without keys are called again as if they had them, and their refusal is believed."""

    def as_if_it_knew_keys(self: Conversation[Any], attempt: calls.Attempt, now: datetime) -> calls.Answer:
        try:
            return self._understand(self.send())
        except OperatorError as error:
            outcome = calls.Outcome.REFUSED if error.permanent else calls.Outcome.UNKNOWN
            return calls.Answer(outcome, error.reason, error.status)

    monkeypatch.setattr(Conversation, "carry_out", as_if_it_knew_keys)
    lost = [fault for fault in OPERATOR if fault["kind"] in {"lost", "error_after"}]
    found = _seek(new_world, lost)
    assert len(found) == len(lost)


def test_guard_no_second_look_after_unwinding_is_seen(new_world: NewWorld) -> None:
    """Seeded bug: the sweep is left out, and a payment page that opens late stays open."""

    def no_sweep(order: Snapshot, now: datetime) -> Plan:
        move = plan(order, now)
        sweeping = any(step.kind == "SWEEP" for step in move.steps)
        return Plan(state="FAILED") if sweeping else move

    world = new_world(check=safe, planner=no_sweep, wrap_operators=_LateHold)
    world.run()
    with pytest.raises(Violation, match="Q"):
        at_rest(world)
    sound = new_world(check=safe, wrap_operators=_LateHold)
    sound.run()
    at_rest(sound)
    assert sound.order.state == "FAILED"


class _LateHold:
    """A hold that is refused at first sight and then arrives all the same, after the cancellation."""

    def __init__(self, port: OperatorPort) -> None:
        self._port = port
        self._late: Callable[[], Holding] | None = None

    def hold(self, call: Call, now: datetime) -> Holding:
        if not call.offer_ref:
            return self._port.hold(call, now)
        self._late = lambda: self._port.hold(call, now)
        raise OperatorError("operator_refused", permanent=True, status="409")

    def cancel(self, call: Call, now: datetime) -> Holding:
        found = self._port.cancel(call, now)
        if self._late is not None:
            self._late()
            self._late = None
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._port, name)
