"""Door to door: random coordinates on the streets of `rnv`, departures over two hours, Friday 2016-11-04."""

from __future__ import annotations

import os
import random
import sys
from datetime import UTC, date, datetime
from statistics import median
from time import perf_counter

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maas.settings")
django.setup()

from bench.networks import network_of  # noqa: E402
from transit.journeys.engine import Engine  # noqa: E402
from transit.journeys.planning import planned  # noqa: E402
from transit.network.store import Network  # noqa: E402
from transit.routing import planner  # noqa: E402
from transit.routing.query import Location, Query  # noqa: E402
from transit.routing.window import service_day_start  # noqa: E402

CITY, DAY, ZONE = "rnv", date(2016, 11, 4), "Europe/Berlin"
QUERIES, BAR_MS = 300, 40.0


def main() -> None:
    """Print medians; fail above the bar."""
    started = perf_counter()
    network = network_of(CITY)
    opened = perf_counter()
    network = network_of(CITY)
    opened_ms = (perf_counter() - opened) * 1e3
    planner.warm()
    engine = Engine(network)
    queries = _queries(network)
    first = perf_counter()
    planned(engine, queries[0], queries[0].time_at)
    first_ms = (perf_counter() - first) * 1e3
    times, journeys = [], []
    for query in queries:
        began = perf_counter()
        found = planned(engine, query, query.time_at)
        times.append((perf_counter() - began) * 1e3)
        journeys.append(sum(itinerary.vehicles > 0 for itinerary in found))
    served = [time for time, count in zip(times, journeys, strict=True) if count]
    print(f"plan: {CITY} on {DAY}, {QUERIES} random pairs of crossings, range of two hours")
    print(f"  network built or found           {(opened - started) * 1e3:8.1f} ms")
    print(f"  sources hashed, network opened   {opened_ms:8.1f} ms")
    print(f"  first query after warming        {first_ms:8.1f} ms")
    print(f"  door to door                     {median(times):8.1f} ms median (bar {BAR_MS:.0f})")
    print(f"  of these with vehicles           {median(served):8.1f} ms median ({len(served)} queries)")
    print(f"  slowest twentieth                {sorted(times)[-QUERIES // 20]:8.1f} ms")
    if max(median(times), median(served)) > BAR_MS:
        sys.exit("plan: above the bar")


def _queries(network: Network) -> list[Query]:
    """Pairs of crossings anywhere in the extract, at any minute between 6:00 and 20:00."""
    chooser = random.Random(20161104)
    midnight_at = service_day_start(DAY.toordinal(), ZONE)
    lat, lon = network.streets.node_lat, network.streets.node_lon

    def anywhere() -> Location:
        node = chooser.randrange(len(lat))
        return Location(float(lat[node]), float(lon[node]))

    def at() -> datetime:
        return datetime.fromtimestamp(midnight_at + 60 * chooser.randrange(6 * 60, 20 * 60), UTC)

    return [Query(anywhere(), anywhere(), at()) for _ in range(QUERIES)]


if __name__ == "__main__":
    main()
