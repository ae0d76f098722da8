"""Stop to stop beside nigiri, the engine of MOTIS: one departure, all journeys built; and ranges beside departures.

Each engine as it comes: nigiri links stops within 100 m and counts in minutes, ours walks up to 800 m along streets
(where there are any) between any two rides and counts in seconds, so ours has more to search. Both look for up to seven
vehicles. Runs of the two take turns; medians are over queries, and of them over rounds. The range of an hour is asked
from a place, whose stops are those within ten minutes' walk, beside one search for each moment at which one can leave.
"""

from __future__ import annotations

import contextlib
import os
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
import pynigiri

from bench.networks import DATA, network_of
from transit.network.store import Network
from transit.routing import planner
from transit.routing.access import Around, Ground, Spot
from transit.routing.builder import Builder
from transit.routing.changes import as_legs
from transit.routing.kernels.dijkstra import METRES_PER_DEGREE
from transit.routing.kernels.raptor import Ends, boardings_between
from transit.routing.raptor import Wish, find_rides, lines_of
from transit.routing.timetable import Timetable
from transit.routing.window import assemble, service_day_start

CITIES = (
    ("rnv", "rnv", date(2016, 11, 4), "Europe/Berlin"),
    ("bydgoszcz", "bydgoszcz.gtfs", date(2020, 6, 10), "Europe/Warsaw"),
)
QUERIES, ROUNDS, VEHICLES = 500, 5, 7
BAR_PEER, BAR_SINGLE, BAR_UNION = 0.6, 12.0, 0.5
PLACE_M, WALK_MPS = 750.0, 1.25
Pair = tuple[int, int, int]
"""From stop, to stop, leaving at the second of the timetable."""
Access = Callable[[int], Ends]


def at_stop(stop: int) -> Ends:
    """The stop alone."""
    return Ends(np.array([stop], np.uint32), np.zeros(1, np.int32))


@dataclass(frozen=True)
class City:
    """A network on one day in both engines."""

    network: Network
    timetable: Timetable
    ground: Ground
    peer: pynigiri.Timetable

    def ours(self, pair: Pair, window_s: int = 0, near: Access = at_stop) -> int:
        """How many journeys ours finds; all of them are built."""
        start, end, leave_s = pair
        access, egress = near(start), at_stop(end)
        rides = find_rides(self.timetable, access, egress, Wish(leave_s, leave_s + window_s, VEHICLES))
        nowhere = Spot(0.0, 0.0, None)
        origin, destination = (Around(self.ground, nowhere, 0.0, None, ends, np.zeros(1)) for ends in (access, egress))
        build = Builder(self.timetable, self.ground, origin, destination, 1.0)
        return len([build.journey(legs) for legs in as_legs(self.timetable, [found.rides for found in rides])])

    def theirs(self, pair: Pair) -> int:
        """How many journeys nigiri finds."""
        start, end, leave_s = pair
        query = pynigiri.Query()
        query.start_time = (self.timetable.base_at + leave_s) // 60
        query.start = [pynigiri.Offset(self._peer_stop(start), 0, 0)]
        query.destination = [pynigiri.Offset(self._peer_stop(end), 0, 0)]
        query.start_match_mode = query.dest_match_mode = pynigiri.LocationMatchMode.EXACT
        query.max_transfers = VEHICLES - 1
        return len(pynigiri.route(self.peer, query))

    def union(self, pair: Pair) -> int:
        """The hour from a place by single departures: one for each moment at which one may leave for some vehicle."""
        start, end, leave_s = pair
        allowed = np.ones(self.timetable.patterns, np.uint8)
        hour = np.int32(leave_s), np.int32(leave_s + 3600)
        leaving = boardings_between(lines_of(self.timetable), self.near(start), allowed, *hour).leave
        return sum(self.ours((start, end, at_s), near=self.near) for at_s in np.unique(leaving).tolist())

    def hour(self, pair: Pair) -> int:
        """The same in one search."""
        return self.ours(pair, 3600, self.near)

    def near(self, stop: int) -> Ends:
        """The stops within ten minutes' walk of a stop."""
        lon, lat = self.ground.stop_lon, self.ground.stop_lat
        metres = np.hypot((lon - lon[stop]) * np.cos(np.radians(lat[stop])), lat - lat[stop]) * METRES_PER_DEGREE
        stops = np.flatnonzero(metres <= PLACE_M)
        return Ends(stops.astype(np.uint32), np.ceil(metres[stops] / WALK_MPS).astype(np.int32))

    def _peer_stop(self, stop: int) -> pynigiri.LocationIdx:
        return self.peer.find_location(self.network.stop_id(stop).split(":", 1)[1])


def main() -> None:
    """Print medians and ratios; fail above a bar."""
    planner.warm()
    failed = [city for city, feed, day, zone in CITIES if not _measure(city, feed, day, zone)]
    if failed:
        sys.exit(f"search: above a bar in {', '.join(failed)}")


def _measure(city: str, feed: str, day: date, zone: str) -> bool:
    """Print the figures of one city; whether they keep the bars."""
    here = _open(city, feed, day, zone)
    pairs = _pairs(here)
    for work in (here.ours, here.theirs):
        _median_ms(work, pairs[:50])
    rounds = [
        (
            _median_ms(here.ours, pairs),
            _median_ms(here.theirs, pairs),
            _median_ms(lambda pair: here.ours(pair, 3600), pairs),
            _median_ms(here.hour, pairs[:100]),
            _median_ms(here.union, pairs[:100]),
        )
        for _ in range(ROUNDS)
    ]
    mine, other, hour, place, union = (median(column) for column in zip(*rounds, strict=True))
    figures = (
        ("one departure, ours, ms", mine, None),
        ("one departure, nigiri, ms", other, None),
        ("ratio ours / nigiri", mine / other, BAR_PEER),
        ("range of one hour, ours, ms", hour, None),
        ("range / one departure", hour / mine, BAR_SINGLE),
        ("range of one hour from a place, ms", place, None),
        ("range from a place / union of its departures", place / union, BAR_UNION),
    )
    print(f"search: {city} on {day}, {QUERIES} random pairs of stops, {ROUNDS} rounds")
    for what, figure, bar in figures:
        print(f"  {what:44} {figure:9.3f}{'' if bar is None else f'  (at most {bar})'}")
    return all(bar is None or figure <= bar for _, figure, bar in figures)


def _open(city: str, feed: str, day: date, zone: str) -> City:
    network = network_of(city)
    midnight_at = service_day_start(day.toordinal(), zone)
    timetable = assemble(network.schedule, midnight_at - 3 * 3600, midnight_at + 36 * 3600)
    with _silence():
        source = pynigiri.TimetableSource(city, str(DATA / city / f"{feed}.zip"))
        peer = pynigiri.load_timetable([source], f"{day}", f"{day + timedelta(days=2)}")
    return City(network, timetable, Ground(network.stops.lat, network.stops.lon), peer)


def _pairs(city: City) -> list[Pair]:
    """Random pairs of stops that are served, at minutes between 6:00 and 20:00."""
    chooser = random.Random(20161104)
    served = np.flatnonzero(np.diff(city.timetable.stop_pattern_start.astype(np.int64))).tolist()
    six_s = 3 * 3600 + 6 * 3600
    return [
        (chooser.choice(served), chooser.choice(served), six_s + 60 * chooser.randrange(14 * 60))
        for _ in range(QUERIES)
    ]


def _median_ms(search: Callable[[Pair], int], pairs: list[Pair]) -> float:
    """Median milliseconds of a search."""
    times = []
    for pair in pairs:
        started = perf_counter()
        search(pair)
        times.append((perf_counter() - started) * 1e3)
    return median(times)


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """The peer writes its progress to the standard error."""
    kept = os.dup(2)
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


if __name__ == "__main__":
    main()
