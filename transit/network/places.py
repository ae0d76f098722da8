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

from transit.network.ranking import Asked, Row, as_typed, errors_in, is_whole, ordered, with_errors
from transit.network.slips import Vocabulary
from transit.network.sounds import is_kana, sound_of, sound_of_kana
from transit.network.spelling import is_wide, tokens, typed_words, written_out

_CANDIDATES = 200
_NUMBERS = 400
_ENOUGH = 3
_MAX_QUERY = 120
_MAX_WORDS = 10
_AROUND_KM = (2.0, 12.0)
_KM_PER_DEGREE = 111.2
_STREET_KM = 2.0
_ERRORS_IN_STREET = 1.5
_NO_ROW = 2**62
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
_Score = Callable[[Asked, Row], float]


class Places:
    """The places of one network. Safe for threads: each has a connection of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()

    def find(
        self, text: str, language: str = "en", near: tuple[float, float] | None = None, limit: int = 10
    ) -> list[FoundPlace]:
        """The best matches, best first; names in `language` where known; `near` (lat, lon) prefers what is close."""
        words = tuple(typed_words(text[:_MAX_QUERY])[:_MAX_WORDS])
        if not words:
            return []
        search = _Search(self, Asked(words, near), limit)
        search.run()
        return [_shown(row, language, unmapped) for row, unmapped in list(search.found.values())[:limit]]

    def at(self, lat: float, lon: float, within_m: float, language: str = "en") -> FoundPlace | None:
        """The nearest address, else the nearest point of interest, within so many metres."""
        here = Asked((), (lat, lon))
        near = [row for row in self.rows(_IN_BOX, _box(lat, lon, within_m / 1000)) if row.kind in ("address", "poi")]
        best = min(near, key=lambda row: (row.kind != "address", here.distance_km(row)), default=None)
        return _shown(best, language) if best and here.distance_km(best) * 1000 <= within_m else None

    def matching(self, table: str, query: str, asked: Asked, first_id: int = 0, most: int = _CANDIDATES) -> list[Row]:
        """The most important rows that match; where there are more, those nearby too."""
        ids = f"select rowid from {table} where {table} match ? and rowid >= ?"  # noqa: S608
        found = self.rows(f"{ids} order by rowid limit ?", (query, first_id, most))
        if asked.near is None or len(found) < most:
            return found
        near: list[Row] = []
        for km in _AROUND_KM:
            box = _box(*asked.near, km)
            near = self.rows(f"{ids} and +rowid in ({_IN_BOX}) order by rowid limit ?", (query, first_id, *box, most))
            if len(near) >= _ENOUGH:
                break
        return [*found, *near]

    def rows(self, ids: str, values: tuple[object, ...]) -> list[Row]:
        """The rows whose ids a statement selects."""
        statement = f"select {_COLUMNS} from place where id in ({ids})"  # noqa: S608
        return [Row(*row) for row in self._connection.execute(statement, values)]

    def spots(self, kind: str, box: tuple[float, float, float, float]) -> list[tuple[float, float]]:
        """Longitude and latitude of the places of a kind within west, south, east, north."""
        west, south, east, north = box
        where = "kind = ? and lon between ? and ? and lat between ? and ? order by id"
        rows = self._connection.execute(f"select lon, lat from place where {where}", (kind, west, east, south, north))  # noqa: S608
        return [(float(lon), float(lat)) for lon, lat in rows]

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words of all names."""
        (words,) = self._connection.execute("select words from vocabulary").fetchone()
        return Vocabulary(words.split())

    @cached_property
    def first_address(self) -> int:
        """Addresses matter least, so they are the last rows."""
        (first,) = self._connection.execute("select min(id) from place where kind = 'address'").fetchone()
        return _NO_ROW if first is None else int(first)

    @property
    def _connection(self) -> sqlite3.Connection:
        """The connection of this thread; the file never changes."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(f"file:{self._path}?mode=ro&immutable=1", uri=True)
            self._local.connection = connection
        return connection


class _Search:
    """One search: what was asked, and by id the rows that were found, best first, each with its unmapped number."""

    def __init__(self, places: Places, asked: Asked, limit: int) -> None:
        self._places = places
        self._asked = asked
        self._limit = limit
        self.found: dict[int, tuple[Row, str]] = {}

    def run(self) -> None:
        """From strict to lenient until there is enough."""
        self._as_typed()
        whole = any(is_whole(self._asked, row) for row, _ in self.found.values())
        if len(self.found) < _ENOUGH and not whole:
            terms = self._forgiving()
            self._matching(self._asked, terms, with_errors)
            if not self.found and len(terms) > 1:
                self._all_but_one(terms)

    def _as_typed(self) -> None:
        asked = self._asked
        rows = self._places.matching("words", _any_of(asked.ways), asked)
        if len(rows) < self._limit and (parts := _parts(asked.words)):
            rows += self._places.matching("parts", parts, asked)
        self._add(rows, asked, as_typed)
        self._without_number(asked, _terms(asked.words), rows, as_typed)

    def _matching(self, asked: Asked, terms: _Terms, score: _Score) -> None:
        rows = self._places.matching("words", _all_of(terms), asked)
        self._add(rows, asked, score)
        self._without_number(asked, terms, rows, score)

    def _add(self, rows: Iterable[Row], asked: Asked, score: _Score, unmapped: str = "") -> None:
        known = {row.id: row for row in rows}
        for row in ordered(known.values(), asked, score)[: self._limit]:
            self.found.setdefault(row.id, (row, unmapped))

    def _without_number(self, asked: Asked, terms: _Terms, rows: Sequence[Row], score: _Score) -> None:
        """Where no row has the house number: of every street the nearest number, else the street."""
        words = asked.words
        at = next((i for i in range(len(words) - 1, -1, -1) if _HOUSE_NUMBER.fullmatch(words[i])), -1)
        if at < 0 or len(words) == 1 or any(words[at] in _first_name(row).split() for row in rows):
            return
        street, query = asked.without(at), _all_of(terms[:at] + terms[at + 1 :])
        best: dict[tuple[str, str], Row] = {}
        numbered = self._places.matching("words", query, street, self._places.first_address, _NUMBERS)
        for row in sorted(numbered, key=lambda row: _unlikeness(row, words[at]), reverse=True):
            name, _ = _street_and_number(row)
            best[name, row.secondary] = row._replace(spelled=name + "\t" + row.spelled.partition("\t")[2])
        streets = [row for row in self._places.matching("words", query, street) if row.kind == "street"]
        streets = [row for row in streets if not any(_is_on(row, address) for address in best.values())]
        found = [*best.values(), *streets]
        if score is with_errors:  # another street that does not have the number either is no answer
            found = [row for row in found if errors_in(street, row) <= _ERRORS_IN_STREET]
        self._add([row for row in found if is_whole(street, row)] or found, street, score, words[at])

    def _forgiving(self) -> _Terms:
        """The words with what may have been meant. Those that the index knows are believed, unless all are known."""
        # An abbreviation has its long form; so few letters are like too many words. What is not the last is finished.
        words, vocabulary = self._asked.words, self._places.vocabulary
        known = [word[0].isdigit() or vocabulary.begins(word) for word in words]
        terms = _terms(words)
        for word, term, is_known in zip(words, terms, known, strict=True):
            if full := written_out(word):
                term += map(_beginning, full)
            elif not is_known or all(known):
                whole = vocabulary.words_like(word)
                begun = [] if whole and term is not terms[-1] else vocabulary.beginnings_like(word)
                term += [*map(_phrase, whole), *map(_beginning, begun)]
        return terms

    def _all_but_one(self, terms: _Terms) -> None:
        asked = self._asked
        rows: list[Row] = []
        for i in range(len(terms)):
            rows += self._places.matching("words", _all_of(terms[:i] + terms[i + 1 :]), asked)
        self._add(rows, asked, with_errors)
        # The town is mostly written last, and more likely to be unknown than the street.
        for i in reversed(range(len(terms))):
            if not self.found:
                self._without_number(asked.without(i), terms[:i] + terms[i + 1 :], [], with_errors)


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


def _terms(words: Sequence[str]) -> _Terms:
    """The expressions for words without errors."""
    return [_term(word, i == len(words) - 1) for i, word in enumerate(words)]


def _term(word: str, is_last: bool) -> list[str]:
    """The expressions for one word; a number that another word follows is the whole number."""
    if word.isdigit() and not is_last:
        return [_quoted(word)]
    found = [_beginning(word)]
    if is_kana(word):
        found.append(f"sound : {_beginning(sound_of_kana(word))}")
    elif not is_wide(word) and not word[0].isdigit():
        found.append(f"sound : {_beginning(sound_of(word))}")
    return found


def _any_of(ways: Iterable[Sequence[str]]) -> str:
    """The rows that match one way of writing the words."""
    return " OR ".join(f"({_all_of(_terms(way))})" for way in ways)


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


def _first_name(row: Row) -> str:
    """What a place is called on the spot, as it is compared."""
    return row.spelled.partition("\t")[0].partition("\n")[0]


def _street_and_number(row: Row) -> tuple[str, str]:
    """The name of an address, as it is compared, without its number, and the number: the first of "18-20".

    A Japanese address ends in several; the last is the house.
    """
    *words, number = _first_name(row).split() or [""]
    while len(words) > 1 and not is_wide(words[0]) and words[-1][0].isdigit():
        number = words.pop()
    return " ".join(words), number


def _unlikeness(row: Row, wanted: str) -> tuple[int, int]:
    """How far the number of an address is from another, and how many letters it has besides."""
    number = _street_and_number(row)[1]
    return abs(_value(number) - _value(wanted)), len(number)


def _is_on(street: Row, address: Row) -> bool:
    """Whether an address, its number taken off, is one of a street."""
    near = Asked((), (street.lat, street.lon)).distance_km(address) < _STREET_KM
    return near and _first_name(street) == _first_name(address)


def _value(number: str) -> int:
    """A house number as it is counted, without its letter."""
    digits = re.match(r"\d+", number)
    return int(digits[0]) if digits else 0
