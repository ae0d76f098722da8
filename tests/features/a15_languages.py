"""Names in the language of the reader (`translations.txt`); where there is none, as the operator writes them."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.db

COAST = """
stop H 60.150 24.900 Satama
stop M 60.190 24.950 Tori
line 1 bus H 8:06 M 8:15

[translations.txt]
table_name,field_name,language,translation,record_id
stops,stop_name,en,Harbour,H
stops,stop_name,ja,港,H
stops,stop_name,ja,市場,M
agency,agency_name,ja,海岸バス,ag
"""


@pytest.mark.parametrize(
    ("language", "ride"),
    [
        ("fi", "08:06 Bus 1 Satama–Tori 08:15"),
        ("en", "08:06 Bus 1 Harbour–Tori 08:15"),
        ("ja", "08:06 Bus 1 港–市場 08:15"),
        ("sv", "08:06 Bus 1 Harbour–Tori 08:15"),  # not a language of the site: English
    ],
)
def test_stops(town: Town, language: str, ride: str) -> None:
    town.publish(coast=COAST)
    assert town.journeys("coast:H", "coast:M", "08:00", language=language) == [ride]


def test_agencies_and_boards(town: Town) -> None:
    town.publish(coast=COAST)
    (found,) = town.plan("coast:H", "coast:M", "08:00", language="ja")
    assert found["legs"][0]["service"]["agency_name"] == "海岸バス"
    assert town.get("departures", stop="coast:H", language="ja")["name"] == "港"


def test_found_by_any_of_its_names(town: Town) -> None:
    town.publish(coast=COAST)
    assert town.places("港", language="ja") == ["stop 港"]
    assert town.places("satama", language="ja") == ["stop 港"]
    assert town.places("harb", language="fi") == ["stop Satama"]
