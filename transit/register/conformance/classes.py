"""What the trial's steps amount to: a capability class, and what else has to be said of the interface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from transit.register.conformance.script import Step, Verdict

SELLING: Final = ("search", "hold", "release")
LOOKING: Final = ("look_up_before", "look_up", "look_up_after")
REPEATING: Final = ("hold_again", "release_again", "confirm", "confirm_again")
"""Whoever repeats a call without looking relies on each of these."""
SEARCHING: Final = ("find_all",)
TWICE: Final = frozenset({"sold_twice", "charged_otherwise"})
ORDER: Final = "DCBA"
"""From the worst to the best."""


@dataclass(frozen=True, slots=True)
class Proof:
    """`proven` is the best class that every step of it proves; `possible` the best that none disproves.

    Both are empty where it does not sell at all. Between the two nothing is known: a step got no answer.
    """

    proven: str
    possible: str

    @property
    def is_conclusive(self) -> bool:
        """Whether nothing was left open."""
        return bool(self.proven) and self.proven == self.possible


def prove(steps: Mapping[str, Step]) -> Proof:
    """The classes that a trial proves, and leaves possible."""
    return Proof(_best(steps, frozenset({Verdict.PROVEN})), _best(steps, frozenset(Verdict) - {Verdict.DISPROVEN}))


def is_better(one: str, other: str) -> bool:
    """Whether a class is better than another; none counts as the worst."""
    return ORDER.find(one or "D") > ORDER.find(other or "D")


def _best(steps: Mapping[str, Step], enough: frozenset[Verdict]) -> str:
    def all_of(names: tuple[str, ...]) -> bool:
        return all(steps[name].verdict in enough for name in names)

    if not all_of(SELLING):
        return ""
    once = not any(step.code in TWICE and step.verdict is Verdict.DISPROVEN for step in steps.values())
    if all_of(LOOKING):
        return "A" if once and all_of(REPEATING) else "B"
    return "C" if all_of(SEARCHING) and steps["find_all"].code != "no_such_call" else "D"
