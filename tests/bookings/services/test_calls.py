"""What may be done about an unknown outcome, by capability class (transaction design §4.4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import uuid4

import pytest

from bookings.operators.base import Call, Holding, HoldingState, OperatorError
from bookings.services.calls import Attempt, Outcome, with_operator
from tests.factories import NOW

pytestmark = [pytest.mark.db, pytest.mark.django_db]
CALL = Call("op", uuid4(), None)
H = HoldingState


@dataclass
class Operator:
    """An operator that holds what it is told to, and says so or not."""

    state: HoldingState = H.NONE
    fails: OperatorError | None = None
    done: list[str] = field(default_factory=list)

    def look_up(self, call: Call, now: object) -> Holding:
        self.done.append("look")
        return Holding(self.state)

    def _do(self, verb: str, state: HoldingState) -> Holding:
        self.done.append(verb)
        if self.fails:
            raise self.fails
        self.state = state
        return Holding(state)

    def hold(self, call: Call, now: object) -> Holding:
        return self._do("hold", H.HELD)

    def confirm(self, call: Call, now: object) -> Holding:
        return self._do("confirm", H.CONFIRMED)

    def extend(self, call: Call, now: object) -> Holding:
        return self._do("extend", H.HELD)

    def cancel(self, call: Call, now: object) -> Holding:
        return self._do("cancel", H.RELEASED)


def attempt(kind: str, attempts: int, unknowns: int | None = None, seconds_ago: int = 0) -> Attempt:
    return Attempt(kind, attempts, attempts - 1 if unknowns is None else unknowns, NOW - timedelta(seconds=seconds_ago))


def ask(operator: Operator, capability: str, tried: Attempt) -> tuple[Outcome, list[str]]:
    return with_operator(operator, CALL, capability, tried, NOW).outcome, operator.done  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("capability", "tried", "state", "expected"),
    [
        ("A", attempt("HOLD", 2), H.HELD, (Outcome.DONE, ["hold"])),
        ("B", attempt("HOLD", 1), H.NONE, (Outcome.DONE, ["hold"])),
        ("B", attempt("HOLD", 2), H.HELD, (Outcome.DONE, ["look"])),
        ("B", attempt("HOLD", 2), H.NONE, (Outcome.DONE, ["look", "hold"])),
        ("B", attempt("HOLD", 2), H.EXPIRED, (Outcome.REFUSED, ["look"])),
        ("B", attempt("CONFIRM", 2), H.CONDITIONAL, (Outcome.WAITING, ["look"])),
        ("B", attempt("CONFIRM", 2), H.HELD, (Outcome.DONE, ["look", "confirm"])),
        ("C", attempt("HOLD", 2, seconds_ago=119), H.NONE, (Outcome.UNKNOWN, ["look"])),
        ("C", attempt("HOLD", 3, seconds_ago=120), H.NONE, (Outcome.DONE, ["look", "hold"])),
        ("D", attempt("HOLD", 1), H.NONE, (Outcome.DONE, ["hold"])),
        ("D", attempt("HOLD", 2), H.NONE, (Outcome.UNKNOWN, [])),
        ("B", attempt("CANCEL", 2), H.NONE, (Outcome.DONE, ["look"])),
        ("B", attempt("AUDIT", 1), H.CONFIRMED, (Outcome.DONE, ["look"])),
        ("B", attempt("AUDIT", 1), H.HELD, (Outcome.REFUSED, ["look"])),
    ],
)
def test_a_repetition_does_what_the_class_allows(
    capability: str, tried: Attempt, state: HoldingState, expected: tuple[Outcome, list[str]]
) -> None:
    assert ask(Operator(state), capability, tried) == expected


REFUSAL = OperatorError("operator_refused", permanent=True, status="403")


def test_a_refusal_of_the_first_call_is_one() -> None:
    assert ask(Operator(H.HELD, REFUSAL), "A", attempt("CONFIRM", 1)) == (Outcome.REFUSED, ["confirm"])


@pytest.mark.parametrize(("state", "outcome"), [(H.CONFIRMED, Outcome.DONE), (H.HELD, Outcome.REFUSED)])
def test_a_refusal_after_an_unknown_outcome_is_looked_at(state: HoldingState, outcome: Outcome) -> None:
    assert ask(Operator(state, REFUSAL), "A", attempt("CONFIRM", 2)) == (outcome, ["confirm", "look"])


def test_no_answer_is_never_a_failure() -> None:
    silent = OperatorError("operator_unknown", permanent=False, status="lost")
    made: Callable[[], Operator] = lambda: Operator(H.NONE, silent)  # noqa: E731
    for capability in "ABCD":
        assert ask(made(), capability, attempt("HOLD", 1))[0] == Outcome.UNKNOWN


@pytest.mark.parametrize("kind", ["CANCEL", "SWEEP"])
@pytest.mark.parametrize(("state", "outcome"), [(H.EXPIRED, Outcome.DONE), (H.HELD, Outcome.REFUSED)])
def test_a_refusal_to_undo_is_looked_at_because_it_may_be_undone_already(
    kind: str, state: HoldingState, outcome: Outcome
) -> None:
    assert ask(Operator(state, REFUSAL), "B", attempt(kind, 1)) == (outcome, ["cancel", "look"])


def test_what_is_sent_again_may_still_arrive_for_as_long_again() -> None:
    """Searchable operators (C): the wait counts from the last call that asked for a change, not from the first."""
    silent = OperatorError("operator_unknown", permanent=False, status="lost")
    operator = Operator(H.NONE, silent)
    answer = with_operator(operator, CALL, "C", attempt("HOLD", 3, seconds_ago=120), NOW)  # type: ignore[arg-type]
    assert (answer.outcome, answer.sent, operator.done) == (Outcome.UNKNOWN, True, ["look", "hold"])
    waiting = with_operator(operator, CALL, "C", attempt("HOLD", 4, seconds_ago=60), NOW)  # type: ignore[arg-type]
    assert (waiting.reason, waiting.sent) == ("may_still_arrive", False)


def test_who_cannot_be_asked_is_not_looked_up_after_a_refusal() -> None:
    assert ask(Operator(H.HELD, REFUSAL), "D", attempt("CANCEL", 1)) == (Outcome.UNKNOWN, ["cancel"])
