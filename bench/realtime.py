"""From the bytes of a message to the first answer that uses it: 10,000 trips of rnv, each with a delay at every stop.

What the worker does (reading, laying over, writing) and what a web process does (mapping, assembling the day,
searching) one after the other. Peer: the same message read with the published bindings and applied on plain lists,
which is the oracle of the tests; it neither assembles nor searches.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter

from bench.networks import ROOT, network_of

os.environ.setdefault("MAAS_DEBUG", "1")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maas.settings")

import django

django.setup()

from google.transit import gtfs_realtime_pb2 as pb  # noqa: E402

from tests.oracles.live import Told  # noqa: E402
from tests.oracles.rounds import runs_of  # noqa: E402
from transit.feeds.realtime import Kind, LastMessage  # noqa: E402
from transit.feeds.trip_updates import read_trip_updates  # noqa: E402
from transit.journeys.engine import Engine  # noqa: E402
from transit.journeys.planning import planned  # noqa: E402
from transit.network.overlay_current import Age, lay_over  # noqa: E402
from transit.network.store import Network  # noqa: E402
from transit.routing import planner  # noqa: E402
from transit.routing.query import Location, Query  # noqa: E402

DAY = date(2016, 11, 4)
NOW = datetime(2016, 11, 4, 7, 0, tzinfo=UTC)
TRIPS, ROUNDS = 10_000, 7
BAR_MS, BAR_PEER = 300.0, 0.1
FRESH = Age(frozenset(), frozenset())


def message_of(network: Network, seed: int, delay_s: int | None = None, plain: bool = False) -> bytes:
    """All that runs on two days up to TRIPS, late by so much at every stop; ids as the oracle has them if `plain`."""
    chooser, feed = Random(seed), pb.FeedMessage()
    feed.header.gtfs_realtime_version, feed.header.timestamp = "2.0", int(NOW.timestamp())
    schedule, count = network.schedule, 0
    for day in (DAY, DAY + timedelta(days=1)):
        for trip in range(len(network.trips.route)):
            if count == TRIPS or not network.runs_on(trip, day.toordinal()):
                continue
            count += 1
            update = feed.entity.add(id=str(count)).trip_update
            update.trip.trip_id = f"t{trip}" if plain else network.trip_id(trip).split(":", 1)[1]
            update.trip.start_date = f"{day:%Y%m%d}"
            late, numbers = chooser.randrange(0, 900, 10), network.stop_sequence(trip).tolist()
            first, end = network.first_call(trip), network.first_call(trip, 1)
            for i, stop in enumerate(schedule.sequence_stops[first:end].tolist()):
                row = update.stop_time_update.add(stop_sequence=10 * i + 10 if plain else numbers[i])
                row.stop_id = f"s{stop}" if plain else network.stop_id(stop).split(":", 1)[1]
                late = delay_s if delay_s is not None else max(0, late + chooser.randrange(-20, 30))
                row.arrival.delay = row.departure.delay = late
    content: bytes = feed.SerializeToString()
    return content


def last_message(folder: Path, feed: str, content: bytes) -> LastMessage:
    """A message as the worker keeps it."""
    path = folder / "trip_updates.pb"
    path.write_bytes(content)
    return LastMessage("now", feed, Kind.TRIP_UPDATES, path, hashlib.sha256(content).hexdigest(), NOW, NOW, NOW)


def question(network: Network) -> Query:
    """Across the city, from now on for two hours."""
    west, south, east, north = network.bounds
    middle = ((south + north) / 2, (west + east) / 2)
    stops = network.stops
    near = (abs(stops.lat - middle[0]) + abs(stops.lon - middle[1])).argsort()[:2000:400]
    here, there = (Location(float(stops.lat[i]), float(stops.lon[i])) for i in near[[0, 2]])
    return Query(here, there, NOW, bicycle=False)


def main() -> None:
    """Print the medians of the steps and of the whole; fail above a bar."""
    planner.warm()
    network = network_of("rnv")
    engine, query = Engine(network), question(network)
    folder = Path(tempfile.mkdtemp(dir=ROOT / "var"))
    messages = [message_of(network, seed) for seed in range(ROUNDS + 1)]
    planned(engine, query, NOW)
    rows = []
    for content in messages:
        last = last_message(folder, network.feeds[0], content)
        at = [perf_counter()]
        read_trip_updates(content)
        at.append(perf_counter())
        overlay = lay_over(folder, network, [last], NOW)
        at.append(perf_counter())
        engine = engine.timetabled.laid_over(overlay, FRESH).warmed_like(engine)
        at.append(perf_counter())
        found = planned(engine, query, NOW)
        at.append(perf_counter())
        rows.append([(b - a) * 1e3 for a, b in pairwise(at)])
    read, made, taken, answered = (median(column) for column in zip(*rows[1:], strict=True))
    whole, slowest = (f(sum(row[1:]) for row in rows[1:]) for f in (median, max))
    assert any(leg.real_time for each in found for leg in each.legs)
    peer = _peer_ms(network)
    print(f"realtime: rnv on {DAY}, {len(overlay.trips)} trips, {len(messages[0]) / 1e6:.1f} MB, {ROUNDS} rounds")
    figures = (
        ("reading the bytes alone, ms", read, None),
        ("bytes to overlay, ms", made, None),
        ("overlay to the day that is searched, ms", taken, None),
        ("the first answer, ms", answered, None),
        ("bytes to the first answer, median, ms", whole, BAR_MS),
        ("bytes to the first answer, slowest, ms", slowest, None),
        ("peer: bindings and plain lists, ms", peer, None),
        ("ratio bytes to overlay / peer", made / peer, BAR_PEER),
    )
    for what, figure, bar in figures:
        print(f"  {what:44} {figure:9.3f}{'' if bar is None else f'  (at most {bar})'}")
    failed = [what for what, figure, bar in figures if bar is not None and figure > bar]
    if failed:
        sys.exit(f"realtime: above a bar in {', '.join(failed)}")


def _peer_ms(network: Network) -> float:
    content = message_of(network, 0, plain=True)
    from_at = int(NOW.timestamp())
    runs = runs_of(network.schedule, from_at - 12 * 3600, from_at + 36 * 3600)
    started = perf_counter()
    Told(network.schedule, runs, content, from_at - 12 * 3600)
    return (perf_counter() - started) * 1e3


if __name__ == "__main__":
    main()
