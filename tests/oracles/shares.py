"""What subsidies give of fares, one cent at a time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction

from transit.ondemand.rules import Subsidy

Given = tuple[str, int, str]
"""The subsidy, how much, and of what: its budget, beyond it, or the queue."""


def give(
    subsidies: Sequence[Subsidy], groups: Collection[str], purpose: str, fares: Sequence[int], budgets: dict[str, int]
) -> list[list[Given]]:
    """For each fare. `budgets` is what is left of those that have an end."""
    left, queues = dict(budgets), set[str]()
    found = []
    for fare in fares:
        open_cents, given = fare, list[Given]()
        for subsidy in subsidies:
            if subsidy.group not in {"", *groups} or subsidy.purpose not in {"", purpose}:
                continue
            wished = 0
            while wished < open_cents and wished < _wish(subsidy, fare, subsidy.share_basis_points):
                wished += 1
            if not wished:
                continue
            kind, cents = "budget", wished
            if subsidy.code in left and (wished > left[subsidy.code] or subsidy.code in queues):
                kind, cents = str(subsidy.at_cap), wished
                if kind == "reduce":
                    cents = min(wished, _half_up(Fraction(fare * subsidy.reduced_basis_points, 10_000)))
                if kind == "stop" or not cents:
                    continue
                if kind == "queue":
                    queues.add(subsidy.code)
            elif subsidy.code in left:
                left[subsidy.code] -= wished
            open_cents -= cents
            given.append((subsidy.code, cents, kind))
        found.append(given)
    return found


def _wish(subsidy: Subsidy, fare: int, basis_points: int) -> int:
    return subsidy.fixed_minor or _half_up(Fraction(fare * basis_points, 10_000))


def _half_up(exact: Fraction) -> int:
    return int(exact + Fraction(1, 2))
