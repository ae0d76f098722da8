"""How query, build and memory grow: the generated region at four sizes, from a town to a metropolis.

Every size is imported by the real commands and asked from stop to stop on a weekday, beside nigiri on the same feeds.
The exponents are those of least squares over the logarithms: 1 is in proportion to the stop events of the day.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
import pynigiri

from bench.networks import ROOT
from bench.plot import Curve, plot
from bench.regions import MONDAY, SIZES, folder_of
from bench.site import Cost, Site, resident_mib
from transit.network.store import Network, open_network
from transit.routing import planner
from transit.routing.kernels.raptor import Ends
from transit.routing.raptor import Wish, find_rides
from transit.routing.timetable import Timetable
from transit.routing.window import assemble, service_day_start

QUERIES, RUNS, WARM = 500, 7, 20
BAR_EVENTS, BAR_S, BAR_MIB = 5_000_000, 90.0, 5 * 1024.0
MEASURES = {"query_ms": "query, ms", "build_s": "import and build, s", "build_mib": "import and build, MiB",
            "serve_mib": "searching process, own MiB"}  # fmt: skip


def main() -> None:
    """Measure each size in a process of its own; print, fit, draw; fail above a bar."""
    rows = []
    for size in SIZES:
        folder_of(size)
        done = subprocess.run([sys.executable, "-m", "bench.growth", str(size)], stdout=subprocess.PIPE, check=True)
        rows.append(json.loads(done.stdout.splitlines()[-1]))
        sys.stdout.write("  " + "  ".join(f"{name} {value:.4g}" for name, value in rows[-1].items()) + "\n")
    events = [row["events"] for row in rows]
    for key, what in MEASURES.items():
        sys.stdout.write(f"{what:34} grows with stop events to the power of {_exponent(events, rows, key):.2f}\n")
    ratios = [row["ratio"] for row in rows]
    sys.stdout.write(f"{'ratio ours / nigiri, by size':34} {', '.join(f'{ratio:.2f}' for ratio in ratios)}\n")
    curves = [
        Curve(f"{what} ^{_exponent(events, rows, key):.2f}", [row[key] for row in rows])
        for key, what in MEASURES.items()
    ]
    picture = ROOT / "var" / "bench" / "growth.svg"
    picture.write_text(plot("Growth with the stop events of a weekday", events, curves), encoding="utf-8")
    sys.stdout.write(f"drawn: {picture.relative_to(ROOT)}\n")
    largest = rows[-1]
    bars = [
        (largest["events"] > BAR_EVENTS, f"the largest has {largest['events']:,} stop events a day"),
        (largest["build_s"] <= BAR_S, f"the largest is imported in {largest['build_s']:.0f} s (at most {BAR_S:.0f})"),
        (largest["build_mib"] <= BAR_MIB, f"with {largest['build_mib']:.0f} MiB (at most {BAR_MIB:.0f})"),
        (
            _exponent(events, rows, "ratio") <= 0 and ratios[-1] <= ratios[0],
            f"the ratio to nigiri does not worsen with size: power of {_exponent(events, rows, 'ratio'):.2f}",
        ),
    ]
    for holds, what in bars:
        sys.stdout.write(f"{'' if holds else 'NOT: '}{what}\n")
    if not all(holds for holds, _ in bars):
        sys.exit("growth: a bar is not kept")


def measure(size: int) -> dict[str, float]:
    """All figures of one size."""
    folder = folder_of(size)
    with tempfile.TemporaryDirectory(prefix="maas-bench-") as scratch:
        site = Site(Path(scratch) / "site")
        costs = site.build([*sorted(folder.glob("*.zip")), folder / "region.osm.pbf"], "region")
        build = Cost()
        for cost in costs.values():
            build = build.and_then(cost)
        network = open_network(site.network)
        planner.warm()
        midnight_at = service_day_start(MONDAY.toordinal(), network.schedule.timezones[0])
        timetable = assemble(network.schedule, midnight_at, midnight_at + 36 * 3600)
        pairs = _pairs(timetable)
        ours = _ours(timetable, midnight_at)
        for pair in pairs[:WARM]:
            ours(pair)
        own_mib, _ = resident_mib()
        began = perf_counter()
        theirs = _theirs(network, folder, midnight_at)
        load_s = perf_counter() - began
        mine, ratio = _compared(ours, theirs, pairs)
    return {
        "size": size,
        "events": _events(network),
        "stops": len(network.stops.lat),
        "patterns": timetable.patterns,
        "build_s": build.wall_s,
        "build_cpu_s": build.cpu_s,
        "build_mib": build.peak_mib,
        "nigiri_load_s": load_s,
        "query_ms": mine,
        "ratio": ratio,
        "serve_mib": own_mib,
    }


def _events(network: Network) -> int:
    """Stop events of the trips that run on the day."""
    schedule = network.schedule
    active = schedule.service_active[:, MONDAY.toordinal() - schedule.first_day] == 1
    runs = active[schedule.trip_service]
    lengths = schedule.sequence_start[1:].astype(np.int64) - schedule.sequence_start[:-1]
    return int(lengths[schedule.trip_sequence[runs]].sum())


Pair = tuple[int, int, int]


def _pairs(timetable: Timetable) -> list[Pair]:
    """Random pairs of served stops and minutes of the day."""
    chooser = random.Random(64)
    start = timetable.stop_pattern_start.astype(np.int64)
    served = np.flatnonzero(start[1:] > start[:-1]).tolist()
    return [
        (chooser.choice(served), chooser.choice(served), chooser.randrange(6 * 60, 20 * 60)) for _ in range(QUERIES)
    ]


def _ours(timetable: Timetable, midnight_at: int) -> Callable[[Pair], object]:
    def search(pair: Pair) -> object:
        leave_s = midnight_at + pair[2] * 60 - timetable.base_at
        access, egress = (Ends(np.array([stop], np.uint32), np.zeros(1, np.int32)) for stop in pair[:2])
        return find_rides(timetable, access, egress, Wish(leave_s, leave_s, 7))

    return search


def _theirs(network: Network, folder: Path, midnight_at: int) -> Callable[[Pair], object]:
    feeds = sorted(folder.glob("*.zip"))
    sources = [pynigiri.TimetableSource(path.name.split(".")[0], str(path)) for path in feeds]
    numbers = {source.tag: pynigiri.SourceIdx(i) for i, source in enumerate(sources)}
    peer = pynigiri.load_timetable(sources, f"{MONDAY:%Y-%m-%d}", f"{MONDAY.replace(day=MONDAY.day + 2):%Y-%m-%d}")

    def place(stop: int) -> pynigiri.Offset:
        feed, _, own_id = network.stop_id(stop).partition(":")
        return pynigiri.Offset(peer.find_location(own_id, numbers[feed]), 0, 0)

    def search(pair: Pair) -> object:
        query = pynigiri.Query()
        query.start_time = midnight_at // 60 + pair[2]
        query.start, query.destination = [place(pair[0])], [place(pair[1])]
        query.start_match_mode = query.dest_match_mode = pynigiri.LocationMatchMode.EXACT
        query.max_transfers = 6
        return pynigiri.route(peer, query)

    return search


def _compared(
    ours: Callable[[Pair], object], theirs: Callable[[Pair], object], pairs: Sequence[Pair]
) -> tuple[float, float]:
    """Milliseconds of our median query, and its ratio to theirs: medians of RUNS runs. Each pair is asked of both in
    turn, so that whatever else the machine does meets both.
    """
    for pair in pairs[:WARM]:
        theirs(pair)
    medians, ratios = [], []
    for _ in range(RUNS):
        times = []
        for pair in pairs:
            began = perf_counter()
            ours(pair)
            between = perf_counter()
            theirs(pair)
            times.append((between - began, perf_counter() - between))
        mine, peer = (median(column) for column in zip(*times, strict=True))
        medians.append(mine * 1e3)
        ratios.append(mine / peer)
    return median(medians), median(ratios)


def _exponent(events: Sequence[float], rows: Sequence[dict[str, float]], key: str) -> float:
    return float(np.polyfit(np.log(events), np.log([row[key] for row in rows]), 1)[0])


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(int(sys.argv[1]))))
    else:
        main()
