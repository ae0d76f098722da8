"""Writes `places.sqlite`, the index that `places` searches."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

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
            connection.executemany(
                "insert into place values (?,?,?,?,?,?,?,?,?,?)", ((i, *each.columns()) for i, each in numbered)
            )
            connection.executemany(
                "insert into words (rowid, name, context, sound) values (?,?,?,?)",
                ((i, " ".join(tokens(e.own)), " ".join(tokens(e.around)), " ".join(e.sounds)) for i, e in numbered),
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
    around: list[str]
    sounds: list[str]

    @classmethod
    def of(cls, entry: Entry) -> _Spelled:
        """All that is compared with what people type."""
        names = _spellings(entry.names)
        around = _around(tuple(entry.secondary.items()), tuple(entry.besides.items()))
        return cls(entry, names, _words(names), around, _sounds(names))

    @property
    def words(self) -> list[str]:
        """What may be meant by a word with errors."""
        return self.own + self.sounds

    def columns(self) -> tuple[object, ...]:
        """The row of `place`, without its number."""
        entry = self.entry
        shown = (entry.kind, entry.names[""], entry.secondary.get("", ""), entry.lat, entry.lon, entry.stop_id)
        spelled = "\n".join((*self.names, *self.sounds)) + "\t" + " ".join(self.around)
        return (*shown, entry.importance, _translations(entry), spelled)

    def pieces(self) -> str:
        """The names without blanks, as any part of them is found."""
        return " ".join(name.replace(" ", "") for name in (*self.names, *self.sounds))


def _translations(entry: Entry) -> str:
    """The names in other languages, as JSON."""
    if len(entry.names) < 2 and len(entry.secondary) < 2:
        return ""
    others = {
        "name": {code: text for code, text in entry.names.items() if is_language(code)},
        "secondary": {code: text for code, text in entry.secondary.items() if is_language(code)},
    }
    return json.dumps(others, ensure_ascii=False) if others["name"] or others["secondary"] else ""


def _spellings(names: Names) -> list[str]:
    """All ways of writing all names, each once."""
    if len(names) < 2:
        return [way for text in names.values() for way in spellings(text) if way]
    texts = (text for name in names.values() for text in name.split(";"))
    return list(dict.fromkeys(way for text in texts for way in spellings(text) if way))


@lru_cache(maxsize=4096)
def _around(*places: tuple[tuple[str, str], ...]) -> list[str]:
    """The words of some names, which thousands of addresses share."""
    return _words([way for names in places for way in _spellings(dict(names))])


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
