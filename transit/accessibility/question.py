"""What a planner asks: when, how far, how one walks, and from where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np

from transit.network.store import MODES, Network
from transit.routing.access import Ground, spot_at
from transit.routing.doors import Walker
from transit.routing.query import MOST_VEHICLES, TRANSIT_MODES, Mode
from transit.routing.streets import F64
from transit.routing.times import Leaving, Points, Times, percentiles
from transit.routing.timetable import I32, Timetable
from transit.routing.window import assemble

PERCENTS = (5, 25, 50, 75, 95)


@dataclass(frozen=True, slots=True)
class Question:
    """To leave every `step_s` of `window_s` from `at` on, and to arrive within `limit_s`; by the timetable, in vehicles
    of some `modes`, and in no more than `max_vehicles` of them (0: in any number).
    """

    at: datetime
    window_s: int = 3600
    step_s: int = 60
    limit_s: int = 3600
    walk_speed_mps: float = 1.25
    max_walk_s: int = 900
    modes: frozenset[Mode] = TRANSIT_MODES
    max_vehicles: int = 0

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("at must be an aware datetime")
        if not (0 < self.step_s <= self.window_s <= 86400 and 0 < self.limit_s <= 6 * 3600):
            raise ValueError("the window is up to a day, its steps are shorter, and the limit is up to six hours")
        if self.window_s // self.step_s > 240:
            raise ValueError("more than 240 departures tell nothing new: take longer steps")
        if not (0.3 <= self.walk_speed_mps <= 3 and 0 <= self.max_walk_s <= 7200):
            raise ValueError("speeds are out of human range")
        if not self.modes or not self.modes <= TRANSIT_MODES:
            raise ValueError(f"the modes are some of {', '.join(sorted(TRANSIT_MODES))}")
        if not 0 <= self.max_vehicles <= MOST_VEHICLES:
            raise ValueError(f"vehicles are 1 to {MOST_VEHICLES}, or 0 for any number")

    @property
    def walker(self) -> Walker:
        """How one walks."""
        return Walker(self.walk_speed_mps, self.max_walk_s)


class OutsideTimetable(ValueError):
    """A day of which the timetables say nothing."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of a planner's table: what it is called there, and where it is."""

    id: str
    lat: float
    lon: float


class Survey:
    """A question to one network."""

    def __init__(self, network: Network, question: Question) -> None:
        self.network, self.question = network, question

    @cached_property
    def ground(self) -> Ground:
        """The stops, streets and doors of stations."""
        stops, streets = self.network.stops, self.network.streets
        known = streets if streets.nodes else None
        return Ground(stops.lat, stops.lon, known, stops.original, self.network.doors, stops.parent)

    def times_to(self, points: Points) -> Times:
        """The travel times to some points. Raises OutsideTimetable."""
        asked = self.question
        network, day = self.network, asked.at.astimezone(ZoneInfo(self.network.schedule.timezones[0])).toordinal()
        if not network.first_day <= day <= network.last_day:
            first, last = (date.fromordinal(each).isoformat() for each in (network.first_day, network.last_day))
            raise OutsideTimetable(f"The timetables run from {first} to {last}. Ask of a day in between.")
        start_at = int(asked.at.timestamp())
        timetable = assemble(self.network.schedule, start_at, start_at + asked.window_s + asked.limit_s)
        leaving = Leaving(0, asked.step_s, asked.window_s // asked.step_s, asked.limit_s, asked.max_vehicles)
        return Times(_only(timetable, asked.modes), points, leaving)

    def points(self, lat: F64, lon: F64) -> Points:
        """Places where ways end."""
        return Points(self.ground, lat, lon, self.question.walker)

    def served(self) -> tuple[F64, F64]:
        """Where the stops are at which something calls on some day."""
        called = np.unique(self.network.schedule.sequence_stops)
        return self.network.stops.lat[called], self.network.stops.lon[called]


def _only(timetable: Timetable, modes: frozenset[Mode]) -> Timetable:
    """A timetable in which one boards vehicles of some modes alone."""
    if modes >= TRANSIT_MODES:
        return timetable
    wished = np.array([mode in modes for mode in MODES], np.uint8)[timetable.pattern_mode]
    start = timetable.pattern_stop_start.astype(np.int64)
    return replace(timetable, boardable=timetable.boardable * np.repeat(wished, start[1:] - start[:-1]))


def within(times: Times, place: Spot, percents: Sequence[float]) -> I32:
    """By percent and point, the seconds from a place; UNREACHED where it is not reached."""
    here = spot_at(times.points.ground, place.lat, place.lon)
    return percentiles(times.sampled(here), percents)
