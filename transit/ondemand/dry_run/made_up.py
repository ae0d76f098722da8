"""A demand that is made up, where nobody has asked yet: from where people live to where they go, as the clock has it.

The same seed always makes the same demand. How many ride is the region's to say; from where and where to follows from
points with a weight: inhabitants or houses, and what is there (schools, shops, doctors, stations).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from transit.ondemand.areas import zones_at
from transit.ondemand.asks import Ask
from transit.ondemand.hours import second
from transit.ondemand.quote import Spot, Wish
from transit.ondemand.rules import Load, Rules

OUTWARD: Final = (0, 0, 0, 0, 0, 1, 4, 9, 10, 9, 8, 6, 5, 5, 4, 3, 3, 2, 2, 1, 1, 1, 0, 0)
"""When people leave home: by hour, as weights (of rides on demand, which are of errands more than of work)."""
STAY: Final = timedelta(minutes=90)
"""So long people stay, in the mean, before they ride home."""
HOME_SHARE: Final = 0.85
"""So many of those who went ride home in the same way."""
SUNDAY_SHARE: Final = 0.4
AHEAD_SHARE: Final = 0.35
"""So many order the day before; the others within two hours."""
WHEELCHAIR_SHARE: Final = 0.03
TWO_SHARE: Final = 0.15
_MOST_TRIES: Final = 20


@dataclass(frozen=True, slots=True)
class Point:
    """So many people live here, or so much is here that they go to."""

    lon: float
    lat: float
    weight: float = 1.0


def make_up(
    service: str, rules: Rules, homes: Sequence[Point], goals: Sequence[Point], days: Sequence[date], per_week: int,
    seed: int,
) -> list[Ask]:  # fmt: skip
    """About `per_week` asks a week, on some days. Raises ValueError where nobody lives, or goes anywhere, in a zone."""
    inside = [[each for each in points if zones_at(rules, each.lon, each.lat)] for points in (homes, goals)]
    if not inside[0] or not inside[1]:
        raise ValueError("nobody lives, or goes anywhere, in the zones")
    maker = _Maker(service, rules, inside[0], inside[1], np.random.default_rng(seed))
    share = sum(1.0 if day.weekday() < 6 else SUNDAY_SHARE for day in _week()) * (1 + HOME_SHARE)
    found: list[Ask] = []
    for day in days:
        mean = per_week / share * (1.0 if day.weekday() < 6 else SUNDAY_SHARE)
        for _ in range(int(maker.random.poisson(mean))):
            found += maker.outing(day)
    return found


def _week() -> list[date]:
    return [date(2026, 1, 5) + timedelta(days=each) for each in range(7)]


class _Maker:
    def __init__(
        self, service: str, rules: Rules, homes: list[Point], goals: list[Point], random: np.random.Generator
    ) -> None:
        self.service, self.rules, self.homes, self.goals, self.random = service, rules, homes, goals, random
        self.home_share, self.goal_share = _shares(homes), _shares(goals)
        self.hours = np.array(OUTWARD, np.float64) / sum(OUTWARD)
        self.codes = [""] + [each.code for each in rules.groups if not each.needs_proof]
        self.purposes = [each.code for each in rules.purposes] or [""]

    def outing(self, day: date) -> list[Ask]:
        """Somebody goes somewhere, and perhaps home again."""
        home = self.homes[int(self.random.choice(len(self.homes), p=self.home_share))]
        goal = self._goal(home)
        leaves = self._clock(day)
        load = self._load()
        group, purpose = str(self.random.choice(self.codes)), str(self.random.choice(self.purposes))
        there = self._ask(home, goal, leaves, load, group, purpose)
        if self.random.random() > HOME_SHARE:
            return [there]
        stays = timedelta(seconds=max(900.0, float(self.random.gamma(2.0, STAY.total_seconds() / 2))))
        return [there, self._ask(goal, home, leaves + stays, load, group, purpose)]

    def _goal(self, home: Point) -> Point:
        """Not where one lives, if there is anything else."""
        for _ in range(_MOST_TRIES):
            goal = self.goals[int(self.random.choice(len(self.goals), p=self.goal_share))]
            if (goal.lon, goal.lat) != (home.lon, home.lat):
                break
        return goal

    def _clock(self, day: date) -> datetime:
        hour = int(self.random.choice(24, p=self.hours))
        minute = int(self.random.integers(0, 12)) * 5
        return second(day, self.rules.timezone, hour * 3600 + minute * 60)

    def _load(self) -> Load:
        if self.random.random() < WHEELCHAIR_SHARE:
            return (0, 1, 0, 0)
        return (2, 0, 0, 0) if self.random.random() < TWO_SHARE else (1, 0, 0, 0)

    def _ask(self, start: Point, end: Point, at: datetime, load: Load, group: str, purpose: str) -> Ask:
        if self.random.random() < AHEAD_SHARE:
            asked = at - timedelta(hours=float(self.random.uniform(12, 36)))
        else:
            least = max(300, self.rules.booking.notice_s + 120)
            asked = at - timedelta(seconds=float(self.random.uniform(least, max(least + 1, 7200))))
        ends = [Spot(round(each.lon, 5), round(each.lat, 5)) for each in (start, end)]
        return Ask(asked, Wish(self.service, ends[0], ends[1], at, load=load, group=group, purpose=purpose))


def _shares(points: Sequence[Point]) -> NDArray[np.float64]:
    weights = np.array([each.weight for each in points], np.float64)
    return np.asarray(weights / weights.sum())
