"""Windows of time side by side hold all journeys that nothing beats, each once; where they are cut changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.oracles.rounds import Journey, Rounds, runs_of, transfers_of
from tests.transit.routing.networks import Asked, cases
from tests.transit.routing.test_raptor import LENGTH_S, SOME, Case, allowed, ends_of, window_of
from transit.routing.changes import Stops, find_legs
from transit.routing.raptor import Wish
from transit.routing.timetable import Timetable
from transit.routing.window import assemble, reverse

WHOLE = (-86400, LENGTH_S + 86400)
"""Everything that the timetable holds."""
CUTS = st.lists(st.integers(0, 200), max_size=8, unique=True)
STEPS = st.sampled_from((1, 61, 599, 600))


def found_in(searched: Timetable, timetable: Timetable, asked: Asked, wish: Wish) -> list[Journey]:
    """Leaving, arriving and vehicles of the journeys that a window holds."""
    stops = np.arange(timetable.stops)
    ends = ends_of(asked.access), ends_of(asked.egress)
    every = find_legs((searched, timetable), ends, wish, Stops(stops, stops)).every
    for facts, legs in every:
        assert facts.start_s == legs[0].start_s - asked.access[legs[0].start_stop]
        assert facts.end_s == legs[-1].end_s + asked.egress[legs[-1].end_stop]
        assert facts.vehicles == len(legs)
    return [facts[:3] for facts, _ in every]


@given(cases(), CUTS, STEPS)
@SOME
def test_departures(case: Case, cuts: list[int], step: int) -> None:
    text, asked = case
    timetable = assemble(*window_of(text))
    wishes = [Wish(low, high, 4, asked.slack, allowed(timetable, asked)) for low, high in tiles(cuts, step)]
    pages = [found_in(timetable, timetable, asked, wish) for wish in wishes]
    rounds = Rounds(runs_of(*window_of(text), modes=asked.modes), transfers_of(text.schedule, asked.slack))
    assert_tiled(pages, rounds.leaving_between(asked.access, asked.egress, WHOLE, 4), cuts, step, leaving=True)


@given(cases(), CUTS, STEPS)
@SOME
def test_arrivals(case: Case, cuts: list[int], step: int) -> None:
    text, asked = case
    timetable = assemble(*window_of(text))
    backward = reverse(timetable)
    wishes = [Wish(-high, -low, 4, asked.slack, allowed(backward, asked)) for low, high in tiles(cuts, step)]
    pages = [found_in(backward, timetable, asked, wish) for wish in wishes]
    rounds = Rounds(runs_of(*window_of(text), modes=asked.modes), transfers_of(text.schedule, asked.slack))
    assert_tiled(pages, rounds.arriving_between(asked.access, asked.egress, WHOLE, 4), cuts, step, leaving=False)


def tiles(cuts: list[int], step: int) -> list[tuple[int, int]]:
    """Windows side by side over the whole time, cut at some seconds; both bounds belong to a window."""
    bounds = [WHOLE[0], *sorted(cut * step for cut in cuts), WHOLE[1] + 1]
    return [(low, high - 1) for low, high in pairwise(bounds) if high - 1 > low]


def assert_tiled(
    pages: Sequence[Sequence[Journey]], expected: set[Journey], cuts: list[int], step: int, *, leaving: bool
) -> None:
    windows = tiles(cuts, step)
    held = {each for each in expected if any(low <= moment(each, leaving) <= high for low, high in windows)}
    found = [each for page in pages for each in page]
    assert len(found) == len(set(found)), "one twice"
    assert set(found) == held
    for page, (low, high) in zip(pages, windows, strict=True):
        assert all(low <= moment(each, leaving) <= high for each in page)


def moment(journey: Journey, leaving: bool) -> float:
    return journey[0] if leaving else journey[1]
