"""A journey as the planner finds it: by the numbers of stops and trips, in seconds of the timetable."""

from __future__ import annotations

from dataclasses import dataclass

from transit.routing.query import Mode


@dataclass(frozen=True, slots=True)
class StreetLeg:
    """A walk or a ride by bicycle. A stop of None is the origin or destination itself. `polyline` is (lon, lat).

    `step_free` says whether there are no steps in the stations at its ends; None: nothing is known of them. `entrance`
    is the one (see `Doors`) that it leads through on its way from the origin or to the destination.
    """

    mode: Mode
    start_s: int
    end_s: int
    start_stop: int | None
    end_stop: int | None
    metres: float = 0.0
    polyline: tuple[tuple[float, float], ...] = ()
    step_free: bool | None = None
    entrance: int | None = None


@dataclass(frozen=True, slots=True)
class TransitLeg:
    """A ride in a trip of the timetable between two positions of its pattern."""

    start_s: int
    end_s: int
    start_stop: int
    end_stop: int
    trip: int
    pattern: int
    board: int
    alight: int


@dataclass(frozen=True, slots=True)
class Journey:
    """Legs that follow each other, from door to door."""

    legs: tuple[StreetLeg | TransitLeg, ...]

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
        return sum(isinstance(leg, TransitLeg) for leg in self.legs)
