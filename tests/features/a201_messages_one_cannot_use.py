"""Whatever an operator's server sends instead of a good message is refused with a reason, and loses nothing."""

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from django.contrib.auth import get_user_model
from google.transit.gtfs_realtime_pb2 import FeedHeader, FeedMessage
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from tests.features.town import Town
from tests.features.wire import Wire
from tests.feeds import NOW
from tests.servers import serve
from transit.feeds.realtime import Kind, last_messages
from transit.models import RealtimeState
from transit.register.realtime import list_due

BUS = """
stop M 60.1900 24.9500 Market
stop H 60.1500 24.9000 Harbour
every 20 until 23:40 line 1 bus M 8:00 H 8:09
"""
POSIX = int(NOW.timestamp())
Answer = Callable[[], Response]


def good(trips: int = 12, **header: int | str) -> FeedMessage:
    """About the first trips of the bus."""
    message = FeedMessage()
    for name, value in ({"gtfs_realtime_version": "2.0", "timestamp": POSIX} | header).items():
        setattr(message.header, name, value)
    for number in range(trips):
        update = message.entity.add(id=f"e{number}").trip_update
        update.trip.trip_id = f"1-{number}"
        update.stop_time_update.add(stop_sequence=1).departure.delay = 60
    return message


def sent(message: FeedMessage) -> Answer:
    return lambda: Response(message.SerializePartialToString())


def raw(content: bytes, **headers: str) -> Answer:
    return lambda: Response(content, headers={name.replace("_", "-"): value for name, value in headers.items()})


def endless() -> Response:
    return StreamingResponse(bytes(1 << 20) for _ in range(200))


def foreign() -> FeedMessage:
    message = good()
    for entity in message.entity:
        entity.trip_update.trip.trip_id = f"other-{entity.id}"
    return message


def repeated() -> FeedMessage:
    message = good()
    for entity in message.entity:
        entity.id = "same"
    return message


def crowd() -> bytes:
    """Half a megabyte, and a quarter of a million entities."""
    return good().SerializeToString() + b"\x12\x00" * 250_000


REFUSED = {
    "nothing": (raw(b""), "empty"),
    "a web page": (raw(b"<!doctype html><title>Sign in</title>"), "a web page"),
    "JSON": (raw(b'{"header": {}}'), "JSON"),
    "the timetable": (raw(b"PK\x03\x04rest"), "a zip archive"),
    "cut off": (raw(good().SerializeToString()[:-3]), "no complete"),
    "another message": (raw(b"\x08\x96\x01"), "no complete"),
    "entities without a header": (raw(b"\x12\x04\x0a\x02e1"), "no header"),
    "200 MB": (endless, "more than 20971520 bytes"),
    "packed": (raw(gzip.compress(bytes(50 << 20))), "compressed"),
    "packed and said to be": (raw(gzip.compress(bytes(50 << 20)), content_encoding="gzip"), "unasked content encoding"),
    "a crowd": (raw(crowd()), "more than 200000 entities"),
    "tomorrow's": (sent(good(timestamp=POSIX + 86_400)), "in the future"),
    "of no time": (sent(good(timestamp=0)), "does not say when"),
    "of the year 500,000,000": (sent(good(timestamp=2**63)), "is no time"),
    "yesterday's": (sent(good(timestamp=POSIX - 86_400)), "older than the one before"),
    "changes only": (sent(good(incrementality=FeedHeader.DIFFERENTIAL)), "FULL_DATASET"),
    "a later version": (sent(good(gtfs_realtime_version="7.0")), "Version '7.0'"),
    "one id for all": (sent(repeated()), "duplicate_entity"),
    "of another timetable": (sent(foreign()), "12 of 12 trips are not in the timetable bus"),
    "an error": (lambda: Response(status_code=503), "status 503"),
}


@contextmanager
def operator() -> Iterator[tuple[str, list[Answer]]]:
    """A server that answers as the last entry says."""
    answers: list[Answer] = []

    async def answer(request: Request) -> Response:
        return answers[-1]()

    with serve(lambda url: Starlette(routes=[Route("/now.pb", answer)])) as (url, _):
        yield f"{url}/now.pb", answers


def test_the_last_good_message_stays(town: Town, wire: Wire) -> None:
    town.publish(bus=BUS)
    with operator() as (url, answers):
        interface = wire.add("bus", url)
        answers.append(sent(good()))
        kept = wire.read("bus")
        assert (kept.error, kept.counts) == ("", {"trip_updates": 12, "trips": 12, "unknown_trips": 0})
        for name, (answer, reason) in REFUSED.items():
            RealtimeState.objects.filter(interface=interface).update(failures=0)
            answers.append(answer)
            state = wire.read("bus")
            assert reason in state.error, f"{name}: {state.error}"
            assert (state.sha256, state.counts, state.failures) == (kept.sha256, kept.counts, 1), name
            (last,) = last_messages(Kind.TRIP_UPDATES)
            assert last.path.read_bytes() == good().SerializeToString(), name


def spoil(message: FeedMessage) -> None:
    """One fault in each of eight entities of sixteen."""
    entities = message.entity
    nan = float("nan")
    entities[0].trip_update.trip.ClearField("trip_id")
    entities[1].trip_update.stop_time_update.add(stop_sequence=1)
    entities[2].trip_update.stop_time_update[0].departure.delay = 200_000
    late, early = (entities[3].trip_update.stop_time_update.add(stop_sequence=n) for n in (2, 3))
    late.arrival.time, early.arrival.time = POSIX + 600, POSIX
    entities[4].trip_update.trip.start_date = "20261399"
    entities[5].trip_update.trip.MergeFromString(b"\x20\x63")  # schedule_relationship 99
    for position, at in ((6, (nan, 24.9)), (7, (91.0, 24.9))):
        entities[position].ClearField("trip_update")
        place = entities[position].vehicle.position
        place.latitude, place.longitude = at
    entities[8].id = entities[9].id = "twice"


def test_one_bad_entity_spoils_no_other(town: Town, wire: Wire) -> None:
    town.publish(bus=BUS)
    message = good(24)
    spoil(message)
    with operator() as (url, answers):
        wire.add("bus", url)
        answers.append(sent(message))
        state = wire.read("bus")
    assert state.error == ""
    assert {fault["code"]: fault["count"] for fault in state.faults} == {
        "no_trip_id": 1, "stops_out_of_order": 1, "impossible_time": 1, "times_go_back": 1, "bad_start": 1,
        "unknown_relationship": 1, "impossible_position": 2, "duplicate_entity": 2,
    }  # fmt: skip
    assert state.counts["trip_updates"] == 14
    town.client.force_login(get_user_model().objects.create_superuser("officer@example.org", "long-enough-word"))
    page = town.client.get(f"/admin/transit/realtimestate/{state.pk}/change/").content.decode()
    assert "2 × Several entities have one id; none of them is used. Tell the publisher. (twice, twice)" in page


def test_who_fails_is_asked_less_and_less_often(town: Town, wire: Wire) -> None:
    town.publish(bus=BUS)
    interface = wire.add("bus", "http://127.0.0.1:9/now.pb")
    pauses = []
    for _ in range(7):
        wire.read("bus")
        now = datetime.now(UTC)
        due = (s for s in (14, 16, 31, 61, 121, 241, 301) if list_due(now + timedelta(seconds=s)) == [interface.pk])
        pauses.append(next(due))
    assert pauses == [16, 31, 61, 121, 241, 301, 301]
