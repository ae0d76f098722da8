"""Arrays that a search works on, kept from one search to the next because they are large.

No thread owns them: a web server may answer every request in a thread of its own, to which all would be new.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

T = TypeVar("T")
KEPT = 4


class Shelf(Generic[T]):
    """Lends each thing to one search at a time, and keeps the last KEPT that came back."""

    def __init__(self) -> None:
        self._kept: deque[tuple[Hashable, T]] = deque(maxlen=KEPT)

    @contextmanager
    def lent(self, key: Hashable, make: Callable[[], T]) -> Iterator[T]:
        """A thing that was made for the same key, or a new one. What an error has left half done is not kept."""
        thing = self._take(key, make)
        yield thing
        self._kept.append((key, thing))

    def _take(self, key: Hashable, make: Callable[[], T]) -> T:
        while True:
            try:
                made_for, thing = self._kept.pop()
            except IndexError:
                return make()
            if made_for == key:
                return thing
