"""Bars 7, 8, 9 and 19: orders go on coming while workers are killed, the database falls, messages are lost, clocks lie.

Each in a process of its own over a private PostgreSQL and Redis; bar 9 again on SQLite with a folder as its queue.
`--orders N` instead of what the bar asks for.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from bars.databases import Postgres, give, run_on
from bars.report import report

SEED = 2026
ORDERS = {7: 500, 8: 150, 9: 60, 19: 60}
SETTLES_S = 120.0
BUYERS_AT_ONCE = 8


class Meddling:
    """Something is done again and again while orders come."""

    def __init__(self, act: Callable[[], None], between_s: tuple[float, float], most: int = 10**9) -> None:
        self._act, self._between_s, self._most = act, between_s, most
        self._draw, self._end = random.Random(SEED), threading.Event()
        self.done = 0
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while self.done < self._most and not self._end.wait(self._draw.uniform(*self._between_s)):
            self._act()
            self.done += 1

    def wait(self) -> None:
        """Until it was done as often as it should be."""
        self._thread.join()

    def end(self) -> None:
        """No more."""
        self._end.set()
        self._thread.join()


def trial(bar: int, orders: int) -> None:
    """One bar, in this process' database."""
    from bars import stage, truth  # noqa: PLC0415 - they need the environment of a trial

    short = {"BARS_LEASE_S": "3", "BARS_IN_FLIGHT_S": "15"}
    clocks = [Path(stage.path_of(f"clock-{number}")) for number in range(2)] if bar == 19 else []
    for clock in clocks:
        clock.write_text("0")
    with stage.staged(faults=0.1 if bar == 7 else 0.0, **short) as scene:
        for number in range(2 if os.environ.get("BARS_DATABASE_URL") else 1):
            twist = {"BARS_CLOCK": f"{clocks[number]}"} if clocks else {}
            scene.work(beat=number == 0 or bar in (7, 19), **twist)
        began, told = time.monotonic(), list[stage.Told]()
        meddling = _meddling(bar, scene, clocks)
        with ThreadPoolExecutor(BUYERS_AT_ONCE) as pool:
            token = stage.Buyer(scene, 0).plan(*stage.ALL_THREE)
            told += pool.map(lambda number: _buy(scene, token, number), range(1, orders + 1))
            if bar == 8:
                more = orders
                while meddling.done < 10:
                    told += pool.map(lambda number: _buy(scene, token, number), range(more + 1, more + 9))
                    more += 8
        meddling.end()
        last = time.monotonic()
        for clock in clocks:
            clock.write_text("0")
        scene.faults_end()
        failures = _settle(truth.unfinished)
        settled_s = time.monotonic() - last
        with suppress(AttributeError):
            failures += truth.everything(scene)
        failures += _judge(bar, told)
    outcomes = Counter(each.state for each in told)
    slowest = max(each.slowest_s for each in told)
    value = (
        f"{len(told)} orders {dict(outcomes)}, {meddling.done} times meddled with, {len(failures)} violations, at rest "
        f"after {settled_s:.0f} s, slowest request {slowest:.1f} s, {time.monotonic() - began:.0f} s"
    )
    give(value, failures[:20])


def _buy(scene: object, token: str, number: int) -> object:
    from bars import stage  # noqa: PLC0415

    buyer = stage.Buyer(scene, number)  # type: ignore[arg-type]
    try:
        return buyer.buy(buyer.ask(token))
    except (TimeoutError, RuntimeError) as error:
        buyer.told.state, buyer.told.reason = "GAVE UP", f"{error}"
        return buyer.told


def _settle(unfinished: Callable[[], list[str]]) -> list[str]:
    """Wait until everything is where it stays; what is not in time."""
    deadline = time.monotonic() + SETTLES_S
    while left := unfinished():
        if time.monotonic() > deadline:
            return [f"after {SETTLES_S:.0f} s: {each}" for each in left]
        time.sleep(1)
    return []


def _judge(bar: int, told: list[object]) -> list[str]:
    found = []
    for each in told:
        state, reason = each.state, each.reason  # type: ignore[attr-defined]
        slow = each.slowest_s  # type: ignore[attr-defined]
        if state == "GAVE UP" or (bar in (8, 9) and state != "COMPLETED"):
            found.append(f"a buyer saw {state} ({reason})")
        if bar == 8 and slow > 15.5:
            found.append(f"a request lasted {slow:.1f} s")
        if bar == 9 and each.took_s > 30 + 30:  # type: ignore[attr-defined]
            found.append(f"an order took {each.took_s:.0f} s")  # type: ignore[attr-defined]
    return found


def _meddling(bar: int, scene: object, clocks: list[Path]) -> Meddling:
    """What the bar does to us."""
    draw = random.Random(SEED)
    workers: list[subprocess.Popen[bytes]] = scene.workers  # type: ignore[attr-defined]
    broker = os.environ.get("BARS_BROKER_URL", "")

    def kill() -> None:
        victim = draw.randrange(2)
        old = workers[victim]
        os.killpg(old.pid, signal.SIGKILL)
        old.wait()
        workers[victim] = scene.work(beat=True)  # type: ignore[attr-defined]
        workers.pop()

    def fall() -> None:
        server = Postgres(Path(os.environ["BARS_POSTGRES"]), int(os.environ["BARS_POSTGRES_PORT"]))
        server.die()
        time.sleep(draw.uniform(0.0, 2.0))
        server.start()

    def forget() -> None:
        if broker:
            port = broker.rsplit(":", 1)[1].split("/")[0]
            subprocess.run(["redis-cli", "-p", port, "flushall"], check=True, stdout=subprocess.DEVNULL)
            return
        from django.conf import settings  # noqa: PLC0415

        for message in (settings.DATA_DIR / "queue").glob("*.msg"):
            message.unlink(missing_ok=True)

    def lie() -> None:
        for clock in clocks:
            clock.write_text(f"{draw.choice([-600, -599, -60, 0, 60, 599, 600])}")

    acts: dict[int, tuple[Callable[[], None], tuple[float, float], int]] = {
        7: (kill, (2.0, 5.0), 10**9),
        8: (fall, (5.0, 15.0), 10),
        9: (forget, (0.1, 0.6), 10**9),
        19: (lie, (0.5, 3.0), 10**9),
    }
    return Meddling(*acts[bar])


THRESHOLDS = {
    7: f"0 violations, at rest within {SETTLES_S:.0f} s",
    8: "10 falls, 0 violations, no request > 15 s",
    9: "all complete, added delay ≤ 30 s",
    19: "0 violations with clocks ± 10 min",
}


def bar(number: int, orders: int) -> bool:
    """Whether it is passed."""
    words = ("bars.soak", "--trial", f"{number}", f"{orders}")
    given = run_on("postgresql", *words)
    failures, value = given["failures"], given["value"]
    if number == 9:
        other = run_on("sqlite", *words)
        failures += [f"SQLite and a folder: {each}" for each in other["failures"]]
        value = f"PostgreSQL and Redis: {value}; SQLite and a folder: {other['value']}"
    return report(number, failures, value, THRESHOLDS[number], SEED)


def main() -> bool:
    """A trial, or the bars that are named, or all."""
    if "--trial" in sys.argv:
        at = sys.argv.index("--trial")
        trial(int(sys.argv[at + 1]), int(sys.argv[at + 2]))
        return True
    wished = int(sys.argv[sys.argv.index("--orders") + 1]) if "--orders" in sys.argv else 0
    chosen = [number for number in ORDERS if f"{number}" in sys.argv[1:]] or list(ORDERS)
    return all([bar(number, wished or ORDERS[number]) for number in chosen])


if __name__ == "__main__":
    sys.exit(not main())
