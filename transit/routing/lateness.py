"""How late vehicles are: as counts of what was seen, and as what is supposed of a mode where nothing was.

The priors are suppositions, not measurements. They are made so that a mode comes near to what operators usually report
of themselves (metros: nearly all within two minutes; trams and buses: about nine in ten within five minutes of the
timetable; trains: nine in ten within five minutes, with a long tail), rather too late than too early. They give way to
the history of a line at a stop as soon as that has been seen often enough (`transit.register.delays.FEWEST`). See
docs/reliability.md.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from transit.routing.query import TRANSIT_MODES, Mode

BOUNDS_S: Final = (-60, 0, 60, 120, 180, 300, 600, 900, 1800)
"""Bucket i has delays up to BOUNDS_S[i], above the bound before; the last bucket has those above all bounds."""
_EDGES_S: Final = (-300, *BOUNDS_S, 3600)
"""Where buckets begin and end when a value in between is sought; the first and the last have no end of their own."""


@dataclass(frozen=True, slots=True)
class DelayDistribution:
    """How many arrivals fell into each bucket (one more than BOUNDS_S)."""

    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """How many arrivals were seen."""
        return sum(self.counts)

    def share_within(self, seconds: float) -> float:
        """The share of arrivals that were late by at most so much: the chance that such a change holds."""
        bucket = bisect_left(BOUNDS_S, seconds)
        low, high = _EDGES_S[bucket : bucket + 2]
        part = min(max((seconds - low) / (high - low), 0.0), 1.0)
        return (sum(self.counts[:bucket]) + part * self.counts[bucket]) / self.total

    @property
    def at_least(self) -> list[tuple[float, int]]:
        """By bucket, its share and the least that a vehicle in it is late; who is early waits for the timetable."""
        least = (0, *BOUNDS_S)
        return [(count / self.total, max(0, low)) for count, low in zip(self.counts, least, strict=True) if count]

    def percentile(self, share: float) -> float:
        """The delay in seconds that this share of arrivals did not exceed."""
        wanted = share * self.total
        sums = list(accumulate(self.counts))
        bucket = bisect_left(sums, max(wanted, 1e-9))
        low, high = _EDGES_S[bucket : bucket + 2]
        return low + (high - low) * (wanted - sums[bucket] + self.counts[bucket]) / self.counts[bucket]


#                                       up to -1     0     1    2    3   5  10 15 30 min, more
_ON_ITS_OWN: Final = DelayDistribution((20, 400, 430, 100, 30, 10, 8, 1, 1, 0))
_IN_THE_STREET: Final = DelayDistribution((60, 290, 240, 170, 100, 90, 40, 7, 2, 1))
_ON_RAILS: Final = DelayDistribution((30, 360, 240, 130, 80, 70, 55, 18, 12, 5))
_FAR_BY_ROAD: Final = DelayDistribution((80, 250, 150, 120, 100, 120, 110, 40, 22, 8))
_ON_WATER: Final = DelayDistribution((30, 370, 290, 120, 70, 60, 40, 12, 6, 2))
_IN_THE_AIR: Final = DelayDistribution((150, 200, 60, 50, 50, 80, 140, 80, 110, 80))

_BY_MODE: Final = {
    Mode.METRO: _ON_ITS_OWN,
    Mode.MONORAIL: _ON_ITS_OWN,
    Mode.CABLEWAY: _ON_ITS_OWN,
    Mode.GONDOLA: _ON_ITS_OWN,
    Mode.FUNICULAR: _ON_ITS_OWN,
    Mode.RAIL: _ON_RAILS,
    Mode.COACH: _FAR_BY_ROAD,
    Mode.TAXI: _FAR_BY_ROAD,
    Mode.FERRY: _ON_WATER,
    Mode.AIR: _IN_THE_AIR,
}
PRIORS: Final = {mode: _BY_MODE.get(mode, _IN_THE_STREET) for mode in TRANSIT_MODES}
"""What is supposed of each mode, in thousandths."""
