"""A small town: what operators publish is imported and built for real, and somebody asks over the public API."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.test import Client

from tests import feeds
from tests.features import lines
from tests.feeds import NOW
from transit.network.current import RECHECK_S

Json = dict[str, Any]
TODAY = "2026-11-24"  # a Tuesday; every story happens on the day before it
VEHICLES = "bus,coach,rail,tram,metro,ferry"


@dataclass
class Town:
    """Times are the clocks of Helsinki unless they say otherwise; stops are `feed:stop`."""

    folder: Path
    client: Client = field(default_factory=Client)
    is_open: bool = False

    def publish(self, streets: str = "", **texts: str) -> None:
        """Feeds by name, and streets, become the network that answers."""
        feeds.publish(self.folder, texts, streets, now=NOW)
        if self.is_open:
            self.wait_for_pointer()
        self.is_open = True

    def wait_for_pointer(self) -> None:
        """Until every process has seen that another network answers."""
        time.sleep(RECHECK_S + 0.05)

    def get(self, path: str, *, status: int = 200, language: str = "en", **parameters: Any) -> Json:
        """The answer of `/api/v1/<path>`."""
        answer = self.client.get(f"/api/v1/{path}", parameters, headers={"Accept-Language": language})
        assert answer.status_code == status, answer.content
        body: Json = answer.json()
        return body

    def plan(self, origin: str, destination: str, at: str, *, day: str = TODAY, **wishes: Any) -> list[Json]:
        """The itineraries of a search by public transport and on foot, for the best alone unless `window` is wished."""
        asked = {"from": origin, "to": destination, "time": f"{day}T{at}", "modes": VEHICLES, "window": "0"}
        found: list[Json] = self.get("plan", **(asked | wishes))["itineraries"]
        return found

    def journeys(self, origin: str, destination: str, at: str, **wishes: Any) -> list[str]:
        """The same as lines."""
        return [lines.journey(each) for each in self.plan(origin, destination, at, **wishes)]

    def fares(self, origin: str, destination: str, at: str, travellers: str = "adult:1", **wishes: Any) -> list[str]:
        """The fares of the first journey of a search as lines, and `unknown` for legs without one."""
        found = self.plan(origin, destination, at, travellers=travellers, **wishes)[0]
        return [lines.fare(row) for row in found["fares"]] + [f"unknown {leg}" for leg in found["unpriced_legs"]]

    def board(self, stop: str, at: str, limit: int = 3, **wishes: Any) -> list[str]:
        """What leaves a stop."""
        answer = self.get("departures", stop=stop, time=f"{TODAY}T{at}", limit=str(limit), **wishes)
        return [lines.departure(row) for row in answer["departures"]]

    def places(self, text: str, **wishes: Any) -> list[str]:
        """The places of that name."""
        return [lines.place(row) for row in self.get("places", q=text, **wishes)["places"]]
