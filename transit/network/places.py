"""Places by name: stops, stations, streets, addresses, points of interest and settlements, found as one types.

The index (`places.sqlite`, SQLite FTS5) holds words as this module folds them, and pairs of characters where a script
has no spaces, so that any part of a Japanese name is found. Rows are numbered by importance: the first matches are
the ones that matter, without sorting.
"""

from __future__ import annotations

import json
import math
import re
import sqlite3
import threading
import unicodedata
from dataclasses import dataclass
from pathlib import Path

_CANDIDATES = 200
_MAX_QUERY = 120
_WIDE = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af\u0e00-\u0e7f\u3005"
_RUNS = re.compile(rf"[{_WIDE}]+|[^\W{_WIDE}]+")
_IS_WIDE = re.compile(rf"[{_WIDE}]")
_VOICED = "\u3099\u309a"
_KATAKANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """One place. `kind`: station, stop, settlement, street, address or poi; `secondary` says where it is."""

    kind: str
    name: str
    secondary: str
    lat: float
    lon: float
    stop_id: str | None = None


def fold(text: str) -> str:
    """Text as it is compared: without case, accents and width, katakana as hiragana."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(char for char in folded if not unicodedata.combining(char) or char in _VOICED)
    return unicodedata.normalize("NFC", kept).translate(_KATAKANA)


def tokens(text: str) -> list[str]:
    """The words of a folded text; of a script without spaces its pairs of characters and its last character."""
    found: list[str] = []
    for run in _RUNS.findall(text):
        if _IS_WIDE.match(run):
            found += [run[i : i + 2] for i in range(len(run))]
        else:
            found.append(run)
    return found


class Places:
    """The places of one network. Safe for threads: each has a connection of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()

    def find(
        self, text: str, language: str = "en", near: tuple[float, float] | None = None, limit: int = 10
    ) -> list[FoundPlace]:
        """The best matches, best first; names in `language` where known; `near` (lat, lon) prefers what is close."""
        wanted = fold(text[:_MAX_QUERY]).strip()
        query = _match(wanted)
        if not query:
            return []
        rows = self._rows("words", query)
        if len(rows) < limit and len(wanted) >= 3:
            seen = {row[0] for row in rows}
            rows += [row for row in self._rows("parts", _quoted(wanted)) if row[0] not in seen]
        ranked = sorted(rows, key=lambda row: -_score(row, wanted, near))
        return [_place(row, language) for row in ranked[:limit]]

    def _rows(self, table: str, query: str) -> list[sqlite3.Row]:
        """The most important rows that match."""
        statement = (
            "select id, kind, name, secondary, lat, lon, stop_id, importance, names, folded from place "  # noqa: S608
            f"where id in (select rowid from {table} where {table} match ? order by rowid limit ?)"
        )
        return self._connection().execute(statement, (query, _CANDIDATES)).fetchall()

    def _connection(self) -> sqlite3.Connection:
        """The connection of this thread; the file never changes."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(f"file:{self._path}?mode=ro&immutable=1", uri=True)
            self._local.connection = connection
        return connection


def _quoted(text: str) -> str:
    """A string of FTS5."""
    return '"' + text.replace('"', '""') + '"'


def _match(wanted: str) -> str:
    """The FTS5 query: every word begins so; a number that another word follows is the whole number."""
    runs = _RUNS.findall(wanted)
    terms = []
    for i, run in enumerate(runs):
        if _IS_WIDE.match(run):
            terms.append(_quoted(" ".join(tokens(run)[:-1])) if len(run) > 1 else _quoted(run) + "*")
        elif run.isdigit() and i < len(runs) - 1:
            terms.append(_quoted(run))
        else:
            terms.append(_quoted(run) + "*")
    return " AND ".join(terms)


def _score(row: sqlite3.Row, wanted: str, near: tuple[float, float] | None) -> float:
    """How well a row fits: its importance, how much of its name was typed, how close it is."""
    score = float(row[7])
    names = row[9].split("\n")
    if wanted in names:
        score += 1.2
    elif any(name.startswith(wanted) for name in names):
        score += 0.7
    elif any(word.startswith(wanted) for name in names for word in name.split()):
        score += 0.4
    if near is not None:
        north, east = row[4] - near[0], (row[5] - near[1]) * math.cos(math.radians(near[0]))
        score += 0.8 * math.exp(-math.hypot(north, east) * 111.0 / 5.0)
    return score


def _place(row: sqlite3.Row, language: str) -> FoundPlace:
    """A row in the language of the reader."""
    name, secondary = row[2], row[3]
    if row[8]:
        others = json.loads(row[8])
        name, secondary = others["name"].get(language, name), others["secondary"].get(language, secondary)
    return FoundPlace(row[1], name, secondary, row[4], row[5], row[6])
