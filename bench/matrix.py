"""Travel times from random stops of `rnv` to all of its stops: percentiles over the departures of a morning hour.

A pair is a stop, another stop and the five percentiles of sixty departures between them, walks of fifteen minutes at
both ends along the streets included. Beside it, in the same run and thread, what the same takes one pair at a time:
nigiri, the engine of MOTIS, asked for each departure from stop to stop, without the walks; and our own search for the
hour, with them in a straight line.
"""

from __future__ import annotations

import io
import random
import sys
from datetime import UTC, datetime
from statistics import median
from time import perf_counter

import numpy as np

from bench.search import CITIES, City, _open, _pairs
from transit.accessibility.matrix import matrix, write_csv
from transit.accessibility.question import Question, Spot, Survey
from transit.routing import planner
from transit.routing.access import Ground, spot_of_stop
from transit.routing.doors import Walker
from transit.routing.raptor import Wish, find_rides
from transit.routing.times import Leaving, Points, Times, percentiles
from transit.routing.timetable import UNREACHED

ORIGINS, ROUNDS, PERCENTS, BAR = 120, 5, (5, 25, 50, 75, 95), 100_000
HOUR_S, LIMIT_S, EIGHT_S = 3600, 7200, (3 + 8) * 3600


def main() -> None:
    """Print pairs a second of all three; fail below the bar."""
    planner.warm()
    city, feed, day, zone = CITIES[0]
    here = _open(city, feed, day, zone)
    ground, stops = Ground(here.ground.stop_lat, here.ground.stop_lon, here.network.streets), here.timetable.stops
    began = perf_counter()
    points = Points(ground, ground.stop_lat, ground.stop_lon, Walker(1.25, 900), np.arange(stops))
    links = len(points.spread.points)
    times = Times(here.timetable, points, Leaving(EIGHT_S, 60, 60, LIMIT_S))
    linked_s = perf_counter() - began
    chooser = random.Random(20161104)
    origins = [chooser.randrange(stops) for _ in range(ORIGINS)]

    eight = datetime.fromtimestamp(here.timetable.base_at + EIGHT_S, UTC)
    survey = Survey(here.network, Question(eight, HOUR_S, 60, LIMIT_S))
    spots = [Spot(f"{i}", float(ground.stop_lat[i]), float(ground.stop_lon[i])) for i in range(stops)]
    tables = matrix(survey, [spots[stop] for stop in origins], spots)

    def row(stop: int) -> np.ndarray:
        return percentiles(times.sampled(spot_of_stop(ground, stop), (stop,)), PERCENTS)

    reached = np.mean([row(stop)[2] < UNREACHED for stop in origins[:20]])
    rounds = []
    for _ in range(ROUNDS):
        began = perf_counter()
        for stop in origins:
            row(stop)
        rounds.append(ORIGINS * stops / (perf_counter() - began))
    mine = median(rounds)
    print(f"matrix: {city} on {day}, {ORIGINS} random stops to all {stops}, 60 departures from 8:00, one thread")
    print(f"  walks to and from stops          {links:12,} in {linked_s:.1f} s, once for all origins")
    print(f"  reached within two hours         {reached:12.0%} of pairs, at half of the departures")
    table = io.StringIO()
    began = perf_counter()
    write_csv(table, tables)
    written = table.getvalue().count("\n") / (perf_counter() - began)
    print(f"  pairs a second, as CSV           {written:12,.0f}")
    print(f"  pairs a second                   {mine:12,.0f}  (at least {BAR:,})")
    for name, peer in (("nigiri, pair by pair, a second", _nigiri_s(here)), ("our search, pair by pair", _own_s(here))):
        print(f"  {name:32} {1 / peer:12,.1f}  ({mine * peer:,.0f} times slower)")
    if mine < BAR:
        sys.exit("matrix: below the bar")


def _nigiri_s(here: City) -> float:
    """Seconds of a pair: its binding takes no ranges, so that each of the sixty departures is asked for."""
    began = perf_counter()
    pairs = _pairs(here)[:10]
    for start, end, _ in pairs:
        for leave_s in range(EIGHT_S, EIGHT_S + HOUR_S, 60):
            here.theirs((start, end, leave_s))
    return (perf_counter() - began) / len(pairs)


def _own_s(here: City) -> float:
    """Seconds of a pair."""
    began = perf_counter()
    pairs = _pairs(here)[:100]
    for start, end, _ in pairs:
        find_rides(here.timetable, here.near(start), here.near(end), Wish(EIGHT_S, EIGHT_S + HOUR_S))
    return (perf_counter() - began) / len(pairs)


if __name__ == "__main__":
    main()
