"""Stop sequences that no trip of the schedule has: each once, numbered on after the schedule's."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transit.routing.kernels.wire import MISSING
from transit.routing.timetable import Schedule
from transit.routing.window import NO_DROP_OFF, NO_PICKUP

U8 = NDArray[np.uint8]
U32 = NDArray[np.uint32]
ANYWAY = 3
"""The largest pickup_type and drop_off_type of GTFS."""


class Sequence(NamedTuple):
    """Stops with how one gets on and off there (as in Schedule), and the mode."""

    stops: U32
    pickup: U8
    drop_off: U8
    mode: int

    def stop_at(self, position: int, stop: int) -> None:
        """Call at another stop; −1: none."""
        if stop >= 0:
            self.stops[position] = stop

    def use(self, position: int, pickup: int, drop_off: int) -> None:
        """Get on and off otherwise, where that is given."""
        for column, value in ((self.pickup, pickup), (self.drop_off, drop_off)):
            if value != MISSING and 0 <= value <= ANYWAY:
                column[position] = value

    def skip(self, position: int) -> None:
        """Pass a stop."""
        self.pickup[position], self.drop_off[position] = NO_PICKUP, NO_DROP_OFF


@dataclass(frozen=True)
class Sequences:
    """The schedule's, and after them those that were asked for."""

    schedule: Schedule

    @cached_property
    def own(self) -> list[Sequence]:
        """Those that are not the schedule's."""
        return []

    @cached_property
    def _numbers(self) -> dict[tuple[bytes, bytes, bytes, int], int]:
        return {}

    def number(self, sequence: Sequence) -> int:
        """The number of a sequence that is none of the schedule's."""
        key = sequence.stops.tobytes(), sequence.pickup.tobytes(), sequence.drop_off.tobytes(), sequence.mode
        if key not in self._numbers:
            self._numbers[key] = len(self.schedule.sequence_mode) + len(self.own)
            self.own.append(sequence)
        return self._numbers[key]

    def copy_of(self, number: int) -> Sequence:
        """A copy that may be changed."""
        beyond = number - len(self.schedule.sequence_mode)
        if beyond >= 0:
            stops, pickup, drop_off, mode = self.own[beyond]
            return Sequence(stops.copy(), pickup.copy(), drop_off.copy(), mode)
        s = self.schedule
        calls = slice(*s.sequence_start[number : number + 2].tolist())
        pickup, drop_off = s.sequence_pickup[calls].copy(), s.sequence_drop_off[calls].copy()
        return Sequence(s.sequence_stops[calls].copy(), pickup, drop_off, int(s.sequence_mode[number]))

    def length(self, number: int) -> int:
        """How many stops a sequence has."""
        beyond = number - len(self.schedule.sequence_mode)
        if beyond >= 0:
            return len(self.own[beyond].stops)
        return int(self.schedule.sequence_start[number + 1]) - int(self.schedule.sequence_start[number])

    def joined(self, numbers: list[int]) -> Sequence:
        """Sequences in one seat: where one ends and the next begins nobody gets on the one or off the other."""
        parts = [self.copy_of(number) for number in numbers]
        for before, after in pairwise(parts):
            before.pickup[-1], after.drop_off[0] = NO_PICKUP, NO_DROP_OFF
        stops, pickup, drop_off = (np.concatenate([part[i] for part in parts]) for i in range(3))
        return Sequence(stops, pickup, drop_off, parts[0].mode)
