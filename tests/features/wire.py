"""Operators that say how their trips run: the sandbox's twin behind a real socket, and an interface of it."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from maas.sandbox.feeds import Library
from maas.sandbox.realtime import Control, create_app
from tests import feeds
from tests.servers import serve
from transit import tasks
from transit.journeys import realtime
from transit.models import Interface, RealtimeState


@dataclass
class Wire:
    """What the operators of a folder of feeds say. Nothing happens by itself."""

    folder: Path
    settings: Any
    doors: ExitStack
    url: str = ""

    def listen(self, **texts: str) -> None:
        """Operators publish feeds by name, and there is an interface for each."""
        self.folder.mkdir()
        for name, text in texts.items():
            feeds.write_feed(self.folder / f"{name}.zip", text)
        library = Library(self.folder, lambda: datetime.now(UTC).date())
        self.url, _ = self.doors.enter_context(serve(lambda url: create_app(library, Control(calm=True))))
        for name in texts:
            self.add(name, f"{self.url}/{name}.pb")

    def add(self, feed: str, url: str, name: str = "now") -> Interface:
        """An interface that speaks of a feed."""
        self.settings.DEBUG = True  # operators may live on this machine
        allowed = [*self.settings.ALLOWED_LOOPBACK_ORIGINS, url.rpartition("/")[0]]
        self.settings.ALLOWED_LOOPBACK_ORIGINS = allowed
        of = Interface.objects.get(name=feed)
        return Interface.objects.create(name=f"{feed}-{name}", format="GTFS-RT", url=url, of=of)

    def happens(self, lever: str, **fields: Any) -> None:
        """Something happens at the operator."""
        assert httpx.post(f"{self.url}/_twin/{lever}", json=fields, trust_env=False).status_code == 200

    def read(self, feed: str, name: str = "now") -> RealtimeState:
        """The worker reads; every process looks again. What is known of the interface then."""
        interface = Interface.objects.get(name=f"{feed}-{name}")
        tasks.read_interface(interface_id=interface.pk)
        realtime._REALTIME = realtime.Realtime()
        return RealtimeState.objects.get(interface=interface)
