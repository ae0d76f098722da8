"""Bar 22: imports and publications are killed at twenty points while twenty questions a second are asked.

Every text of version k of the feed holds `vk`, so an answer tells of which versions it is made.
"""

from __future__ import annotations

import itertools
import os
import re
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import httpx

from bars.report import report
from bars.world import DAY, ROOT, Server
from tests.feeds import tables_of, write_zip
from transit.feeds.imports import feed_store, import_feed, scratch
from transit.models import FeedVersion
from transit.network.kept import networks_folder
from transit.network.publish import publish_network, rollback_network
from transit.network.store import open_network

POINTS, A_SECOND, ROLLBACK_S = 20, 20, 1.0
LINES = 150
MARK = re.compile(rb"v(\d+)v")


def feed(path: Path, version: int) -> Path:
    """A feed of which every name tells the version: a way with a change, and many lines, so that building lasts."""
    mark = f"v{version}v"
    lines: dict[str, tuple[str, ...]] = {f"1{mark}": ("H", "M"), f"2{mark}": ("M", "W")}
    tables = tables_of(
        f"stop H 60.150 24.900 Harbour {mark}\nstop M 60.190 24.950 Market {mark}\nstop W 60.230 24.990 West {mark}"
    )
    trips, times = [], []
    for row in range(LINES):
        lines[f"{row + 3}{mark}"] = tuple(f"s{row}x{i}" for i in range(20))
        place = ((f"s{row}x{i}", 60.3 + row / 500, 24.5 + i / 100) for i in range(20))
        tables["stops.txt"] += "".join(f"{stop},{lat:.4f},{lon:.4f},Stop {mark},0,,,\n" for stop, lat, lon in place)
    for number, (line, stops) in enumerate(lines.items()):
        for run in range(80):
            trips.append(f"{line},daily,{line}-{run},{mark},\n")
            for i, stop in enumerate(stops):
                at = 360 + run * 10 + (6, 20)[min(number, 1)] + i * 9
                clock = f"{at // 60:02d}:{at % 60:02d}:00"
                times.append(f"{line}-{run},{clock},{clock},{stop},{i + 1}\n")
    tables["routes.txt"] = "route_id,agency_id,route_short_name,route_type\n" + "".join(
        f"{line},ag,{line},3\n" for line in lines
    )
    tables["trips.txt"] = "route_id,service_id,trip_id,trip_headsign,block_id\n" + "".join(trips)
    tables["stop_times.txt"] = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n" + "".join(times)
    return write_zip(path, tables)


def publish_first(folder: Path) -> None:
    """Version 0 answers, version 1 before it can be gone back to."""
    for version in (1, 0):
        import_feed(str(feed(folder / "k.zip", version)), "k", datetime.now(UTC))
        publish_network("bars", datetime.now(UTC), only=["k"])


class Asking:
    """Twenty questions a second, for as long as it runs."""

    def __init__(self, site: Server) -> None:
        self._site, self._stop = site, threading.Event()
        self.failed: list[str] = []
        self.mixed: list[str] = []
        self.asked = 0
        self.seen: set[int] = set()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        with ThreadPoolExecutor(8) as pool:
            due = time.monotonic()
            while not self._stop.is_set():
                pool.submit(self._ask, self.asked)
                self.asked += 1
                due += 1 / A_SECOND
                time.sleep(max(0.0, due - time.monotonic()))

    def _ask(self, number: int) -> None:
        try:
            if number % 3 == 0:
                body = self._site.get("departures", stop="k:H", time=f"{DAY}T08:00:00")
            elif number % 3 == 1:
                body = self._site.get("places", q="market")
            else:
                body = self._site.plan("k:H", "k:W")
        except httpx.HTTPError as error:
            self.failed.append(f"{type(error).__name__}: {error}")
            return
        found = {int(mark) for mark in MARK.findall(body)}
        if len(found) != 1:
            self.mixed.append(f"an answer of versions {sorted(found)}: {body[:200]!r}")
        self.seen |= found

    def end(self) -> None:
        """Ask no more."""
        self._stop.set()
        self._thread.join()


def bar_22(site: Server, folder: Path, points: int = POINTS) -> bool:
    """Kill and look. Whether the bar is passed."""
    asking = Asking(site)
    failures: list[str] = []
    killed = 0
    versions = itertools.count(2)

    def new_feed() -> Path:
        return feed(folder / "k.zip", next(versions))

    try:
        for step in ("import", "publish"):
            length_s = _length(step, _prepared(step, new_feed()))
            for point in range(points // 2):
                after_s = length_s * (point + 0.5) / (points // 2)
                # On a busy machine it may have ended meanwhile: then again, and sooner.
                for attempt in range(4):
                    path = _prepared(step, new_feed())
                    # Every fifth time it is the child that is killed; the command must then end with a reason.
                    if _kill(step, path, after_s * 0.7**attempt, child=point % 5 == 4):
                        killed += 1
                        break
                failures += _look(f"{step} {point}")
                sys.stderr.write(f"  {step}, point {point}: {killed} killed, {asking.asked} questions\n")
        failures += _finish(site, new_feed(), next(versions) - 1)
    finally:
        asking.end()
    failures += asking.failed[:5] + asking.mixed[:5]
    failures += [f"only {killed} of {points} were still running when they were killed"] if killed < points else []
    failures += [] if len(asking.seen) > 2 else [f"only versions {asking.seen} ever answered"]
    value = f"{len(asking.failed)} failed and {len(asking.mixed)} mixed of {asking.asked}, {killed} killed"
    return report(22, failures, value, f"0 and 0, {points}, roll-back {ROLLBACK_S:.0f} s", 0)


def _prepared(step: str, path: Path) -> Path:
    """What a publication needs is imported before it."""
    if step == "publish":
        _carry_out("import", path).wait()
    return path


def _carry_out(step: str, path: Path) -> subprocess.Popen[bytes]:
    """The real command in a process of its own."""
    command = (
        ["import_feed", str(path), "--name", "k"] if step == "import" else ["publish_network", "bars", "--only", "k"]
    )
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    return subprocess.Popen([sys.executable, "manage.py", *command], cwd=ROOT, **quiet)  # type: ignore[call-overload, no-any-return]


def _length(step: str, path: Path) -> float:
    """How long it takes from the moment on in which there is something to lose."""
    before = set(_leftovers())
    process = _carry_out(step, path)
    _begun(process, before)
    began = time.monotonic()
    if process.wait():
        raise RuntimeError((process.stderr.read() if process.stderr else b"").decode())
    return time.monotonic() - began


def _begun(process: subprocess.Popen[bytes], before: set[Path]) -> None:
    """Wait until something of its own is on the disk, or it has ended."""
    while process.poll() is None and not set(_leftovers()) - before:
        time.sleep(0.005)


def _leftovers() -> list[Path]:
    """What lies where only something unfinished lies."""
    found = [*feed_store().glob(".incoming-*"), *networks_folder().glob(".*")]
    return found + (list(scratch().iterdir()) if scratch().exists() else [])


def _kill(step: str, path: Path, after_s: float, child: bool) -> bool:
    """Begin, and kill the process or its newest child; whether it was still running."""
    before = set(_leftovers())
    process = _carry_out(step, path)
    _begun(process, before)
    time.sleep(after_s)
    if process.poll() is not None:
        return False
    os.kill(_worker(process.pid) if child else process.pid, signal.SIGKILL)
    error = process.communicate(timeout=120)[1].decode()
    if child and process.returncode and "CommandError" not in error:
        raise RuntimeError(error)
    return True


def _worker(pid: int) -> int:
    """A process that works for another one: the last of its descendants."""
    for _ in range(3):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        if not children:
            break
        pid = int(children[-1])
    return pid


def _look(point: str) -> list[str]:
    """Nothing half-made is to be seen."""
    versions = FeedVersion.objects.exclude(state="REJECTED").filter(interface__name="k")
    found = [f"{point}: {version} has no content" for version in versions if not version.summary]
    for folder in networks_folder().iterdir():
        if not folder.name.startswith("."):
            try:
                open_network(folder)
            except Exception as error:  # noqa: BLE001 - whatever is wrong with it
                found.append(f"{point}: {folder.name} cannot be opened: {error!r}")
    return found


def _finish(site: Server, path: Path, version: int) -> list[str]:
    """An undisturbed run cleans up and answers; one step back is quick."""
    failures = []
    for step in ("import", "publish"):
        process = _carry_out(step, path)
        error = process.communicate()[1].decode()
        failures += [f"an undisturbed {step} failed: {error}"] if process.returncode else []
    failures += [f"{left} was left" for left in _leftovers()]
    failures += _answers_with(site, version)
    began = time.monotonic()
    earlier = rollback_network(datetime.now(UTC))
    took_s = time.monotonic() - began
    failures += [f"going back took {took_s:.2f} s"] if took_s > ROLLBACK_S else []
    marks = {
        int(mark) for mark in MARK.findall((networks_folder() / earlier.digest / "stops.name.text.npy").read_bytes())
    }
    failures += _answers_with(site, marks.pop())
    return failures


def _answers_with(site: Server, version: int) -> list[str]:
    """Whether both processes of the server come to answer with a version."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        if all({int(m) for m in MARK.findall(site.plan("k:H", "k:W"))} == {version} for _ in range(8)):
            return []
        time.sleep(0.1)
    return [f"version {version} does not answer"]
