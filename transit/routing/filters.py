"""What is shown of what was found: one function per rule.

The search finds every journey that no other beats in departure, arrival and number of vehicles at once. Some of these
nobody would take: a second bus that gains half a minute, half an hour on foot in order to leave ten minutes later.
Each rule drops a journey only because of another of the list (or of the direct walk), and what "makes
pointless" never leads in a circle, so that no rule empties a list.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, compress
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from transit.routing.journey import Facts, Journey, StreetLeg
from transit.routing.kernels.pointless import LITTLE_S, LONGER_S, LONGER_TIMES, NO_WALK, RULES, pointless, worth


class Considered(Protocol):
    """A journey, drawn or not."""

    @property
    def facts(self) -> Facts:
        """What the rules compare."""
        ...


T = TypeVar("T", bound=Considered)


def worth_showing(journeys: Sequence[T], walk: StreetLeg | None) -> list[T]:
    """The journeys with vehicles that somebody would take, in the order given.

    The direct walk comes first: it is there at any time, so what it beats must not stand in for anything else. Then
    the rules that compare two journeys, the narrowest first. What takes far too long is judged last, by the quickest
    of those that are left: a journey that a narrower rule drops would be a standard that nobody is offered.
    """
    if not journeys:
        return []
    return list(compress(journeys, worth(_facts(journeys), RULES, seconds_of(walk)).tolist()))


def seconds_of(walk: StreetLeg | None) -> int:
    """How long the direct walk takes; NO_WALK where there is none."""
    return NO_WALK if walk is None else walk.end_s - walk.start_s


def quicker_than_walking(journeys: Iterable[T], walk: StreetLeg | None) -> list[T]:
    """Who can walk there at any time waits for no vehicle that gains less than LITTLE_S from door to door."""
    if walk is None:
        return list(journeys)
    walk_s = walk.end_s - walk.start_s
    return [journey for journey in journeys if walk_s - _duration(journey) >= LITTLE_S]


def without(journeys: Sequence[T], rules: NDArray[np.int64]) -> list[T]:
    """The journeys that no other makes pointless, by one rule after the other.

    CAN_BE_WALKED: no ride, be it the first, the last or between, that is not quicker than walking that part of the way.
    The same without the ride is another journey with fewer vehicles that loses less than LITTLE_S in all, and asks for
    no more than SHORT_WALK_S more on foot.

    POINTLESS_VEHICLE: no vehicle more, and no later one, that gains nothing worth it. The other journey has fewer
    vehicles, or as many and no shorter a walk, and it is better in perceived time even when the time by which it leaves
    earlier or arrives later is added to it.

    AROUND_THE_BLOCK: no walk, to a stop, between two or from one, that gains nothing worth it. The other journey has as
    many vehicles and a shorter walk, and it is better in perceived time as above: nobody walks half an hour in order to
    leave ten minutes later.
    """
    if not journeys:
        return []
    return list(compress(journeys, (~pointless(_facts(journeys), rules)).tolist()))


def without_detours(journeys: Sequence[T]) -> list[T]:
    """No journey much longer than the quickest, such as one that waits through the night."""
    longest_s = longest([_duration(journey) for journey in journeys])
    return [journey for journey in journeys if _duration(journey) <= longest_s]


def longest(durations: Sequence[int]) -> int:
    """How long a journey may take beside others that take some seconds."""
    return LONGER_TIMES * min(durations, default=0) + LONGER_S


def without_empty_walks(journey: Journey) -> Journey:
    """A walk from a stop to itself is no leg; one to another stop is, though a feed may allow no time for it."""
    legs = tuple(
        leg
        for leg in journey.legs
        if not isinstance(leg, StreetLeg) or leg.end_s > leg.start_s or None not in (leg.start_stop, leg.end_stop)
    )
    return Journey(legs or journey.legs[:1])


def in_order(
    rides: Iterable[Journey], walk: StreetLeg | None, bicycle: StreetLeg | None, *, arrive_by: bool
) -> list[Journey]:
    """As people read a timetable: by departure, then arrival, then vehicles; the direct ways after the vehicles.

    Walking stands first where it is best: where no vehicle is there sooner (arriving by a time: leaves later).
    """
    listed = sorted(rides, key=lambda journey: journey.facts[:3])
    on_foot, cycled = ([Journey((leg,))] if leg is not None else [] for leg in (walk, bicycle))
    if walk is not None and is_best(walk, listed, arrive_by=arrive_by):
        return [*on_foot, *listed, *cycled]
    return [*listed, *on_foot, *cycled]


def is_best(walk: StreetLeg, rides: Iterable[Journey], *, arrive_by: bool) -> bool:
    """Whether walking now is as soon there as every ride, or lets one leave as late."""
    if arrive_by:
        return all(walk.start_s >= ride.start_s for ride in rides)
    return all(walk.end_s <= ride.end_s for ride in rides)


def _facts(journeys: Sequence[Considered]) -> NDArray[np.int64]:
    """As the kernels take them."""
    rows = chain.from_iterable(journey.facts for journey in journeys)
    return np.fromiter(rows, np.int64, 4 * len(journeys)).reshape(-1, 4)


def _duration(journey: Considered) -> int:
    facts = journey.facts
    return facts.end_s - facts.start_s
