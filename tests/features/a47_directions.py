"""Where to turn on foot: street by street, in the reader's language, in the API and on the page."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.features.town import TODAY, Town

pytestmark = pytest.mark.db

STREETS = """
street residential 60.1000,24.0000 60.1000,24.0050 # Kauppakatu
street residential name:ja=ヘメ通り 60.1000,24.0050 60.1030,24.0050 # Hämeenkatu
street steps 60.1030,24.0050 60.1033,24.0050
street footway 60.1033,24.0050 60.1033,24.0090
street footway footway=crossing 60.1033,24.0090 60.1033,24.0093
street residential 60.1033,24.0093 60.1033,24.0150 # Satamakatu
"""
COAST = """
stop H 60.10335 24.0150 Satama
stop A 60.2000 24.0500 Lentoasema
line 1 bus H 10:00 A 10:20
"""


def steps(town: Town, language: str) -> list[dict[str, Any]]:
    asked: dict[str, Any] = {"from": "60.1000,24.0000", "to": "coast:A", "time": f"{TODAY}T09:40", "modes": "bus"}
    assert town.get("plan", **asked)["itineraries"][0]["legs"][0]["steps"] == [], "only for who asks"
    asked["directions"] = "true"
    found_ways = town.get("plan", language=language, **asked)["itineraries"]
    ride = next(each for each in found_ways if each["vehicles"])
    walk = ride["legs"][0]
    assert sum(step["distance_m"] for step in walk["steps"]) == walk["distance_m"]
    assert ride["legs"][1]["steps"] == []
    found: list[dict[str, Any]] = walk["steps"]
    return found


def test_turn_by_turn(town: Town) -> None:
    town.publish(STREETS, coast=COAST)
    told = [(step["turn"], step["street"] or step["kind"], step["distance_m"]) for step in steps(town, "fi")]
    assert told == [
        ("depart", "Kauppakatu", 277),
        ("left", "Hämeenkatu", 334),
        ("continue", "steps", 33),
        ("right", "footpath", 222),
        ("continue", "crossing", 16),
        ("continue", "Satamakatu", 322),
        ("arrive", None, 0),
    ]
    first, *_, last = steps(town, "fi")
    assert (first["heading"], first["side"]) == ("e", None)
    assert (last["heading"], last["side"]) == (None, "left")
    assert (first["lat"], first["lon"]) == (60.1, 24.0)


def test_names_in_the_readers_language(town: Town) -> None:
    town.publish(STREETS, coast=COAST)
    assert [steps(town, language)[1]["street"] for language in ("fi", "en", "ja")] == [
        "Hämeenkatu", "Hämeenkatu", "ヘメ通り",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("en", ["Head east on Kauppakatu, 280 m", "Turn left onto Hämeenkatu, 330 m", "Continue on the steps, 30 m",
                "Turn right onto the footpath, 220 m", "Satama is on your left"]),
        ("fi", ["Lähde itään: Kauppakatu, 280 m", "Käänny vasemmalle: Hämeenkatu, 330 m",
                "Jatka eteenpäin: portaat, 30 m",
                "Käänny oikealle: jalankulkutie, 220 m", "Satama on vasemmalla puolellasi"]),
        ("ja", ["Kauppakatuを東へ進む（280 m）", "左に曲がってヘメ通りへ進む（330 m）", "そのまま階段を進む（30 m）",
                "右に曲がって遊歩道へ進む（220 m）", "Satamaは左側です"]),
    ],
)  # fmt: skip
def test_on_the_page(town: Town, language: str, sentences: list[str]) -> None:
    town.publish(STREETS, coast=COAST)
    town.client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    search = f"from_at=60.1,24.0~~Koti&to_at=60.2,24.05~coast:A~Lentoasema&when=leave&date={TODAY}&time=09:40"
    results = town.client.get(f"/journeys?{search}").content.decode()
    address = re.findall(r'href="(/journey\?token=[^"&]*)', results)[0]
    for page in (results, town.client.get(address).content.decode()):
        told = re.findall(r'<ol class="directions">(.*?)</ol>', page, re.DOTALL)[0]
        for sentence in sentences:
            assert f"<li>{sentence.replace(' m', chr(160) + 'm')}</li>" in told
        assert "<details" in page
        assert 'class="directions"' in page
