"""The legs of an itinerary as steps of a timeline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from transit.routing.itinerary import Itinerary, Leg, Place


@dataclass(frozen=True, slots=True)
class Pause:
    """A stay on the way: where, from when, and how long."""

    place: Place
    start_at: datetime
    time: timedelta | None


@dataclass(frozen=True, slots=True)
class Step:
    """A leg, how long one waits before it, and how many stops it passes, the last one included."""

    leg: Leg
    wait: timedelta | None
    onward: Leg | None
    """As what the vehicle goes on, where one stays in it for the next leg too."""

    pause: Pause | None = None
    """A stay before it."""

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
    stays = {stay.leg: stay for stay in itinerary.stays}
    steps = []
    for number, leg in enumerate(itinerary.legs):
        before, after = (itinerary.legs[at : at + 1] for at in (max(number - 1, 0), number + 1))
        gap = leg.start_at - before[0].end_at if number and leg.start_at > before[0].end_at else None
        stay, onward = stays.get(number), next((each for each in after if each.stay_seated), None)
        steps.append(
            Step(leg, None if stay else gap, onward, Pause(stay.place, before[0].end_at, gap) if stay else None)
        )
    return steps
