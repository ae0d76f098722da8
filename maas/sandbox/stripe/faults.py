"""Faults on demand: what goes wrong with the next calls of a kind."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Fault:
    """What befalls the next `times` calls whose method is `method` and whose path matches `path` (a regex).

    `status` answers with that error, `lost` drops the connection without an answer; either before the effect or,
    with `after_effect`, after it. `delay_s` keeps the caller waiting first; `late_s` loses the answer at once and
    executes the call only when the twin's clock has moved on that far.
    """

    method: str = "POST"
    path: str = ".*"
    times: int = 1
    skip: int = 0
    status: int | None = None
    lost: bool = False
    after_effect: bool = False
    delay_s: float = 0.0
    late_s: float | None = None


@dataclass
class Faults:
    """The faults that are still to happen, in the order in which they were asked for."""

    waiting: list[Fault] = field(default_factory=list)

    def add(self, **fields: Any) -> None:
        """Ask for a fault. Raises TypeError for a field that does not exist."""
        self.waiting.append(Fault(**fields))

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self.waiting.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """The fault that befalls this call, if any; it is used up by one."""
        for fault in self.waiting:
            if fault.method != method or not re.fullmatch(fault.path, path):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.times -= 1
            if fault.times <= 0:
                self.waiting.remove(fault)
            return fault
        return None
