"""GTFS-Realtime messages, checked whole before anything is believed of them.

What is wrong with the message as a whole refuses it; what is wrong with one entity leaves that entity out.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final

from google.protobuf.message import DecodeError
from google.protobuf.unknown_fields import UnknownFieldSet
from google.transit.gtfs_realtime_pb2 import Alert, FeedEntity, FeedHeader, FeedMessage, TripDescriptor, TripUpdate
from google.transit.gtfs_realtime_pb2 import VehiclePosition as Vehicle

from transit.feeds.realtime import Kind

AHEAD: Final = timedelta(seconds=60)
"""So much may the clock of a publisher be fast."""
MOST_ENTITIES: Final = 200_000
MOST_FAULTY: Final = 0.5
"""A message of which more than this share of entities is faulty is refused."""
BACKWARDS_S: Final = 60
"""Times that go back by less along a trip are taken for rounding."""
LATE_S: Final = 86_400
SPAN_S: Final = 7 * 86_400
SAMPLES: Final = 5

Relation = TripDescriptor.ScheduleRelationship
OF_TIMETABLE: Final = frozenset({TripDescriptor.SCHEDULED, TripDescriptor.CANCELED, TripDescriptor.DELETED,
                                 TripDescriptor.REPLACEMENT, TripDescriptor.UNSCHEDULED})  # fmt: skip
"""Trips that the timetable has."""
_WITH_STOPS = frozenset({TripDescriptor.ADDED, TripDescriptor.NEW, TripDescriptor.REPLACEMENT})
_DATE = re.compile(r"\d{8}")
_TIME = re.compile(r"\d{1,3}:[0-5]\d:[0-5]\d")


class Refused(ValueError):
    """A message that cannot be used as a whole; says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What was wrong with some entities; `samples` are ids of theirs."""

    code: str
    count: int
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """A good message: without its faulty entities, and what those had."""

    message: FeedMessage = field(repr=False)
    header_at: datetime
    faults: tuple[Fault, ...]

    @property
    def counts(self) -> dict[Kind, int]:
        """How many entities of each kind."""
        found = {
            Kind.TRIP_UPDATES: sum(each.HasField("trip_update") for each in self.message.entity),
            Kind.VEHICLE_POSITIONS: sum(each.HasField("vehicle") for each in self.message.entity),
            Kind.ALERTS: sum(each.HasField("alert") for each in self.message.entity),
        }
        return {kind: count for kind, count in found.items() if count}

    @property
    def trip_ids(self) -> set[str]:
        """The trips of the timetable of which it speaks, by the ids of its feed."""
        said = [each.trip_update.trip for each in self.message.entity if each.HasField("trip_update")]
        said += [each.vehicle.trip for each in self.message.entity if each.HasField("vehicle")]
        return {trip.trip_id for trip in said if trip.trip_id and trip.schedule_relationship in OF_TIMETABLE}


def check(content: bytes, now: datetime, after: datetime | None = None) -> Checked:
    """A message that was received at `now`, and is no older than `after`. Raises Refused."""
    message = _decoded(content)
    header_at = _header_time(message.header, now)
    if after and header_at < after:
        raise Refused(
            f"The message is of {header_at:%H:%M:%S}, older than the one before, of {after:%H:%M:%S}. "
            "The publisher serves from several machines, or from a cache: ask it to serve the newest only."
        )
    before = len(message.entity)
    faulty = _faulty(message)
    if before and len({position for position, _ in faulty}) > MOST_FAULTY * before:
        said = Counter(code for _, code in faulty).most_common(1)[0][0]
        raise Refused(f"{len(faulty)} of {before} entities are faulty, most of them: {said}. Ask the publisher.")
    faults = _counted(message, faulty)
    for position, _ in reversed(faulty):
        del message.entity[position]
    return Checked(message, header_at, faults)


def read(content: bytes) -> FeedMessage:
    """A message that was found good, without the entities that were not."""
    message = _decoded(content)
    for position, _ in reversed(_faulty(message)):
        del message.entity[position]
    return message


def _decoded(content: bytes) -> FeedMessage:
    """Raises Refused."""
    if not content:
        raise Refused("The answer is empty. A message without news still has a header: ask the publisher.")
    if kind := _foreign(content):
        raise Refused(f"The answer is {kind}, no GTFS-Realtime message. Check the address.")
    message = FeedMessage()
    try:
        _require_few(content)
        message.ParseFromString(content)
    except (DecodeError, IndexError):
        raise Refused("The answer is no complete GTFS-Realtime message. Check the address, or wait.") from None
    if not message.HasField("header") or not message.header.IsInitialized():
        raise Refused("The message has no header with a version. Check that the address gives GTFS-Realtime.")
    return message


def _foreign(content: bytes) -> str:
    """What is often served instead."""
    start = content[:64].lstrip()
    if start.startswith(b"<"):
        return "a web page or XML"
    if start.startswith((b"{", b"[")):
        return "JSON"
    if start.startswith(b"PK\x03\x04"):
        return "a zip archive"
    return "compressed" if start.startswith(b"\x1f\x8b") else ""


def _require_few(content: bytes) -> None:
    """Count the fields of the message itself before any is unpacked: an empty entity takes two bytes to send, and
    fifty times as many to hold. Raises Refused, DecodeError, IndexError.
    """
    at = entities = 0
    while at < len(content):
        tag, at = _number(content, at)
        if tag & 7 != 2:
            raise DecodeError
        length, at = _number(content, at)
        at += length
        entities += 1
        if entities > MOST_ENTITIES:
            raise Refused(f"The message has more than {MOST_ENTITIES} entities.")
    if at != len(content):
        raise DecodeError


def _number(content: bytes, at: int) -> tuple[int, int]:
    """A base-128 number (Protocol Buffers, "Encoding") and where it ends."""
    number = shift = 0
    while True:
        byte = content[at]
        number, shift, at = number | (byte & 127) << shift, shift + 7, at + 1
        if byte < 128:
            return number, at
        if shift > 63:
            raise DecodeError


def _header_time(header: FeedHeader, now: datetime) -> datetime:
    """When a message was made. Raises Refused."""
    if not header.gtfs_realtime_version.startswith(("1", "2")):
        raise Refused(f"Version {header.gtfs_realtime_version[:20]!r} is not known; 1.0 and 2.0 are.")
    if header.incrementality != FeedHeader.FULL_DATASET:
        raise Refused("The message has changes only (DIFFERENTIAL). Ask the publisher for FULL_DATASET.")
    try:
        made_at = datetime.fromtimestamp(header.timestamp, UTC)
    except (OverflowError, ValueError, OSError):
        raise Refused(f"The time {header.timestamp} is no time. It is in seconds since 1970 (POSIX).") from None
    if not header.timestamp:
        raise Refused("The message does not say when it was made (timestamp). Ask the publisher to state it.")
    if made_at > now + AHEAD:
        raise Refused(f"The message is of {made_at:%Y-%m-%d %H:%M:%S} UTC, which is in the future. Check the clocks.")
    return made_at


def _faulty(message: FeedMessage) -> list[tuple[int, str]]:
    """The positions of faulty entities, in order, and what is wrong with each."""
    ids = Counter(entity.id for entity in message.entity)
    trips = Counter(_run(entity) for entity in message.entity if entity.HasField("trip_update"))
    made_s = message.header.timestamp
    found = []
    for position, entity in enumerate(message.entity):
        said = entity.HasField("trip_update") and trips[_run(entity)] > 1
        code = "duplicate_entity" if ids[entity.id] > 1 else "duplicate_trip" if said else _fault(entity, made_s)
        if code:
            found.append((position, code))
    return found


def _run(entity: FeedEntity) -> tuple[str, ...]:
    """The run of a trip of which a trip update speaks."""
    trip, made = entity.trip_update.trip, entity.trip_update.trip_properties
    return (trip.trip_id, trip.start_date, trip.start_time, trip.route_id, made.trip_id, made.start_date) + (
        () if trip.trip_id else (entity.id,)
    )


def _counted(message: FeedMessage, faulty: list[tuple[int, str]]) -> tuple[Fault, ...]:
    ids: dict[str, list[str]] = {}
    for position, code in faulty:
        ids.setdefault(code, []).append(message.entity[position].id[:60])
    return tuple(Fault(code, len(found), tuple(found[:SAMPLES])) for code, found in sorted(ids.items()))


def _fault(entity: FeedEntity, made_s: int) -> str:
    """What is wrong with an entity; "" for nothing."""
    if not entity.IsInitialized():
        return "incomplete"
    if entity.is_deleted:
        return "deleted"
    checks: list[tuple[str, Callable[[], str]]] = [
        ("trip_update", lambda: _trip_fault(entity.trip_update) or _times_fault(entity.trip_update, made_s)),
        ("vehicle", lambda: _vehicle_fault(entity.vehicle, made_s)),
        ("alert", lambda: _alert_fault(entity.alert)),
    ]
    return next((code for name, of in checks if entity.HasField(name) and (code := of())), "")


def _trip_fault(update: TripUpdate) -> str:
    """GTFS-Realtime, TripDescriptor: what each schedule_relationship needs."""
    trip, relation = update.trip, update.trip.schedule_relationship
    if any(each.field_number == trip.SCHEDULE_RELATIONSHIP_FIELD_NUMBER for each in UnknownFieldSet(trip)):
        return "unknown_relationship"
    if not trip.trip_id:
        return "no_trip_id"
    if (trip.start_date and not _is_date(trip.start_date)) or (
        trip.start_time and not _TIME.fullmatch(trip.start_time)
    ):
        return "bad_start"
    if relation == TripDescriptor.DUPLICATED:
        made = update.trip_properties
        whole = made.trip_id and _is_date(made.start_date) and _TIME.fullmatch(made.start_time)
        return "" if whole else "duplicate_without_properties"
    if relation in _WITH_STOPS and sum(bool(stop.stop_id) for stop in update.stop_time_update) < 2:
        return "no_stops"
    return ""


def _is_date(text: str) -> bool:
    try:
        return bool(_DATE.fullmatch(text) and datetime.strptime(text, "%Y%m%d").replace(tzinfo=UTC))
    except ValueError:
        return False


def _times_fault(update: TripUpdate, made_s: int) -> str:
    """Stops in order, times that can be."""
    numbers = [stop.stop_sequence for stop in update.stop_time_update if stop.HasField("stop_sequence")]
    if any(later <= earlier for earlier, later in pairwise(numbers)):
        return "stops_out_of_order"
    if any(not stop.stop_id and not stop.HasField("stop_sequence") for stop in update.stop_time_update):
        return "no_stop"
    latest_s = 0
    for time_s, delay_s in _events(update):
        if abs(delay_s) > LATE_S or (time_s and abs(time_s - made_s) > SPAN_S):
            return "impossible_time"
        if time_s and time_s < latest_s - BACKWARDS_S:
            return "times_go_back"
        latest_s = max(latest_s, time_s)
    return ""


def _events(update: TripUpdate) -> Iterator[tuple[int, int]]:
    """The times (0: none) and delays of a trip in the order of its stops."""
    for stop in update.stop_time_update:
        for event in (stop.arrival, stop.departure):
            yield event.time, event.delay


def _vehicle_fault(vehicle: Vehicle, made_s: int) -> str:
    if not vehicle.HasField("position"):
        return ""
    lat, lon = vehicle.position.latitude, vehicle.position.longitude
    if not (math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180) or (lat, lon) == (0, 0):
        return "impossible_position"
    if vehicle.timestamp > made_s + AHEAD.total_seconds():
        return "in_the_future"
    return ""


def _alert_fault(alert: Alert) -> str:
    if not any(each.text.strip() for each in alert.header_text.translation) and not any(
        each.text.strip() for each in alert.description_text.translation
    ):
        return "no_text"
    return "" if alert.informed_entity else "nobody_informed"
