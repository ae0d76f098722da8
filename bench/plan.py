"""Door to door: random coordinates on the streets of `rnv`, range of two hours, 15 minutes' walk; two threads.

Friday 2016-11-04, departures from 6:00 to 20:00. A second thread is worth what the kernels leave of the interpreter's
lock, and what the machine has left of its second core: two processes at the same time show the latter.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from multiprocessing import get_context
from statistics import median
from threading import Thread
from time import perf_counter
from typing import Protocol

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maas.settings")
django.setup()

from bench.networks import network_of  # noqa: E402
from maas import garbage  # noqa: E402
from transit.journeys.engine import Engine  # noqa: E402
from transit.journeys.planning import planned  # noqa: E402
from transit.network.store import Network  # noqa: E402
from transit.routing import planner  # noqa: E402
from transit.routing.itinerary import Itinerary  # noqa: E402
from transit.routing.query import Location, Query  # noqa: E402
from transit.routing.window import service_day_start  # noqa: E402

CITY, DAY, ZONE = "rnv", date(2016, 11, 4), "Europe/Berlin"
QUERIES, RUNS, WALK_S = 300, 5, 900
BAR_MS, BAR_SLOW_MS, BAR_THREADS = 12.0, 40.0, 1.7


def main() -> None:
    """Print medians; fail above a bar."""
    network = network_of(CITY)
    planner.warm()
    engine = Engine(network)
    queries = queries_on(network, DAY)
    began = perf_counter()
    search(engine, queries[0])
    first_ms = (perf_counter() - began) * 1e3
    for query in queries:
        search(engine, query)
    garbage.settle()  # as a web process does when it has warmed up
    runs = [[_timed(engine, query) for query in queries] for _ in range(RUNS)]
    times = [median(run[i][0] for run in runs) for i in range(QUERIES)]
    served = [time for time, (_, found) in zip(times, runs[0], strict=True) if any(each.vehicles for each in found)]
    slow = sorted(times)[int(QUERIES * 0.95)]
    one, two, apart = _throughputs(engine, queries)
    say = sys.stdout.write
    walk = f"range of two hours, {WALK_S // 60} minutes' walk"
    say(f"plan: {CITY} on {DAY}, {QUERIES} random pairs of crossings, {walk}\n")
    say(f"  first query after warming        {first_ms:8.1f} ms\n")
    say(f"  door to door, median             {median(times):8.1f} ms  (at most {BAR_MS:.0f})\n")
    say(f"  of these with vehicles           {median(served):8.1f} ms  ({len(served)} queries, at most {BAR_MS:.0f})\n")
    say(f"  95 % are quicker than            {slow:8.1f} ms  (at most {BAR_SLOW_MS:.0f})\n")
    say(f"  one thread                       {one:8.0f} queries a second\n")
    say(f"  two threads                      {two:8.0f} queries a second, {two / one:.2f} x")
    say(f"  (at least {BAR_THREADS})\n")
    say(f"  two processes, for comparison    {apart:8.0f} queries a second, {apart / one:.2f} x\n")
    if max(median(times), median(served)) > BAR_MS or slow > BAR_SLOW_MS or two < BAR_THREADS * one:
        sys.exit("plan: a bar is not kept")


def queries_on(network: Network, day: date) -> list[Query]:
    """Pairs of crossings anywhere in the extract, at any minute between 6:00 and 20:00."""
    chooser = random.Random(20161104)
    midnight_at = service_day_start(day.toordinal(), ZONE)
    lat, lon = network.streets.node_lat, network.streets.node_lon

    def anywhere() -> Location:
        node = chooser.randrange(len(lat))
        return Location(float(lat[node]), float(lon[node]))

    def at() -> datetime:
        return datetime.fromtimestamp(midnight_at + 60 * chooser.randrange(6 * 60, 20 * 60), UTC)

    return [Query(anywhere(), anywhere(), at(), max_walk_s=WALK_S) for _ in range(QUERIES)]


def search(engine: Engine, query: Query) -> list[Itinerary]:
    """The itineraries, as if it were the moment asked for."""
    return planned(engine, query, query.time_at)


def _timed(engine: Engine, query: Query) -> tuple[float, list[Itinerary]]:
    """Milliseconds and what was found."""
    began = perf_counter()
    found = search(engine, query)
    return (perf_counter() - began) * 1e3, found


def _throughputs(engine: Engine, queries: Sequence[Query]) -> tuple[float, float, float]:
    """Queries a second of one thread, of two and of two processes, in turn so that all see the same machine."""

    def work() -> None:
        for query in queries:
            search(engine, query)

    context = get_context("fork")
    ways: list[tuple[int, Callable[[], float]]] = [
        (1, lambda: _seconds([Thread(target=work)])),
        (2, lambda: _seconds([Thread(target=work) for _ in range(2)])),
        (2, lambda: _seconds([context.Process(target=work) for _ in range(2)])),
    ]
    runs = [[many * len(queries) / seconds() for many, seconds in ways] for _ in range(RUNS)]
    one, two, apart = (median(run[i] for run in runs) for i in range(3))
    return one, two, apart


class _Worker(Protocol):
    """A thread or a process."""

    def start(self) -> None: ...
    def join(self) -> None: ...


def _seconds(workers: Sequence[_Worker]) -> float:
    """How long they take together."""
    began = perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return perf_counter() - began


if __name__ == "__main__":
    main()
