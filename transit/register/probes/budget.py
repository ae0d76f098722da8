"""How long one probe may take in all, whatever the other side does."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

from transit.remote.http import Profile


class OverTime(Exception):
    """A probe has used up its time."""


@dataclass(frozen=True, slots=True)
class Budget:
    """`total_s` seconds from now on."""

    total_s: float
    _began: float = field(default_factory=time.monotonic)

    @property
    def left_s(self) -> float:
        """The seconds left; none are below zero."""
        return max(0.0, self.total_s - (time.monotonic() - self._began))

    def within(self, profile: Profile) -> Profile:
        """A profile of calls that takes no longer than is left. Raises OverTime."""
        left_s = self.left_s
        if left_s <= 0:
            raise OverTime
        return replace(profile, connect_s=min(profile.connect_s, left_s), total_s=min(profile.total_s, left_s))
