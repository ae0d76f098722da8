"""Names in the language of the place and, where someone translated them, in others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from transit.network.folder import Reader, Writer
from transit.network.strings import Strings, pack


class Texts:
    """A read-only list of names; `get` falls back to the name on the spot."""

    __slots__ = ("_others", "base")

    def __init__(self, base: Strings, others: Mapping[str, tuple[NDArray[np.uint32], Strings]]) -> None:
        self.base = base
        self._others = dict(others)

    def __len__(self) -> int:
        return len(self.base)

    def __getitem__(self, index: int) -> str:
        return self.base[index]

    @property
    def languages(self) -> list[str]:
        """The languages that some name is translated to."""
        return sorted(self._others)

    def get(self, index: int, language: str) -> str:
        """The name in a language (BCP 47, lower case), or on the spot."""
        other = self._others.get(language)
        if other is not None:
            rows, texts = other
            at = int(np.searchsorted(rows, index))
            if at < len(rows) and rows[at] == index:
                return texts[at]
        return self.base[index]


def write_texts(writer: Writer, name: str, base: Iterable[str], others: Mapping[str, Mapping[int, str]]) -> None:
    """Put a `Texts` into a network's folder."""
    writer.strings(name, pack(base))
    for language, texts in others.items():
        rows = sorted(texts)
        writer.array(f"{name}.{language}.rows", np.array(rows, np.uint32))
        writer.strings(f"{name}.{language}", pack(texts[row] for row in rows))
    writer.note(f"languages:{name}", sorted(others))


def read_texts(reader: Reader, name: str) -> Texts:
    """Take a `Texts` out of a network's folder."""
    others = {
        language: (reader.array(f"{name}.{language}.rows"), reader.strings(f"{name}.{language}"))
        for language in reader.facts[f"languages:{name}"]
    }
    return Texts(reader.strings(name), others)
