"""GTFS-Realtime messages written as text, as their publisher would make them.

trip 1-0 A+180 B-60 C=                 delays in seconds at stops; `=`: nothing is known from here on
trip 1-0 day=20261124 3:+60 B@10:05    a call by its stop_sequence; the time instead of the delay (Helsinki)
trip 1-0 B! C>D                        the stop is skipped; the vehicle stops at D instead of C
trip 1-0 start=10:20:00 delay=300      the start time that tells runs apart; a delay of the whole trip
cancelled 1-0                          likewise `deleted`
new x route=1 A@10:00 B@10:20          likewise `added`; `replacement 1-0 …`
copy 1-0 as=1-0b at=10:15:00           a duplicate with an id and a start time of its own
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from google.transit import gtfs_realtime_pb2 as pb

HELSINKI = ZoneInfo("Europe/Helsinki")
RELATIONS = {
    "trip": "SCHEDULED",
    "run": "UNSCHEDULED",
    "cancelled": "CANCELED",
    "deleted": "DELETED",
    "new": "NEW",
    "added": "ADDED",
    "replacement": "REPLACEMENT",
    "copy": "DUPLICATED",
}
STOP = pb.TripUpdate.StopTimeUpdate
_CALL = re.compile(r"(?:(\d+):)?([\w-]*?)(?:(@)([\d:]+)|([+-]\d+)|(=)|(!)|>(\w+))")


def message(text: str, at: datetime, day: str = "20261124") -> bytes:
    """The bytes of a message that was made at a moment; times are clocks of a day in Helsinki."""
    feed = pb.FeedMessage()
    feed.header.gtfs_realtime_version = "2.0"
    feed.header.timestamp = int(at.timestamp())
    for i, line in enumerate(filter(None, (line.strip() for line in text.splitlines()))):
        entity = feed.entity.add(id=str(i))
        _trip(entity.trip_update, line.split(), day)
    return feed.SerializeToString()


def _trip(update: Any, words: list[str], day: str) -> None:
    kind, trip, *rest = words
    update.trip.trip_id = trip
    if kind not in ("new", "added"):
        update.trip.start_date = day
    update.trip.schedule_relationship = pb.TripDescriptor.ScheduleRelationship.Value(RELATIONS[kind])
    for word in rest:
        name, given, value = word.partition("=")
        if given and value and not word.startswith("@"):
            _property(update, name, value)
        else:
            _call(update.stop_time_update.add(), word, day)


def _property(update: Any, name: str, value: str) -> None:
    if name == "day":
        update.trip.start_date = "" if value == "none" else value
        if value == "none":
            update.trip.ClearField("start_date")
    elif name == "start":
        update.trip.start_time = value
    elif name == "route":
        update.trip.route_id = value
    elif name == "delay":
        update.delay = int(value)
    elif name == "as":
        update.trip_properties.trip_id = value
    elif name == "at":
        update.trip_properties.start_time = value
        update.trip_properties.start_date = update.trip.start_date
    elif name == "headsign":
        update.trip_properties.trip_headsign = value


def _call(row: Any, word: str, day: str) -> None:
    match = _CALL.fullmatch(word)
    assert match is not None, word
    sequence, stop, _, clock, delay, nothing, skipped, elsewhere = match.groups()
    if sequence:
        row.stop_sequence = int(sequence)
    if stop:
        row.stop_id = stop
    if clock:
        row.arrival.time = row.departure.time = _instant(day, clock)
    elif delay:
        row.arrival.delay = row.departure.delay = int(delay)
    elif elsewhere:
        row.stop_time_properties.assigned_stop_id = elsewhere
    if nothing or skipped:
        row.schedule_relationship = (
            pb.TripUpdate.StopTimeUpdate.NO_DATA if nothing else pb.TripUpdate.StopTimeUpdate.SKIPPED
        )


def _instant(day: str, clock: str) -> int:
    hour, minute = (int(part) for part in clock.split(":"))
    midnight = datetime.strptime(day, "%Y%m%d").replace(tzinfo=HELSINKI)
    return int(midnight.timestamp()) + hour * 3600 + minute * 60
