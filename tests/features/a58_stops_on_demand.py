"""Some stops are served only for those who phone before, or who ask the driver (`pickup_type`, `drop_off_type`)."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.db

VILLAGE = """
stop H 60.10 24.90 Harbour
stop V 60.14 24.90 Village
stop F 60.18 24.90 Farm
stop M 60.22 24.90 Market
line E bus H 8:00 V 8:10 F 8:20 M 8:30

[agency.txt]
agency_id,agency_name,agency_url,agency_timezone,agency_lang,agency_phone
ag,Village Bus,https://agency.example,Europe/Helsinki,fi,+358 9 123 456

[stop_times.txt]
trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type
E-0,8:00:00,8:00:00,H,1,0,1
E-0,8:10:00,8:10:00,V,2,2,3
E-0,8:20:00,8:20:00,F,3,3,2
E-0,8:30:00,8:30:00,M,4,1,0
"""


def arranged(town: Town, origin: str, destination: str) -> tuple[str, str, str]:
    (found,) = town.plan(f"village:{origin}", f"village:{destination}", "07:50")
    (leg,) = found["legs"]
    return leg["pickup"], leg["drop_off"], leg["service"]["agency_phone"]


def test_what_must_be_arranged(town: Town) -> None:
    town.publish(village=VILLAGE)
    assert arranged(town, "H", "M") == ("regular", "regular", "+358 9 123 456")
    assert arranged(town, "V", "M") == ("phone", "regular", "+358 9 123 456")
    assert arranged(town, "F", "M") == ("driver", "regular", "+358 9 123 456")
    assert arranged(town, "H", "V") == ("regular", "driver", "+358 9 123 456")
    assert arranged(town, "V", "F") == ("phone", "phone", "+358 9 123 456")


@pytest.mark.parametrize(
    ("language", "phone", "driver"),
    [
        ("en", "only if you phone Village Bus before", "Tell the driver"),
        ("fi", "vain jos soitat etukäteen: Village Bus", "Kerro kuljettajalle"),
        ("ja", "事前にVillage Busへお電話", "運転手"),
    ],
)
def test_the_page_says_so(town: Town, language: str, phone: str, driver: str) -> None:
    town.publish(village=VILLAGE)
    pages = []
    for origin, destination in (("V", "M"), ("H", "V"), ("H", "M")):
        (found,) = town.plan(f"village:{origin}", f"village:{destination}", "07:50")
        page = town.client.get("/journey", {"token": found["token"]}, headers={"Accept-Language": language})
        pages.append(page.content.decode())
    assert [phone in page for page in pages] == [True, False, False]
    assert [driver in page for page in pages] == [False, True, False]
    assert 'href="tel:+3589123456"' in pages[0]
