"""Bars 1, 2, 3, 4 and 15: one order, and everything that may happen to it.

The schedules, worlds and rules are those of `tests/bookings`, whole instead of sampled. `--one-in K` takes every K-th
of the tasks into which bars 1 to 3 fall, and says so.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import django

import tests.environment  # it sets the environment

os.environ["DJANGO_SETTINGS_MODULE"] = "maas.settings"
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from bars.report import report  # noqa: E402
from tests.bookings import mutations, prices, schedules  # noqa: E402
from tests.bookings.schedules import CLASSES, STORIES, Schedule  # noqa: E402
from tests.bookings.world import FAULTS, World  # noqa: E402
from transit.remote import http  # noqa: E402

SEED = 2026
PAIRED = ("sold", "three sold", "moved on", "by use", "not confirmed", "given back")
"""Stories in which a process dies at every two places."""
PROCESSES = min(4, os.cpu_count() or 1)
LEAST = {1: 700, 2: 6000, 3: 7000, 4: 12, 15: 300}
"""How many schedules a bar has at least; seeded bugs in bar 4."""
FIRST = 1000
"""The number of a task's first world: after those that were made to count calls and places."""
Trials = Iterator[Any]


@dataclass(frozen=True)
class Task:
    """Schedules that belong together. `subject` is where they begin, or the name of a seeded bug."""

    bar: int
    kind: str
    subject: Any


class Worlds:
    """Makes worlds over one database, the wire of the latest in place of the guarded client."""

    def __init__(self, first: int = 0) -> None:
        self._made = first

    def __call__(self, **fields: Any) -> World:
        world = World(number=self._made, **fields)
        self._made += 1
        http.call = world.wire
        return world


def tasks_of_bar_1() -> Iterator[Task]:
    """Deaths and sleeps at every place of every story; deaths once more where calls pass each other the other way."""
    for name in STORIES:
        yield Task(1, "sleeps too", Schedule(name))
    for name in ("sold", "not confirmed", "four sold", "four, not confirmed"):
        yield Task(1, "deaths", Schedule(name, backwards=True))


def tasks_of_bar_2(worlds: Worlds) -> Iterator[Task]:
    """Every fault of every call: of a sale with a death at every place, of the other stories alone."""
    calls = {name: len(schedules.tell(worlds, Schedule(name)).calls) for name in STORIES}
    for name, count in calls.items():
        for capability in CLASSES:
            for call in range(1, count + 1):
                first = Schedule(name, capability)
                faulty = [replace(first, goes_wrong=((call, fault),)) for fault in FAULTS]
                if name == "sold":
                    yield from (Task(2, "deaths", schedule) for schedule in faulty)
                else:
                    yield Task(2, "each", tuple(faulty))


def tasks_of_bar_3(worlds: Worlds) -> Iterator[Task]:
    """All pairs of faults of a sale, for each class; all pairs of deaths in stories of every kind."""
    for capability in CLASSES:
        for call in range(1, 10):
            for fault in FAULTS:
                yield Task(3, "second faults", Schedule("sold", capability, goes_wrong=((call, fault),)))
    for first in (*map(Schedule, PAIRED), Schedule("sold", backwards=True)):
        for place in range(1, len(schedules.tell(worlds, first).places) + 1):
            yield Task(3, "second deaths", replace(first, stops=(place,)))


def tasks_of_bar_4() -> Iterator[Task]:
    """Every seeded bug."""
    yield from (Task(4, "bug", name) for name in mutations.MUTATIONS)


def tasks_of_bar_15() -> Iterator[Task]:
    """Every change of a price with every answer; with a death at every fourth place."""
    for case in prices.EVERY:
        stops = ((), *((place,) for place in range(2, 60, 4)))
        yield Task(15, "prices", tuple(replace(case, stops=each) for each in stops))


def trials(task: Task) -> Trials:
    """The task's schedules, one after the other; each raises Violation."""
    worlds = Worlds(FIRST)

    def tell(schedule: Schedule) -> World:
        return schedules.tell(worlds, schedule)

    kinds: dict[str, Callable[[], Trials]] = {
        "sleeps too": lambda: schedules.crashes(tell, task.subject, sleeps=True),
        "deaths": lambda: schedules.crashes(tell, task.subject),
        "each": lambda: (tell(schedule) for schedule in task.subject),
        "second faults": lambda: schedules.fault_pairs(tell, task.subject),
        "second deaths": lambda: schedules.crash_pairs(tell, task.subject),
        "prices": lambda: (prices.tell(worlds, case) for case in task.subject),
        "bug": lambda: _bug(worlds, task.subject),
    }
    return kinds[task.kind]()


def _bug(worlds: Worlds, name: str) -> Trials:
    mutation = mutations.MUTATIONS[name]
    rule = mutations.kill(worlds, mutation)
    if not rule:
        raise AssertionError(f"{name}: survives bar {mutation.bar}")
    sys.stderr.write(f"  {name}: killed by bar {mutation.bar} ({rule})\n")
    yield name


def carry_out(task: Task) -> tuple[int, int, list[str]]:
    """The bar, how many schedules were told, and what was wrong. A process of its own, its database a copy."""
    told, wrong = 0, list[str]()
    try:
        for _ in trials(task):
            told += 1
    except Exception as error:  # noqa: BLE001 - whatever is wrong with it
        wrong.append(f"{type(error).__name__}: {error}")
    return task.bar, told, wrong


def main() -> bool:
    """All bars; each leaves its line. Whether all are passed."""
    one_in = int(sys.argv[sys.argv.index("--one-in") + 1]) if "--one-in" in sys.argv else 1
    connection.creation.create_test_db(verbosity=0)
    settings.DEBUG = False  # every statement would be kept, and asked for once more as it was sent
    assert tests.environment.SCRATCH
    told: dict[int, int] = defaultdict(int)
    wrong: dict[int, list[str]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as keys:
        settings.TICKET_KEYS_DIR = Path(keys)
        worlds = Worlds()
        several = [*tasks_of_bar_1(), *tasks_of_bar_2(worlds), *tasks_of_bar_3(worlds)]
        chosen = [*several[::one_in], *tasks_of_bar_4(), *tasks_of_bar_15()]
        random.Random(SEED).shuffle(chosen)  # so that all bars come on evenly
        # Forked, one for each task: each has the empty database that was made here for itself.
        with multiprocessing.get_context("fork").Pool(PROCESSES, maxtasksperchild=1) as pool:
            for done, (bar, count, found) in enumerate(pool.imap_unordered(carry_out, chosen, chunksize=1), 1):
                told[bar] += count
                wrong[bar] += found
                sys.stderr.writelines(f"  bar {bar}: {each}\n" for each in found)
                if done % 20 == 0:
                    so_far = ", ".join(f"bar {each}: {told[each]} ({len(wrong[each])} wrong)" for each in sorted(told))
                    sys.stderr.write(f"  {done} of {len(chosen)} tasks; {so_far}\n")
    outcomes = [_report(bar, told[bar], wrong[bar], one_in) for bar in LEAST]
    return all(outcomes)


def _report(bar: int, count: int, wrong: list[str], one_in: int) -> bool:
    part = f" (one in {one_in})" if one_in > 1 and bar < 4 else ""
    least = LEAST[bar] // (one_in if part else 1)
    failures = [*wrong, *([f"only {count} of {least}"] if count < least * 0.9 ** bool(part) else [])]
    what = "seeded bugs killed" if bar == 4 else "schedules"
    return report(bar, failures, f"{count} {what}{part}, {len(wrong)} violations", f"{least}, 0", SEED)


if __name__ == "__main__":
    sys.exit(not main())
