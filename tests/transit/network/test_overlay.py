"""What a message makes of the timetable is what the slow reading of the reference makes of it, for the search too."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from google.transit import gtfs_realtime_pb2 as pb

from tests.oracles.live import Told
from tests.oracles.rounds import Rounds, runs_of, transfers_of
from tests.transit.network.bare import FEED, bare_network
from tests.transit.routing.networks import Asked, ScheduleText, asked, schedule_text, told
from transit.feeds.realtime import Kind, LastMessage
from transit.feeds.trip_updates import NotAMessage, read_trip_updates
from transit.network.overlay_current import lay_over
from transit.routing.kernels.raptor import Ends
from transit.routing.kernels.wire import ARRIVAL_DELAY, DEPARTURE_TIME, MISSING, STOP_ID, TRIP_ID
from transit.routing.live import extended
from transit.routing.planner import Day
from transit.routing.raptor import Wish, find_rides
from transit.routing.timetable import Timetable
from transit.routing.window import assemble

LENGTH_S = 30 * 3600
WIDE_S = 6 * 86400
TRIP, STOP = pb.TripDescriptor, pb.TripUpdate.StopTimeUpdate


def random_message(chooser: Random, text: ScheduleText) -> bytes:
    """Something is said of half of the trips on the days around the window."""
    feed = pb.FeedMessage()
    feed.header.gtfs_realtime_version = "2.0"
    feed.header.timestamp = text.from_at + chooser.randrange(-3600, 12 * 3600)
    for trip in range(len(text.trips)):
        for day in (text.first_day + 1, text.first_day + 2):
            if chooser.random() < 0.5:
                _say(chooser, text, feed.entity.add(id=str(len(feed.entity))).trip_update, (trip, day))
    message: bytes = feed.SerializeToString()
    return message


def _say(chooser: Random, text: ScheduleText, update: Any, instance: tuple[int, int]) -> None:
    trip, day = instance
    q, times, _ = text.trips[trip]
    stops = text.sequences[q].stops
    kind = chooser.choice(("SCHEDULED",) * 8 + ("CANCELED", "DELETED", "REPLACEMENT", "DUPLICATED", "NEW", "ADDED"))
    update.trip.trip_id, update.trip.schedule_relationship = f"t{trip}", TRIP.ScheduleRelationship.Value(kind)
    if kind in ("NEW", "ADDED"):
        update.trip.trip_id = f"t{9000 + trip}"
        update.trip.route_id = "r"
    elif kind in ("REPLACEMENT", "DUPLICATED") or chooser.random() < 0.9:
        update.trip.start_date = f"{date.fromordinal(day):%Y%m%d}"
    if kind in ("NEW", "ADDED", "REPLACEMENT"):
        _own_stops(chooser, text, update)
        return
    if kind == "DUPLICATED":
        at = times[0][1] + chooser.randrange(0, 3600, 60)
        update.trip_properties.trip_id = f"copy{trip}"
        update.trip_properties.start_date = update.trip.start_date
        update.trip_properties.start_time = f"{at // 3600:02d}:{at // 60 % 60:02d}:{at % 60:02d}"
    if chooser.random() < 0.2:
        update.delay = chooser.randrange(-120, 1200, 30)
    for position, stop in enumerate(stops):
        if chooser.random() < 0.4:
            _call(chooser, text, update.stop_time_update.add(), (position, stop))


def _call(chooser: Random, text: ScheduleText, row: Any, call: tuple[int, int]) -> None:
    position, stop = call
    by_number = chooser.random() < 0.7
    if by_number:
        row.stop_sequence = 10 * position + 10
    if not by_number or chooser.random() < 0.5:
        row.stop_id = f"s{stop}"
    what = chooser.random()
    if what < 0.1:
        row.schedule_relationship = STOP.NO_DATA
        return
    if what < 0.25:
        row.schedule_relationship = STOP.SKIPPED
        return
    if what < 0.35:
        row.stop_time_properties.assigned_stop_id = f"s{chooser.randrange(text.stops)}"
    for name in chooser.choice((("arrival",), ("departure",), ("arrival", "departure"), ("arrival", "departure"))):
        getattr(row, name).delay = chooser.randrange(-300, 2400, 30)


def _own_stops(chooser: Random, text: ScheduleText, update: Any) -> None:
    at = text.from_at + chooser.randrange(0, 12 * 3600, 300)
    for _ in range(chooser.randint(2, 5)):
        row = update.stop_time_update.add(stop_id=f"s{chooser.randrange(text.stops)}")
        row.arrival.time = at
        row.departure.time = at + chooser.choice((0, 60))
        at += chooser.randrange(-60, 900, 60)


def overlaid(folder: Path, text: ScheduleText, message: bytes) -> tuple[Timetable, Timetable]:
    """The timetable that a search runs on, and the same seen backwards."""
    network = bare_network(text.schedule)
    (folder / "said.pb").write_bytes(message)
    said_at = datetime.fromtimestamp(pb.FeedMessage.FromString(message).header.timestamp, UTC)
    last = LastMessage("now", FEED, Kind.TRIP_UPDATES, folder / "said.pb", "", said_at, said_at, said_at)
    live = lay_over(folder, network, [last], said_at).live()
    found = assemble(extended(text.schedule, live), text.from_at, text.from_at + LENGTH_S, live.off)
    return found, Day(found).backward


def expected(text: ScheduleText, message: bytes) -> list[Any]:
    """The runs by the slow reading, that are under way at some moment of the window."""
    wide = runs_of(text.schedule, text.from_at - WIDE_S, text.from_at + WIDE_S)
    shifted = [
        type(run)(
            run.trip, run.day, run.stops, tuple(at - WIDE_S for at in run.arrivals),
            tuple(at - WIDE_S for at in run.departures), run.pickup, run.drop_off, run.mode,
        )
        for run in wide
    ]  # fmt: skip
    runs = Told(text.schedule, shifted, message, text.from_at).runs
    return [run for run in runs if run.arrivals[-1] >= 0 and run.departures[0] <= LENGTH_S]


def answers(tables: tuple[Timetable, Timetable], question: Asked) -> tuple[list[str], list[str]]:
    """The Pareto sets of leaving and of arriving in the window."""
    near = [Ends(np.array(list(end), np.uint32), np.array(list(end.values()), np.int32))
            for end in (question.access, question.egress)]  # fmt: skip
    low, high = question.window
    wishes = (Wish(low, high, question.vehicles), Wish(-high, -low, question.vehicles))
    there = find_rides(tables[0], near[0], near[1], wishes[0])
    back = find_rides(tables[1], near[1], near[0], wishes[1])
    return (
        told({(each.leave_s, each.arrive_s, len(each.rides)) for each in there}),
        told({(-each.arrive_s, -each.leave_s, len(each.rides)) for each in back}),
    )


def compare(folder: Path, seed: int) -> int:
    """One network, one message, four questions; how many journeys were found."""
    chooser = Random(seed)
    text = schedule_text(chooser, chooser.randint(2, 10), 4)
    message = random_message(chooser, text)
    tables = overlaid(folder, text, message)
    rounds = Rounds(expected(text, message), transfers_of(text.schedule))
    count = 0
    for _ in range(4):
        question = asked(chooser, text)
        near, window, vehicles = (question.access, question.egress), question.window, question.vehicles
        found = answers(tables, question)
        assert found[0] == told(rounds.leaving_between(*near, window, vehicles)), (seed, text, question)
        assert found[1] == told(rounds.arriving_between(*near, window, vehicles)), (seed, text, question)
        count += len(found[0]) + len(found[1])
    return count


def test_some_random_messages(tmp_path: Path) -> None:
    assert sum(compare(tmp_path, seed) for seed in range(12)) > 50


@pytest.mark.exhaustive
def test_many_random_messages(tmp_path: Path) -> None:
    assert sum(compare(tmp_path, seed) for seed in range(100, 350)) > 1000


def test_bytes_are_read_as_the_published_schema_reads_them() -> None:
    chooser = Random(7)
    text = schedule_text(chooser, 10, 5)
    message = random_message(chooser, text)
    found, entities = read_trip_updates(message), pb.FeedMessage.FromString(message).entity
    assert [found.text(row, TRIP_ID) for row in found.trips] == [each.trip_update.trip.trip_id for each in entities]
    rows = [row for each in entities for row in each.trip_update.stop_time_update]
    assert [found.text(row, STOP_ID) for row in found.stops] == [row.stop_id for row in rows]
    delays = [row.arrival.delay if row.arrival.HasField("delay") else MISSING for row in rows]
    assert found.stops[:, ARRIVAL_DELAY].tolist() == delays
    times = [row.departure.time if row.departure.HasField("time") else MISSING for row in rows]
    assert found.stops[:, DEPARTURE_TIME].tolist() == times


def test_broken_bytes_are_refused_or_read_and_never_more() -> None:
    """Cut off, and with bytes that are others: no read beyond the end, no endless loop."""
    chooser = Random(3)
    message = random_message(chooser, schedule_text(chooser, 6, 3))
    refused = 0
    for _ in range(300):
        wrong = bytearray(message[: chooser.randrange(len(message))])
        for _ in range(chooser.randint(0, 4)):
            if wrong:
                wrong[chooser.randrange(len(wrong))] = chooser.randrange(256)
        try:
            found = read_trip_updates(bytes(wrong))
        except NotAMessage:
            refused += 1
        else:
            assert (found.trips[:, -1] <= len(found.stops)).all()
    assert refused > 100
