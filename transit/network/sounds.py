"""Japanese by its sound: kana and their romanisations, Hepburn or Kunrei, long vowels marked or not, as one key."""

from __future__ import annotations

import re
from functools import lru_cache

_ROWS = {
    "": "あいうえお",
    "k": "かきくけこ",
    "s": "さしすせそ",
    "t": "たちつてと",
    "n": "なにぬねの",
    "h": "はひふへほ",
    "m": "まみむめも",
    "r": "らりるれろ",
    "g": "がぎぐげご",
    "z": "ざじずぜぞ",
    "d": "だぢづでど",
    "b": "ばびぶべぼ",
    "p": "ぱぴぷぺぽ",
}
_SYLLABLES = {kana: row + vowel for row, line in _ROWS.items() for kana, vowel in zip(line, "aiueo", strict=True)} | {
    "ふ": "fu",
    "や": "ya",
    "ゆ": "yu",
    "よ": "yo",
    "わ": "wa",
    "ゐ": "i",
    "ゑ": "e",
    "を": "o",
    "ん": "n",
    "ゔ": "bu",
}
_GLIDES = {"ゃ": "ya", "ゅ": "yu", "ょ": "yo"}
_SMALL = {"ぁ": "a", "ぃ": "i", "ぅ": "u", "ぇ": "e", "ぉ": "o"}
_KANA = re.compile(r"[ぁ-ゖー]+")

_HEPBURN = [
    (re.compile(pattern), by)
    for pattern, by in (
        (r"sy", "sh"),
        (r"[tc]y", "ch"),
        (r"[zdj]y", "j"),
        (r"si", "shi"),
        (r"ti", "chi"),
        (r"tu", "tsu"),
        (r"(?<![sc])hu", "fu"),
        (r"[zd]i", "ji"),
        (r"d[zu]u?", "zu"),
        (r"tch", "cch"),
        (r"l", "r"),
        (r"v", "b"),
        (r"w(?=[ieo])", ""),
        (r"m(?=[bmp])", "n"),
        (r"o[uoh](?![aiueo])|o[uo]", "o"),
        (r"uu", "u"),
        (r"aa", "a"),
        (r"ii", "i"),
        (r"ee", "e"),
    )
]


def is_kana(word: str) -> bool:
    """Whether a folded word is nothing but kana."""
    return _KANA.fullmatch(word) is not None


def sound_of_kana(kana: str) -> str:
    """The key of folded kana: 「こうふ」 is `kofu`."""
    syllables: list[str] = []
    doubled = False
    for char in kana:
        if char == "っ":
            doubled = True
            continue
        if char in _GLIDES and syllables:
            syllables[-1] = syllables[-1][:-1] + _GLIDES[char]
        elif char in _SMALL and syllables:
            glide = "y" if syllables[-1] in ("si", "ti", "zi") else ""
            syllables[-1] = syllables[-1][:-1] + glide + _SMALL[char]
        else:
            syllable = _SYLLABLES.get(char, "")
            syllables.append(syllable[:1] + syllable if doubled and syllable[:1] not in "aiueo" else syllable)
        doubled = False
    return sound_of("".join(syllables))


@lru_cache(maxsize=8192)
def sound_of(romaji: str) -> str:
    """The key of a folded word in Latin letters: `koufu`, `kohfu` and `kofu` are one, `si` is `shi`."""
    for pattern, by in _HEPBURN:
        romaji = pattern.sub(by, romaji)
    return romaji
