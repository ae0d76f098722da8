"""Writes `places.sqlite`, the index that `places` searches."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from json.encoder import encode_basestring as _quoted
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transit.feeds.osm import Extract, Names, is_language
from transit.network.gazetteer import Entry, entries_of
from transit.network.merge import Merged
from transit.network.sounds import is_kana, sound_of, sound_of_kana
from transit.network.spelling import spellings, tokens
from transit.routing.streets import Streets

_SCHEMA = """
create table place (
    id integer primary key, kind text not null, name text not null, secondary text not null, lat real not null,
    lon real not null, stop_id text, importance real not null, names text not null, spelled text not null
);
create virtual table words using fts5 (
    name, context, sound, content='', columnsize=0, prefix='1 2 3', tokenize='unicode61 remove_diacritics 0'
);
create virtual table parts using fts5 (name, content='', columnsize=0, tokenize='trigram');
create virtual table spot using rtree (id, south, north, west, east);
create table vocabulary (words text not null);
"""
"""`spelled`: see ranking.Row. `sound`: readings of Japanese. Addresses are in no `parts`: streets are."""

_GATHERED = 64 << 20
"""Bytes."""
_DIGITS = ("", *"0123456789")
_NUMBER = re.compile(r"[0-9]+\Z")


def write(path: Path, merged: Merged, group: NDArray[np.int64], extract: Extract, streets: Streets) -> None:
    """Write the index of all places of a network. `group` is equal for the stops of one place."""
    entries = [_Spelled.of(entry) for entry in entries_of(merged, group, extract, streets)]
    vocabulary = {word for each in entries for word in each.words if len(word) > 1 and not word[0].isdigit()}
    numbered = list(enumerate(entries, 1))
    connection = sqlite3.connect(path)
    try:
        connection.execute("pragma synchronous=off")
        connection.executescript(_SCHEMA)
        with connection:
            # Words are gathered in memory: what is written in pieces has to be merged again and again.
            connection.execute("insert into words (words, rank) values ('hashsize', ?)", (_GATHERED,))
            connection.executemany(
                "insert into place values (?,?,?,?,?,?,?,?,?,?)", ((i, *each.columns()) for i, each in numbered)
            )
            connection.executemany(
                "insert into words (rowid, name, context, sound) values (?,?,?,?)",
                ((i, " ".join(tokens(e.own)), e.around.tokens, " ".join(e.sounds)) for i, e in numbered),
            )
            connection.executemany(
                "insert into parts (rowid, name) values (?,?)",
                ((i, each.pieces()) for i, each in numbered if each.entry.kind != "address"),
            )
            connection.executemany(
                "insert into spot values (?,?,?,?,?)",
                ((i, e.entry.lat, e.entry.lat, e.entry.lon, e.entry.lon) for i, e in numbered),
            )
            connection.execute("insert into vocabulary values (?)", ("\n".join(sorted(vocabulary)),))
            connection.execute("insert into words (words) values ('optimize')")
    finally:
        connection.close()


@dataclass(frozen=True, slots=True)
class _Spelled:
    """A place, the spellings of its names, the words of these and of where it is, and how its names sound."""

    entry: Entry
    names: list[str]
    own: list[str]
    around: _Around
    sounds: list[str]

    @classmethod
    def of(cls, entry: Entry) -> _Spelled:
        """All that is compared with what people type."""
        names, sounds = _numbered(entry.names) or _named(entry.names)
        around = _around(tuple(entry.secondary.items()), tuple(entry.besides.items()))
        return cls(entry, names, _words(names), around, sounds)

    @property
    def words(self) -> list[str]:
        """What may be meant by a word with errors."""
        return self.own + self.sounds

    def columns(self) -> tuple[object, ...]:
        """The row of `place`, without its number."""
        entry = self.entry
        shown = (entry.kind, entry.names[""], entry.secondary.get("", ""), entry.lat, entry.lon, entry.stop_id)
        spelled = "\n".join((*self.names, *self.sounds)) + "\t" + self.around.words
        return (*shown, entry.importance, _translations(entry), spelled)

    def pieces(self) -> str:
        """The names without blanks, as any part of them is found."""
        return " ".join(name.replace(" ", "") for name in (*self.names, *self.sounds))


def _named(names: Names) -> tuple[list[str], list[str]]:
    """The spellings of some names, and how these sound."""
    found = _spellings(names)
    return found, _sounds(found)


def _numbered(names: Names) -> tuple[list[str], list[str]] | None:
    """The same, quickly, where all names end in one number, as those of the thousands of houses in a street do."""
    number = _NUMBER.search(names[""])
    if number is None:
        return None
    digits = number[0]
    heads = []
    for code, text in names.items():
        head = text.removesuffix(digits)
        if len(head) == len(text) or head[-1:] in _DIGITS:
            return None
        heads.append((code, head))
    houses = _houses(tuple(heads))
    return ([name + digits for name in houses[0]], [sound + digits for sound in houses[1]]) if houses else None


@lru_cache(maxsize=1 << 16)
def _houses(heads: tuple[tuple[str, str], ...]) -> tuple[list[str], list[str]] | None:
    """What stands before the number in all that `_named` says of some names, unless that is not at the end of all."""
    names, sounds = _named({code: head + "1" for code, head in heads})
    if not all(text.endswith(" 1") for text in (*names, *sounds)):
        return None
    return [text[:-1] for text in names], [text[:-1] for text in sounds]


def _translations(entry: Entry) -> str:
    """The names in other languages, as JSON."""
    if len(entry.names) < 2 and len(entry.secondary) < 2:
        return ""
    names, secondary = _in_languages(entry.names), _in_languages(entry.secondary)
    return f'{{"name": {names}, "secondary": {secondary}}}' if (names, secondary) != ("{}", "{}") else ""


def _in_languages(names: Names) -> str:
    """Names in languages as a JSON object."""
    return (
        "{" + ", ".join(f"{_quoted(code)}: {_quoted(text)}" for code, text in names.items() if is_language(code)) + "}"
    )


def _spellings(names: Names) -> list[str]:
    """All ways of writing all names, each once."""
    if len(names) < 2:
        return [way for text in names.values() for way in spellings(text) if way]
    texts = (text for name in names.values() for text in name.split(";"))
    return list(dict.fromkeys(way for text in texts for way in spellings(text) if way))


class _Around(NamedTuple):
    """The words of where a place is, and what the index holds of them."""

    words: str
    tokens: str


@lru_cache(maxsize=4096)
def _around(*places: tuple[tuple[str, str], ...]) -> _Around:
    """Where a place is, by the names of it, which thousands of addresses share."""
    words = _words([way for names in places for way in _spellings(dict(names))])
    return _Around(" ".join(words), " ".join(tokens(words)))


def _words(names: Iterable[str]) -> list[str]:
    """The words of some spellings, each once."""
    return list(dict.fromkeys(word for name in names for word in name.split()))


def _sounds(names: list[str]) -> list[str]:
    """The keys of the readings of a name in Japanese: of those in kana, and of those in Latin letters."""
    if all(name.isascii() for name in names):
        return []
    found = []
    for name in names:
        words = name.split()
        if all(map(is_kana, words)):
            found.append(" ".join(map(sound_of_kana, words)))
        elif name.isascii():
            found.append(" ".join(map(sound_of, words)))
    return list(dict.fromkeys(found))
