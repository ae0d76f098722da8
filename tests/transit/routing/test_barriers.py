"""What is left out for a wheelchair is left out, trip by trip and stop by stop, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
from hypothesis import given, settings

from tests.oracles.rounds import Rounds, Run, runs_of, transfers_of
from tests.transit.routing.networks import DAYS, SEEDS, ScheduleText, SequenceText, TripText, cases, told
from tests.transit.routing.test_raptor import SOME, Case, ends_of, window_of
from transit.routing.barriers import without
from transit.routing.raptor import Wish, find_rides
from transit.routing.window import assemble


@given(cases(), SEEDS)
@settings(SOME, max_examples=30)
def test_runs_and_stops(case: Case, seed: int) -> None:
    text, asked = case
    chooser, schedule = Random(seed), text.schedule
    barred = {trip for trip in range(len(text.trips)) if chooser.random() < 0.3}
    shut = {stop for stop in range(text.stops) if chooser.random() < 0.2}
    runs, stops = (np.isin(np.arange(n), list(out)) for n, out in ((len(text.trips), barred), (text.stops, shut)))
    left = without(schedule, runs, stops, np.zeros(len(runs), bool), schedule.trip_service)
    _, from_at, until_at = window_of(text)
    wish = Wish(*asked.window, asked.vehicles, asked.slack)
    found = find_rides(assemble(left, from_at, until_at), ends_of(asked.access), ends_of(asked.egress), wish)
    rounds = Rounds(
        [_with_shut(run, shut) for run in runs_of(schedule, from_at, until_at) if run.trip not in barred],
        transfers_of(schedule, asked.slack),
    )
    expected = rounds.leaving_between(asked.access, asked.egress, asked.window, asked.vehicles)
    assert told({(each.leave_s, each.arrive_s, len(each.rides)) for each in found}) == told(expected)


def _with_shut(run: Run, shut: set[int]) -> Run:
    """The run, at some stops of which nobody gets on or off."""
    pickup, drop_off = (
        tuple(may and stop not in shut for may, stop in zip(kinds, run.stops, strict=True))
        for kinds in (run.pickup, run.drop_off)
    )
    return replace(run, pickup=pickup, drop_off=drop_off)


def test_a_part_runs_alone_where_its_run_is_left_out() -> None:
    """Two runs; the first never runs but as a part of the second, and is to run on the days of that."""
    trips = tuple(TripText(((0, 0), (60, 60)), service) for service in (0, 1))
    lines = (SequenceText((0, 1), (0, 0), (0, 0), trips),)
    schedule = ScheduleText(lines, 2, (), (((0,) * DAYS, 0), ((1,) * DAYS, 0))).schedule
    parts = np.array([True, False])
    left = without(schedule, ~parts, np.zeros(2, bool), parts, np.array([1, 1], np.uint32))
    days = [each.service_active[each.trip_service].any(axis=1).tolist() for each in (schedule, left)]
    assert days == [[False, True], [True, False]]
