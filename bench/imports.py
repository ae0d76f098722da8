"""Import and build by the real commands from an empty database: `rnv` with its streets; `bydgoszcz` beside nigiri."""

from __future__ import annotations

import hashlib
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

import pynigiri

from bench.networks import DATA
from bench.site import Cost, Site
from transit.feeds.gtfs import read_gtfs
from transit.feeds.notices import Notices
from transit.network.build import Source, build
from transit.network.store import open_network

CITY, BAR_S, BAR_MIB, BAR_OPEN_MS = "rnv", 12.0, 1536.0, 50.0
TIMETABLE, DAYS, BAR_TIMETABLE_S = "bydgoszcz", ("2020-04-16", "2020-10-25"), 3.0
RUNS = 3


def main() -> None:
    """Print figures; fail above a bar."""
    with tempfile.TemporaryDirectory(prefix="maas-bench-") as scratch:
        site = Site(Path(scratch) / CITY)
        costs = site.build([DATA / CITY / f"{CITY}.zip", DATA / CITY / f"{CITY}.osm.pbf"], CITY)
        total = Cost()
        for command, cost in costs.items():
            sys.stdout.write(f"  {command:50} {cost.wall_s:9.1f} s, {cost.cpu_s:.1f} s of processor time\n")
            total = total.and_then(cost)
        open_ms = median(_seconds(lambda: open_network(site.network)) * 1e3 for _ in range(15))
        feed = DATA / TIMETABLE / f"{TIMETABLE}.gtfs.zip"
        began_cpu = process_time()
        ours_s = median(_seconds(lambda i=i: _imported(feed, Path(scratch) / str(i))) for i in range(RUNS))  # type: ignore[misc]
        cpu_s = (process_time() - began_cpu) / RUNS
        theirs_s = median(_seconds(lambda: _loaded(feed)) for _ in range(RUNS))
    figures = [
        (f"{CITY} with streets, all three commands, s", total.wall_s, BAR_S),
        ("peak memory, MiB", total.peak_mib, BAR_MIB),
        ("opening the network, ms (median)", open_ms, BAR_OPEN_MS),
        (f"{TIMETABLE}: read for import, read and built, s", ours_s, BAR_TIMETABLE_S),
    ]
    for what, figure, bar in figures:
        sys.stdout.write(f"{what:52} {figure:9.1f}  (at most {bar:.0f})\n")
    sys.stdout.write(f"{'  of that processor time, s':52} {cpu_s:9.1f}\n")
    sys.stdout.write(f"{f'{TIMETABLE}: nigiri reads it, s':52} {theirs_s:9.1f}\n")
    sys.stdout.write(f"{'ratio ours / nigiri':52} {ours_s / theirs_s:9.1f}\n")
    if any(figure > bar for _, figure, bar in figures):
        sys.exit("imports: a figure is above its bar")


def _imported(feed: Path, networks: Path) -> None:
    """What the two commands do with a feed: the import reads it, publishing reads it again and builds."""
    read_gtfs(feed, Notices())
    networks.mkdir()
    build([Source(TIMETABLE, feed, hashlib.sha256(feed.read_bytes()).hexdigest())], networks)


def _loaded(feed: Path) -> None:
    pynigiri.load_timetable([pynigiri.TimetableSource(TIMETABLE, str(feed))], *DAYS)


def _seconds(work: Callable[[], Any]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


if __name__ == "__main__":
    main()
