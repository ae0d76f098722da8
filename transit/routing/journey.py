"""A journey as the planner finds it: by the numbers of stops and trips, in seconds of the timetable."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transit.routing.frozen import quickly_made
from transit.routing.kernels.ways import Stretches
from transit.routing.query import Mode
from transit.routing.rentals import Rentals, Station, Vehicle, VehicleType

F64 = NDArray[np.float64]
Polyline = tuple[tuple[float, float], ...]


def points_of(line: F64) -> Polyline:
    """The points of a line as numbers that stand for themselves."""
    return tuple(map(tuple, line.tolist()))


NO_STRETCHES = Stretches(np.empty(0, np.uint32), np.empty(0), np.empty(0), np.empty(0))


class Way(NamedTuple):
    """A way on the ground: its length, and the line (lon, lat) from its start to its end.

    `stretches` are its parts on the streets; it has none where it is a straight line. What its length is more than
    theirs are the steps from the start to the first and from the last to the end. `driven`: they are on the
    carriageways, not on the streets for walking.
    """

    metres: float
    line: F64
    stretches: Stretches = NO_STRETCHES
    driven: bool = False

    def backwards(self) -> Way:
        """The same way from the other end."""
        return Way(self.metres, self.line[::-1], self.stretches.backwards(), self.driven)

    @property
    def polyline(self) -> Polyline:
        """The points of the line."""
        return points_of(self.line)


NO_LINE = Way(0.0, np.empty((0, 2)))


class Hire(NamedTuple):
    """A hired vehicle on the way: which, where it is left, the seconds walked, ridden (with unlocking and locking) and
    walked again, and the ways of these three.
    """

    rentals: Rentals
    kind: VehicleType
    pickup: Station | Vehicle
    dock: Station | None
    left_at: tuple[float, float]
    """(lat, lon)."""
    seconds: tuple[int, int, int]
    is_known: bool = True
    """Whether the numbers of vehicles and docks were new enough to be relied on."""
    ways: tuple[Way, ...] = ()


class Drive(NamedTuple):
    """One's own car on the way: the number of the car park, the seconds of the two parts in the order of travel
    (driving with parking, walking; `leaving` stops: walking, driving), and their ways.
    """

    park: int
    seconds: tuple[int, ...]
    leaving: bool
    ways: tuple[Way, ...] = ()


@quickly_made
@dataclass(frozen=True, slots=True)
class StreetLeg:
    """A walk or a ride by bicycle. A stop of None is the origin or destination itself.

    `step_free` says whether there are no steps in the stations at its ends; None: nothing is known of them. `entrance`
    is the one (see `Doors`) that it leads through on its way from the origin or to the destination.
    """

    mode: Mode
    start_s: int
    end_s: int
    start_stop: int | None
    end_stop: int | None
    way: Way = field(default=NO_LINE, compare=False)
    """NO_LINE until it is drawn."""
    step_free: bool | None = None
    entrance: int | None = None
    hire: Hire | Drive | None = None
    """The vehicle that part of it is ridden in; its ways are drawn where `way` is."""

    @property
    def metres(self) -> float:
        """The length of the way."""
        return self.way.metres

    @property
    def polyline(self) -> Polyline:
        """The line of the way."""
        return self.way.polyline


class TransitLeg(NamedTuple):
    """A ride in a trip of the timetable between two positions of its pattern."""

    start_s: int
    end_s: int
    start_stop: int
    end_stop: int
    trip: int
    pattern: int
    board: int
    alight: int


class HailedLeg(NamedTuple):
    """A ride on demand: the number of its service and the service day. A stop of None is the door itself.

    It begins at `start_s` if it is ordered so, is done by `end_s` nearly always, and takes `drive_s` on a good day.
    """

    start_s: int
    end_s: int
    start_stop: int | None
    end_stop: int | None
    service: int
    day: int
    drive_s: int


class Facts(NamedTuple):
    """What the rules of `filters` compare: when one leaves and arrives, how many vehicles one boards, and the seconds
    on foot or by bicycle.
    """

    start_s: int
    end_s: int
    vehicles: int
    walked_s: int


class Ridden(NamedTuple):
    """The rides of a journey, without the ways on foot, and what the rules compare."""

    facts: Facts
    legs: list[TransitLeg]


@dataclass(frozen=True)
class Journey:
    """Legs that follow each other, from door to door."""

    legs: tuple[StreetLeg | TransitLeg | HailedLeg, ...]

    @property
    def start_s(self) -> int:
        """When one leaves."""
        return self.legs[0].start_s

    @property
    def end_s(self) -> int:
        """When one arrives."""
        return self.legs[-1].end_s

    @property
    def vehicles(self) -> int:
        """How many vehicles are boarded."""
        return self.facts.vehicles

    @property
    def walked_s(self) -> int:
        """Seconds on foot or by bicycle."""
        return self.facts.walked_s

    @property
    def facts(self) -> Facts:
        """Kept, as every rule asks; not by `cached_property`, whose lock takes longer than the sum."""
        known: Facts | None = self.__dict__.get("_facts")
        if known is None:
            walks = [leg.end_s - leg.start_s for leg in self.legs if isinstance(leg, StreetLeg)]
            known = Facts(self.start_s, self.end_s, len(self.legs) - len(walks), sum(walks))
            self.__dict__["_facts"] = known
        return known

    def with_facts(self, facts: Facts) -> Journey:
        """Itself, with its facts as the search has them."""
        self.__dict__["_facts"] = facts
        return self
