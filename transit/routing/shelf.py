"""Arrays that a search works on, kept from one search to the next because they are large.

No thread owns them: a web server may answer every request in a thread of its own, to which all would be new. But a
thread is lent what it had before, if that is there: it is in the memory close to its processor.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from threading import get_ident
from typing import Generic, TypeVar

T = TypeVar("T")
KEPT = 4


class Shelf(Generic[T]):
    """Lends each thing to one search at a time, and keeps the last KEPT that came back."""

    def __init__(self) -> None:
        self._kept: dict[tuple[Hashable, int], T] = {}
        """By what it was made for, and the thread that had it last. Each step on it is one that no thread divides."""

    @contextmanager
    def lent(self, key: Hashable, make: Callable[[], T]) -> Iterator[T]:
        """A thing that was made for the same key, or a new one. What an error has left half done is not kept."""
        thing = self._take(key, make)
        yield thing
        self._kept[key, get_ident()] = thing
        if len(self._kept) > KEPT:
            self._kept.pop(next(iter(tuple(self._kept))), None)

    def _take(self, key: Hashable, make: Callable[[], T]) -> T:
        own = self._kept.pop((key, get_ident()), None)
        if own is not None:
            return own
        for other in tuple(self._kept):
            if other[0] == key and (thing := self._kept.pop(other, None)) is not None:
                return thing
        return make()
