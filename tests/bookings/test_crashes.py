"""Short forms of bars 1 to 4 and 15: deaths, faults, seeded bugs, prices. `make bars BARS=transaction` is the whole.

A place is every commit of the runner, and the moment before and after every call over the wire. At each place all
safety rules are checked, at the end all rules of rest; nothing that passes may cost the resident the journey.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import connection

from tests.bookings import mutations, prices, schedules
from tests.bookings.schedules import STORIES, Schedule
from tests.bookings.world import World

pytestmark = [pytest.mark.db, pytest.mark.exhaustive]
NewWorld = Callable[..., World]
SEED = 2026
ON_SQLITE = connection.vendor == "sqlite"
DEATHS, SAMPLE = (6, 15) if ON_SQLITE else (3, 5)
BACKWARDS = [(name, False) for name in STORIES] + [("sold", True), ("not confirmed", True)]


@pytest.mark.parametrize(("name", "backwards"), BACKWARDS)
def test_a_process_may_die_anywhere(new_world: NewWorld, name: str, backwards: bool) -> None:
    """Calls that are under way at once pass each other at every place, in one order and in the other."""
    schedule = Schedule(name, backwards=backwards)
    places = len(schedules.tell(new_world, schedule).places)
    assert places >= STORIES[name].places, "fewer places than an honest enumeration has"
    for place in random.Random(f"{SEED} {name}").sample(range(1, places + 1), DEATHS):
        schedules.tell(new_world, replace(schedule, stops=(place,)))
    schedules.tell(new_world, replace(schedule, sleeps_at=places // 2))


@pytest.mark.parametrize("seed", range(SEED, SEED + 6))
def test_faults_and_deaths_together(new_world: NewWorld, seed: int) -> None:
    for schedule in schedules.sample(seed, SAMPLE):
        schedules.tell(new_world, schedule)


def test_two_faults_cost_no_journey_where_each_is_waited_for(new_world: NewWorld) -> None:
    """Once seen: two lost holds at an operator that is searched by our reference took longer than a hold might."""
    schedules.tell(new_world, Schedule("sold", "C", goes_wrong=((2, "broken"), (9, "broken"))))


@pytest.mark.skipif(not ON_SQLITE, reason="whether a bug is seen does not depend on the database")
@pytest.mark.parametrize("name", mutations.MUTATIONS)
@pytest.mark.no_ledger_check
def test_a_seeded_bug_is_seen(new_world: NewWorld, name: str) -> None:
    assert mutations.kill(new_world, mutations.MUTATIONS[name])


@pytest.mark.parametrize("change", prices.CHANGES)
def test_nobody_pays_more_than_they_agreed_to(new_world: NewWorld, change: str) -> None:
    for case in prices.EVERY:
        if case.change == change:
            prices.tell(new_world, case)


def test_holds_are_under_way_at_once(new_world: NewWorld) -> None:
    """The enumeration would be worth little if it ran one call after the other."""
    world = new_world()
    world.run(until=lambda order: order.state != "HOLDING")
    assert world.places[:2] == ["planned", "called"]
    assert "operator sent" in world.places[: world.places.index("recorded")]
