"""Who asks for an order and says which state they have seen is answered when it is another one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.backends.db import SessionStore
from django.db import DatabaseError, connection, connections, transaction

from bookings.api import news
from bookings.models import Order
from bookings.services import orders
from bookings.services.viewers import viewer_of
from bookings.states import ORDER
from maas.handler import Handler, _Threads
from tests import factories

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]
AT_ONCE_S = 60
"""Far less than anybody waits here, and time enough on a machine that is busy."""
Ask = Callable[..., Coroutine[Any, Any, httpx.Response]]


@pytest.fixture
def order(monkeypatch: pytest.MonkeyPatch) -> Iterator[Order]:
    """Of a guest with a session. The process has a watch of its own."""
    monkeypatch.setattr(news, "_watch", news._Watch())
    monkeypatch.setattr(news, "LONGEST_S", 600.0)
    session = SessionStore()
    viewer = viewer_of(_Nobody, session, begin=True)
    session.save()
    order = factories.order(session_hash=viewer.session_hash)
    _sessions[order.code] = str(session.session_key)
    yield order
    for thread in (news._watch._thread, *_threads._idle):
        thread.submit(connections.close_all).result()


class _Nobody:
    is_authenticated = False


class _Counted(_Threads):
    """`busy` threads have been taken and not given back."""

    busy = 0

    def take(self) -> ThreadPoolExecutor:
        self.busy += 1
        return super().take()

    def give_back(self, thread: ThreadPoolExecutor) -> None:
        self.busy -= 1
        super().give_back(thread)


_threads = _Counted()
_sessions: dict[str, str] = {}
"""Of the guests, by the code of their order."""


def _asked(order: Order, story: Callable[[Ask], Awaitable[None]], *, stranger: bool = False) -> None:
    """Tell a story in which `ask(seen)` asks for the order."""

    async def told() -> None:
        handler = Handler()
        handler._threads = _threads
        transport = httpx.ASGITransport(app=handler)
        cookies = {} if stranger else {"sessionid": _sessions[order.code]}
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost", cookies=cookies) as client:

            async def ask(seen: str) -> httpx.Response:
                return await client.get(f"/api/v1/orders/{order.code}", params={"seen": seen})

            await story(ask)

    asyncio.run(told())


def _unwind(order: Order) -> None:
    with transaction.atomic():
        ORDER.move(Order.objects.select_for_update().get(pk=order.pk), "UNWINDING")
    connection.close()


def _state(answer: httpx.Response) -> str:
    return str(answer.json()["status"]["state"])


def test_the_answer_comes_with_the_news(order: Order) -> None:
    async def story(ask: Ask) -> None:
        began, asking = time.monotonic(), [asyncio.create_task(ask("HOLDING")) for _ in range(3)]
        await asyncio.sleep(0.6)
        assert not any(each.done() for each in asking)
        assert not _threads.busy, "who waits needs no thread"
        await sync_to_async(_unwind, thread_sensitive=False)(order)
        assert [_state(answer) for answer in await asyncio.gather(*asking)] == ["UNWINDING"] * 3
        assert time.monotonic() - began < news.LONGEST_S

    _asked(order, story)


def test_what_was_not_seen_is_answered_at_once(order: Order) -> None:
    async def story(ask: Ask) -> None:
        for seen in ("", "AUTHORISING", "nonsense"):
            assert _state(await asyncio.wait_for(ask(seen), AT_ONCE_S)) == "HOLDING"

    _asked(order, story)


def test_nobody_waits_for_ever(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(news, "LONGEST_S", 0.3)

    async def story(ask: Ask) -> None:
        began = time.monotonic()
        assert _state(await ask("HOLDING")) == "HOLDING"
        assert time.monotonic() - began >= 0.3

    _asked(order, story)


def test_too_many_are_answered_at_once(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(news, "MOST", 0)

    async def story(ask: Ask) -> None:
        assert _state(await asyncio.wait_for(ask("HOLDING"), AT_ONCE_S)) == "HOLDING"

    _asked(order, story)


def test_a_stranger_learns_nothing_and_waits_for_nothing(order: Order) -> None:
    async def story(ask: Ask) -> None:
        assert (await asyncio.wait_for(ask("HOLDING"), AT_ONCE_S)).status_code == 404

    _asked(order, story, stranger=True)


def test_without_the_database_all_wait_on(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were everybody woken at once, the database would have to answer all of them as soon as it is back."""
    failures: list[Any] = []

    def broken(codes: Any) -> dict[str, str]:
        failures.append(codes)
        raise DatabaseError

    monkeypatch.setattr(orders, "states_of", broken)
    monkeypatch.setattr(news, "AFTER_FAILURE_S", 0.1)
    monkeypatch.setattr(news, "LONGEST_S", 4.0)

    async def story(ask: Ask) -> None:
        waiting = asyncio.ensure_future(ask("HOLDING"))
        await asyncio.sleep(2.5)
        assert not waiting.done()
        assert len(failures) > 1, "it is asked again"
        assert _state(await asyncio.wait_for(waiting, 30)) == "HOLDING"

    _asked(order, story)
