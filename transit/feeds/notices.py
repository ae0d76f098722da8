"""What is wrong with a feed, under the canonical codes of the GTFS Schedule Validator.

An importer never stops at a bad entity: it drops the entity and says so here. What makes a whole feed unusable is a
`FeedError`, whose sentence tells the publisher what to do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

SAMPLES = 5
"""How many examples a notice keeps; the count is always exact."""


class FeedError(Exception):
    """A feed, or an extract of streets, that cannot be used at all. The message says what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One defect of one field of one file: how often, and the first few values."""

    code: str
    severity: str
    """ERROR: entities were dropped; WARNING: something was mended or ignored."""
    file: str
    field: str
    count: int
    samples: tuple[str, ...]


class Notices:
    """Collects notices while a feed is read, one per code, file and field."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str, str], tuple[int, tuple[str, ...]]] = {}

    def add(
        self, code: str, file: str, field: str = "", values: Iterable[Any] = ("",), severity: str = "ERROR"
    ) -> None:
        """Note a defect once for every value; no values, no notice."""
        texts = [str(value)[:200] for value in values]
        if not texts:
            return
        key = (code, severity, file, field)
        count, samples = self._found.get(key, (0, ()))
        fresh = tuple(text for text in texts[:SAMPLES] if text)
        self._found[key] = (count + len(texts), (samples + fresh)[:SAMPLES])

    def warn(self, code: str, file: str, field: str = "", values: Iterable[Any] = ("",)) -> None:
        """Note something that was mended or ignored."""
        self.add(code, file, field, values, severity="WARNING")

    def list(self) -> list[Notice]:
        """All notices, errors first, then by file and code."""
        rows = [Notice(*key, count, samples) for key, (count, samples) in self._found.items()]
        return sorted(rows, key=lambda row: (row.severity, row.file, row.code, row.field))
