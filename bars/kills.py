"""Bar 6: worker processes that are really killed, at every place where one may die, on both engines.

Places are the boundaries of the runner, every call before and after, and every commit before and after. One worker
carries an order on until it gets SIGKILL at its k-th place; another one finishes what is left, or is killed as well.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from bars import stage, truth
from bars.databases import ENGINES, give, run_on
from bars.report import report

# ruff: isort: split
import stripe
from django.db import connection, connections
from django.utils import timezone

from bookings import tasks
from bookings.models import Order
from bookings.operators.hosted import reservations
from bookings.services import effects, timing
from bookings.services.runner import Runner
from transit.remote import http

SEED, LANES = 2026, 4
LEAST_KILLS, LEASE_S, RECOVERY_S = 103, 1.0, 20.0
PATIENCE_S = 120.0


class Places:
    """Counts the places that a process passes, and ends it at one of them."""

    def __init__(self, dies_at: int) -> None:
        self._dies_at, self._count, self._lock = dies_at, itertools.count(1), threading.Lock()
        self.passed = 0

    def pass_by(self, place: str) -> None:
        """One more."""
        with self._lock:
            self.passed = next(self._count)
            if self.passed == self._dies_at:
                os.kill(os.getpid(), signal.SIGKILL)

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """A function with a place before and one after."""

        def passing(*args: Any, **fields: Any) -> Any:
            self.pass_by("before")
            try:
                return call(*args, **fields)
            finally:
                self.pass_by("after")

        return passing


def work(code: str, dies_at: int, writes: int, *, leases_end: bool = True) -> None:
    """A worker process that has only this order; at its end it says how many places it saw."""
    places = Places(dies_at)
    timing.LEASE = timedelta(seconds=LEASE_S)  # type: ignore[misc]
    timing.IN_FLIGHT = timedelta(seconds=2)  # type: ignore[misc]
    http.call = places.around(http.call)
    stripe.RequestsClient.request = places.around(stripe.RequestsClient.request)  # type: ignore[method-assign]
    wrapper = type(connection._connections[connection._alias])  # type: ignore[attr-defined]
    wrapper._commit = places.around(wrapper._commit)
    if not leases_end:
        effects.end_leases = lambda dossier, now: None
    runner = Runner(timezone.now, worker=f"{os.getpid()}", boundary=places.pass_by)
    order_id = Order.objects.values_list("pk", flat=True).get(code=code)
    while True:
        tasks.follow_hints()
        runner.advance(order_id)
        reservations.expire_due(timezone.now())
        if Order.objects.values_list("wake_at", flat=True).get(pk=order_id) is None:
            break
        time.sleep(0.05)
    os.write(writes, f"{places.passed}".encode())


def fork(code: str, dies_at: int = 0, **fields: Any) -> tuple[int, int]:
    """The worker's number, and where it says how many places it saw."""
    connections.close_all()
    reads, writes = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            work(code, dies_at, writes, **fields)
            status = 0
        except Exception:  # noqa: BLE001 - whatever it is, the bar says so
            path_of_end(os.getpid()).write_text(traceback.format_exc())
        finally:
            os._exit(status)
    os.close(writes)
    return pid, reads


def path_of_end(pid: int) -> Path:
    """Where a worker writes why it has ended, if nobody has killed it."""
    return stage.path_of(f"ended-{pid}")


def wait(pid: int, buyer: stage.Buyer, patience_s: float) -> int | None:
    """The status with which a worker ends; meanwhile the payer pays. None, and its death, when it takes too long."""
    deadline, paid = time.monotonic() + patience_s, ""
    while time.monotonic() < deadline:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return status
        page = buyer.look()["action_url"]
        if page not in ("", paid):
            paid = stage.pay(page)
        time.sleep(0.1)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return None


def kill(
    scene: stage.Stage, offered: tuple[stage.Buyer, str], *deaths: int, patience_s: float = PATIENCE_S, **fields: Any
) -> tuple[int, int, str]:
    """How many workers were killed, each at its place, how many places the last one saw, and what was wrong then."""
    buyer, offer = offered
    code = buyer.order(offer)
    killed, died_at = 0, time.monotonic()
    for dies_at in (*deaths, 0):
        pid, reads = fork(code, dies_at, **fields)
        status = wait(pid, buyer, patience_s if killed else PATIENCE_S)
        if status is None or not os.WIFSIGNALED(status):
            break
        os.close(reads)
        killed, died_at = killed + 1, time.monotonic()
    seen = int(os.read(reads, 20) or b"0") if status == 0 else 0
    os.close(reads)
    took_s = time.monotonic() - died_at
    state = buyer.look()["state"]
    in_time = not killed or took_s <= LEASE_S + RECOVERY_S
    well = status == 0 and state == "COMPLETED" and in_time
    why = path_of_end(pid).read_text() if path_of_end(pid).exists() else f"status {status}"
    wrong = "" if well else f"{deaths}: {state} after {took_s:.1f} s: {why}"
    return killed, seen, wrong


def lane(scene: stage.Stage, token: str, number: int, plans: Sequence[tuple[int, ...]]) -> tuple[int, list[str]]:
    """Orders, each with workers that die at these places: how many kills there were, and what was wrong."""
    killed, wrong = 0, []
    for order, deaths in enumerate(plans):
        try:
            buyer = stage.Buyer(scene, 1000 * (number + 1) + order)
            died, _, what = kill(scene, (buyer, buyer.ask(token)), *deaths)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it
            died, what = 0, f"{deaths}: {type(error).__name__}: {error}"
        killed += died
        wrong += [what] if what else []
    return killed, wrong


def in_lanes(scene: stage.Stage, token: str, plans: Sequence[tuple[int, ...]]) -> list[tuple[int, list[str]]]:
    """What the lanes found, each a process that is forked with the scene."""
    connections.close_all()
    fork_context = multiprocessing.get_context("fork")
    found: multiprocessing.Queue[tuple[int, list[str]]] = fork_context.Queue()
    lanes = [
        fork_context.Process(target=lambda n=n: found.put(lane(scene, token, n, plans[n::LANES]))) for n in range(LANES)
    ]
    for each in lanes:
        each.start()
    heard = [found.get(timeout=3600) for _ in lanes]
    for each in lanes:
        each.join()
    return heard


def trial(one_in: int) -> None:
    """All places, in this process' database."""
    with stage.staged() as scene:
        token = stage.Buyer(scene, 0).plan(*stage.ALL_THREE)
        _, count, wrong = kill(scene, stage.offers(scene, 1)[0])
        failures = [wrong] if wrong else []
        places = range(1, count + 1, one_in)
        # Once more at every second place, and who takes over dies too.
        plans = [*((place,) for place in places), *((place, 1 + place * 7 % 20) for place in places[::2])]
        found = in_lanes(scene, token, plans)
        killed = sum(each for each, _ in found)
        failures += [text for _, texts in found for text in texts] + truth.everything(scene)
        _, _, blind = kill(scene, stage.offers(scene, 1, first=2)[0], 20, patience_s=8.0, leases_end=False)
    failures += [] if blind else ["where claims never end, nothing is left behind"]
    give(f"{killed} kills at {count} places", failures[:20], killed=killed)


def bar_6(one_in: int) -> bool:
    """Whether the bar is passed."""
    failures, values = [], []
    for engine in ENGINES:
        given = run_on(engine, "bars.kills", "--trial", "--one-in", f"{one_in}")
        failures += [f"{engine}: {each}" for each in given["failures"]]
        killed = given.get("killed", 0)
        failures += [f"{engine}: only {killed} kills"] if killed < LEAST_KILLS // one_in else []
        values.append(f"{engine}: {given['value']}, {len(given['failures'])} violations")
    part = f" (one in {one_in})" if one_in > 1 else ""
    threshold = f"2 × {LEAST_KILLS}, 0, recovered within {LEASE_S + RECOVERY_S:.0f} s"
    return report(6, failures, "; ".join(values) + part, threshold, SEED)


def main() -> bool:
    """A trial, or the bar; `--one-in K` takes every K-th place."""
    one_in = int(sys.argv[sys.argv.index("--one-in") + 1]) if "--one-in" in sys.argv else 1
    if "--trial" in sys.argv:
        trial(one_in)
        return True
    return bar_6(one_in)


if __name__ == "__main__":
    sys.exit(not main())
