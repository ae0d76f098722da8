"""Seeded bugs (bar 4): each is planted at run time, and must be reported by a rule that a named bar checks.

Where none reports it, the bars see nothing. Nothing of this is in the product.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from unittest.mock import patch

from bookings.ledger.posting import post
from bookings.models import Effect, Order, Payment, WebhookInbox
from bookings.operators.base import Call, Holding, OperatorError, OperatorPort
from bookings.payments.base import Charge
from bookings.services import charging, effects, hints, plan, records
from bookings.services.calls import Answer, Attempt, Conversation, Outcome
from bookings.services.dossier import Dossier
from bookings.services.effects import Claim
from bookings.services.plan import NewStep, Plan
from bookings.services.snapshot import Snapshot
from bookings.states import PAYMENT
from tests.bookings import prices, schedules
from tests.bookings.invariants import Violation, need
from tests.bookings.payments import messages
from tests.bookings.prices import PriceChange
from tests.bookings.schedules import Schedule
from tests.bookings.world import World
from transit.money import Money
from transit.remote.http import RemoteError

HOLD, AUTHORISE, CONFIRM = 2, 3, 5
"""The numbers of these calls in the stories of two operators, counted as a world counts them."""


@dataclass(frozen=True)
class Mutation:
    """A bug: how it is planted (`planted`, or `twists` of the world), the bar that kills it, and with what."""

    bar: int
    killed_by: tuple[Schedule, ...] = ()
    twists: Mapping[str, Any] = field(default_factory=dict)
    planted: Callable[[], AbstractContextManager[Any]] = nullcontext


def _captures_early(order: Snapshot, now: datetime) -> Plan:
    move = plan.plan(order, now)
    if order.state != "CONFIRMING" or order.find("CAPTURE") is not None:
        return move
    return replace(move, steps=(NewStep("CAPTURE", 0, now, order.deadline_at), *move.steps))


def _tickets_early(order: Snapshot, now: datetime) -> Plan:
    return Plan(state="COMPLETED") if order.state == "CAPTURING" else plan.plan(order, now)


def _no_sweep(order: Snapshot, now: datetime) -> Plan:
    move = plan.plan(order, now)
    return Plan(state="FAILED") if any(step.kind == "SWEEP" for step in move.steps) else move


def _undoes_nothing(order: Snapshot, now: datetime) -> Plan:
    return Plan(state="FAILED") if order.state == "UNWINDING" else plan.plan(order, now)


def _asks_nobody(order: Snapshot, now: datetime) -> Plan:
    move = plan.plan(order, now)
    return replace(move, state="AUTHORISING") if move.state == "NEEDS_CONSENT" else move


class _Wrapped:
    """An operator port with something changed."""

    def __init__(self, port: OperatorPort) -> None:
        self.port = port

    def __getattr__(self, name: str) -> Any:
        return getattr(self.port, name)


class _TimeoutIsFailure(_Wrapped):
    def __getattr__(self, name: str) -> Any:
        verb = getattr(self.port, name)

        def certain(call: Call, now: datetime) -> Holding:
            try:
                found: Holding = verb(call, now)
            except OperatorError as error:
                raise OperatorError(error.reason, permanent=True, status=error.status) from error
            return found

        return certain


class _BreaksOffCancelling(_Wrapped):
    """After one failure nothing is sent any more, not even what undoes."""

    broken = False

    def __getattr__(self, name: str) -> Any:
        verb = getattr(self.port, name)

        def guarded(call: Call, now: datetime) -> Any:
            if self.broken:
                raise OperatorError("circuit_open", permanent=False)
            try:
                return verb(call, now)
            except OperatorError as error:
                self.broken = not error.permanent
                raise

        return guarded


def _as_if_it_knew_keys(self: Conversation[Any], attempt: Attempt, now: datetime) -> Answer:
    try:
        return self._understand(self.send())
    except OperatorError as error:
        outcome = Outcome.REFUSED if error.permanent else Outcome.UNKNOWN
        return Answer(outcome, error.reason, error.status)


_charge_of, _store, _complete, _wire = charging.charge_of, effects.store, records.complete, World.wire


def _with_new_key(dossier: Dossier, effect: Effect) -> Charge:
    return replace(_charge_of(dossier, effect), key=uuid.uuid4().hex)


def _store_always(claim: Claim, dossier: Dossier, answer: Answer, now: datetime) -> bool:
    effect = dossier.get_effect(claim.effect.pk)
    effect.fence, effect.state = claim.fence, "IN_FLIGHT"
    return _store(claim, dossier, answer, now)


def _post_twice(dossier: Dossier, now: datetime) -> None:
    _complete(dossier, now)
    order, payment = dossier.order, dossier.payment
    again = Money(payment.captured_minor if payment else 0, order.currency)
    post(f"again:{order.code}", order.code, {"psp_clearing": again, "platform_fee": -again}, now)


def _wire_twice(self: World, *args: Any, **fields: Any) -> Any:
    try:
        return _wire(self, *args, **fields)
    except RemoteError as error:
        if not error.unknown:
            raise
        return _wire(self, *args, **fields)


def _believe(row: WebhookInbox, *rest: Any) -> tuple[Order | None, bool]:
    payment = Payment.objects.get(order__code=row.refs["order"])
    if row.kind == "charge.refunded" and PAYMENT.allows(payment.state, "REFUNDED"):
        PAYMENT.move(payment, "REFUNDED")
    return payment.order, True


@contextmanager
def _without_checks() -> Iterator[None]:
    with patch.object(records, "_checked", lambda order, booking, answer: answer):
        yield


SOLD, REFUSED = Schedule("sold"), Schedule("not confirmed")
MUTATIONS: dict[str, Mutation] = {
    "the money is taken before everything is confirmed": Mutation(1, (SOLD,), {"planner": _captures_early}),
    "tickets are issued before the money is taken": Mutation(1, (SOLD,), {"planner": _tickets_early}),
    "a sale is posted twice": Mutation(1, (SOLD,), planted=lambda: patch.object(records, "complete", _post_twice)),
    "claims never end": Mutation(
        1, (replace(SOLD, stops=(3,)),), planted=lambda: patch.object(effects, "end_leases", lambda dossier, now: None)
    ),
    "who has lost a claim writes all the same": Mutation(
        1,
        (replace(SOLD, sleeps_at=8),),
        planted=lambda: patch.object(effects, "store", _store_always),
    ),
    "nothing is undone": Mutation(1, (REFUSED,), {"planner": _undoes_nothing}),
    "authorisations are left behind": Mutation(
        1,
        (REFUSED,),
        planted=lambda: patch.object(
            plan, "_undo_targets", lambda order: [("CANCEL", part.seq) for part in order.parts]
        ),
    ),
    "a timeout is taken for a refusal": Mutation(
        2, (replace(SOLD, goes_wrong=((HOLD, "broken"),)),), {"wrap_operators": _TimeoutIsFailure}
    ),
    "calls are repeated without a look": Mutation(
        2,
        (replace(SOLD, goes_wrong=((HOLD, "answer lost"),)),),
        planted=lambda: patch.object(Conversation, "carry_out", _as_if_it_knew_keys),
    ),
    "the HTTP client repeats by itself": Mutation(
        2,
        (replace(SOLD, goes_wrong=((CONFIRM, "answer lost"),)),),
        planted=lambda: patch.object(World, "wire", _wire_twice),
    ),
    "each try has a key of its own": Mutation(
        2,
        (replace(SOLD, goes_wrong=((AUTHORISE, "late"),)),),
        planted=lambda: patch.object(charging, "charge_of", _with_new_key),
    ),
    "a broken circuit also keeps back what undoes": Mutation(
        2, (replace(REFUSED, goes_wrong=((HOLD, "broken"),)),), {"wrap_operators": _BreaksOffCancelling}
    ),
    "nobody looks again after unwinding": Mutation(
        2, (Schedule("sold out", goes_wrong=((HOLD, "late"),)),), {"planner": _no_sweep}
    ),
    "a message is believed": Mutation(13, planted=lambda: patch.object(hints, "_follow", _believe)),
    "nobody is asked when it is dearer": Mutation(15, twists={"planner": _asks_nobody}),
    "any currency is as good": Mutation(15, planted=_without_checks),
}


def kill(new_world: Callable[..., World], mutation: Mutation) -> str:
    """What the mutation's bar says of it; empty where it survives. Raises Violation where it is not even planted."""
    trial = {13: _messages, 15: _prices}.get(mutation.bar, _schedules)
    trial(new_world, replace(mutation, twists={}))
    try:
        with mutation.planted():
            trial(new_world, mutation)
    except Violation as violation:
        return str(violation)
    return ""


def _schedules(new_world: Callable[..., World], mutation: Mutation) -> None:
    for schedule in mutation.killed_by:
        schedules.tell(new_world, replace(schedule, twists=mutation.twists))


def _prices(new_world: Callable[..., World], mutation: Mutation) -> None:
    for change in ("up", "currency"):
        prices.tell(new_world, PriceChange(change, "hold", "says nothing", twists=mutation.twists))


def _messages(new_world: Callable[..., World], mutation: Mutation) -> None:
    """After the sale, Stripe is said to have given everything back."""
    world = messages.until_paid(new_world)
    world.run()
    messages.told(world, messages.EVENTS[-1], before_commit=False)
    states = list(world.order.payments.values_list("state", flat=True))
    need(states == ["CAPTURED"], "an untrue message changes nothing", states)
