"""By way of some places: what is made of the best parts is what is left of all that can be put together."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product
from random import Random

from hypothesis import given, settings

from tests.oracles.rounds import Journey, Rounds, pareto, runs_of, transfers_of
from tests.transit.routing.networks import SEEDS, ScheduleText, ends, schedule_texts, told
from tests.transit.routing.test_raptor import SOME, call, ends_of, window_of
from transit.routing.kernels.raptor import Ends
from transit.routing.raptor import Rides, Wish, find_rides
from transit.routing.timetable import Timetable
from transit.routing.via import Called, Option, Part, Whole, at_any_time, earliest, leaving_between
from transit.routing.window import assemble

VEHICLES = 3
WHOLE = (-86400, 3 * 86400)


class Town:
    """A random network, the parts of a way through it, and everything that can be done in each."""

    def __init__(self, text: ScheduleText, chooser: Random) -> None:
        timetable = assemble(*window_of(text))
        rounds = Rounds(runs_of(*window_of(text)), transfers_of(text.schedule))
        self.parts: list[Part] = []
        self.known: list[set[Journey]] = []
        for number in range(chooser.choice((1, 2, 2, 3))):
            access, egress = ends(chooser, text.stops), ends(chooser, text.stops)
            walk_s = chooser.choice((None, None, 300, 1800))
            stay_s = chooser.choice((0, 0, 600, 3600)) if number else 0
            self.parts.append(Part(_search(timetable, access, egress), walk_s, stay_s))
            self.known.append(rounds.leaving_between(access, egress, WHOLE, VEHICLES))

    def wholes(self) -> set[Journey]:
        """All ways to put the parts together that end, each with the latest departure that it allows."""
        chosen = (
            [*known, *([None] if part.walk_s is not None else [])]
            for known, part in zip(self.known, self.parts, strict=True)
        )
        return {whole for each in product(*chosen) if (whole := self._whole(each)) is not None}

    def _whole(self, chosen: Sequence[Journey | None]) -> Journey | None:
        leave, at, walked, vehicles = math.inf, -math.inf, 0, 0
        for option, part in zip(chosen, self.parts, strict=True):
            walked, at = walked + part.stay_s, at + part.stay_s
            if option is None:
                assert part.walk_s is not None
                walked, at = walked + part.walk_s, at + part.walk_s
            elif option[0] < at:
                return None
            else:
                leave = min(leave, option[0] - walked)
                at, vehicles = option[1], vehicles + option[2]
        return None if leave == math.inf else (leave, at, vehicles)


def _search(timetable: Timetable, access: dict[int, int], egress: dict[int, int]) -> Callable[[int, int], list[Option]]:
    def search(low: int, high: int) -> list[Option]:
        near = ends_of(access), ends_of(egress)
        inside = _unbeaten(timetable, near, Wish(low, high + 1, VEHICLES))
        after = find_rides(timetable, *near, Wish(high + 1, high + 1, VEHICLES))
        return [
            Option(_leave(timetable, each, access), each.arrive_s, len(each.rides), each) for each in (*inside, *after)
        ]

    return search


def _unbeaten(timetable: Timetable, near: tuple[Ends, Ends], wish: Wish) -> list[Rides]:
    """The rides of a range that none beats, not even by leaving after it."""
    later = find_rides(timetable, *near, replace(wish, earliest_s=wish.latest_s + 1, latest_s=wish.latest_s + 1))
    return [
        each
        for each in find_rides(timetable, *near, wish)
        if not any(then.arrive_s <= each.arrive_s and len(then.rides) <= len(each.rides) for then in later)
    ]


def _leave(timetable: Timetable, found: Rides, access: dict[int, int]) -> int:
    """The latest moment to set out; who was given one may leave later."""
    first = found.rides[0]
    stop, _, departure = call(timetable, first.trip, first.board)
    return departure - access[stop]


@given(schedule_texts(), SEEDS)
@settings(SOME, max_examples=70)
def test_all_that_can_be_put_together(text: ScheduleText, seed: int) -> None:
    chooser = Random(seed)
    town = Town(text, chooser)
    low = chooser.choice((1, 1, 2, 2, 3)) * 3600 + chooser.randint(0, 18) * 300
    high = low + chooser.choice((0, 1200, 7200))
    best = pareto(town.wholes())
    found = leaving_between(town.parts, low, high)
    assert told({each[:3] for each in found}) == told({each for each in best if low <= each[0] <= high})
    for each in found:
        assert_followed(town.parts, each)
    soonest = earliest(town.parts, low)
    by_vehicles = {each[1:] for each in town.wholes() if each[0] >= low}
    beaten = {a for a in by_vehicles for b in by_vehicles if a != b and b[0] <= a[0] and b[1] <= a[1]}
    assert {each[1:3] for each in soonest} == by_vehicles - beaten


def assert_followed(parts: Sequence[Part], whole: Whole) -> None:
    """Every stay is long enough, and the walks take their time."""
    assert whole.depart == whole.pieces[0].depart
    assert whole.arrive == whole.pieces[-1].arrive
    at = whole.depart
    for part, piece in zip(parts, whole.pieces, strict=True):
        assert piece.depart - at >= part.stay_s
        assert piece.ride is not None or piece.arrive - piece.depart == part.walk_s
        at = piece.arrive


def test_on_foot_all_the_way() -> None:
    def nothing(low: int, high: int) -> list[Option]:
        return []

    walked = at_any_time([Part(nothing, 60), Part(nothing, 120, 600)])
    assert walked is not None
    assert (walked.depart, walked.arrive, [piece[:2] for piece in walked.pieces]) == (0, 780, [(0, 60), (660, 780)])
    assert at_any_time([Part(nothing, 60), Part(nothing, None, 600)]) is None


def test_a_ride_that_comes_when_it_is_called() -> None:
    """It comes to who is ready in its hours, by whole minutes; the first of a journey as late as can be."""

    def bus(low: int, high: int) -> list[Option]:
        return [Option(900, 1500, 1, "bus"), Option(2700, 3300, 1, "bus")]

    def nothing(low: int, high: int) -> list[Option]:
        return []

    def calls(low: int, high: int, seconds: int) -> Part:
        return Part(nothing, None, 300, lambda _low, _high: [Called(low, high, seconds, lambda at: f"called {at}")])

    def told(*parts: Part) -> list[tuple[int, int, int, list[str]]]:
        return [(*each[:3], [piece.ride for piece in each.pieces]) for each in earliest(parts, 890)]

    then = Part(bus, None), calls(0, 2000, 410)
    assert told(*then) == [(900, 2210, 2, ["bus", "called 1800"])]
    assert told(Part(bus, None), calls(0, 1799, 410)) == [], "too late to call"
    assert told(Part(bus, None), calls(2000, 2030, 410)) == [(900, 2440, 2, ["bus", "called 2030"])], "it has its hours"
    first = calls(0, 9000, 600)._replace(stay_s=0)
    assert told(first, Part(bus, None, 300)) == [(1800, 3300, 2, ["called 1800", "bus"])]
    called = calls(9000, 9999, 410)
    assert told(Part(bus, None), called._replace(later_s=7200)) == [(900, 9410, 2, ["bus", "called 9000"])]
    assert told(Part(bus, None), called._replace(later_s=7199)) == []
