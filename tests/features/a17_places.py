"""People write names as they say them."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.db

TOWN = """
stop K 60.1700 24.9000 Käpylä
stop U 60.1710 24.9100 Ülemiste
stop E 60.1720 24.9200 東京駅前
stop Y 60.1730 24.9300 京橋

[translations.txt]
table_name,field_name,language,translation,record_id
stops,stop_name,en,Tokyo Station,E
"""
STREETS = """
street residential 60.1700,24.9000 60.1700,24.9050 # Mannerheimintie
street residential 60.1700,24.9050 60.1750,24.9050 # Äyräpolku
node 60.1701,24.9010 addr:street=Mannerheimintie addr:housenumber=12
"""
LINE = "line 1 bus K 8:00 U 8:05 E 8:10 Y 8:15\n"


@pytest.fixture
def named(town: Town) -> Town:
    town.publish(STREETS, town=LINE + TOWN)
    return town


def test_without_accents(named: Town) -> None:
    assert named.places("kapyla") == ["stop Käpylä"]
    assert named.places("ULEM") == ["stop Ülemiste"]
    assert named.places("ayra") == ["street Äyräpolku"]


def test_a_part_of_a_japanese_name(named: Town) -> None:
    assert named.places("東京", language="ja") == ["stop 東京駅前"]
    assert named.places("駅前", language="ja") == ["stop 東京駅前"]
    assert sorted(named.places("京", language="ja")) == ["stop 京橋", "stop 東京駅前"]
    assert named.places("tokyo") == ["stop Tokyo Station"]


def test_an_address(named: Town) -> None:
    assert named.places("mannerheimintie 12")[0] == "address Mannerheimintie 12"
    assert "street Mannerheimintie" in named.places("mannerh")


def test_nothing_of_that_name(named: Town) -> None:
    assert named.places("zzzz") == []


def test_what_a_point_is_called(named: Town) -> None:
    assert named.get("places/at", lat="60.17001", lon="24.90001")["stop_id"] == "town:K"
    assert named.get("places/at", lat="60.1740", lon="24.9051")["name"] == "Äyräpolku"
    assert named.get("places/at", lat="61", lon="25", status=404)["code"] == "not_found"
