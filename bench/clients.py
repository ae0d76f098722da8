"""`/api/v1/plan` on `rnv` with two web processes and fifty clients, each of which asks again once it has its answer.

Printed: answers a second, how long they take, and how much of the processes' time kernels have. The peer in the same
run is one client alone. Whoever asks runs on the same two cores; what that takes is printed too.
"""

from __future__ import annotations

import http.client
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from threading import Thread
from time import perf_counter, process_time
from types import ModuleType
from typing import Any, NamedTuple

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maas.settings")
django.setup()

from numba.core.registry import CPUDispatcher  # noqa: E402

from bench.networks import DATA  # noqa: E402
from bench.plan import CITY, queries_on  # noqa: E402
from bench.site import Server, Site  # noqa: E402
from bench.web import ask  # noqa: E402
from maas.sandbox.feeds import redate  # noqa: E402
from transit.journeys.engine import Engine  # noqa: E402
from transit.journeys.planning import planned  # noqa: E402
from transit.network.store import open_network  # noqa: E402
from transit.routing import planner  # noqa: E402
from transit.routing.query import Query  # noqa: E402

WORKERS, CLIENTS, EACH, RUNS = 2, 50, 40, 3


class Rush(NamedTuple):
    """What so many clients saw: answers a second, milliseconds (median, 99 of 100), and processor seconds of each
    answer, here and in the web processes.
    """

    rate: float
    usual_ms: float
    slow_ms: float
    asking_ms: float
    answering_ms: float


def main() -> None:
    """Print figures."""
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory(prefix="maas-bench-") as scratch:
        feed = Path(scratch) / f"{CITY}.zip"
        feed.write_bytes(redate(DATA / CITY / f"{CITY}.zip", now.date()))
        site = Site(Path(scratch) / "site")
        site.build([feed, DATA / CITY / f"{CITY}.osm.pbf"], CITY)
        planner.warm()
        engine = Engine(open_network(site.network))
        queries = queries_on(engine.network, (now + timedelta(1)).date())
        kernels_ms = _in_kernels_ms(lambda: [planned(engine, query, now) for query in queries]) / len(queries)
        with site.served(WORKERS) as server:
            _rush(server, queries, 2 * WORKERS)
            alone, many = ([_rush(server, queries, clients) for _ in range(RUNS)] for clients in (1, CLIENTS))
    one, all_ = (Rush(*map(median, zip(*runs, strict=True))) for runs in (alone, many))
    say = sys.stdout.write
    say(f"clients: /api/v1/plan of {CITY}, range of two hours, {WORKERS} web processes\n")
    for clients, rush in ((1, one), (CLIENTS, all_)):
        say(f"  {clients:2} clients {rush.rate:7.0f} answers a second, median {rush.usual_ms:.0f} ms,")
        say(f" 99 of 100 within {rush.slow_ms:.0f} ms\n")
    say(f"  {all_.rate / one.rate:.2f} times as many answers as one client gets\n")
    say(f"  processor time of an answer {all_.answering_ms:.1f} ms, {kernels_ms:.1f} of it in kernels")
    say(f" ({kernels_ms / all_.answering_ms:.0%}); to ask takes {all_.asking_ms:.1f} ms more\n")


def _rush(server: Server, queries: Sequence[Query], clients: int) -> Rush:
    """What clients in a process of their own see."""
    mine, theirs = get_context("fork").Pipe(duplex=False)
    process = get_context("fork").Process(target=_ask_all, args=(theirs, server, queries, clients))
    before = _used_s(server)
    process.start()
    times, wall_s, asking_s = mine.recv()
    process.join()
    if len(times) != clients * EACH:
        sys.exit(f"clients: {clients * EACH - len(times)} questions had no answer")
    answering_s = _used_s(server) - before
    slow = sorted(times)[int(len(times) * 0.99)]
    of_each_ms = 1e3 / len(times)
    return Rush(len(times) / wall_s, median(times) * 1e3, slow * 1e3, asking_s * of_each_ms, answering_s * of_each_ms)


def _ask_all(answers: Any, server: Server, queries: Sequence[Query], clients: int) -> None:
    """Every client in a thread, on one connection; each begins at another question."""
    times: list[float] = []

    def work(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        for i in range(EACH):
            began = perf_counter()
            ask(connection, queries[(number * EACH + i) % len(queries)])
            times.append(perf_counter() - began)

    threads = [Thread(target=work, args=(number,)) for number in range(clients)]
    began, used = perf_counter(), process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers.send((times, perf_counter() - began, process_time() - used))


def _used_s(server: Server) -> float:
    """Processor time of the web processes until now."""
    ticks = 0
    for worker in server.workers:
        fields = Path(f"/proc/{worker}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _in_kernels_ms(work: Callable[[], Any]) -> float:
    """How long compiled code runs in it, second time."""
    work()
    with _timed_kernels() as spent:
        work()
    return sum(spent) * 1e3


@contextmanager
def _timed_kernels() -> Iterator[list[float]]:
    """The seconds of every call from Python into a kernel."""
    spent: list[float] = []

    def timed(kernel: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            began = perf_counter()
            try:
                return kernel(*arguments)
            finally:
                spent.append(perf_counter() - began)

        return call

    found = list(_kernels())
    for module, name, kernel in found:
        setattr(module, name, timed(kernel))
    try:
        yield spent
    finally:
        for module, name, kernel in found:
            setattr(module, name, kernel)


def _kernels() -> Iterator[tuple[ModuleType, str, CPUDispatcher]]:
    """Where our Python names a kernel; kernels among themselves are compiled into one."""
    for path, module in list(sys.modules.items()):
        if path.startswith("transit.") and not path.startswith("transit.routing.kernels"):
            for name, value in list(vars(module).items()):
                if isinstance(value, CPUDispatcher):
                    yield module, name, value


if __name__ == "__main__":
    main()
