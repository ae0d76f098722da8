"""One call to somebody outside, and what its answer means for the effect.

An outcome that is not known is data, never a failure. Who repeats a call looks first whether it has worked, unless
the other side knows our key (capability A); a refusal of a repeated call is looked at too, because it may say no more
than that the first one has worked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Generic, TypeVar

from django.db import connection

from bookings.models import Booking
from bookings.operators.base import Call, Holding, HoldingState, OperatorError, OperatorPort
from bookings.payments.base import Charge, PaymentError, PaymentProvider, RefundState, Standing, StandingState
from bookings.services import timing
from transit.routing.itinerary import Itinerary

View = TypeVar("View", Holding, Standing)


class Outcome(StrEnum):
    """What became of a call."""

    DONE = "DONE"
    WAITING = "WAITING"
    """Understood, but somebody else has to act: look again."""
    REFUSED = "REFUSED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome with what the other side showed of itself. `reason` is a code, `status` what the wire said.

    `sent`: something was asked to change, rather than only looked at.
    """

    outcome: Outcome
    reason: str = ""
    status: str = ""
    holding: Holding | None = None
    standing: Standing | None = None
    sent: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """How often it was tried, this time included, and how often the outcome was not known; when it was last sent."""

    kind: str
    attempts: int
    unknowns: int
    sent_at: datetime


def call_of(booking: Booking, terms: Mapping[str, Any] | None = None) -> Call:
    """A call about a booking. Only who holds it is told of a wheelchair, and what was quoted."""
    named = booking.operator_code, booking.client_ref, booking.operator_ref, booking.part.remote_offer
    if "travellers" not in (terms or {}):
        return Call(*named, terms or {}, capability=booking.capability)
    journey = booking.order.offer.journey
    quote = _quote_of(booking, journey)
    return Call(*named, terms or {}, journey.mobility.rolls, quote, booking.capability)


def _quote_of(booking: Booking, journey: Itinerary) -> str:
    """What our own dispatcher has quoted for the ride of a booking; empty of any other."""
    legs = {leg for product in booking.part.products.all() for leg in product.legs}
    orderings = (journey.legs[leg].ordering for leg in sorted(legs))
    return next((each.quote.token for each in orderings if each is not None and each.quote is not None), "")


class TransactionOpen(RuntimeError):
    """Somebody outside was about to be called while a database transaction was open."""


@dataclass(frozen=True, slots=True)
class Goal:
    """Which states mean that an effect has come true, that a call is still ours to make, or that others have to act.

    In all other states the effect is lost.
    """

    done: frozenset[HoldingState | StandingState]
    ours: frozenset[HoldingState | StandingState]
    others: frozenset[HoldingState | StandingState] = frozenset()

    def judge(self, state: HoldingState | StandingState) -> Outcome | None:
        """DONE, WAITING for others, REFUSED; None when the call is still to be made."""
        if state in self.ours:
            return None
        if state in self.done:
            return Outcome.DONE
        return Outcome.WAITING if state in self.others else Outcome.REFUSED


_H, _S = HoldingState, StandingState
_GONE: Final = frozenset({_H.NONE, _H.RELEASED, _H.EXPIRED, _H.CANCELLED})
_ALIVE: Final = frozenset({_H.HELD, _H.CONDITIONAL, _H.CONFIRMED})
_UNDONE: Final = Goal(_GONE, _ALIVE)
_VOID: Final = Goal(frozenset({_S.NONE, _S.VOIDED}), frozenset({_S.REQUIRES_ACTION, _S.AUTHORISED}))
OPERATOR_GOALS: Final[Mapping[str, Goal]] = {
    "HOLD": Goal(frozenset({_H.HELD, _H.CONDITIONAL, _H.CONFIRMED}), frozenset({_H.NONE})),
    "EXTEND": Goal(frozenset({_H.HELD}), frozenset()),
    "CONFIRM": Goal(frozenset({_H.CONFIRMED}), frozenset({_H.HELD}), frozenset({_H.CONDITIONAL})),
    "CANCEL": _UNDONE,
    "SWEEP": _UNDONE,
    "AUDIT": Goal(frozenset({_H.CONFIRMED}), frozenset()),
    "USE": Goal(frozenset({_H.CONFIRMED}), frozenset()),
}
PAYMENT_GOALS: Final[Mapping[str, Goal]] = {
    "AUTHORISE": Goal(frozenset({_S.AUTHORISED}), frozenset({_S.NONE}), frozenset({_S.REQUIRES_ACTION})),
    "CAPTURE": Goal(frozenset({_S.CAPTURED}), frozenset({_S.AUTHORISED})),
    "CHARGE": Goal(frozenset({_S.CAPTURED}), frozenset({_S.NONE})),
    "VOID": _VOID,
    "SWEEP": _VOID,
}
_MOVING_ON: Final = frozenset({"TRANSFER", "REVERSE"})
UNDOING: Final = frozenset({"CANCEL", "VOID", "SWEEP"})
"""Also refused where there is nothing left to undo, such as a hold that has just expired by itself."""
_REFUND_OUTCOMES: Final[Mapping[RefundState | None, Outcome | None]] = {
    RefundState.SUCCEEDED: Outcome.DONE,
    RefundState.PENDING: Outcome.WAITING,
    RefundState.FAILED: Outcome.REFUSED,
    None: None,
}


def forbid_transaction() -> None:
    """No call leaves while a transaction is open: its locks would last as long as somebody else likes."""
    # Blocks of a test case stand for the world outside of the test, as they do for `atomic(durable=True)`.
    if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        raise TransactionOpen


@dataclass(frozen=True)
class Conversation(Generic[View]):
    """How to ask, how to look, and how to understand the answer. `judge` is None while the call is ours to make."""

    send: Callable[[], View]
    look_up: Callable[[], View]
    judge: Callable[[View], Outcome | None]
    answer: Callable[[Outcome, View], Answer]
    capability: str
    look_only: bool = False

    def carry_out(self, attempt: Attempt, now: datetime) -> Answer:
        """Call, or find out that it is not needed. Raises TransactionOpen, nothing else."""
        forbid_transaction()
        try:
            return self._carry_out(attempt, now)
        except (OperatorError, PaymentError) as error:
            return self._failed(error, attempt)

    def _carry_out(self, attempt: Attempt, now: datetime) -> Answer:
        if self.look_only:
            return self._understand(self.look_up())
        if attempt.attempts > 1 and self.capability != "A":
            if self.capability == "D":
                return Answer(Outcome.UNKNOWN, timing.NEVER_KNOWN)
            found = self.look_up()
            if self.judge(found) is not None:
                return self._understand(found)
            if self.capability == "C" and now - attempt.sent_at < timing.IN_FLIGHT:
                return Answer(Outcome.UNKNOWN, timing.MAY_STILL_ARRIVE)
        return self._sent(attempt)

    def _sent(self, attempt: Attempt) -> Answer:
        try:
            answer = self._understand(self.send())
        except (OperatorError, PaymentError) as error:
            answer = self._failed(error, attempt)
        return replace(answer, sent=True)

    def _failed(self, error: OperatorError | PaymentError, attempt: Attempt) -> Answer:
        # Who refuses to say what was used may still say so later: only the deadline ends that.
        if not error.permanent or attempt.kind == "USE":
            return Answer(Outcome.UNKNOWN, error.reason, error.status)
        doubtful = attempt.unknowns or attempt.kind in UNDOING
        return self._doubt(error) if doubtful else Answer(Outcome.REFUSED, error.reason, error.status)

    def _understand(self, view: View) -> Answer:
        return self.answer(self.judge(view) or Outcome.WAITING, view)

    def _doubt(self, refusal: OperatorError | PaymentError) -> Answer:
        """A refusal that may say no more than that it is done already: only what is there now decides."""
        if self.capability == "D":
            return Answer(Outcome.UNKNOWN, timing.NEVER_KNOWN, refusal.status)
        try:
            found = self.look_up()
        except (OperatorError, PaymentError) as error:
            return Answer(Outcome.UNKNOWN, error.reason, error.status)
        if self.judge(found) in {Outcome.DONE, Outcome.WAITING}:
            return self._understand(found)
        return Answer(Outcome.REFUSED, refusal.reason, refusal.status)


def with_operator(port: OperatorPort, call: Call, capability: str, attempt: Attempt, now: datetime) -> Answer:
    """Carry out an operator's effect."""
    kind = attempt.kind
    verb = {"HOLD": port.hold, "EXTEND": port.extend, "CONFIRM": port.confirm}.get(kind, port.cancel)
    goal = OPERATOR_GOALS[kind]

    def answer(outcome: Outcome, holding: Holding) -> Answer:
        reason = f"found_{holding.state.lower()}" if outcome == Outcome.REFUSED else ""
        return Answer(outcome, reason, "ok", holding=holding)

    def judge(holding: Holding) -> Outcome | None:
        if kind == "USE" and holding.state == HoldingState.CONFIRMED and not holding.is_over:
            return Outcome.WAITING
        return goal.judge(holding.state)

    return Conversation[Holding](
        send=lambda: verb(call, now),
        look_up=lambda: port.look_up(call, now),
        judge=judge,
        answer=answer,
        # An extension may be repeated anywhere: it changes nothing but a time.
        capability="A" if kind == "EXTEND" else capability,
        look_only=kind in {"AUDIT", "USE"},
    ).carry_out(attempt, now)


def with_provider(provider: PaymentProvider, charge: Charge, attempt: Attempt, now: datetime) -> Answer:
    """Carry out a payment's effect. Providers know our keys, but replay stored failures: a repetition looks first."""
    kind = attempt.kind
    verbs = {
        "AUTHORISE": (provider.authorise, provider.look_up),
        "CAPTURE": (provider.capture, provider.look_up),
        "CHARGE": (provider.charge_saved, provider.look_up),
        "REFUND": (provider.refund, provider.find_refund),
        "TRANSFER": (provider.transfer, provider.find_transfer),
        "REVERSE": (provider.reverse, provider.find_reversal),
    }
    verb, look = verbs.get(kind, (provider.void, provider.look_up))

    def judge(standing: Standing) -> Outcome | None:
        if kind == "REFUND":
            return _REFUND_OUTCOMES[standing.refund_state]
        if kind in _MOVING_ON:
            return Outcome.DONE if standing.transfer_ref else None
        return PAYMENT_GOALS[kind].judge(standing.state)

    def answer(outcome: Outcome, standing: Standing) -> Answer:
        reason = f"payment_{standing.state.lower()}" if outcome == Outcome.REFUSED else ""
        return Answer(outcome, reason, "ok", standing=standing)

    return Conversation[Standing](
        send=lambda: verb(charge, now),
        look_up=lambda: look(charge, now),
        judge=judge,
        answer=answer,
        capability="B",
    ).carry_out(attempt, now)
