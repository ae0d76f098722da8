"""Places by name: stops, stations, streets, addresses, points of interest and settlements, found as one types.

The index (`places.sqlite`, SQLite FTS5 and R*Tree) holds words as `spelling` folds them, and pairs of characters where
a script has no spaces, so that any part of a Japanese name is found. Rows are numbered by importance: the first
matches are the ones that matter, without sorting.

A search goes from strict to lenient and ends as soon as it has enough:

1. every word begins a word of the name or of where it is, at least one of them in the name;
2. every word is a part of the name, with or without the blanks and hyphens in between;
3. a house number that is not mapped: the nearest number of that street, else the street;
4. words with typing errors (`slips`), where 1 to 3 found next to nothing;
5. all words but one, where 1 to 4 found nothing.

What an earlier step found stands before what a later one found; within a step `ranking` decides.
"""

from __future__ import annotations

import json
import math
import re
import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from transit.network.ranking import Asked, Row, as_typed, ordered, with_errors
from transit.network.slips import Vocabulary
from transit.network.sounds import is_kana, sound_of, sound_of_kana
from transit.network.spelling import is_wide, tokens, words_of, written_out

_CANDIDATES = 200
_NUMBERS = 400
_ENOUGH = 3
_MAX_QUERY = 120
_MAX_WORDS = 10
_AROUND_KM = (2.0, 12.0)
_KM_PER_DEGREE = 111.2
_COLUMNS = "id, kind, name, secondary, lat, lon, stop_id, importance, names, spelled"
_HOUSE_NUMBER = re.compile(r"(\d+)[a-z]?")


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """One place. `kind`: station, stop, settlement, street, address or poi; `secondary` says where it is.

    `unmapped` is a house number that was asked for and that no map has: this is the nearest one, or the street.
    """

    kind: str
    name: str
    secondary: str
    lat: float
    lon: float
    stop_id: str | None = None
    unmapped: str = ""


_Terms = list[list[str]]
"""For every word the FTS5 expressions that stand for it."""


class Places:
    """The places of one network. Safe for threads: each has a connection of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()

    def find(
        self, text: str, language: str = "en", near: tuple[float, float] | None = None, limit: int = 10
    ) -> list[FoundPlace]:
        """The best matches, best first; names in `language` where known; `near` (lat, lon) prefers what is close."""
        words = words_of(text[:_MAX_QUERY])[:_MAX_WORDS]
        if not words:
            return []
        asked = Asked(tuple(words), near)
        found: dict[int, FoundPlace] = {}

        def add(rows: Iterable[Row], unmapped: str = "") -> None:
            for row in rows:
                found.setdefault(row.id, _shown(row, language, unmapped))

        terms = [_as_typed(word, i == len(words) - 1) for i, word in enumerate(words)]
        rows = self._matching(terms, asked)
        if len(rows) < limit and (parts := _parts(words)):
            rows = list({row.id: row for row in [*rows, *self._rows("parts", parts, asked)]}.values())
        add(ordered(rows, asked, as_typed)[:limit])
        add(*self._without_number(asked, terms, rows))
        if len(found) < _ENOUGH:
            terms = self._forgiving(words, terms, every=bool(found) or all(map(self._is_known, words)))
            rows = self._matching(terms, asked)
            add(ordered(rows, asked, with_errors)[:limit])
            add(*self._without_number(asked, terms, rows, with_errors))
        if not found and len(words) > 1:
            add(ordered(self._all_but_one(terms, asked), asked, with_errors)[:limit])
        return list(found.values())[:limit]

    def at(self, lat: float, lon: float, within_m: float, language: str = "en") -> FoundPlace | None:
        """The nearest address, else the nearest point of interest, within so many metres."""
        statement = f"select {_COLUMNS} from place where id in ({_IN_BOX}) and kind in ('address', 'poi')"  # noqa: S608
        here = Asked((), (lat, lon))
        rows = [Row(*row) for row in self._connection.execute(statement, _box(lat, lon, within_m / 1000))]
        rows = [row for row in rows if here.distance_km(row) * 1000 <= within_m]
        rows.sort(key=lambda row: (row.kind != "address", here.distance_km(row)))
        return _shown(rows[0], language) if rows else None

    def _matching(self, terms: _Terms, asked: Asked) -> list[Row]:
        """The rows that every word matches, at least one of them by name."""
        return self._rows("words", _all_of(terms), asked)

    def _rows(self, table: str, query: str, asked: Asked, first_id: int = 0, most: int = _CANDIDATES) -> list[Row]:
        """The most important rows that match; where there are more, those nearby too."""
        ids = f"select rowid from {table} where {table} match ? and rowid >= ?"  # noqa: S608
        found = self._select(f"{ids} order by rowid limit ?", (query, first_id, most))
        if asked.near is None or len(found) < most:
            return found
        for km in _AROUND_KM:
            box = _box(*asked.near, km)
            near = self._select(
                f"{ids} and +rowid in ({_IN_BOX}) order by rowid limit ?", (query, first_id, *box, most)
            )
            if len(near) >= _ENOUGH:
                break
        return [*found, *(row for row in near if row not in found)]

    def _select(self, ids: str, values: tuple[object, ...]) -> list[Row]:
        statement = f"select {_COLUMNS} from place where id in ({ids})"  # noqa: S608
        return [Row(*row) for row in self._connection.execute(statement, values)]

    def _without_number(
        self,
        asked: Asked,
        terms: _Terms,
        rows: Sequence[Row],
        score: Callable[[Asked, Row], float] = as_typed,
    ) -> tuple[list[Row], str]:
        """Where no row has the house number: for every street its nearest number, else the street; and the number."""
        words = asked.words
        at = next((i for i in range(len(words) - 1, -1, -1) if _HOUSE_NUMBER.fullmatch(words[i])), None)
        if at is None or len(words) == 1 or any(words[at] in row.spelled.split("\t")[0].split() for row in rows):
            return [], ""
        street = Asked(words[:at] + words[at + 1 :], asked.near)
        query = _all_of(terms[:at] + terms[at + 1 :])
        found = [row for row in self._rows("words", query, street) if row.kind == "street"]
        numbered = self._rows("words", query, street, self._first_address, _NUMBERS)
        best: dict[tuple[str, str], Row] = {(row.name, row.secondary): row for row in found}
        wanted = _value(words[at])
        for row in sorted(numbered, key=lambda row: -abs(_value(_number_of(row)) - wanted)):
            best[row.name.removesuffix(_number_of(row)).strip(), row.secondary] = row
        return ordered(list(best.values()), street, score), words[at]

    def _forgiving(self, words: Sequence[str], terms: _Terms, every: bool) -> _Terms:
        """The terms with what may have been meant; of words that the index knows only where `every` is wished."""
        return [
            term if not every and self._is_known(word) else self._similar(word, term)
            for word, term in zip(words, terms, strict=True)
        ]

    def _similar(self, word: str, term: list[str]) -> list[str]:
        whole, begun = self._vocabulary.meant_by(word)
        return [*term, *(_phrase(each) for each in whole), *(_beginning(each) for each in begun)]

    def _is_known(self, word: str) -> bool:
        return word[0].isdigit() or self._vocabulary.begins(word)

    def _all_but_one(self, terms: _Terms, asked: Asked) -> list[Row]:
        """The rows that all words but one match."""
        rows = (row for i in range(len(terms)) for row in self._matching(terms[:i] + terms[i + 1 :], asked))
        return list({row.id: row for row in rows}.values())

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        (words,) = self._connection.execute("select words from vocabulary").fetchone()
        return Vocabulary(words.split())

    @cached_property
    def _first_address(self) -> int:
        """Addresses matter least, so they are the last rows."""
        (first,) = self._connection.execute("select coalesce(min(id), 0) from place where kind = 'address'").fetchone()
        return int(first)

    @property
    def _connection(self) -> sqlite3.Connection:
        """The connection of this thread; the file never changes."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(f"file:{self._path}?mode=ro&immutable=1", uri=True)
            self._local.connection = connection
        return connection


_IN_BOX = "select id from spot where north >= ? and south <= ? and east >= ? and west <= ?"


def _box(lat: float, lon: float, km: float) -> tuple[float, float, float, float]:
    """The bounds of `_IN_BOX` around a point."""
    north = km / _KM_PER_DEGREE
    east = north / max(0.01, math.cos(math.radians(lat)))
    return lat - north, lat + north, lon - east, lon + east


def _quoted(text: str) -> str:
    """A string of FTS5."""
    return '"' + text.replace('"', '""') + '"'


def _phrase(word: str) -> str:
    """A whole word."""
    return _quoted(" ".join(tokens([word])))


def _beginning(word: str) -> str:
    """What a word begins with; of a wide word any part."""
    if is_wide(word):
        return _quoted(" ".join(tokens([word])[:-1])) if len(word) > 1 else _quoted(word) + "*"
    return _quoted(word) + "*"


def _as_typed(word: str, is_last: bool) -> list[str]:
    """The expressions for a word without errors; a number that another word follows is the whole number."""
    if word.isdigit() and not is_last:
        return [_quoted(word)]
    found = [_beginning(word), *(_beginning(full) for full in written_out(word))]
    if is_kana(word):
        found.append(f"sound : {_beginning(sound_of_kana(word))}")
    elif not is_wide(word) and not word[0].isdigit():
        found.append(f"sound : {_beginning(sound_of(word))}")
    return found


def _all_of(terms: _Terms) -> str:
    """The rows with a word of every term, one of them in a name."""
    every = " AND ".join(f"({' OR '.join(term)})" for term in terms)
    return f"{every} AND {{name sound}} : ({' OR '.join(each for term in terms for each in term)})"


def _parts(words: Sequence[str]) -> str:
    """The names that contain all words, in one piece or each; nothing where they are too short to tell."""
    joined = "".join(words)
    ways = [joined, sound_of(joined)] if joined.isascii() else [joined]
    found = [_quoted(way) for way in dict.fromkeys(ways) if len(way) >= 3]
    if len(words) > 1 and all(len(word) >= 3 for word in words):
        found.append("(" + " AND ".join(map(_quoted, words)) + ")")
    return " OR ".join(found)


def _shown(row: Row, language: str, unmapped: str = "") -> FoundPlace:
    """A row in the language of the reader."""
    name, secondary = row.name, row.secondary
    if row.names:
        others = json.loads(row.names)
        name, secondary = others["name"].get(language, name), others["secondary"].get(language, secondary)
    return FoundPlace(row.kind, name, secondary, row.lat, row.lon, row.stop_id, unmapped)


def _number_of(row: Row) -> str:
    """The house number at the end of an address."""
    match = re.search(r"[\d\-–/]*\d\s*[A-Za-z]?$", row.name)
    return match[0] if match else ""


def _value(number: str) -> int:
    """A house number as it is counted: the last group of digits."""
    digits = re.findall(r"\d+", number)
    return int(digits[-1]) if digits else 0
