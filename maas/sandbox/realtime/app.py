"""`/<feed>.pb` and, under `/_twin/`, its levers."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from maas.sandbox.feeds import Library
from maas.sandbox.realtime.control import Control
from maas.sandbox.realtime.messages import message
from maas.sandbox.tomp import Timetable

LARGEST_BYTES = 50 * 2**20
"""Operators with more stop times than this say nothing: their whole timetable would have to be held."""
EVERY = timedelta(seconds=10)
"""So often there is something new."""


def speaks(feed: Path) -> bool:
    """Whether the operators of a feed say how their trips run."""
    try:
        with zipfile.ZipFile(feed) as archive:
            return archive.getinfo("stop_times.txt").file_size <= LARGEST_BYTES
    except (KeyError, zipfile.BadZipFile):
        return False


def create_app(
    library: Library, control: Control, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Starlette:
    """Messages with `ETag`.

    POST /_twin/trips {feed, trip_id, day, delay_s, cancelled, skipped, steady}, DELETE /_twin/trips,
    POST /_twin/alerts {feed, header, informed …}, POST /_twin/age {age_s}.
    """

    @lru_cache(maxsize=32)
    def timetable(feed: str, digest: str) -> Timetable:
        return Timetable.of_gtfs(library.feed(feed))

    def said(feed: str) -> bytes | None:
        path = library.feeds().get(feed)
        if path is None or not speaks(path):
            return None
        now = clock()
        now -= timedelta(seconds=now.timestamp() % EVERY.total_seconds())
        digest = hashlib.sha256(library.feed(feed)).hexdigest()
        return message(feed, timetable(feed, digest), control, now).SerializeToString(deterministic=True)

    async def messages(request: Request) -> Response:
        content = await run_in_threadpool(said, request.path_params["feed"])
        if content is None:
            return JSONResponse({"error": "nothing is said of this feed"}, 404)
        headers = {"ETag": f'"{hashlib.sha256(content).hexdigest()[:32]}"'}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        return Response(content, media_type="application/x-protobuf", headers=headers)

    async def steer(request: Request) -> Response:
        body = await request.json() if request.method == "POST" else {}
        match request.path_params["lever"]:
            case "trips" if request.method == "POST":
                control.steer(**body)
            case "trips":
                control.fates.clear()
            case "alerts":
                control.alerts.setdefault(body.pop("feed"), []).append(body)
            case "age":
                control.age_s = int(body["age_s"])
            case _:
                return JSONResponse({"error": "no such lever"}, 404)
        return JSONResponse({})

    return Starlette(
        routes=[
            Route("/_twin/{lever}", steer, methods=["POST", "DELETE"]),
            Route("/{feed}.pb", messages),
        ]
    )
