"""Beside the quickest journey stand the cheaper one, the greener one and the one with less walking, where one asks."""

from typing import Any

from tests.features import lines
from tests.features.town import Town

TOWN = """
stop H 60.1000 24.9000 Harbour
stop N 60.1030 24.9000 North Quay
stop A 60.3000 24.9000 Airport
stop G 60.3000 24.9060 Airport Gate
line X bus H 8:05 A 8:20
line 1 rail H 8:03 G 8:33
line T tram N 8:08 A 8:45

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers
express,9.00,EUR,0,0
train,5.00,EUR,0,0
tram,2.00,EUR,0,0

[fare_rules.txt]
fare_id,route_id
express,X
train,1
tram,T
"""
EXPRESS = "08:05 Bus X Harbour–Airport 08:20"
TRAIN = "08:03 Train 1 Harbour–Airport Gate 08:33 > walk 6' 08:39"
TRAM = "08:02 walk 6' > 08:08 Tram T North Quay–Airport 08:45"


def journeys(town: Town, **asked: Any) -> list[str]:
    found = town.plan("f:H", "f:A", "08:00", window=1800, max_walk=900, **asked)
    return [lines.journey(row) for row in found if row["vehicles"]]


def test_who_asks_is_shown_what_is_slower(town: Town) -> None:
    town.publish(f=TOWN)
    assert journeys(town) == [EXPRESS]
    assert journeys(town, criteria="price") == [TRAM, TRAIN, EXPRESS], "each cheaper than all that are quicker"
    assert journeys(town, criteria="co2") == [TRAM, TRAIN, EXPRESS]
    assert journeys(town, criteria="walking") == [EXPRESS], "it has none"
    assert journeys(town, criteria="price", time="2026-11-24T08:46", arrive_by="true") == [TRAM, TRAIN, EXPRESS]
    found = town.plan("f:H", "f:A", "08:00", window=1800, max_walk=900, criteria="price,co2,walking")
    grams = {row["legs"][0]["mode"]: row["co2_g"] for row in found if row["vehicles"]}
    assert grams["bus"] == round(104 * 22.24), "22.24 km by bus"
    assert grams["rail"] == round(35 * 22.24)
    assert town.get("plan", status=400, **{"from": "f:H", "to": "f:A", "criteria": "beauty"})["code"] == "invalid"


def test_the_page_says_what_speaks_for_each(town: Town) -> None:
    town.publish(f=TOWN)
    asked = {
        "from_at": "60.1,24.9~f:H~Harbour",
        "to_at": "60.3,24.9~f:A~Airport",
        "from_text": "Harbour",
        "to_text": "Airport",
        "when": "leave",
        "date": "2026-11-24",
        "time": "08:00",
    }
    for language, words in (
        ("en", ("Arrives first", "Cheapest", "Least CO2", "0.8 kg CO2")),
        ("fi", ("Ensimmäisenä perillä", "Halvin", "Vähiten hiilidioksidia")),
        ("ja", ("CO2が一番少ない", "CO2 0.8 kg")),
    ):
        page = town.client.get("/journeys", asked, headers={"Accept-Language": language}).content.decode()
        assert [word for word in words if word not in page] == []


def test_pages_side_by_side_have_each_once(town: Town) -> None:
    """An express every twenty minutes, a tram in between that costs a fifth."""
    often = TOWN.replace("line X", "every 20 until 11:00 line X").replace("line T", "every 20 until 11:00 line T")
    town.publish(f=often)
    asked: dict[str, Any] = {"from": "f:H", "to": "f:A", "max_walk": 900, "modes": "bus,tram", "criteria": "price"}
    whole = town.get("plan", **asked, time="2026-11-24T08:00", window=5400)
    expected = [lines.journey(row) for row in whole["itineraries"] if row["vehicles"]]
    assert len([text for text in expected if "Tram" in text]) == 2, "of a page the best two"
    page = town.get("plan", **asked, time="2026-11-24T08:00", window=1799)
    found = []
    for _ in range(3):
        found += [lines.journey(row) for row in page["itineraries"] if row["vehicles"]]
        page = town.client.get(page["later"]).json()
    assert len(found) == len(set(found)) == 10, "five buses, five trams"
    assert set(expected) <= set(found)
    assert [text for text in found if "Bus" in text] == [text for text in expected if "Bus" in text]


def test_with_short_walks_alone(town: Town) -> None:
    town.publish(f=TOWN)
    for asked in ({}, {"time": "2026-11-24T08:46", "arrive_by": "true"}):
        wishes: dict[str, Any] = {"window": 1800, "max_walk": 240, "criteria": "price,co2,walking", **asked}
        found = town.plan("f:H", "f:A", "08:00", **wishes)
        assert [lines.journey(row) for row in found if row["vehicles"]] == [EXPRESS]
