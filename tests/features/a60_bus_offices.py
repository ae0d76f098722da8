"""GTFS-JP: the office that answers for a bus, and what the feed remarks of a trip, are kept and shown."""

import pytest

from tests.features.town import Town
from transit.network.current import current_network

pytestmark = pytest.mark.db

KOFU = """
stop A 35.6660 138.5690 甲府駅
stop B 35.6800 138.5500 湯村温泉
line 1 bus A 8:06 B 8:15

[agency.txt]
agency_id,agency_name,agency_url,agency_timezone,agency_lang
ag,山交バス,https://agency.example,Asia/Tokyo,ja

[trips.txt]
route_id,service_id,trip_id,trip_headsign,jp_trip_desc,jp_trip_desc_symbol,jp_office_id
1,daily,1-0,湯村温泉,日祝運休,◎,01

[office_jp.txt]
office_id,office_name,office_url,office_phone
01,敷島営業所,https://office.example,055-277-2121

[agency_jp.txt]
agency_id,agency_official_name,agency_zip_number
ag,山梨交通株式会社,4000035

[routes_jp.txt]
route_id,route_update_date,origin_stop,via_stop,destination_stop
1,20260401,甲府駅,塩部,湯村温泉
"""


def test_the_office_of_a_ride(town: Town) -> None:
    town.publish(kofu=KOFU)
    (found,) = town.plan("kofu:A", "kofu:B", "08:00+09:00", language="ja")
    service = found["legs"][0]["service"]
    assert (service["office_name"], service["office_phone"], service["remark"]) == (
        "敷島営業所",
        "055-277-2121",
        "日祝運休",
    )
    page = town.client.get("/journey", {"token": found["token"]}, headers={"Accept-Language": "ja"}).content.decode()
    assert "敷島営業所" in page
    assert "日祝運休" in page


def test_the_offices_of_the_feed(town: Town) -> None:
    town.publish(kofu=KOFU)
    (feed,) = town.get("feeds")["feeds"]
    assert feed["offices"] == [
        {"id": "01", "name": "敷島営業所", "url": "https://office.example", "phone": "055-277-2121"}
    ]


def test_the_tables_are_kept(town: Town) -> None:
    town.publish(kofu=KOFU)
    (kept,) = current_network().publishers.feeds
    assert kept.tables["agency_jp"] == [
        {"agency_id": "ag", "agency_official_name": "山梨交通株式会社", "agency_zip_number": "4000035"}
    ]
    assert kept.tables["routes_jp"][0]["via_stop"] == "塩部"
