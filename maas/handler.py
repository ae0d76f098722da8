"""How requests are answered: each by one thread from middleware to view, and the threads live on.

Django's own handler changes threads around every middleware and ends the thread with its request, and with it its
connection to the database. Both together took longer than most searches.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.base import BaseHandler
from django.db import connections
from django.http import HttpRequest, HttpResponseBase

IDLE_THREADS_KEPT = 8
"""Each holds a connection to the database; what a rush needed beyond them is given back after it."""


class Handler(ASGIHandler):
    """Django's handler of ASGI requests; views that are coroutines stream as ever."""

    def __init__(self) -> None:
        BaseHandler.__init__(self)
        self.load_middleware(is_async=False)
        self._idle: list[ThreadPoolExecutor] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request. Raises ValueError for what is none."""
        if scope["type"] != "http":
            raise ValueError(f"not an HTTP request: {scope['type']}")
        # The last to come back is the first to go: its data is still in the processor's caches.
        thread = self._idle.pop() if self._idle else ThreadPoolExecutor(1, "request")
        try:
            async with ThreadSensitiveContext(executor=thread):
                await self.handle(scope, receive, send)
        finally:
            self._give_back(thread)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """All in the thread of the request."""
        return await sync_to_async(self.get_response)(request)

    def _give_back(self, thread: ThreadPoolExecutor) -> None:
        if len(self._idle) < IDLE_THREADS_KEPT:
            self._idle.append(thread)
            return
        thread.submit(connections.close_all)
        thread.shutdown(wait=False)
