"""The order of places that match: one line per example, best first."""

from __future__ import annotations

import pytest

from transit.network.ranking import Asked, Row, as_typed, ordered, with_errors
from transit.network.spelling import typed_words

HERE = (49.48, 8.47)
FAR_LAT = 49.78  # 33 km


def row(kind: str, name: str, importance: float, lat: float = HERE[0], around: str = "") -> Row:
    spelled = f"{' '.join(typed_words(name))}\t{' '.join(typed_words(around))}"
    return Row(0, kind, name, around, lat, HERE[1], None, importance, "", spelled)


def order(typed: str, rows: list[Row], near: tuple[float, float] | None = None) -> list[tuple[str, float]]:
    asked = Asked(tuple(typed_words(typed)), near)
    return [(each.name, each.lat) for each in ordered(rows, asked, as_typed)]


def test_a_whole_name_before_a_beginning_before_a_word_before_a_part() -> None:
    rows = [row("street", name, 0.4) for name in ("Am Neumarkt", "Alter Markt", "Marktplatz", "Markt")]
    assert [name for name, _ in order("markt", rows)] == ["Markt", "Marktplatz", "Alter Markt", "Am Neumarkt"]


def test_the_important_one_of_two_that_fit_alike() -> None:
    rows = [row("street", "Rathausgasse", 0.4), row("stop", "Rathausplatz", 0.9)]
    assert order("rathaus", rows)[0][0] == "Rathausplatz"


@pytest.mark.parametrize("far_importance", [0.4, 0.45, 1.0])
def test_of_namesakes_the_nearer_whatever_matters_more(far_importance: float) -> None:
    rows = [row("street", "Hauptstraße", far_importance, FAR_LAT), row("street", "Hauptstraße", 0.35)]
    assert [lat for _, lat in order("hauptstraße", rows, HERE)] == [HERE[0], FAR_LAT]
    assert [lat for _, lat in order("hauptstraße", rows)] == [FAR_LAT, HERE[0]]


def test_a_famous_place_far_away_before_an_obscure_one_nearby_that_only_begins_so() -> None:
    rows = [row("street", "Schlossgartenweg", 0.35), row("station", "Schloss", 1.0, FAR_LAT)]
    assert order("schloss", rows, HERE)[0][0] == "Schloss"


def test_the_near_one_of_two_beginnings() -> None:
    rows = [row("stop", "Schlossplatz", 0.8, FAR_LAT), row("stop", "Schlossgarten", 0.7)]
    assert order("schloss", rows, HERE)[0][0] == "Schlossgarten"


def test_words_of_the_town_do_not_count_as_words_of_the_name() -> None:
    rows = [row("stop", "Rathausplatz", 0.9, around="Mannheim"), row("stop", "Rathaus", 0.6, around="Mannheim")]
    assert order("mannheim rathaus", rows)[0][0] == "Rathaus"


def test_fewer_errors_before_everything_else() -> None:
    rows = [row("station", "Uhlandstraße", 1.0), row("street", "Wielandstraße", 0.35, FAR_LAT)]
    asked = Asked(tuple(typed_words("Wilandstraße")), HERE)
    assert [each.name for each in ordered(rows, asked, with_errors)] == ["Wielandstraße", "Uhlandstraße"]
