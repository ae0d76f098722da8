"""Which of the places that match is meant: one score, the same for all.

    score = fit + importance + nearness - 2 × errors

| part | value |
|---|---|
| fit | 1.5 the whole name was typed, 0.7 the name begins so, 0.4 its words begin so; else up to 0.4 for likeness |
| importance | 0 … 1, as the index has it: a city 0.95, a busy stop 1.0, a quiet one 0.6, a street 0.4, an address 0.2 |
| nearness | 0.8 right here, 0.4 at 5 km, 0.16 at 20 km; 0 where nobody said where "here" is |
| errors | letters too many, missing, wrong or swapped; a word that is not understood at all counts 2 |

So a whole name far away (1.5) comes before the beginning of a name right here (0.7 + 0.8) where both matter equally,
and one error less before everything else. Of places of one kind and name the nearer always comes first.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from transit.network.spelling import is_wide, ways_of, written_out

WHOLE, BEGINNING, WORDS = 1.5, 0.7, 0.4
HERE, HALF_AT_KM = 0.8, 5.0
ERROR = 2.0
NOT_UNDERSTOOD = 2
UNFINISHED = 0.25
_KM_PER_DEGREE = 111.2


class Row(NamedTuple):
    """A row of the index. `spelled`: the spellings of its names by line, and after a tab the words of where it is."""

    id: int
    kind: str
    name: str
    secondary: str
    lat: float
    lon: float
    stop_id: str | None
    importance: float
    names: str
    spelled: str


@dataclass(frozen=True)
class Asked:
    """The words that were typed, and where "here" is (lat, lon)."""

    words: tuple[str, ...]
    near: tuple[float, float] | None = None

    @cached_property
    def ways(self) -> list[tuple[str, ...]]:
        """The words, and other ways of writing them."""
        return [self.words, *ways_of(self.words)]

    def without(self, position: int) -> Asked:
        """All words but one."""
        return replace(self, words=self.words[:position] + self.words[position + 1 :])

    def distance_km(self, row: Row) -> float:
        """From here."""
        if self.near is None:
            return 0.0
        north, east = row.lat - self.near[0], (row.lon - self.near[1]) * math.cos(math.radians(self.near[0]))
        return math.hypot(north, east) * _KM_PER_DEGREE

    def nearness(self, row: Row) -> float:
        """See above."""
        return HERE / (1 + self.distance_km(row) / HALF_AT_KM) if self.near is not None else 0.0


def as_typed(asked: Asked, row: Row) -> float:
    """The score of a row that matches without errors."""
    return row.importance + asked.nearness(row) + _best_fit(asked, row)


def is_whole(asked: Asked, row: Row) -> bool:
    """Whether the whole name was typed."""
    return _best_fit(asked, row) == WHOLE


def with_errors(asked: Asked, row: Row) -> float:
    """The score of a row that was found by similar words, or by some of the words only."""
    joined, names = "".join(asked.words), row.spelled.partition("\t")[0].split("\n")
    likeness = max(OSA.normalized_similarity(joined, name.replace(" ", "")) for name in names)
    return row.importance + asked.nearness(row) + WORDS * likeness - ERROR * errors_in(asked, row)


def errors_in(asked: Asked, row: Row) -> float:
    """How many errors were made if a row was meant: word by word, or in all of the name without its blanks."""
    names, _, places = row.spelled.partition("\t")
    joined = "".join(asked.words)
    by_word = (_errors(asked.words, f"{name} {places}".split()) for name in names.split("\n"))
    by_name = (OSA.distance(joined, name.replace(" ", ""), score_cutoff=5) for name in names.split("\n"))
    return min(*by_word, *by_name)


def ordered(rows: Iterable[Row], asked: Asked, score: Callable[[Asked, Row], float]) -> list[Row]:
    """Rows by score, namesakes of one kind among themselves by distance."""
    ranked = sorted(rows, key=lambda row: -score(asked, row))
    if asked.near is None:
        return ranked
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    for i, row in enumerate(ranked):
        places[row.kind, row.spelled.partition("\n")[0].partition("\t")[0]].append(i)
    for positions in places.values():
        for i, row in zip(positions, sorted((ranked[i] for i in positions), key=asked.distance_km), strict=True):
            ranked[i] = row
    return ranked


def _best_fit(asked: Asked, row: Row) -> float:
    names, _, places = row.spelled.partition("\t")
    return max(_fit(way, name, places) for name in names.split("\n") for way in asked.ways)


def _fit(typed: tuple[str, ...], name: str, places: str) -> float:
    text = " ".join(typed)
    if name == text:
        return WHOLE
    if name.startswith(text):
        return BEGINNING
    words, around = name.split(), places.split()
    own = [word for word in typed if word in words or word not in around]
    if sorted(own) == sorted(words):
        return WHOLE
    if all(any(each.startswith(word) for each in words) for word in own):
        return WORDS
    return 0.0


def _errors(typed: Sequence[str], words: Sequence[str]) -> float:
    """The errors of all typed words, each against the word that it is most like; a little for an unfinished one."""
    total = 0.0
    for word in typed:
        total += min(
            (_error(way, each) for way in (word, *written_out(word)) for each in words), default=NOT_UNDERSTOOD
        )
    return total


@lru_cache(maxsize=8192)
def _error(typed: str, word: str) -> float:
    if typed == word or (is_wide(typed) and typed in word):
        return 0.0
    whole = OSA.distance(typed, word, score_cutoff=NOT_UNDERSTOOD)
    lengths = range(len(typed) - 1, min(len(typed) + 2, len(word)))
    begun = [UNFINISHED + OSA.distance(typed, word[:length], score_cutoff=NOT_UNDERSTOOD) for length in lengths]
    return float(min(whole, NOT_UNDERSTOOD, *begun))
