"""What operators say of lines without exact times, by two interfaces, and what then is said to who wants to buy."""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from tests.features.a270_how_sure_a_change_is import LAKE, asked, change, seen
from tests.features.now import Now, told
from tests.features.town import Town
from tests.features.wire import Wire
from tests.messages import message
from tests.servers import serve
from transit import journeys

METRO = """
stop C 60.170 24.940 Centre
stop E 60.190 25.030 East
line M metro C 0:00 E 0:12
line T tram C 0:00 E 0:20

[frequencies.txt]
trip_id,start_time,end_time,headway_secs,exact_times
M-0,09:00:00,12:00:00,1200,0
T-0,13:00:00,15:00:00,1200,1
"""


def heard(town: Town, wire: Wire, feed: str, *texts: str) -> None:
    """Each text is what one interface of a feed says; read in their order."""
    bodies = [message(text, datetime.now(UTC)) for text in texts]

    def answer(request: object, body: bytes) -> Response:
        return Response(body)

    routes = [
        Route(f"/{i}.pb", lambda request, body=body: answer(request, body)) for i, body in enumerate(bodies)
    ]  # fmt: skip
    url, _ = wire.doors.enter_context(serve(lambda url: Starlette(routes=routes)))
    for i in range(len(texts)):
        wire.add(feed, f"{url}/{i}.pb", f"now{i}")
        assert not wire.read(feed, f"now{i}").error
    journeys.catch_up(datetime.now(UTC))


def rides(town: Town, at: str) -> list[str]:
    return [told(each) for each in town.plan("metro:C", "metro:E", at)]


def test_lines_without_exact_times(town: Town, wire: Wire) -> None:
    """A run has a start time of its own: it stands in for the one that would be there about then."""
    town.publish(metro=METRO)
    assert rides(town, "10:01")[0].startswith("10:20 Metro M Centre–East 10:32")
    heard(town, wire, "metro", "run M-0 start=10:26:00 C+0\nrun M-0 start=10:46:00 C+60\ncancelled T-0 start=13:20:00")
    assert rides(town, "10:21")[0].startswith("10:26 Metro M Centre–East 10:38 [planned"), "six minutes after"
    assert rides(town, "10:41")[0].startswith("10:47 Metro M Centre–East 10:59 [planned")
    assert rides(town, "13:01")[0].startswith("13:40 Tram T"), "the run of 13:20 is off"


def test_two_interfaces_of_one_feed(now: Now) -> None:
    """What only one says counts; of what both say, the first by name."""
    heard(now.town, now.wire, "bus", "trip 1-0 A+180", "trip 1-0 A+600\ntrip 2-0 C+240\ncancelled 1-1")
    assert now.journeys(destination="C") == ["10:08 Bus 1 Airport–Square (1) 10:28 [planned 10:05]"]
    assert now.journeys("C", "E", at="10:29") == ["10:34 Tram 2 Square (1)–End 10:54 [planned 10:30]"]
    assert now.board(at="10:30")[0].endswith("[cancelled]")


def test_the_reason_is_told(now: Now) -> None:
    planned = now.town.plan("bus:A", "bus:E", "10:00")[0]
    now.says("trip 1-0 A+900 B+900 C+900")
    missed = now.offered(planned["token"])
    assert (missed["code"], missed["reason"], missed["legs"]) == ("itinerary_changed", "missed", [1])
    now.says("cancelled 1-0")
    off = now.offered(planned["token"])
    assert (off["code"], off["reason"], off["legs"]) == ("itinerary_changed", "cancelled", [0])
    for language, words in (("en", "has cancelled a ride"), ("fi", "on perunut"), ("ja", "運休")):
        told_so = now.town.client.post("/offers", {"token": planned["token"]}, headers={"Accept-Language": language})
        assert told_so.status_code == 409
        assert words in told_so.content.decode()


def test_who_is_late_too_waits(town: Town) -> None:
    town.publish(lake=LAKE)
    seen("lake:1", "lake:B", {1: 20, 6: 20})
    assert change(asked(town, "10:00"))["probability"] == 0.5, "half are five minutes late and more, three are there"
    seen("lake:2", "lake:B", {1: 20, 8: 20})
    found = change(asked(town, "10:00"))
    assert (found["source"], found["probability"]) == ("history", 0.75), "and half of the trams are 15 minutes late"
