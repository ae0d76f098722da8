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
    """A feed, or an extract of streets, that cannot be used at all. The message says what is wrong and what to do.

    `code` is explained in transit.feeds.explanations; it is empty where the fault is not in a file.
    """

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Notice:
    """One defect of one field of one file: how often, and the first few values with their lines."""

    code: str
    severity: str
    """ERROR: entities were dropped; WARNING: something was mended, ignored or is doubtful; INFO: worth knowing."""
    file: str
    field: str
    count: int
    samples: tuple[str, ...]
    lines: tuple[int | None, ...] = ()
    """The lines of the samples in the file, its header being line 1; None where the defect is in no line."""
    line: int | None = None
    """The first line of all."""
    source: str = ""
    """Who says so: nothing for the importer itself."""

    @classmethod
    def of(cls, row: dict[str, Any]) -> Notice:
        """A notice from its JSON form, which `dataclasses.asdict` gives."""
        return cls(**{**row, "samples": tuple(row["samples"]), "lines": tuple(row["lines"])})


class Notices:
    """Collects notices while a feed is read, one per code, file and field."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str, str], Notice] = {}

    def add(
        self,
        code: str,
        file: str,
        field: str = "",
        values: Iterable[Any] = ("",),
        severity: str = "ERROR",
        lines: Iterable[int] | None = None,
    ) -> None:
        """Note a defect once for every value; no values, no notice. `lines` are those of the values, one for each."""
        found = list(values)
        if not found:
            return
        numbers: list[int | None] = [None] * len(found) if lines is None else [int(line) for line in lines]
        key = (code, severity, file, field)
        old = self._found.get(key) or Notice(*key, 0, ())
        fresh = [(str(value)[:200], line) for value, line in zip(found[:SAMPLES], numbers, strict=False)]
        pairs = [*zip(old.samples, old.lines, strict=True), *((text, line) for text, line in fresh if text or line)]
        known = [line for line in (old.line, *numbers) if line is not None]
        self._found[key] = Notice(
            *key,
            count=old.count + len(found),
            samples=tuple(text for text, _ in pairs[:SAMPLES]),
            lines=tuple(line for _, line in pairs[:SAMPLES]),
            line=min(known, default=None),
        )

    def warn(
        self, code: str, file: str, field: str = "", values: Iterable[Any] = ("",), lines: Iterable[int] | None = None
    ) -> None:
        """Note something that was mended or ignored."""
        self.add(code, file, field, values, "WARNING", lines)

    def list(self) -> list[Notice]:
        """All notices, errors first, then by file and code."""
        return ordered(self._found.values())


_SEVERITIES = ("ERROR", "WARNING", "INFO")


def ordered(notices: Iterable[Notice]) -> list[Notice]:
    """Errors first, then by file and code."""
    return sorted(notices, key=lambda row: (_SEVERITIES.index(row.severity), row.file, row.code, row.field))


def joined(own: Iterable[Notice], others: Iterable[Notice]) -> list[Notice]:
    """Our own notices, and those of another validator that say something else."""
    ours = list(own)
    said = {(row.code, file, field) for row in ours for file in (row.file, "") for field in (row.field, "")}
    # Where we name no field, the other's field says nothing more.
    whole = {(row.code, row.file) for row in ours if not row.field or not row.file}
    news = [row for row in others if (row.code, row.file, row.field) not in said and (row.code, row.file) not in whole]
    return ordered([*ours, *news])
