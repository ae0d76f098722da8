"""What is compared with what."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from transit.network.slips import Vocabulary, errors_allowed
from transit.network.sounds import sound_of, sound_of_kana
from transit.network.spelling import fold, spellings, typed_words, words_of


@pytest.mark.parametrize(
    ("name", "ways"),
    [
        ("Märzgasse", ("marzgasse", "maerzgasse")),
        ("Heiligenbergstr.", ("heiligenbergstr", "heiligenbergstrasse")),
        ("St. Ilgen", ("st ilgen", "sankt ilgen", "saint ilgen", "street ilgen")),
        ("Łódź Ærø", ("lodz aero", "lodz aeroe")),
        ("Hbf", ("hbf", "hauptbahnhof")),
        ("大手町一丁目", ("大手町 1", "大手町一丁目")),
        ("三番町", ("三番町",)),
        ("Plain Road", ("plain road",)),
    ],
)
def test_ways_of_writing_a_name(name: str, ways: tuple[str, ...]) -> None:
    assert spellings(name) == ways


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hauptstr. 17 a", ["hauptstr", "17a"]),
        ("Markt 2 bei", ["markt", "2", "bei"]),
        ("大手町一丁目9番2号", ["大手町", "1", "9", "2"]),
        ("二十三丁目4の5", ["23", "4", "の", "5"]),
        ("Jun'ichi", ["junichi"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Tehtaankatu 12 A 5", ["tehtaankatu", "12a"]),
        ("Hauptstr. 17, 69117 Heidelberg", ["hauptstr", "17", "heidelberg"]),
        ("69117", ["69117"]),
    ],
)
def test_what_is_typed_beside_a_house_number(text: str, words: list[str]) -> None:
    assert typed_words(text) == words


@given(st.text())
def test_folding_what_is_folded_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("kana", "romaji"),
    [
        ("こうふえき", ["kofueki", "koufueki", "kohueki", "koohueki"]),
        ("しんじゅく", ["shinjuku", "sinzyuku", "sinjuku"]),
        ("とうきょう", ["tokyo", "toukyou", "tookyoo", "tohkyoh"]),
        ("しんばし", ["shimbashi", "shinbashi", "sinbasi"]),
        ("まっちゃ", ["matcha", "maccha", "mattya"]),
        ("つづじ", ["tsuzuji", "tuduzi", "tsudzuji"]),
        ("らーめん", ["ramen", "raamen", "laamen"]),
        ("おおつき", ["otsuki", "ohtsuki", "ootuki"]),
        ("ふじちょう", ["fujicho", "huzityou", "fujichou"]),
        ("ふぁみりー", ["famiri", "famirii"]),
        ("しぇふ", ["shefu", "syehu"]),
        ("うぃーん", ["win", "wiin"]),
        ("ゔぃら", ["vira", "bira"]),
    ],
)
def test_one_key_for_every_romanisation(kana: str, romaji: list[str]) -> None:
    assert {sound_of(word) for word in romaji} == {sound_of_kana(kana)}


WORDS = sorted({"haupt", "hauptstrasse", "haus", "markt", "marktplatz", "neckar", "甲府", "甲府駅北口"})


def test_whole_words_and_beginnings_within_the_errors_allowed() -> None:
    """Against trying every word and every beginning."""
    vocabulary = Vocabulary(WORDS)
    chooser = random.Random(5)
    for _ in range(300):
        word = chooser.choice(WORDS)[: chooser.randrange(4, 9)]
        at = chooser.randrange(len(word))
        letters = "甲府駅" if word[0] > "z" else "aeknt"
        typed = word[:at] + chooser.choice(letters) + word[at + chooser.randrange(2) :]
        allowed = errors_allowed(typed)
        whole, begun = vocabulary.words_like(typed), vocabulary.beginnings_like(typed)
        assert set(whole) == {each for each in WORDS if OSA.distance(typed, each) <= allowed}, typed
        beginnings = {each[:n] for each in WORDS for n in range(2, len(each)) if abs(n - len(typed)) <= allowed}
        assert set(begun) == {each for each in beginnings if OSA.distance(typed, each) <= allowed}, typed


def test_numbers_and_two_letters_allow_no_errors() -> None:
    assert [errors_allowed(word) for word in ("17a", "am", "hof", "haupt", "hauptstr", "甲府", "甲府駅北")] == [
        *(0, 0, 1, 1, 2, 1, 2)
    ]


def test_known_words() -> None:
    vocabulary = Vocabulary(WORDS)
    assert [vocabulary.begins(word) for word in ("haup", "hauptx", "甲", "z")] == [True, False, True, False]
