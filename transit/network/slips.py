"""Words that were meant by words with a typing error.

Every word of the index is compared (rapidfuzz): about half a millisecond for ten thousand words, no index on disk, no
thought about which errors are likely. An error is one letter too many, missing or wrong, or two neighbours swapped
(optimal string alignment distance).
"""

from __future__ import annotations

from bisect import bisect_left

from rapidfuzz import process
from rapidfuzz.distance import OSA

from transit.network.spelling import is_wide

_MOST = 24
_PREFIX_FROM = 4
"""Shorter words are compared with whole words only: everything begins like two or three letters with an error."""


def errors_allowed(word: str) -> int:
    """How many errors a word may have."""
    if word[:1].isdigit():
        return 0
    length = len(word) * 2 if is_wide(word) else len(word)
    return 2 if length >= 8 else 1 if length >= 3 else 0


class Vocabulary:
    """The words of an index, sorted. Safe for threads."""

    def __init__(self, words: list[str]) -> None:
        self._words = words
        self._beginnings: dict[int, list[str]] = {}

    def begins(self, beginning: str) -> bool:
        """Whether any word begins so."""
        at = bisect_left(self._words, beginning)
        return at < len(self._words) and self._words[at].startswith(beginning)

    def words_like(self, word: str) -> list[str]:
        """Whole words that may have been meant, the most similar first."""
        return _similar(word, self._words, errors_allowed(word))

    def beginnings_like(self, word: str) -> list[str]:
        """Beginnings of longer words that may have been meant, the most similar first."""
        allowed = errors_allowed(word)
        if not allowed or (len(word) < _PREFIX_FROM and not is_wide(word)):
            return []
        lengths = range(max(2, len(word) - allowed), len(word) + allowed + 1)
        found = [each for length in lengths for each in _similar(word, self._begun(length), allowed)]
        return sorted(found, key=lambda each: OSA.distance(word, each))[:_MOST]

    def _begun(self, length: int) -> list[str]:
        """The beginnings of that length, each once."""
        found = self._beginnings.get(length)
        if found is None:
            found = self._beginnings[length] = list(dict.fromkeys(w[:length] for w in self._words if len(w) > length))
        return found


def _similar(word: str, words: list[str], allowed: int) -> list[str]:
    """Those of some words that are within so many errors, the most similar first."""
    if not allowed:
        return []
    found = process.extract(word, words, scorer=OSA.distance, score_cutoff=allowed, limit=_MOST)
    return [each for each, _, _ in found]
