"""The legs of an itinerary as steps of a timeline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from transit.routing.itinerary import Itinerary, Leg


@dataclass(frozen=True, slots=True)
class Step:
    """A leg, how long one waits before it, and how many stops it passes, the last one included."""

    leg: Leg
    wait: timedelta | None

    @property
    def stops(self) -> int:
        """How many stops until one gets off."""
        return len(self.leg.calls) + 1

    @property
    def fill(self) -> str:
        """The line's colour as #rrggbb."""
        colour = self.leg.service.colour.lstrip("#") if self.leg.service else ""
        return f"#{colour or '30495f'}"


def of(itinerary: Itinerary) -> list[Step]:
    """A step for each leg."""
    waits = [None] + [
        later.start_at - earlier.end_at if later.start_at > earlier.end_at else None
        for earlier, later in zip(itinerary.legs, itinerary.legs[1:], strict=False)
    ]
    return [Step(leg, wait) for leg, wait in zip(itinerary.legs, waits, strict=True)]
