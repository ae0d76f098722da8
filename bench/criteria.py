"""All six criteria beside the usual three: pages of two hours between random places of `tampere`, which has fares.

The three are departure, arrival and vehicles; price, CO2 and walking come on top. Both times are those of a whole page,
from the query to priced itineraries: of all rides of the two hours, and of the first six, as the results page shows.
"""

from __future__ import annotations

import os
import random
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from statistics import median
from time import perf_counter

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maas.settings")
django.setup()

import numpy as np  # noqa: E402

from bench.networks import network_of  # noqa: E402
from transit.journeys.engine import Engine  # noqa: E402
from transit.journeys.planning import Page, page_of  # noqa: E402
from transit.routing import planner  # noqa: E402
from transit.routing.query import Criterion, Location, Query  # noqa: E402
from transit.routing.window import service_day_start  # noqa: E402

CITY, DAY, ZONE = "tampere", date(2022, 1, 12), "Europe/Helsinki"
QUERIES, RUNS, SHOWN = 100, 3, 6
NEAR_DEGREES = 0.001
BAR = 5.0


def main() -> None:
    """Print medians and 95th percentiles; fail above the bar."""
    engine = Engine(network_of(CITY))
    planner.warm()
    queries = queries_on(engine)
    print(f"criteria: {CITY} on {DAY}, {QUERIES} random pairs of places with rides, pages of two hours")
    failed = False
    for what, at_most in (("all rides", None), (f"the first {SHOWN} rides", SHOWN)):
        three, six = _median_ms(engine, queries, at_most)
        more = median(len(_page(engine, query, at_most).itineraries) for query in queries)
        print(f"  {what}: {more:.0f} itineraries with all six")
        for name, times in (("three criteria", three), ("all six", six)):
            print(f"    {name:20} median {median(times):7.1f} ms, 95 % within {_high(times):7.1f} ms")
        ratio = median(six) / median(three)
        print(f"    {'ratio of medians':20} {ratio:7.2f}  (at most {BAR:.0f})")
        failed |= ratio > BAR
    if failed:
        sys.exit("criteria: above the bar")


def queries_on(engine: Engine) -> list[Query]:
    """Places near random stops that are served, at minutes between 7:00 and 18:00, between which something runs."""
    chooser = random.Random(20220112)
    midnight_at = service_day_start(DAY.toordinal(), ZONE)
    stops, timetable = engine.network.stops, engine.day_at(_instant(midnight_at + 43200)).timetable
    served = np.flatnonzero(np.diff(timetable.stop_pattern_start.astype(np.int64))).tolist()

    def near() -> Location:
        stop = chooser.choice(served)
        return Location(float(stops.lat[stop]) + NEAR_DEGREES, float(stops.lon[stop]))

    found: list[Query] = []
    while len(found) < QUERIES:
        at = _instant(midnight_at + 60 * chooser.randrange(7 * 60, 18 * 60))
        query = Query(near(), near(), at, criteria=frozenset(Criterion))
        if sum(each.vehicles > 0 for each in page_of(engine, replace(query, criteria=frozenset()), at).itineraries) > 3:
            found.append(query)
    return found


def _median_ms(engine: Engine, queries: list[Query], at_most: int | None) -> tuple[list[float], list[float]]:
    """Of each query the median milliseconds with three criteria and with all six, in turn."""
    usual = [replace(query, criteria=frozenset()) for query in queries]
    for query in queries[:10]:
        _page(engine, query, at_most)
    runs = [
        [(_ms(engine, a, at_most), _ms(engine, b, at_most)) for a, b in zip(usual, queries, strict=True)]
        for _ in range(RUNS)
    ]
    three, six = ([median(run[i][which] for run in runs) for i in range(len(queries))] for which in (0, 1))
    return three, six


def _ms(engine: Engine, query: Query, at_most: int | None) -> float:
    began = perf_counter()
    _page(engine, query, at_most)
    return (perf_counter() - began) * 1e3


def _page(engine: Engine, query: Query, at_most: int | None) -> Page:
    """As if it were the moment asked for."""
    return page_of(engine, query, query.time_at, None, at_most)


def _high(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def _instant(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)


if __name__ == "__main__":
    main()
