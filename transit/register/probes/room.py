"""Room on this machine for work on what was answered: a few at once, the others wait their turn, but not for ever."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.conf import settings

from transit.feeds.confined import Limits, Work
from transit.feeds.imports import scratch
from transit.feeds.notices import FeedError
from transit.register.probes.budget import Budget

_SLOTS: Final = threading.BoundedSemaphore(max(2, os.cpu_count() or 2))
JUDGING: Final = Work("transit.feeds.schemas", "faults")


class NoRoom(Exception):
    """The machine has other things to do, or the work takes too long: nothing is known, and nobody is to blame."""


@contextmanager
def room(budget: Budget) -> Iterator[None]:
    """A turn. Raises NoRoom."""
    if not _SLOTS.acquire(timeout=budget.left_s):
        raise NoRoom
    try:
        yield
    finally:
        _SLOTS.release()


def judge(documents: list[list[str]], budget: Budget) -> list[dict[str, Any]]:
    """What is wrong with documents by their published schemas, see `transit.feeds.schemas.faults`. Raises NoRoom."""
    with room(budget):
        wall_s = max(1, int(budget.left_s))
        limits = Limits(settings.IMPORT_MEMORY_MIB, wall_s, wall_s)
        try:
            found: list[dict[str, Any]] = JUDGING.run(documents, limits=limits, scratch=scratch())
        except FeedError as error:
            raise NoRoom from error
    return found
