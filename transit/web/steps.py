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
    onward: Leg | None
    """As what the vehicle goes on, where one stays in it for the next leg too."""

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
    onward = [*(leg if leg.stay_seated else None for leg in itinerary.legs[1:]), None]
    return [Step(*each) for each in zip(itinerary.legs, waits, onward, strict=True)]
