"""Bars 30 and 18: how many orders of three bookings a second, and how long the database is locked for them.

Real processes on one machine: site, workers, queue, database, and others that answer after 50 ms. Orders come from
buyers who each pay on a page. The ratio to the commits that the bare database does in the same run says how fast the
machine is; the length of every outermost transaction is measured in all processes.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bars.databases import ENGINES, give, run_on
from bars.report import report

SEED, DELAY_MS = 2026, 50
LEAST = {"postgresql": (10.0, 2.0), "sqlite": (5.0, 3.0)}
"""Orders a second, and the seconds within which 95 of 100 are sold."""
LONGEST_LOCK_MS = 50.0
COMMITS = 300


def commits_a_second() -> float:
    """One small row a transaction, over one connection."""
    from django.db import transaction  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from bookings.models import IdempotencyRecord  # noqa: PLC0415 - it needs the environment of a trial

    now, began = timezone.now(), time.perf_counter()
    for number in range(COMMITS):
        with transaction.atomic():
            IdempotencyRecord.objects.create(principal="bare", key=f"{number}", request_sha256="0" * 64, created_at=now)
    IdempotencyRecord.objects.filter(principal="bare").delete()
    return COMMITS / (time.perf_counter() - began)


def percentile(values: list[float], share: float) -> float:
    """The value that a share of all does not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def cpu_s(pid: int) -> float:
    """The processor time of a process and all that it has started, as far as these run or were waited for (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    own = sum(int(each) for each in fields[11:15]) / os.sysconf("SC_CLK_TCK")
    children = Path(f"/proc/{pid}/task").glob("*/children")
    return own + sum(cpu_s(int(child)) for path in children for child in path.read_text().split())


def trial(orders: int) -> None:
    """In this process' database."""
    from bars import stage, truth  # noqa: PLC0415 - they need the environment of a trial

    engine = "postgresql" if os.environ.get("BARS_DATABASE_URL") else "sqlite"
    locks = Path(tempfile.mkdtemp(prefix="maas-locks-"))
    with stage.staged(delay_ms=DELAY_MS, BARS_LOCKS=f"{locks}") as scene:
        for number in range(2 if engine == "postgresql" else 1):
            scene.work(threads=4, beat=number == 0)
        stage.offers(scene, 1)[0][0].told.state  # noqa: B018 - everything has been loaded once
        bare = commits_a_second()
        buyers = stage.offers(scene, orders, first=100)
        for path in locks.iterdir():
            path.write_text("")
        before, buying = {name: cpu_s(pid) for name, pid in scene.pids().items()}, time.process_time()
        at_once = int(os.environ.get("BARS_BUYERS_AT_ONCE", "16"))
        began = time.monotonic()
        with ThreadPoolExecutor(at_once) as pool:
            told = list(pool.map(lambda pair: pair[0].buy(pair[1], every_s=0.4), buyers))
        rate = len(told) / (time.monotonic() - began)
        used = {name: (cpu_s(pid) - before[name]) / orders for name, pid in scene.pids().items()}
        used["buyers"] = (time.process_time() - buying) / orders
        failures = truth.everything(scene)
    held = [float(line) for path in locks.iterdir() for line in path.read_text().split()]
    outcomes = Counter(each.state for each in told)
    failures += [f"{dict(outcomes)}"] if outcomes != {"COMPLETED": orders} else []
    p95 = percentile([each.took_s for each in told], 0.95)
    value = f"{rate:.1f} orders/s, p95 {p95:.1f} s, {rate / bare:.4f} of {bare:.0f} commits/s"
    shares = ", ".join(f"{name} {seconds:.3f}" for name, seconds in used.items())
    value += f", {sum(used.values()):.3f} s of processors an order ({shares})"
    p99 = percentile(held, 0.99)
    value += f", {sum(len(each.statuses) for each in told) / orders:.1f} requests an order"
    give(value, failures[:20], rate=rate, p95=p95, held=p99, transactions=len(held))


def main() -> bool:
    """A trial, or both bars; `--orders N` instead of 200."""
    orders = int(sys.argv[sys.argv.index("--orders") + 1]) if "--orders" in sys.argv else 200
    if "--trial" in sys.argv:
        trial(orders)
        return True
    failures, slow, values, held = list[str](), list[str](), list[str](), list[str]()
    for engine in ENGINES:
        given = run_on(engine, "bars.throughput", "--trial", "--orders", f"{orders}")
        least, most = LEAST[engine]
        failures += [f"{engine}: {each}" for each in given["failures"]]
        if given.get("rate", 0) < least or given.get("p95", 99) > most:
            failures.append(f"{engine}: {given['value']} where {least:.0f}/s, p95 {most:.0f} s are wanted")
        values.append(f"{engine}: {given['value']}")
        p99 = given.get("held", 10**6)
        slow += [f"{engine}: 99 of 100 transactions lasted {p99:.0f} ms"] if p99 > LONGEST_LOCK_MS else []
        held.append(f"{engine}: p99 {p99:.0f} ms of {given.get('transactions')}")
    wanted = "; ".join(f"{engine}: {rate:.0f}/s, p95 {p95:.0f} s" for engine, (rate, p95) in LEAST.items())
    passed = report(30, failures, "; ".join(values), wanted, SEED)
    return report(18, slow, "; ".join(held), f"{LONGEST_LOCK_MS:.0f} ms", SEED) and passed


if __name__ == "__main__":
    sys.exit(not main())
