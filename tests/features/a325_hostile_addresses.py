"""Whoever writes an address into the register, a form or a webhook reaches nothing of ours with it, nor for long."""

import json
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from typing import Any, Final

import anyio
import pytest
from django.utils import timezone
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from bookings.messaging.base import DeliveryError
from bookings.models import Outbox, Webhook
from bookings.services import webhooks
from tests.servers import serve
from tests.transit.remote.conftest import Canary, listening
from tests.transit.remote.test_http import TARGETS
from transit.feeds.gofs import NEEDED
from transit.following import fetching
from transit.models import Interface
from transit.register import connecting, mobility, on_call, realtime
from transit.remote import gofs, http
from transit.remote.http import RemoteError
from transit.remote.tomp import Party
from transit.sealing import seal

pytestmark = pytest.mark.django_db
PORT: Final = 8443
"""One that the guard lets through, so that it is the address that counts."""
LONGEST_S: Final = 12.0


@dataclass(frozen=True)
class Door:
    """A way by which an outsider's address is called; `opens` says whether anything came of it."""

    name: str
    opens: Callable[[str], bool]


def _webhook(url: str) -> bool:
    now = timezone.now()
    row = Webhook(operator_code="o", url=url, secret_sealed=seal(webhooks._new_secret()))
    message = Outbox(key="k", topic="order.completed", payload={"order": "x"}, created_at=now, webhook=row)
    try:
        webhooks.deliver(message, now)
    except DeliveryError:
        return False
    return True


def _interface(kind: str, read: Callable[[int], Any]) -> Callable[[str], bool]:
    def opens(url: str) -> bool:
        row, _ = Interface.objects.get_or_create(name=f"x-{kind.lower()}", defaults=_fields(kind))
        Interface.objects.filter(pk=row.pk).update(url=url)
        return bool(read(row.pk))

    return opens


def _fields(kind: str) -> dict[str, Any]:
    of = None
    if kind == "GTFS-RT":
        of = Interface.objects.get_or_create(name="timetable", defaults={"format": "GTFS", "url": ""})[0]
    return {"format": kind, "url": "", "of": of}


def _query(url: str) -> bool:
    with suppress(RemoteError):
        gofs.wait_times(url, (60.1, 24.9), (60.2, 24.9), ["van"])
        return True
    return False


DOORS: Final = (
    Door("webhook", _webhook),
    Door("operator's base URL", lambda url: not connecting.examine(Party(url, "us", "secret")).problem),
    Door("timetable", _interface("GTFS", lambda pk: fetching.follow(pk, timezone.now()))),
    Door("real time", _interface("GTFS-RT", lambda pk: realtime.fetch(pk, timezone.now()))),
    Door("shared vehicles", _interface("GBFS", lambda pk: mobility.fetch(pk, timezone.now()))),
    Door("on demand", _interface("GOFS", lambda pk: on_call.fetch(pk, timezone.now()))),
    Door("live question", _query),
)


@pytest.fixture
def canary(data_dir: Any) -> Iterator[Canary]:
    """Listens on every address of this machine at a port that may be called."""
    with listening(PORT) as found:
        yield found


def timed(door: Door, url: str) -> float:
    """Seconds until a door has closed; nothing may have come of it."""
    began = time.monotonic()
    assert not door.opens(url), f"{door.name}: {url}"
    return time.monotonic() - began


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_no_address_leads_here(door: Door, canary: Canary) -> None:
    assert len(TARGETS) >= 40
    slowest = max((timed(door, target.format(p=PORT)), target) for target in TARGETS)
    assert canary.hits == []
    assert slowest[0] <= LONGEST_S, slowest


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_without_the_guard_it_would(door: Door, canary: Canary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "is_public", lambda _: True)
    timed(door, f"https://127.0.0.1:{PORT}/")
    assert canary.hits


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_a_name_that_leads_here(door: Door, canary: Canary, monkeypatch: pytest.MonkeyPatch) -> None:
    # The second answer is another than the first: rebinding.
    answers = iter([["93.184.215.14", "127.0.0.1"], *[["127.0.0.1"]] * 9])

    def resolved(host: str, port: int, *_: object, **__: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in next(answers)]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    for _ in range(2):
        timed(door, f"https://feeds.example.org:{PORT}/")
    assert canary.hits == []


@pytest.fixture
def hostile(settings: Any, canary: Canary) -> Iterator[str]:
    """A server that may be called, and is not our friend."""

    async def much(size: int, pause_s: float) -> AsyncIterator[bytes]:
        for _ in range(2**30 // size):
            yield b"0" * size
            await anyio.sleep(pause_s)

    async def answer(request: Request) -> Response:
        match request.path_params["rest"].split("/")[0]:
            case "redirect":
                return RedirectResponse(f"https://127.0.0.1:{PORT}/", 307)
            case "bomb":
                return Response(b"\x1f\x8b" + b"0" * 1000, headers={"Content-Encoding": "gzip"})
            case "endless":
                return StreamingResponse(much(2**20, 0))
            case _:
                return StreamingResponse(much(1, 0.2))

    routes = [Route("/{rest:path}", answer, methods=["GET", "POST"])]
    with ExitStack() as doors:
        url, _ = doors.enter_context(serve(lambda own: Starlette(routes=routes)))
        settings.DEBUG, settings.ALLOWED_LOOPBACK_ORIGINS = True, [url]
        yield url


@pytest.mark.parametrize("trick", ["redirect", "bomb", "endless"])
@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_tricks(door: Door, trick: str, hostile: str, canary: Canary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "FEED", replace(http.FEED, most_bytes=20 * http.MEBIBYTE))  # 500 would only take longer
    assert timed(door, f"{hostile}/{trick}") <= LONGEST_S
    assert canary.hits == []


@pytest.mark.parametrize("door", [DOORS[0], DOORS[6]], ids=lambda door: door.name)
def test_who_dribbles_is_left(door: Door, hostile: str) -> None:
    assert timed(door, f"{hostile}/slow") <= LONGEST_S


@pytest.mark.parametrize("door", DOORS[2:6], ids=lambda door: door.name)
def test_who_dribbles_files_is_left(door: Door, hostile: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Files have ten seconds, timetables five minutes: the same clock, set shorter.
    for name in ("FEED", "REALTIME"):
        monkeypatch.setattr(http, name, replace(getattr(http, name), total_s=1.5))
    assert timed(door, f"{hostile}/slow") <= 4


@pytest.mark.parametrize(("door", "kind"), [(DOORS[4], "gbfs"), (DOORS[5], "gofs")], ids=["gbfs", "gofs"])
def test_files_that_name_other_files(door: Door, kind: str, settings: Any, canary: Canary) -> None:
    names = ("system_information", "station_information", "station_status", "service_brands", "zones")
    listed = [{"name": name, "url": f"https://127.0.0.1:{PORT}/{name}"} for name in (*names, *NEEDED)]
    whole = {"last_updated": int(time.time()), "ttl": 0, "version": "2.3", "data": {"en": {"feeds": listed}}}

    async def answer(request: Request) -> Response:
        return Response(json.dumps(whole))

    with serve(lambda own: Starlette(routes=[Route("/x", answer)])) as (url, _):
        settings.DEBUG, settings.ALLOWED_LOOPBACK_ORIGINS = True, [url]
        timed(door, f"{url}/x")
    assert canary.hits == []
