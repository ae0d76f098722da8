"""Requests are answered by threads that live on, one request at a time each."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from django.db import connection, connections
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

from maas import handler as handlers
from maas.handler import Handler

together = threading.Barrier(3)


def slow(request: HttpRequest) -> HttpResponse:
    """Answers when three ask at once."""
    together.wait(timeout=10)
    return HttpResponse(str(threading.get_ident()))


def connected(request: HttpRequest) -> HttpResponse:
    connection.ensure_connection()
    return HttpResponse(f"{threading.get_ident()} {id(connection.connection)}")


def closed(request: HttpRequest) -> HttpResponse:
    connections.close_all()
    return HttpResponse()


async def stream(request: HttpRequest) -> StreamingHttpResponse:
    async def parts() -> AsyncIterator[str]:
        for part in "abc":
            await asyncio.sleep(0.01)
            yield part

    return StreamingHttpResponse(parts())


urlpatterns = [path("slow", slow), path("connected", connected), path("closed", closed), path("stream", stream)]


@pytest.fixture
def ask(settings: Any) -> Callable[..., list[str]]:
    """Asks one handler for paths, all at once or in turn; the bodies."""
    settings.ROOT_URLCONF = __name__
    handler = Handler()

    async def asked(paths: tuple[str, ...], at_once: bool) -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=handler)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            if at_once:
                return list(await asyncio.gather(*(client.get(each) for each in paths)))
            return [await client.get(each) for each in paths]

    return lambda *paths, at_once=False: [each.text for each in asyncio.run(asked(paths, at_once))]


@pytest.mark.db
@pytest.mark.django_db(transaction=True)
def test_a_thread_and_its_connection_serve_again(ask: Callable[..., list[str]]) -> None:
    answers = ask("/connected", "/connected", "/connected", "/closed")[:3]
    assert len(set(answers)) == 1


def test_requests_at_once_have_a_thread_each(ask: Callable[..., list[str]]) -> None:
    assert len(set(ask("/slow", "/slow", "/slow", at_once=True))) == 3


def test_threads_of_a_rush_end_after_it(ask: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handlers, "IDLE_THREADS_KEPT", 1)
    rush = {int(each) for each in ask("/slow", "/slow", "/slow", at_once=True)}
    deadline = time.monotonic() + 10
    while len(rush & _alive()) > 1 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(rush & _alive()) == 1


def test_a_coroutine_streams(ask: Callable[..., list[str]]) -> None:
    assert ask("/stream") == ["abc"]


def test_only_http(ask: Callable[..., Any]) -> None:
    with pytest.raises(ValueError, match="websocket"):
        asyncio.run(Handler()({"type": "websocket"}, None, None))


def _alive() -> set[int | None]:
    return {each.ident for each in threading.enumerate()}
