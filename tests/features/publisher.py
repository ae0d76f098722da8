"""A publisher of timetables: a real web server that knows conditional requests, and can fail."""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests import feeds
from tests.servers import serve
from transit.models import FeedState, FeedVersion, Interface
from transit.tasks import follow_feed, publish_feeds


@dataclass
class Publisher:
    """What it puts out, by name; `asked` are the statuses that it answered with."""

    folder: Path
    settings: Any
    doors: ExitStack
    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)
    status: int = 200
    url: str = ""

    def open(self) -> None:
        """Its server begins to answer."""
        self.folder.mkdir()
        app = Starlette(routes=[Route("/{name}.zip", self._answer)])
        self.url, _ = self.doors.enter_context(serve(lambda url: app))
        self.settings.DEBUG = True  # a publisher may live on this machine
        self.settings.ALLOWED_LOOPBACK_ORIGINS = [*self.settings.ALLOWED_LOOPBACK_ORIGINS, self.url]

    def puts_out(self, name: str, text: str = "", content: bytes = b"") -> None:
        """A timetable as text, or any bytes, stands at the publisher's address from now on."""
        self.files[name] = content or feeds.write_feed(self.folder / f"{name}.zip", text).read_bytes()
        if not Interface.objects.filter(name=name).exists():
            Interface.objects.create(name=name, format="GTFS", url=f"{self.url}/{name}.zip")

    def is_registered(self, name: str) -> None:
        """What was brought by hand is fetched from the publisher from now on."""
        Interface.objects.filter(name=name).update(url=f"{self.url}/{name}.zip")

    def _answer(self, request: Request) -> Response:
        content = self.files.get(request.path_params["name"])
        if self.status != 200 or content is None:
            return self._said(Response(status_code=self.status if self.status != 200 else 404))
        tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        if request.headers.get("if-none-match") == tag:
            return self._said(Response(status_code=304))
        return self._said(Response(content, headers={"ETag": tag}))

    def _said(self, answer: Response) -> Response:
        self.asked.append(answer.status_code)
        return answer

    def work(self, *names: str) -> None:
        """A worker does what is due."""
        for name in names:
            follow_feed(interface_id=Interface.objects.get(name=name).pk)
        publish_feeds()


def states(name: str) -> list[str]:
    """The versions of a feed in the order of their import."""
    return list(FeedVersion.objects.filter(interface__name=name).order_by("pk").values_list("state", flat=True))


def state_of(name: str) -> FeedState:
    """How following a feed goes."""
    return FeedState.objects.get(interface__name=name)
