"""How requests are answered: each by one thread from middleware to view, and the threads live on.

Django's own handler changes threads around every middleware and ends the thread with its request, and with it its
connection to the database. Both together took longer than most searches.

A request that waits for news (`bookings.api.news`) gives its thread back meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.base import BaseHandler
from django.db import close_old_connections, connections
from django.http import HttpRequest, HttpResponseBase

from bookings.api.news import Later, let_wait

ANSWERED_TOGETHER = 32
"""Of those who waited for news: what wakes all of them at once must not take a thread for each."""
IDLE_THREADS_KEPT = 8
"""Each holds a connection to the database; what a rush needed beyond them is given back after it."""


class _Threads:
    """Threads that answer requests, and are idle between them."""

    def __init__(self) -> None:
        self._idle: list[ThreadPoolExecutor] = []

    def take(self) -> ThreadPoolExecutor:
        """The last to come back is the first to go: its data is still in the processor's caches."""
        return self._idle.pop() if self._idle else ThreadPoolExecutor(1, "request")

    def give_back(self, thread: ThreadPoolExecutor) -> None:
        """For another request."""
        if len(self._idle) < IDLE_THREADS_KEPT:
            self._idle.append(thread)
            return
        thread.submit(connections.close_all)
        thread.shutdown(wait=False)


class _Thread(Executor):
    """The one thread of a request at any time; `rest` lets others have it until there is something to do again."""

    def __init__(self, threads: _Threads) -> None:
        self._threads = threads
        self._taken: ThreadPoolExecutor | None = None

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """As every executor does."""
        self._taken = self._taken or self._threads.take()
        return self._taken.submit(fn, *args, **kwargs)

    def rest(self) -> None:
        """Nothing is to be done for now."""
        if self._taken is not None:
            self._threads.give_back(self._taken)
            self._taken = None


class Handler(ASGIHandler):
    """Django's handler of ASGI requests; views that are coroutines stream as ever."""

    def __init__(self) -> None:
        BaseHandler.__init__(self)
        self.load_middleware(is_async=False)
        self._threads = _Threads()
        self._woken = asyncio.Semaphore(ANSWERED_TOGETHER)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request. Raises ValueError for what is none."""
        if scope["type"] != "http":
            raise ValueError(f"not an HTTP request: {scope['type']}")
        thread = _Thread(self._threads)
        try:
            async with ThreadSensitiveContext(executor=thread):
                await self.handle({**scope, "thread": thread}, receive, send)
        finally:
            thread.rest()

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """All in the thread of the request; asked once more, in any thread, after what it waited for."""
        let_wait(request, True)
        response = await sync_to_async(self.get_response)(request)
        if not isinstance(response, Later):
            return response
        request.scope["thread"].rest()  # type: ignore[attr-defined]
        await response.news()
        let_wait(request, False)
        async with self._woken:
            return await sync_to_async(self._get_later)(request)

    def _get_later(self, request: HttpRequest) -> HttpResponseBase:
        close_old_connections()
        return self.get_response(request)
