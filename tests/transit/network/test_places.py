"""Finding places as one types."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.feeds import write_feed, write_streets
from transit.network.build import Source, build
from transit.network.places import FoundPlace, Places
from transit.network.spelling import fold, tokens, words_of

TEXT = """
    stop H 60.000 24.000 Hämeenkatu
    stop K1 60.010 24.010 Keskustori
    stop K2 60.0105 24.010 Keskustori
    stop F 60.050 24.010 甲府駅北口
    stop M 60.051 24.012 スーパーマーケット前
    stop L 60.052 24.014 Las Gdański
    every 10 until 22:00 line 1 bus K1 6:00 H 6:10 F 6:20 M 6:30 L 6:40
    line 2 bus K2 6:00 H 6:10

    [translations.txt]
    table_name,field_name,language,translation,record_id,field_value
    stops,stop_name,en,Kofu Station,F,
"""
STREETS = """
    street residential 60.000,24.000 60.010,24.010 name:sv=Tavastgatan # Hämeenkatu
    street residential 60.010,24.010 60.050,24.010 # Hauptstraße
    street residential 60.050,24.010 60.300,24.010 # Pitkätie
    street residential 60.300,24.010 60.301,24.010 # Hauptstraße
    node 60.0101,24.0101 addr:street=Hauptstraße addr:housenumber=12 addr:city=Kylä
    node 60.0102,24.0102 addr:street=Hauptstraße addr:housenumber=121
    node 60.0103,24.0103 amenity=hospital name:sv=Sjukhus # Sairaala
    node 60.0104,24.0104 place=town population=9000 name:sv=By # Kylä
    node 60.0001,24.0001 amenity=cafe addr:street=Hämeenkatu addr:housenumber=7 # Kahvila
    node 60.0106,24.0101 tourism=attraction # Keskustori
"""


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    folder = tmp_path_factory.mktemp("places")
    feed, streets = write_feed(folder / "f.zip", TEXT), write_streets(folder / "s.osm.pbf", STREETS)
    sources = [Source("f", feed, "1"), Source("streets", streets, "2", True)]
    return Places(build(sources, folder / "networks") / "places.sqlite")


def names(found: list[FoundPlace]) -> list[tuple[str, str]]:
    return [(place.kind, place.name) for place in found]


@pytest.mark.parametrize("text", ["Hämeenkatu", "hameenkatu", "HÄMEEN", "häm", "h"])
def test_accents_case_and_beginnings(places: Places, text: str) -> None:
    assert ("stop", "Hämeenkatu") in names(places.find(text))
    assert ("street", "Hämeenkatu") in names(places.find(text))


def test_a_stop_comes_before_a_street_of_its_name_and_says_where_it_is(places: Places) -> None:
    first, second = places.find("hämeenkatu", "sv")[:2]
    assert (first.kind, first.stop_id, first.secondary) == ("stop", "f:H", "By")
    assert (second.kind, second.name) == ("street", "Tavastgatan")


def test_namesakes_stand_once_under_the_busiest(places: Places) -> None:
    assert [(p.name, p.stop_id) for p in places.find("keskustori")] == [("Keskustori", "f:K1")]


@pytest.mark.parametrize("text", ["甲府", "甲", "府駅", "駅北口", "北口", "口", "甲府駅北口", "Kofu"])
def test_any_part_of_a_japanese_name(places: Places, text: str) -> None:
    assert [p.stop_id for p in places.find(text, "ja")] == ["f:F"]


@pytest.mark.parametrize("text", ["マーケット", "ﾏｰｹｯﾄ", "まーけっと", "パーマ"])
def test_kana_of_any_kind(places: Places, text: str) -> None:
    assert [p.stop_id for p in places.find(text)] == ["f:M"]


def test_names_in_the_language_of_the_reader(places: Places) -> None:
    assert places.find("甲府", "en")[0].name == "Kofu Station"
    assert places.find("甲府", "fi")[0].name == "甲府駅北口"
    assert names(places.find("sjukhus", "sv")) == [("poi", "Sjukhus")]


@pytest.mark.parametrize("text", ["gdanski", "gdański", "GDAŃ"])
def test_polish_letters(places: Places, text: str) -> None:
    assert [p.stop_id for p in places.find(text)] == ["f:L"]


def test_addresses(places: Places) -> None:
    assert names(places.find("hauptstrasse 12"))[0] == ("address", "Hauptstraße 12")
    assert names(places.find("Hauptstraße 12 Kylä")) == [("address", "Hauptstraße 12")]
    assert ("address", "Hauptstraße 121") in names(places.find("hauptstraße 12"))
    assert places.find("hauptstr 12")[0].secondary == "Kylä"


def test_addresses_in_the_language_of_the_reader(places: Places) -> None:
    (cafe,) = places.find("kahvila", "sv")
    assert (cafe.name, cafe.secondary) == ("Kahvila", "Tavastgatan 7")
    assert ("address", "Tavastgatan 7") in names(places.find("tavastgatan 7", "sv"))
    assert places.find("hauptstraße 12", "sv")[0].secondary == "By"


def test_a_landmark_that_is_a_stop_stands_once(places: Places) -> None:
    assert names(places.find("keskustori")) == [("stop", "Keskustori")]


def test_parts_of_words_are_found_when_no_beginning_is(places: Places) -> None:
    assert ("stop", "Keskustori") in names(places.find("kustori"))


def test_two_streets_of_one_name_are_two_and_the_near_one_is_first(places: Places) -> None:
    streets = [p for p in places.find("hauptstraße", near=(60.3, 24.01)) if p.kind == "street"]
    assert len(streets) == 2
    assert streets[0].lat > 60.2
    assert next(p for p in places.find("hauptstraße", near=(60.0, 24.0)) if p.kind == "street").lat < 60.2


@pytest.mark.parametrize("text", ["", "   ", '"', "***", "'; drop table place; --", 'a" OR "b', "(", "NEAR(a b)", "-"])
def test_no_text_is_a_query_language(places: Places, text: str) -> None:
    assert isinstance(places.find(text), list)


def test_folding() -> None:
    assert fold("Hämeenlinnanväylä") == "hameenlinnanvayla"
    assert fold("Straße") == "strasse"
    assert fold("ｶﾞｰﾄﾞ") == fold("ガード") == "がーど"
    assert tokens(words_of("JR甲府駅 2番線")) == ["jr", "甲府", "府駅", "駅", "2", "線"]


def test_every_part_of_a_name_finds_something_in_a_real_city(shared_data: Path, tmp_path: Path) -> None:
    city = shared_data / "rnv"
    sources = [Source("rnv", city / "rnv.zip", "1"), Source("streets", city / "rnv.osm.pbf", "2", True)]
    places = Places(build(sources, tmp_path) / "places.sqlite")
    queries = [
        "h",
        "ha",
        "haupt",
        "hauptb",
        "hauptbahnhof",
        "bahnhof",
        "str",
        "s",
        "mannheim",
        "am",
        "strasse 1",
        "ahn",
    ]
    for text in queries:
        assert places.find(text, "de", (49.48, 8.47)), text
    best = places.find("heidelberg hauptbahnhof", "de") or places.find("hauptbahnhof", "de")
    assert best[0].kind in ("stop", "station")
