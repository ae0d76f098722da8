"""Japanese names are found as they are read: in kana of any kind and in Latin letters of any school."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.django_db

TOWN = """
stop K 35.6670 138.5690 甲府駅
stop S 35.6680 138.5700 新宿通り
stop B 35.6690 138.5710 新橋
stop O 35.6700 138.5720 大月
stop M 35.6710 138.5730 まちなか
line 1 bus K 8:00 S 8:05 B 8:10 O 8:15 M 8:20

[translations.txt]
table_name,field_name,language,translation,record_id
stops,stop_name,ja-Hrkt,こうふえき,K
stops,stop_name,en,Kofu Station,K
stops,stop_name,ja-Hrkt,シンジュクドオリ,S
stops,stop_name,ja-Hrkt,しんばし,B
stops,stop_name,ja-Hrkt,おおつき,O
"""
STREETS = """
street residential 35.6670,138.5690 35.6710,138.5730 name:ja-Hira=きたぐちどおり # 北口通り
node 35.6671,138.5691 amenity=library name:ja_kana=としょかん name:ja_rm=Toshokan # 図書館
node 35.6672,138.5692 amenity=theatre name:ja-Latn=Geijutsukan # 芸術館
"""


@pytest.fixture
def named(town: Town) -> Town:
    town.publish(STREETS, town=TOWN)
    return town


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("こうふえき", "stop 甲府駅"),
        ("コウフ", "stop 甲府駅"),
        ("ｺｳﾌｴｷ", "stop 甲府駅"),
        ("kofu", "stop 甲府駅"),
        ("Kōfu eki", "stop 甲府駅"),
        ("koufueki", "stop 甲府駅"),
        ("kohu", "stop 甲府駅"),
        ("Kofu Station", "stop 甲府駅"),
        ("しんじゅく", "stop 新宿通り"),
        ("shinjuku", "stop 新宿通り"),
        ("sinzyuku", "stop 新宿通り"),
        ("shinjuku dori", "stop 新宿通り"),
        ("shimbashi", "stop 新橋"),
        ("sinbasi", "stop 新橋"),
        ("ōtsuki", "stop 大月"),
        ("ootuki", "stop 大月"),
        ("machinaka", "stop まちなか"),
        ("kitaguchi", "street 北口通り"),
        ("toshokan", "poi 図書館"),
        ("トショカン", "poi 図書館"),
        ("geijutsu", "poi 芸術館"),
        ("geizyutu", "poi 芸術館"),
        ("shinjiku", "stop 新宿通り"),
    ],
)
def test_by_its_sound(named: Town, typed: str, found: str) -> None:
    assert named.places(typed, language="ja")[0] == found


def test_readings_are_not_shown(named: Town) -> None:
    for language in ("ja", "fi"):
        assert named.places("toshokan", language=language) == ["poi 図書館"]
