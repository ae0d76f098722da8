"""The chance of a change against draws of delays; what is known of now, lines without exact times, rides on demand."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from transit.routing.itinerary import Basis, Itinerary, Leg, Ordering, Place, RealTime, Running, Service
from transit.routing.lateness import BOUNDS_S, PRIORS, DelayDistribution
from transit.routing.query import TRANSIT_MODES, Mode, Traveller
from transit.routing.reliability import Change, changes_of, transfer_of

START = datetime(2026, 11, 24, 8, tzinfo=UTC)
STOP = Place("Stop", 60.0, 24.0, "Europe/Helsinki", "feed:S")


def ride(mode: Mode, start_min: float, end_min: float) -> Leg:
    at, until = (START + timedelta(minutes=minutes) for minutes in (start_min, end_min))
    return Leg(mode, STOP, STOP, at, until, 0, service=Service("f:t", date(2026, 11, 24), "f:1", "1", "", "", ""))


def change(left: Leg, boarded: Leg, walk_min: float = 0) -> Change:
    walk = replace(ride(Mode.WALK, 0, walk_min), service=None)
    (found,) = changes_of(Itinerary((left, walk, boarded), (Traveller(),)))
    return found


def drawn(delays: DelayDistribution, chooser: random.Random) -> float:
    """A delay, by the definition of the buckets."""
    bucket = chooser.choices(range(len(delays.counts)), delays.counts)[0]
    edges = (-300, *BOUNDS_S, 3600)
    return chooser.uniform(edges[bucket], edges[bucket + 1])


@pytest.mark.parametrize("mode", [Mode.METRO, Mode.BUS, Mode.RAIL, Mode.COACH, Mode.FERRY])
@pytest.mark.parametrize("slack_min", [0, 1.5, 4, 12])
def test_it_is_the_share_of_draws_that_are_there_in_time(mode: Mode, slack_min: float) -> None:
    chooser, tries = random.Random(f"{mode}{slack_min}"), 4000
    held = sum(drawn(PRIORS[mode], chooser) <= slack_min * 60 for _ in range(tries)) / tries
    boarded = ride(Mode.BUS, 12 + slack_min, 30)
    found = transfer_of(change(ride(mode, 0, 10), boarded, 2), boarded, None)
    assert (found.basis, found.slack_s) == (Basis.PRIOR, slack_min * 60)
    assert found.probability == pytest.approx(held, abs=0.03)
    assert found.is_tight == (found.probability < 0.9)


def test_every_mode_has_a_prior() -> None:
    assert PRIORS.keys() == TRANSIT_MODES
    assert {delays.total for delays in PRIORS.values()} == {1000}
    assert {len(delays.counts) for delays in PRIORS.values()} == {len(BOUNDS_S) + 1}


def test_the_spread_stays_around_a_forecast() -> None:
    usually = DelayDistribution((0, 0, 0, 0, 0, 50, 50, 0, 0, 0))  # between 3 and 10 minutes, half of it up to 5
    left, boarded = ride(Mode.BUS, 0, 10), ride(Mode.BUS, 11, 30)
    assert transfer_of(change(left, boarded), boarded, usually).probability == 0
    left = replace(left, real_time=RealTime(Running.UPDATED, START))
    found = transfer_of(change(left, boarded), boarded, usually)
    assert (found.basis, found.probability) == (Basis.HISTORY, 0.6), "six minutes are one more than is usual"


def test_how_late_the_next_one_is_counts_where_it_is_known() -> None:
    usually = DelayDistribution((0, 0, 0, 0, 0, 50, 50, 0, 0, 0))  # half of it up to 5 minutes, all up to 10
    left, boarded = ride(Mode.BUS, 0, 10), ride(Mode.BUS, 15, 30)
    assert transfer_of(change(left, boarded), boarded, usually).probability == 0.5
    # Of the next one, a quarter is early, a quarter up to a minute late, and half five minutes late and more.
    waits = DelayDistribution((1, 0, 1, 0, 0, 0, 2, 0, 0, 0))
    assert transfer_of(change(left, boarded), boarded, usually, waits).probability == 0.75
    known = replace(boarded, real_time=RealTime(Running.UPDATED, START))
    assert transfer_of(change(left, known), known, usually, waits).probability == 0.5, "it is in the times already"
    assert sum(share for share, _ in waits.at_least) == 1


def test_lines_without_exact_times() -> None:
    exact = DelayDistribution((0, 0, 1, 0, 0, 0, 0, 0, 0, 0))
    left, boarded = ride(Mode.TRAM, 0, 10), ride(Mode.TRAM, 13, 30)
    assert transfer_of(change(left, boarded), boarded, exact).probability == 1
    loose = replace(left, headway_s=1200)
    found = transfer_of(change(loose, boarded), boarded, exact)
    assert found.probability == pytest.approx(5 / 8, abs=0.02), "at most 3 of -10 to 10 minutes, less up to one"
    boarded = replace(boarded, headway_s=600)
    assert transfer_of(change(loose, boarded), boarded, exact).basis == Basis.FREQUENT


def test_rides_on_demand_keep_to_their_safe_duration() -> None:
    ordered = Ordering(START, START, None, None, 300, 600, "UTC")
    left, boarded = replace(ride(Mode.TAXI, 0, 10), ordering=ordered), ride(Mode.BUS, 10, 30)
    assert transfer_of(change(left, boarded), boarded, None).probability == 0.95
