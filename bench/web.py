"""A web process with `rnv`: start to first answer, what HTTP adds to a search, and what it holds in memory.

The feed is moved to the running week by the sandbox, imported and published by the real commands, and served by one
real worker. The same searches run here and over HTTP in turn.
"""

from __future__ import annotations

import http.client
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from threading import Thread
from time import perf_counter
from urllib.parse import urlencode

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maas.settings")
django.setup()

from bench.networks import DATA  # noqa: E402
from bench.plan import CITY, RUNS, queries_on  # noqa: E402
from bench.site import Server, Site, resident_mib  # noqa: E402
from maas.sandbox.feeds import redate  # noqa: E402
from transit.journeys.engine import Engine  # noqa: E402
from transit.journeys.planning import planned  # noqa: E402
from transit.network.store import open_network  # noqa: E402
from transit.routing import planner  # noqa: E402
from transit.routing.query import Query  # noqa: E402

QUERIES = 150
BAR_START_S, BAR_MORE_MS, BAR_MIB = 3.0, 10.0, 350.0


def main() -> None:
    """Print figures; fail above a bar."""
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory(prefix="maas-bench-") as scratch:
        feed = Path(scratch) / f"{CITY}.zip"
        feed.write_bytes(redate(DATA / CITY / f"{CITY}.zip", now.date()))
        site = Site(Path(scratch) / "site")
        site.build([feed, DATA / CITY / f"{CITY}.osm.pbf"], CITY)
        planner.warm()
        engine = Engine(open_network(site.network))
        queries = queries_on(engine.network, (now + timedelta(1)).date())[:QUERIES]
        starts = [_start_s(site, queries[0]) for _ in range(3)]
        with site.served() as server:
            inside, outside = _compared(engine, queries, server, now)
            one, two = (_throughput(server, queries, many) for many in (1, 2))
            own, mapped = resident_mib(server.workers[0])
    more_ms = median(outside) - median(inside)
    figures = [
        ("start to first answer, s (median)", median(starts), BAR_START_S),
        ("over HTTP, ms more than the search (median)", more_ms, BAR_MORE_MS),
        ("memory beyond mapped files, MiB", own, BAR_MIB),
    ]
    for what, figure, bar in figures:
        sys.stdout.write(f"{what:52} {figure:9.1f}  (at most {bar:.0f})\n")
    served = [late - early for early, late in zip(inside, outside, strict=True)]
    sys.stdout.write(f"{'  HTTP more, slowest twentieth, ms':52} {sorted(served)[-len(served) // 20]:9.1f}\n")
    sys.stdout.write(f"{'  mapped files in memory, MiB':52} {mapped:9.1f}\n")
    sys.stdout.write(f"{'  one client, answers a second':52} {one:9.0f}\n")
    sys.stdout.write(f"{'  two clients, answers a second':52} {two:9.0f}  ({two / one:.2f} x)\n")
    if any(figure > bar for _, figure, bar in figures):
        sys.exit("web: a figure is above its bar")


def _start_s(site: Site, query: Query) -> float:
    """From the command to the first answer of a search; the kernels are compiled already."""
    with site.served() as server:
        ask(http.client.HTTPConnection("127.0.0.1", server.port), query)
        return perf_counter() - server.started_at


def _compared(
    engine: Engine, queries: Sequence[Query], server: Server, now: datetime
) -> tuple[list[float], list[float]]:
    """Milliseconds of each search here and over HTTP: medians of RUNS runs. Only searches that find a ride count."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    inside: list[float] = []
    outside: list[float] = []
    for query in queries:
        found = planned(engine, query, now)
        answer = ask(connection, query)
        if len(answer["itineraries"]) != len(found):
            sys.exit("web: the server finds other journeys")
        if not any(itinerary.vehicles for itinerary in found):
            continue
        pairs = []
        for _ in range(RUNS):
            began = perf_counter()
            planned(engine, query, now)
            between = perf_counter()
            ask(connection, query)
            pairs.append((between - began, perf_counter() - between))
        inside.append(median(pair[0] for pair in pairs) * 1e3)
        outside.append(median(pair[1] for pair in pairs) * 1e3)
    return inside, outside


def ask(connection: http.client.HTTPConnection, query: Query) -> dict[str, list[object]]:
    """The answer of the API. Raises RuntimeError."""
    asked = {
        "from": f"{query.origin.lat!r},{query.origin.lon!r}",
        "to": f"{query.destination.lat!r},{query.destination.lon!r}",
        "time": query.time_at.isoformat(),
        "window": query.window_s,
        "max_walk": query.max_walk_s,
    }
    connection.request("GET", f"/api/v1/plan?{urlencode(asked)}")
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != http.client.OK:
        raise RuntimeError(f"{answer.status}: {body[:200]!r}")
    found: dict[str, list[object]] = json.loads(body)
    return found


def _throughput(server: Server, queries: Sequence[Query], clients: int) -> float:
    """Answers a second, each client on a connection of its own."""

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        for query in queries:
            ask(connection, query)

    workers = [Thread(target=work) for _ in range(clients)]
    began = perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return clients * len(queries) / (perf_counter() - began)


if __name__ == "__main__":
    main()
