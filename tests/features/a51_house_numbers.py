"""House numbers as people write them; one that is on no map finds its nearest neighbour, or the street."""

import pytest

from tests.features.town import Json, Town

pytestmark = pytest.mark.django_db

TOWN = """
stop A 60.1700 24.9000 Asema
stop B 60.1800 24.9000 Boreal
line 1 bus A 8:00 B 8:05
"""
STREETS = """
street residential 60.1700,24.9000 60.1800,24.9000 # Hauptstraße
street residential 60.1800,24.9000 60.1900,24.9000 # Kirkkotie
node 60.1701,24.9001 addr:street=Hauptstraße addr:housenumber=12 addr:city=Heidelberg
node 60.1702,24.9001 addr:street=Hauptstraße addr:housenumber=17a addr:city=Heidelberg
node 60.1703,24.9001 addr:street=Hauptstraße addr:housenumber=120 addr:city=Heidelberg
node 60.1801,24.9002 addr:quarter=大手町 addr:neighbourhood=一丁目 addr:block_number=9 addr:housenumber=2
node 60.1802,24.9002 addr:quarter=大手町 addr:neighbourhood=一丁目 addr:block_number=9 addr:housenumber=7
"""


@pytest.fixture
def named(town: Town) -> Town:
    town.publish(STREETS, town=TOWN)
    return town


def first(town: Town, text: str, language: str = "en") -> Json:
    found: Json = town.get("places", q=text, language=language)["places"][0]
    return found


@pytest.mark.parametrize(
    "typed",
    ["Hauptstraße 17a", "hauptstr. 17 A", "17a Hauptstraße", "Hauptstr. 17a, 69117 Heidelberg", "Haupstrase 17a"],
)
def test_written_in_any_way(named: Town, typed: str) -> None:
    assert (first(named, typed)["kind"], first(named, typed)["name"]) == ("address", "Hauptstraße 17a")


def test_the_flat_does_not_matter(named: Town) -> None:
    assert first(named, "Hauptstraße 17 a 5")["name"] == "Hauptstraße 17a"


@pytest.mark.parametrize(
    ("typed", "nearest", "number"),
    [
        ("Hauptstraße 14", "Hauptstraße 12", "14"),
        ("Hauptstraße 99", "Hauptstraße 120", "99"),
        ("16 Hauptstraße Heidelberg", "Hauptstraße 17a", "16"),
        ("Haupstraße 13", "Hauptstraße 12", "13"),
    ],
)
def test_the_nearest_number_and_it_says_so(named: Town, typed: str, nearest: str, number: str) -> None:
    found = first(named, typed)
    assert found["name"] == nearest
    assert found["detail"] == f"Heidelberg · Number {number} is not on the map. This is the nearest."


def test_the_street_where_no_number_is_mapped(named: Town) -> None:
    found = first(named, "Kirkkotie 5", "fi")
    assert (found["kind"], found["name"]) == ("street", "Kirkkotie")
    assert found["detail"].endswith("Numeroa 5 ei ole kartalla. Tämä on katu.")


def test_a_longer_number_comes_after_the_whole_one(named: Town) -> None:
    assert named.places("Hauptstraße 12")[:2] == ["address Hauptstraße 12", "address Hauptstraße 120"]


@pytest.mark.parametrize("typed", ["大手町一丁目9-2", "大手町1丁目9番2号", "大手町1-9-2", "大手町１－９－２"])
def test_blocks_in_japan(named: Town, typed: str) -> None:
    assert named.places(typed, language="ja")[0] == "address 大手町一丁目9-2"


def test_the_nearest_house_of_a_block(named: Town) -> None:
    found = first(named, "大手町1-9-6", "ja")
    assert found["name"] == "大手町一丁目9-7"
    assert "6番は地図にありません" in found["detail"]


def test_no_number_is_taken_to_another_street(named: Town) -> None:
    found = named.get("places", q="Kurkkotia 5")["places"]
    assert [row["name"] for row in found] == ["Kirkkotie"]
    assert "not on the map" not in found[0]["detail"]
