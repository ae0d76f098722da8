"""Server-sent events of vehicles on demand: what a page shows of them, whenever that is something else.

A stream holds no thread and no connection to the database; a few threads of the process look for all of them.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from django.db import close_old_connections
from django.template.loader import render_to_string
from django.utils import timezone, translation

from bookings.models import Order
from bookings.services import approaches

LOOKS_EVERY_S: Final = 3.0
LONGEST_S: Final = 300.0
"""Then the browser comes again by itself, and it is looked anew whose order it is."""
MOST: Final = 300
"""Streams of a process; who comes then asks again and again instead."""
MOST_OF_ORDER: Final = 3
"""Of one order: a few devices of one household."""
_looking: Final = ThreadPoolExecutor(2, "vehicles")


_open: Final[Counter[str]] = Counter()


def may_open(order_code: str) -> bool:
    """Whether there is room for another stream of an order."""
    return _open.total() < MOST and _open[order_code] < MOST_OF_ORDER


async def stream(order_code: str, language: str, thread: Any = None) -> AsyncIterator[str]:
    """Events of an order whose viewer has been checked. `thread` is that of the request, which is free meanwhile."""
    if thread is not None:
        thread.rest()
    _open[order_code] += 1
    loop, seen = asyncio.get_running_loop(), ""
    try:
        yield f"retry: {LOOKS_EVERY_S * 1000:.0f}\n\n"
        for _ in range(int(LONGEST_S / LOOKS_EVERY_S)):
            drawn, is_live = await loop.run_in_executor(_looking, draw, order_code, language)
            # A comment where nothing is new: a connection that is gone is noticed, and proxies keep the others.
            yield f"data: {json.dumps(drawn)}\n\n" if drawn != seen else ":\n\n"
            seen = drawn
            if not is_live:
                yield "event: over\ndata:\n\n"
                return
            await asyncio.sleep(LOOKS_EVERY_S)
    finally:
        _open.subtract([order_code])
        if not _open[order_code]:
            del _open[order_code]


def draw(order_code: str, language: str) -> tuple[str, bool]:
    """What the page shows now, and whether it is worth looking again soon."""
    close_old_connections()
    try:
        order = Order.objects.select_related("offer").get(code=order_code)
        found = approaches.list_of(order, timezone.now())
        with translation.override(language):
            drawn = render_to_string("bookings/vehicles_live.html", {"order": order, "vehicles": found})
        return drawn, any(each.is_live for each in found)
    finally:
        close_old_connections()
