"""`python -m bars.meddling BAR ORDERS`: the trials of bars 7, 8, 9 and 19, in this process' database."""

from __future__ import annotations

import itertools
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
from datetime import UTC, datetime
from pathlib import Path

from bars import stage, truth
from bars.databases import NOWHERE, Postgres, give
from bars.hours import NIGHT
from bars.soak import SEED, SETTLES_S
from bars.stage import Buyer, Stage, Told

# ruff: isort: split
from django.conf import settings
from django.db import connection

from bookings.models import Order

BUYERS_AT_ONCE, FALLS = 8, 10
LONGEST_REQUEST_S = 15.5
SKEWS = [(-600, -600), (600, 600), (600, 540), (-600, -540), (-60, 60), (0, 0), (0, 600), (-600, 0), (-600, 600)]
"""By how many seconds both workers' clocks may be wrong: mostly so that an order can still go through."""
LEAST_SOLD = 0.5
LONGEST_ORDER_S = 60.0
"""An order without messages: what it takes anyway, and thirty seconds."""


class Meddling:
    """Something is done again and again while orders come; what `act` says is False was not done."""

    def __init__(self, act: Callable[[], bool | None], between_s: tuple[float, float], most: int = 10**9) -> None:
        self._act, self._between_s, self._most = act, between_s, most
        self._draw, self._end = random.Random(SEED), threading.Event()
        self.done = 0
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while self.done < self._most and not self._end.wait(self._draw.uniform(*self._between_s)):
            self.done += self._act() is not False

    def wait(self) -> None:
        """Until it was done as often as it should be."""
        self._thread.join()

    def end(self) -> None:
        """No more."""
        self._end.set()
        self._thread.join()


def trial(bar: int, orders: int) -> None:
    """One bar, in this process' database."""
    clocks = [Path(stage.path_of(f"clock-{number}")) for number in range(2)] if bar == 19 else []
    for clock in clocks:
        clock.write_text("0")
    with stage.staged(faults=0.1 if bar == 7 else 0.0, BARS_LEASE_S="3", BARS_IN_FLIGHT_S="15") as scene:
        for number in range(2 if os.environ.get("BARS_DATABASE_URL") else 1):
            twists = {"BARS_CLOCK": f"{clocks[number]}"} if clocks else {}
            respawn = {"BARS_RESPAWN": f"{_path_of_ready(number)}"} if bar == 7 else {}
            scene.work(beat=number == 0, environment={**respawn, **twists})
        began, told = time.monotonic(), list[Told]()
        meddling = _meddling(bar, scene, clocks, lambda: len(told) / orders)
        with ThreadPoolExecutor(BUYERS_AT_ONCE) as pool:
            token = Buyer(scene, 0).plan(*stage.ALL_THREE)
            half = orders // 2 if NIGHT else 0

            def buy(numbers: range) -> None:
                for each in pool.map(lambda number: _buy(scene, token, number), numbers):
                    told.append(each)
                    if len(told) % 20 == 0:
                        sys.stderr.write(f"  {_so_far(told, meddling)}\n")

            buy(range(1, half + 1))
            before = _wait_for_the_change() if NIGHT else ""
            buy(range(half + 1, orders + 1))
            while bar == 8 and meddling.done < FALLS:
                buy(range(len(told) + 1, len(told) + 9))
        meddling.end()
        last = time.monotonic()
        for clock in clocks:
            clock.write_text("0")
        scene.faults_end()
        failures = [*_settle(truth.unfinished), *([before] if before else [])]
        settled_s = time.monotonic() - last
        failures += truth.everything(scene)
        failures += _judge(bar, told)
    slowest = max(each.slowest_s for each in told)
    value = (
        f"{_so_far(told, meddling)}, {len(failures)} violations, at rest after {settled_s:.0f} s, "
        f"slowest request {slowest:.1f} s, {time.monotonic() - began:.0f} s"
    )
    give(value, failures[:20])


def _wait_until(sold: Callable[[], float], share: float) -> None:
    deadline = time.monotonic() + SETTLES_S
    while sold() < share and time.monotonic() < deadline:
        time.sleep(0.1)


def _path_of_ready(number: int) -> Path:
    """Where a worker writes that it works."""
    return stage.path_of(f"ready-{number}")


def _so_far(told: list[Told], meddling: Meddling) -> str:
    return f"{len(told)} orders {dict(Counter(each.state for each in told))}, {meddling.done} times meddled with"


def _wait_for_the_change() -> str:
    """Until clocks have changed; what is wrong when they had before a single order was placed."""
    assert NIGHT is not None, "only in a night"
    first = Order.objects.order_by("created_at").values_list("created_at", flat=True).first()
    connection.close()
    if first is None or first >= NIGHT.change_at:
        return "no order was placed before the clocks changed"
    time.sleep(max(0.0, (NIGHT.change_at - datetime.now(UTC)).total_seconds() + 1))
    return ""


def _buy(scene: Stage, token: str, number: int) -> Told:
    buyer = Buyer(scene, number)
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


def _judge(bar: int, told: list[Told]) -> list[str]:
    found = []
    for each in told:
        if each.state == "GAVE UP" or ((bar in (8, 9) or NIGHT) and each.state != "COMPLETED"):
            found.append(f"a buyer saw {each.state} ({each.reason})")
        if bar == 8 and each.slowest_s > LONGEST_REQUEST_S:
            found.append(f"a request lasted {each.slowest_s:.1f} s")
        if bar == 9 and each.took_s > LONGEST_ORDER_S:
            found.append(f"an order took {each.took_s:.0f} s")
    sold = sum(each.state == "COMPLETED" for each in told)
    if bar == 19 and sold < len(told) * LEAST_SOLD:
        found.append(f"only {sold} of {len(told)} orders went through: what is refused proves little")
    return found


def _meddling(bar: int, scene: Stage, clocks: list[Path], sold: Callable[[], float]) -> Meddling:
    """What the bar does to us; `sold` is the share of the orders that are where they stay."""
    falls = itertools.count()
    draw = random.Random(SEED)
    workers = scene.workers
    broker = os.environ.get("BARS_BROKER_URL", "")

    def kill() -> bool:
        """One that works: on a slow machine there would be none if all were killed while they begin."""
        ready = _path_of_ready(draw.randrange(len(workers)))
        if not ready.exists() or not (child := ready.read_text()):
            return False
        ready.unlink()
        os.kill(int(child), signal.SIGKILL)
        return True

    def fall() -> None:
        _wait_until(sold, next(falls) / (FALLS + 1))  # on a slow machine too, orders come between them
        server = Postgres(Path(os.environ["BARS_POSTGRES"]), int(os.environ["BARS_POSTGRES_PORT"]))
        server.die()
        time.sleep(draw.uniform(0.0, 2.0))
        server.start()

    def forget() -> None:
        if broker == NOWHERE:
            return
        if broker:
            port = broker.rsplit(":", 1)[1].split("/")[0]
            subprocess.run(["redis-cli", "-p", port, "flushall"], check=True, stdout=subprocess.DEVNULL)
            return
        for message in (settings.DATA_DIR / "queue").glob("*.msg"):
            message.unlink(missing_ok=True)

    def lie() -> None:
        if NIGHT:  # the hour that comes twice, or not at all, is enough
            return
        skews = draw.choice(SKEWS)
        for clock, skew_s in zip(clocks, draw.sample(skews, len(skews)), strict=True):
            clock.write_text(f"{skew_s + draw.uniform(-1.0, 1.0)}")

    acts: dict[int, tuple[Callable[[], bool | None], tuple[float, float], int]] = {
        7: (kill, (2.0, 5.0), 10**9),
        8: (fall, (5.0, 15.0), FALLS),
        9: (forget, (0.1, 0.6), 10**9),
        19: (lie, (2.0, 20.0), 10**9),
    }
    return Meddling(*acts[bar])


if __name__ == "__main__":
    trial(int(sys.argv[1]), int(sys.argv[2]))
