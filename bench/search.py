"""Stop to stop beside nigiri, the engine of MOTIS: `rnv`, Friday 2016-11-04, one departure, journeys built.

Each as it comes: nigiri links stops within 100 m and counts in minutes, ours walks up to 800 m along streets between
any two rides and counts in seconds, so ours has more to search. Both look for up to seven vehicles.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime
from statistics import median
from time import perf_counter
from zoneinfo import ZoneInfo

import numpy as np
import pynigiri

from bench.networks import DATA, network_of
from transit.routing import planner
from transit.routing.kernels.raptor import Ends
from transit.routing.raptor import Wish, find_rides
from transit.routing.window import assemble, service_day_start

CITY, DAY, ZONE = "rnv", datetime(2016, 11, 4).date(), "Europe/Berlin"
QUERIES = 500


def main() -> None:
    """Print medians and the ratio."""
    network = network_of(CITY)
    planner.warm()
    midnight_at = service_day_start(DAY.toordinal(), ZONE)
    started = perf_counter()
    timetable = assemble(network.schedule, midnight_at - 3 * 3600, midnight_at + 36 * 3600)
    assembled_s = perf_counter() - started
    source = pynigiri.TimetableSource(CITY, str(DATA / CITY / f"{CITY}.zip"))
    peer = pynigiri.load_timetable([source], f"{DAY:%Y-%m-%d}", "2016-11-06")
    chooser = random.Random(20161104)
    served = np.flatnonzero(np.diff(timetable.stop_pattern_start.astype(np.int64))).tolist()
    pairs = [
        (chooser.choice(served), chooser.choice(served), chooser.randrange(6 * 60, 20 * 60)) for _ in range(QUERIES)
    ]

    def ours(start: int, end: int, minute: int, window_s: int = 0) -> bool:
        leave_s = midnight_at + minute * 60 - timetable.base_at
        access, egress = (Ends(np.array([stop], np.uint32), np.zeros(1, np.int32)) for stop in (start, end))
        return bool(find_rides(timetable, access, egress, Wish(leave_s, leave_s + window_s, 7)))

    def theirs(start: int, end: int, minute: int) -> bool:
        query = pynigiri.Query()
        query.start_time = midnight_at // 60 + minute
        query.start = [pynigiri.Offset(peer.find_location(_id(network.stop_id(start))), 0, 0)]
        query.destination = [pynigiri.Offset(peer.find_location(_id(network.stop_id(end))), 0, 0)]
        query.start_match_mode = query.dest_match_mode = pynigiri.LocationMatchMode.EXACT
        query.max_transfers = 6
        return bool(pynigiri.route(peer, query))

    mine, reached = _timed(ours, pairs)
    other, reached_by_peer = _timed(theirs, pairs)
    ranged, _ = _timed(lambda start, end, minute: ours(start, end, minute, 7200), pairs)
    zone = ZoneInfo(ZONE)
    print(f"search: {CITY} on {datetime.fromtimestamp(midnight_at, zone):%Y-%m-%d}, {QUERIES} random pairs of stops")
    print(f"  window of days assembled         {assembled_s * 1e3:8.2f} ms")
    print(f"  one departure, ours              {mine:8.3f} ms median, {reached} with a journey")
    print(f"  one departure, nigiri            {other:8.3f} ms median, {reached_by_peer} with a journey")
    print(f"  ratio ours / nigiri              {mine / other:8.2f}")
    print(f"  range of two hours, ours         {ranged:8.3f} ms median")


def _id(outside_id: str) -> str:
    """A stop's id in its feed."""
    return outside_id.split(":", 1)[1]


def _timed(search: Callable[..., bool], pairs: list[tuple[int, int, int]]) -> tuple[float, int]:
    """Median milliseconds, and how many searches found something."""
    for pair in pairs[:20]:
        search(*pair)
    times, found = [], 0
    for pair in pairs:
        started = perf_counter()
        found += search(*pair)
        times.append((perf_counter() - started) * 1e3)
    return median(times), found


if __name__ == "__main__":
    main()
