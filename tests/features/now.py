"""Operators that say in bytes how their trips run, behind a real socket; what the API makes of it, as lines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import time_machine
from django.urls import reverse
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from tests.features import lines
from tests.features.town import Town
from tests.features.wire import Wire
from tests.messages import HELSINKI, message
from tests.servers import serve
from transit import journeys

BUSES = """
station S 60.1400 24.9500 Square
stop A 60.1000 24.9000 Airport
stop B 60.1200 24.9200 Bridge
stop C 60.1400 24.9500 parent=S platform=1 Square
stop C2 60.1401 24.9501 parent=S platform=2 Square
stop D 60.1600 24.9900 Docks
stop E 60.1900 25.0500 End
line 1 bus A 10:05 B 10:15 C 10:25
line 1 bus A 10:35 B 10:45 C 10:55
line 2 tram C 10:30 D 10:40 E 10:50
line 2 tram C 10:45 D 10:55 E 11:05
line 3 bus block=b B 12:00 A 12:20
line 4 bus block=b A 12:25 D 12:50
line N bus A 23:50 B 24:10 C 24:20
"""


class Now:
    """One operator with one feed, `bus`."""

    def __init__(self, town: Town, wire: Wire, clock: time_machine.Traveller) -> None:
        self.town, self.wire, self.clock = town, wire, clock
        self.body, self.text = b"", ""
        town.publish(bus=BUSES)
        published = Starlette(routes=[Route("/bus.pb", lambda request: Response(self.body))])
        url, _ = wire.doors.enter_context(serve(lambda url: published))
        wire.add("bus", f"{url}/bus.pb")

    def says(self, text: str, ago: timedelta = timedelta(), day: str = "20261124") -> None:
        """A message is published, and read; the process that answers has taken it up."""
        now, self.text = datetime.now(UTC), text
        self.body = message(text, now - ago, day)
        state = self.wire.read("bus")
        assert not state.error, state.error
        journeys.catch_up(now)

    def page(self, name: str, status: int = 200, clock: str = "", **asked: str) -> str:
        """A page as somebody sees it, at a clock of Tuesday."""
        if clock:
            self.at(f"2026-11-24T{clock}")
        answer = self.town.client.get(reverse(name), asked)
        assert answer.status_code == status, answer.content
        return " ".join(unescape(answer.content.decode()).split())

    def offered(self, token: str) -> Any:
        """What is said to who wants to buy it."""
        asked = {"token": token, "travellers": [{"category": "adult"}]}
        return self.town.client.post("/api/v1/offers", asked, content_type="application/json").json()

    def at(self, moment: str) -> None:
        """The clock in Helsinki jumps, and the operator says again what it said."""
        self.clock.move_to(datetime.fromisoformat(moment).replace(tzinfo=HELSINKI))
        if self.text:
            self.says(self.text)

    def later(self, minutes: int) -> None:
        """Time goes by and nothing is said."""
        self.clock.shift(minutes * 60)

    def journeys(self, origin: str = "A", destination: str = "E", at: str = "10:00", **wishes: Any) -> list[str]:
        """The best journeys, with what is known of now."""
        found = self.town.plan(f"bus:{origin}", f"bus:{destination}", at, **wishes)
        return [told(each) for each in found]

    def board(self, stop: str = "A", at: str = "10:00", limit: int = 3) -> list[str]:
        """What leaves a stop, with what is known of now."""
        answer = self.town.get("departures", stop=f"bus:{stop}", time=f"2026-11-24T{at}", limit=str(limit))
        return [
            lines.departure(row) + known(row, row["scheduled_at"], row["departure_at"]) for row in answer["departures"]
        ]


def told(itinerary: Any) -> str:
    """The rides alone: `10:08 Bus 1 Airport–Square (1) 10:28 [10:05 late]`."""
    rides = [leg for leg in itinerary["legs"] if leg["service"]]
    return " > ".join(
        lines._leg(leg, False, False) + known(leg, leg["scheduled_start_at"], leg["start_at"]) for leg in rides
    )


def known(row: Any, scheduled: str, expected: str) -> str:
    """What is known beside the expected time."""
    words = []
    if row.get("is_cancelled"):
        words.append("cancelled")
    if row["realtime"]:
        kind = row["realtime"]["running"]
        on_time = "on time" if scheduled == expected else f"planned {lines.clock(scheduled)}"
        words.append(on_time if kind == "updated" else kind)
        if row["realtime"]["start_platform"]:
            words.append(f"not platform {row['realtime']['start_platform']}")
        if row["realtime"]["stale"]:
            words.append("perhaps outdated")
    return f" [{', '.join(words)}]" if words else ""
