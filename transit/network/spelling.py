"""How names are compared: one way of writing for what people write in many.

Case, accents, width and kind of kana do not count; umlauts may be written out; abbreviations and their long forms are
one; "17 a" is "17a", and the parts of a Japanese block number are joined by hyphens however they were written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

_WIDE = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af\u0e00-\u0e7f\u3005"
_RUNS = re.compile(rf"[{_WIDE}]+|[^\W{_WIDE}]+")
_PLAIN_RUNS = re.compile(r"[^\W]+")
_IS_WIDE = re.compile(rf"[{_WIDE}]")
_VOICED = "\u3099\u309a"
_KATAKANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
_UNDIVIDED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ħ": "h"}
)
"""Letters that Unicode does not divide into a letter and an accent."""
_WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})

_ABBREVIATIONS = {
    "av": ("avenue",),
    "ave": ("avenue",),
    "bf": ("bahnhof",),
    "bhf": ("bahnhof",),
    "dr": ("doktor",),
    "hbf": ("hauptbahnhof",),
    "k": ("katu",),
    "pl": ("platz", "plac"),
    "rd": ("road",),
    "sq": ("square",),
    "st": ("sankt", "saint", "street"),
    "str": ("strasse",),
    "ul": ("ulica",),
}

_SYLLABIC_N = re.compile(r"n['’](?=[aiueoy])")
"""As in Jun'ichi: one word."""
_HOUSE_LETTER = re.compile(r"(\d) ([a-z])\b(?! ?[a-z])")
_FLAT = re.compile(r"(\d) ?([a-z])(?: | ?/ ?)\d{1,3}$")
"""Staircase and flat after a house number, as in "Tehtaankatu 12 A 5": the flat is in no index."""
_POSTCODE = 5
"""Digits of a number that is neither a line's nor a house's."""
_BLOCK = re.compile(r"([一二三四五六七八九十]+)丁目の?|(\d+)(?:丁目|番地|番(?!町)|号)の?")
_KANJI_DIGITS = {char: i for i, char in enumerate("一二三四五六七八九", 1)}


def fold(text: str) -> str:
    """Text as it is compared: without case, accents and width, katakana as hiragana."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = "".join(char for char in folded if not unicodedata.combining(char) or char in _VOICED)
    return unicodedata.normalize("NFC", kept).translate(_UNDIVIDED).translate(_KATAKANA)


def words_of(text: str) -> list[str]:
    """The words of a text, folded; what is written in a script without spaces is one word as far as it goes."""
    folded = _SYLLABIC_N.sub("n", fold(text))
    if folded.isascii():
        return _PLAIN_RUNS.findall(_HOUSE_LETTER.sub(r"\1\2", folded))
    return _RUNS.findall(_HOUSE_LETTER.sub(r"\1\2", _BLOCK.sub(_block_number, folded)))


def typed_words(text: str) -> list[str]:
    """The words that somebody typed, without the flat after a house number and, where there is more, a postcode."""
    words = words_of(_FLAT.sub(r"\1\2", fold(text).strip()))
    return [word for word in words if not (word.isdigit() and len(word) >= _POSTCODE)] or words


def ways_of(words: Sequence[str]) -> list[tuple[str, ...]]:
    """Other ways of writing some words: a word written out, two neighbours without the blank between them."""
    ways = [(*words[:i], full, *words[i + 1 :]) for i, word in enumerate(words) for full in written_out(word)]
    joined = [(*words[:i], words[i] + words[i + 1], *words[i + 2 :]) for i in range(len(words) - 1)]
    return [*ways, *joined]


def is_wide(word: str) -> bool:
    """Whether a word is of a script without spaces."""
    return _IS_WIDE.match(word) is not None


def tokens(words: Iterable[str]) -> list[str]:
    """Words as the index holds them; a wide one as its pairs of characters and its last character."""
    found: list[str] = []
    for word in words:
        if is_wide(word):
            found += [word[i : i + 2] for i in range(len(word))]
        else:
            found.append(word)
    return found


def written_out(word: str) -> tuple[str, ...]:
    """What a folded word is short for."""
    if len(word) > 5 and word.endswith("str"):
        return (word.removesuffix("str") + "strasse",)
    if len(word) > 5 and word.endswith("pl"):
        return (word.removesuffix("pl") + "platz",)
    return _ABBREVIATIONS.get(word, ())


@lru_cache(maxsize=2048)
def spellings(name: str) -> tuple[str, ...]:
    """A name in every way in which it may be written, folded, words separated by blanks; the usual one first."""
    found = [words_of(name)]
    if not name.isascii():
        if _BLOCK.search(name):
            found.append(_RUNS.findall(fold(name)))
        plain = unicodedata.normalize("NFC", name).casefold()
        if (spelled_out := plain.translate(_WRITTEN_OUT)) != plain:
            found.append(words_of(spelled_out))
    for words in list(found):
        for i, word in enumerate(words):
            if full := written_out(word):
                found += [[*words[:i], each, *words[i + 1 :]] for each in full]
    return tuple(dict.fromkeys(map(" ".join, found)))


def _block_number(match: re.Match[str]) -> str:
    """「三丁目」 and 「3番」 as `3-`."""
    if match[2]:
        return f"{match[2]}-"
    tens, ten, ones = match[1].rpartition("十")
    return f"{(_KANJI_DIGITS.get(tens, 1) * 10 if ten else 0) + _KANJI_DIGITS.get(ones, 0)}-"
