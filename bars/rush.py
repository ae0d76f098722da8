"""Bar 11: a thousand buyers of a hundred seats on two departures, named in any order, from several processes at once.

With the order of the locks left to chance, the same rush ends in deadlocks.
"""

from __future__ import annotations

import multiprocessing
import random
import sys
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import django

from bars import world

assert world.SCRATCH
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import DatabaseError, connection  # noqa: E402
from django.db.models import F  # noqa: E402

from bars.databases import give, run_on  # noqa: E402
from bars.report import report  # noqa: E402
from bookings import capacity  # noqa: E402
from bookings.models import Capacity, Reservation  # noqa: E402
from bookings.operators.hosted import reservations  # noqa: E402
from bookings.operators.hosted.reservations import Departure, Wanted  # noqa: E402
from transit.money import Money  # noqa: E402

SEED, SEATS, LONGEST_S = 2026, 100, 3.0
PROCESSES, THREADS = 4, 8
KEYS = ("bus:1-0@2026-12-01", "sea:F-0@2026-12-01")


def take_in_any_order(seats: Mapping[int, int]) -> None:
    """The guard off: as `capacity.take`, but who comes first locks what it names first."""
    for pk, count in random.sample(sorted(seats.items()), len(seats)):
        if not Capacity.objects.filter(pk=pk, taken__lte=F("cap") - count).update(taken=F("taken") + count):
            raise capacity.SoldOut(pk)
        time.sleep(0.005)


def buy(number: int) -> tuple[str, float]:
    """One buyer: what came of it, and how long it took."""
    now = datetime.now(UTC)
    keys = random.Random(SEED + number).sample(KEYS, 2)
    departures = [Departure(key, 1, SEATS) for key in keys]
    wanted = Wanted("coast", Money(700, "EUR"), now + timedelta(days=1), now + timedelta(hours=1), departures, {})
    began = time.monotonic()
    try:
        outcome = reservations.hold("self", uuid4(), wanted, now).state
    except capacity.SoldOut:
        outcome = "sold out"
    except DatabaseError as error:
        outcome = str(error).strip().splitlines()[0]
    return outcome, time.monotonic() - began


def crowd(numbers: list[int]) -> list[tuple[str, float]]:
    """A process full of buyers."""
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(buy, numbers))


def trial(buyers: int, unguarded: bool) -> None:
    """The rush, in this process' database."""
    call_command("migrate", verbosity=0)
    for key in KEYS:
        capacity.get_capacity("coast", key, SEATS)
    connection.close()
    if unguarded:
        capacity.take = take_in_any_order
    shares = [list(range(first, buyers, PROCESSES)) for first in range(PROCESSES)]
    with multiprocessing.get_context("fork").Pool(PROCESSES) as pool:
        found = [each for share in pool.map(crowd, shares, chunksize=1) for each in share]
    outcomes = Counter(outcome for outcome, _ in found)
    p99 = sorted(took for _, took in found)[int(len(found) * 0.99) - 1]
    taken = sorted(Capacity.objects.values_list("taken", flat=True))
    failures = [] if outcomes == {"HELD": SEATS, "sold out": buyers - SEATS} else [f"{dict(outcomes)}"]
    failures += [] if taken == [SEATS, SEATS] == [Reservation.objects.count()] * 2 else [f"{taken} are taken"]
    failures += [f"99 of 100 waited {p99:.1f} s"] if p99 > LONGEST_S else []
    give(f"{outcomes['HELD']} of {buyers} hold a seat, p99 {p99:.2f} s", failures, dead=outcomes["deadlock detected"])


def bar_11(buyers: int = 1000) -> bool:
    """Whether the bar is passed."""
    given = run_on("postgresql", "bars.rush", "--trial", f"{buyers}")
    unguarded = run_on("postgresql", "bars.rush", "--unguarded", f"{buyers // 4}")
    dead = unguarded.get("dead", 0)
    failures = given["failures"] + ([] if dead else ["locks in any order do no harm either"])
    value = f"{given['value']}, {given.get('dead')} deadlocks; guard off: {dead} deadlocks"
    return report(11, failures, value, f"{SEATS} seats, 0 deadlocks, p99 {LONGEST_S:.0f} s", SEED)


def main() -> bool:
    """A trial, or the bar."""
    for word in ("--trial", "--unguarded"):
        if word in sys.argv:
            trial(int(sys.argv[sys.argv.index(word) + 1]), word == "--unguarded")
            return True
    return bar_11()


if __name__ == "__main__":
    sys.exit(not main())
