"""Answers that wait for news: who asks for an order and knows its state hears when it is another one that lasts.

A view that has nothing new answers `Later`. The server waits for the news, without a thread, and asks the view again;
one that cannot wait never gets a `Later`. A process looks at all orders that somebody waits for in one query.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse

from bookings.services import orders

logger = logging.getLogger(__name__)
LONGEST_S: Final = 10.0
"""Shorter than proxies and clients have patience with an answer."""
LOOKS_EVERY_S: Final = 0.2
AFTER_FAILURE_S: Final = 2.0
_PASSING: Final = frozenset({"AUTHORISING", "CAPTURING"})
"""States that the next call to a payment provider ends."""
MOST: Final = 2000
"""Requests of one process that wait at a time; who comes then is answered at once."""


class Later(HttpResponse):
    """No answer yet: the view is to be asked again after `news`."""

    def __init__(self, news: Callable[[], Awaitable[None]]) -> None:
        super().__init__(status=204)
        self.news = news


def let_wait(request: HttpRequest, may: bool) -> None:
    """A server says whether a view may answer `Later`."""
    request.may_wait = may  # type: ignore[attr-defined]


def may_wait(request: HttpRequest) -> bool:
    """Whether a view may answer `Later`."""
    return getattr(request, "may_wait", False) and _watch.count < MOST


def is_news(state: str, seen: str) -> bool:
    """Whether somebody who has seen one state is to hear of another now."""
    return state != seen and state not in _PASSING


def later(order_code: str, seen: str) -> Later:
    """The answer to somebody who has seen an order in its present state."""
    return Later(lambda: _watch.until_other(order_code, seen))


class _Watch:
    """Whoever waits in this process' event loop, by the order's code."""

    def __init__(self) -> None:
        self._waiting: dict[str, set[tuple[str, asyncio.Future[None]]]] = defaultdict(set)
        self._looking: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "news")
        self.count = 0

    async def until_other(self, code: str, seen: str) -> None:
        """Until there is news of an order for who has seen it in a state, or for as long as anybody waits."""
        here = (seen, asyncio.get_running_loop().create_future())
        self._waiting[code].add(here)
        self.count += 1
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        try:
            await asyncio.wait([here[1]], timeout=LONGEST_S)
        finally:
            self.count -= 1
            self._waiting[code].discard(here)
            if not self._waiting[code]:
                del self._waiting[code]

    async def _look(self) -> None:
        """As long as somebody waits. While the database cannot be asked nobody is woken: it would be all at once."""
        while self._waiting:
            await asyncio.sleep(LOOKS_EVERY_S)
            codes = list(self._waiting)
            try:
                states = await asyncio.get_running_loop().run_in_executor(self._thread, _states, codes)
            except Exception:
                logger.exception("orders that somebody waits for cannot be looked at")
                await asyncio.sleep(AFTER_FAILURE_S)
                continue
            for code in codes:
                for seen, news in self._waiting.get(code, ()):
                    if is_news(states.get(code, ""), seen) and not news.done():
                        news.set_result(None)


def _states(codes: list[str]) -> dict[str, Any]:
    close_old_connections()
    return orders.states_of(codes)


_watch = _Watch()
