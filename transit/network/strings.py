"""Many short texts as one block of UTF-8 and offsets, so that a network opens without reading them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray


class Strings:
    """A read-only sequence of texts over two arrays: n + 1 offsets (uint64) and bytes (uint8)."""

    __slots__ = ("_bytes", "_start")

    def __init__(self, start: NDArray[np.uint64], block: NDArray[np.uint8]) -> None:
        # Memory views give numbers and bytes three times as fast as arrays do.
        self._start = start.data
        self._bytes = block.data

    def __len__(self) -> int:
        return len(self._start) - 1

    def __getitem__(self, index: int) -> str:
        return self.raw(index).decode()

    def __iter__(self) -> Iterator[str]:
        return (self[i] for i in range(len(self)))

    @property
    def arrays(self) -> tuple[NDArray[np.uint64], NDArray[np.uint8]]:
        """The offsets and the bytes."""
        return np.asarray(self._start), np.asarray(self._bytes)

    def raw(self, index: int) -> bytes:
        """The bytes of one text."""
        if index < 0:
            raise IndexError(index)
        start = self._start
        return self._bytes[start[index] : start[index + 1]].tobytes()


def pack(texts: Iterable[str]) -> tuple[NDArray[np.uint64], NDArray[np.uint8]]:
    """The two arrays of a `Strings`."""
    encoded = [text.encode() for text in texts]
    start = np.zeros(len(encoded) + 1, np.uint64)
    np.cumsum([len(text) for text in encoded], out=start[1:])
    return start, np.frombuffer(b"".join(encoded), np.uint8)


class Ids:
    """Texts that are found by value: binary search over their order by bytes."""

    __slots__ = ("_order", "texts")

    def __init__(self, texts: Strings, order: NDArray[np.uint32]) -> None:
        self.texts = texts
        self._order = order.data

    @property
    def order(self) -> NDArray[np.uint32]:
        """The indices in the order of the texts by bytes."""
        return np.asarray(self._order)

    def find(self, text: str) -> int | None:
        """The index of the text, or None."""
        wanted = text.encode()
        at = self._lower_bound(wanted)
        if at < len(self._order) and self.texts.raw(self._order[at]) == wanted:
            return int(self._order[at])
        return None

    def has_prefix(self, prefix: str) -> bool:
        """Whether a text begins so."""
        wanted = prefix.encode()
        at = self._lower_bound(wanted)
        return at < len(self._order) and self.texts.raw(self._order[at]).startswith(wanted)

    def beginning(self, prefix: str) -> list[int]:
        """The indices of the texts that begin so, in their order."""
        wanted, found = prefix.encode(), []
        for at in range(self._lower_bound(wanted), len(self._order)):
            if not self.texts.raw(self._order[at]).startswith(wanted):
                break
            found.append(int(self._order[at]))
        return found

    def _lower_bound(self, wanted: bytes) -> int:
        """Where in the order the first text stands that is not before these bytes."""
        low, high = 0, len(self._order)
        while low < high:
            middle = (low + high) // 2
            if self.texts.raw(self._order[middle]) < wanted:
                low = middle + 1
            else:
                high = middle
        return low


def order_of(texts: list[str]) -> NDArray[np.uint32]:
    """The order by bytes that `Ids` searches."""
    keys = [text.encode() for text in texts]
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), np.uint32)
