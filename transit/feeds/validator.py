"""What the GTFS validator gtfs-guru says of a feed: canonical notices beside our own. It never decides anything.

Imported by worker children only: it is native code that reads what outsiders sent.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from dataclasses import asdict
from pathlib import Path
from typing import Any

import gtfs_guru

from transit.feeds.archive import Archive
from transit.feeds.notices import SAMPLES, Notice, Notices, ordered

SOURCE = "gtfs-guru"
_MAX_KINDS = 300
_FILES = ("filename", "childFilename")
_FIELDS = ("fieldName", "childFieldName", "fieldName1", "columnName", "specifiedField")
_VALUES = ("fieldValue", "fieldValue1", "message")
_ROWS = (
    "csvRowNumber",
    "newCsvRowNumber",
    "currCsvRowNumber",
    "stopTimeCsvRowNumber",
    "csvRowNumber1",
    "tripCsvRowNumber",
)


def validate(path: str, date: str) -> list[dict[str, Any]]:
    """The notices on the zip at `path` as JSON; `date` is YYYY-MM-DD. Raises FeedError for a zip not to be opened."""
    # The validator has no limits of its own: what our guard refuses it never sees.
    with Archive(Path(path), Notices()), tempfile.TemporaryDirectory() as folder:
        # It goes by the ending of the name; files are kept by their hash.
        link = Path(folder) / "feed.zip"
        link.symlink_to(Path(path).resolve())
        found = gtfs_guru.validate(str(link), date=date).notices
    groups: dict[tuple[str, str, str, str], list[Any]] = defaultdict(list)
    for notice in found:
        context = notice.context()
        file = notice.file or _first(context, _FILES)
        groups[notice.code, notice.severity, file, notice.field or _first(context, _FIELDS)].append(notice)
    rows = ordered(_notice(key, notices) for key, notices in groups.items())
    return [asdict(row) for row in rows[:_MAX_KINDS]]


def _notice(key: tuple[str, str, str, str], found: list[Any]) -> Notice:
    """One notice for all of one kind."""
    rows = [notice.row or _row(notice.context()) for notice in found]
    return Notice(
        *key,
        count=len(found),
        samples=tuple(_sample(notice.context()) for notice in found[:SAMPLES]),
        lines=tuple(rows[:SAMPLES]),
        line=min((row for row in rows if row is not None), default=None),
        source=SOURCE,
    )


def _first(context: dict[str, Any], names: tuple[str, ...]) -> str:
    """The first of some values that is there, as text."""
    return next((str(context[name]) for name in names if context.get(name) is not None), "")


def _row(context: dict[str, Any]) -> int | None:
    """The row that a notice is about."""
    text = _first(context, _ROWS)
    return int(text) if text.isdigit() else None


def _sample(context: dict[str, Any]) -> str:
    """The value that is wrong, else the ids of what is wrong."""
    ids = sorted(f"{name[:-2]} {value}" for name, value in context.items() if name.endswith(("Id", "Id1", "Id2")))
    return (_first(context, _VALUES) or ", ".join(ids))[:200]
