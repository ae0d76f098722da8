"""Faults on demand: what may go wrong between a buyer and an operator."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

KINDS = frozenset(
    {
        "error_before",  # 503, nothing happened
        "error_after",  # 500, but it happened
        "lost_before",  # the connection breaks, nothing happened
        "lost",  # the connection breaks, but it happened
        "late",  # the connection breaks, and it happens `delay_s` later
        "delay",  # the answer comes `delay_s` late
        "reject",  # refused for a reason of the operator's own
        "sold_out",  # refused: no seats
        "price_up",  # it costs `percent` more than before, or less
        "other_money",  # it costs as much, in another currency
    }
)


class AnswerLost(Exception):
    """The connection broke before an answer came. Over HTTP the server closes the connection."""


@dataclass(slots=True)
class Fault:
    """The next `times` calls of a method whose path contains `path` go wrong."""

    kind: str
    path: str = ""
    method: str = ""
    times: int = 1
    delay_s: float = 0.0
    percent: int = 20

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind is one of {', '.join(sorted(KINDS))}")


class Faults:
    """The faults that wait for their call, first come first served."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []

    def add(self, fields: dict[str, Any]) -> None:
        """A fault from JSON. Raises TypeError or ValueError where it makes none."""
        self.waiting.append(Fault(**fields))

    def take(self, method: str, path: str) -> Fault | None:
        """The fault for a call, counted down; None for most."""
        for fault in self.waiting:
            if fault.path in path and fault.method in ("", method):
                fault.times -= 1
                if fault.times <= 0:
                    self.waiting.remove(fault)
                return fault
        return None

    def listed(self) -> list[dict[str, Any]]:
        """What still waits."""
        return [asdict(fault) for fault in self.waiting]
