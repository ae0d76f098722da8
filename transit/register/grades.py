"""What an interface is worth, A to F: a rule that anybody can check. `docs/probes.md` states it in words.

Each criterion is good, weak, bad or unusable: as its worst finding is. One unusable criterion is an F. Otherwise a weak
one costs one letter and a bad one two, from A down to E.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from transit.register.probes.codes import CODES, Criterion
from transit.register.probes.findings import Figures, Finding, Severity
from transit.register.uptime import ENOUGH_S, Uptime

LETTERS: Final = "ABCDEF"
TRIES: Final = 3
"""So many probes in a row have to fail before an interface counts as down."""
WEAK_BELOW, BAD_BELOW = 0.99, 0.95
"""Shares of the last 30 days."""


class Level(IntEnum):
    """How a criterion is met."""

    GOOD = 0
    WEAK = 1
    BAD = 2
    UNUSABLE = 3


_LEVELS: Final = {
    Severity.INFO: Level.GOOD,
    Severity.WARNING: Level.WEAK,
    Severity.ERROR: Level.BAD,
    Severity.UNUSABLE: Level.UNUSABLE,
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a letter is not an A."""

    criterion: Criterion
    level: Level
    code: str
    figures: Figures

    def row(self) -> dict[str, Any]:
        """Its JSON form."""
        level = self.level.name.lower()
        return {"criterion": self.criterion.value, "level": level, "code": self.code, "figures": dict(self.figures)}


@dataclass(frozen=True, slots=True)
class Grade:
    """A letter and its reasons, the gravest first."""

    letter: str
    reasons: tuple[Reason, ...]


def grade(
    findings: Iterable[Finding], failure: Finding | None, failures: int, up: Uptime, promised: float | None
) -> Grade:
    """By the last probe that reached it, how it was reached since and before, and what share of time is promised."""
    reasons = [_reason(finding) for finding in findings if finding.severity is not Severity.INFO]
    if failure is not None and failures:
        level = Level.UNUSABLE if failures >= TRIES else Level.WEAK
        reasons.append(Reason(Criterion.REACHABLE, level, failure.code, failure.figures))
    reasons += _availability(up, promised)
    reasons.sort(key=lambda reason: -reason.level)
    return Grade(_letter(reasons), tuple(reasons))


def fell(old: str, new: str) -> bool:
    """Whether a letter is worse than one before."""
    return bool(old) and LETTERS.index(new) > LETTERS.index(old)


def same(reasons: Iterable[Mapping[str, Any]], others: Iterable[Mapping[str, Any]]) -> bool:
    """Whether reasons are the same but for their figures."""

    def keys(rows: Iterable[Mapping[str, Any]]) -> list[tuple[str, str, str]]:
        return sorted((row["criterion"], row["level"], row["code"]) for row in rows)

    return keys(reasons) == keys(others)


def _reason(finding: Finding) -> Reason:
    return Reason(CODES[finding.code].criterion, _LEVELS[finding.severity], finding.code, finding.figures)


def _availability(up: Uptime, promised: float | None) -> list[Reason]:
    share = up.share
    if share is None or up.seen_s < ENOUGH_S:
        return []
    percent = f"{share:.1%}".rstrip("%")
    level = Level.BAD if share < BAD_BELOW else Level.WEAK if share < WEAK_BELOW else Level.GOOD
    if promised is not None and share < promised:
        figures = {"percent": percent, "promised": f"{promised:.2%}".rstrip("%")}
        return [Reason(Criterion.REACHABLE, max(level, Level.WEAK), "below_promise", figures)]
    return [Reason(Criterion.REACHABLE, level, "often_down", {"percent": percent})] if level else []


def _letter(reasons: Iterable[Reason]) -> str:
    worst: dict[Criterion, Level] = {}
    for reason in reasons:
        worst[reason.criterion] = max(reason.level, worst.get(reason.criterion, Level.GOOD))
    if Level.UNUSABLE in worst.values():
        return "F"
    return LETTERS[min(sum(worst.values()), 4)]
