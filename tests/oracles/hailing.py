"""The slow search with rides on demand: every way of beginning with each of ending, at every moment that counts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from tests.oracles.rounds import Journey, Rounds, pareto
from transit.routing.ondemand import Direct, End


def leaving_between(
    rounds: Rounds,
    ends: tuple[Sequence[End], Sequence[End]],
    direct: Sequence[Direct],
    window: tuple[int, int],
    most: int,
) -> set[Journey]:
    """The journeys of the window with a ride on demand and the timetable that none beats: be it the same way, on foot,
    from door to door, or after the window. In a window of one moment, when one leaves does not count.
    """
    low, high = window
    point = low == high
    found: dict[Journey, bool] = {}
    for start in ends[0]:
        for leave in _moments(rounds, start, low, point=point):
            for end in ends[1]:
                extra = (start.ride is not None) + (end.ride is not None)
                asked = {start.stop: start.seconds}, {end.stop: 0}, (leave, leave), most - extra
                for _, arrival, vehicles in rounds.leaving_between(*asked):
                    at = end.arrives(int(arrival))
                    if at is not None:
                        key = (0 if point else leave, at, vehicles + extra)
                        found[key] = found.get(key, False) or extra > 0
    rivals = set(found) | set(_direct(direct, {key[0] if not point else low for key in found}, point=point))
    best = pareto(rivals)
    return {key for key in best if found.get(key) and (point or low <= key[0] <= high)}


def _moments(rounds: Rounds, start: End, low: int, *, point: bool) -> Iterator[int]:
    """When to leave: so that a vehicle is caught, or as the window closes; who is asked for one moment leaves then."""
    if point:
        moments: Iterable[int] = [max(low, start.low)]
    else:
        moments = {at - start.seconds for at, _, _ in rounds.boardings[start.stop]} | {start.high}
    yield from (at for at in moments if max(low, start.low) <= at <= start.high)


def _direct(direct: Sequence[Direct], moments: set[float], *, point: bool) -> Iterator[Journey]:
    for way in direct:
        for moment in moments:
            at = max(moment, way.low)
            if at <= way.high and at < math.inf:
                yield (0 if point else at, at + way.seconds, 1)
