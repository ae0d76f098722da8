"""Twenty questions a second while a message of 10,000 trips comes every second: none fails, no answer is mixed.

In message n every trip is late by n minutes at every stop, so that an answer is mixed where two of its rides are late
by different minutes. Messages are laid over by a process of its own, as a worker does; questions are answered here.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time

os.environ.setdefault("MAAS_DATA_DIR", tempfile.mkdtemp(prefix="realtime-bar-"))

from bench.networks import network_of
from bench.realtime import NOW, last_message, message_of, question
from transit.journeys.engine import Engine
from transit.journeys.newest import Newest
from transit.journeys.planning import planned
from transit.network.overlay_current import lay_over, overlays_folder, point_to
from transit.network.store import Network
from transit.routing import planner

MESSAGES, SHORT = 60, 8
PER_SECOND = 20


class Asking:
    """Asks at a steady pace, however long an answer takes."""

    def __init__(self, network: Network) -> None:
        self.engine, self.newest, self.query = Engine(network), Newest(), question(network)
        self.failed: list[str] = []
        self.mixed = self.asked = 0
        self.seen: set[int] = set()
        self.slowest_s = 0.0
        self._lock = threading.Lock()

    def ask(self) -> None:
        """One question."""
        started = time.perf_counter()
        try:
            found = planned(self.newest.get(self.engine, NOW), self.query, NOW)
            late = {leg.delay_s or 0 for each in found for leg in each.legs if leg.is_transit}
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a failure
            with self._lock:
                self.failed.append(repr(error))
            return
        with self._lock:
            self.asked += 1
            self.mixed += len(late) > 1
            self.failed += [] if late else ["nothing found"]
            self.seen |= late
            self.slowest_s = max(self.slowest_s, time.perf_counter() - started)


def lay(messages: int) -> None:
    """The worker: a message every second; its bytes are made beforehand, for they are the operator's."""
    network = network_of("rnv")
    contents = [message_of(network, 1, delay_s=60 * n) for n in range(1, messages + 1)]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    folder = overlays_folder()
    for content in contents:
        due = time.monotonic() + 1
        overlay = lay_over(folder, network, [last_message(folder.parent, network.feeds[0], content)], NOW)
        point_to(folder, overlay.folder.name)
        time.sleep(max(0.0, due - time.monotonic()))


def main(messages: int) -> int:
    """Print the bar; 1 where it failed."""
    planner.warm()
    asking = Asking(network_of("rnv"))
    asking.ask()
    command = [sys.executable, "-m", "bars.realtime", "--worker", str(messages)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        worker.stdout.readline()
        threads, due = [], time.monotonic()
        while worker.poll() is None:
            threads.append(threading.Thread(target=asking.ask))
            threads[-1].start()
            due += 1 / PER_SECOND
            time.sleep(max(0.0, due - time.monotonic()))
        for thread in threads:
            thread.join()
    used = len(asking.seen - {0})
    passed = not asking.failed and not asking.mixed and worker.returncode == 0 and used >= messages * 0.8
    for text in asking.failed[:5]:
        sys.stderr.write(f"realtime: {text}\n")
    sys.stdout.write(
        f"BAR realtime {'PASS' if passed else 'FAIL'} {len(asking.failed)} failed, {asking.mixed} mixed of "
        f"{asking.asked} questions at {PER_SECOND} a second; {used} of {messages} messages seen; slowest answer "
        f"{asking.slowest_s * 1e3:.0f} ms/0 failed, 0 mixed\n"
    )
    return 0 if passed else 1


if __name__ == "__main__":
    if "--worker" in sys.argv:
        lay(int(sys.argv[-1]))
        sys.exit()
    sys.exit(main(SHORT if "--short" in sys.argv else MESSAGES))
