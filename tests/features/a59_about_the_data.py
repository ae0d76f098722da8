"""Who publishes a feed and whom it credits is kept and shown (`feed_info.txt`, `attributions.txt`)."""

import pytest

from tests.features.town import Town
from transit.models import Interface, Notice

pytestmark = pytest.mark.db

COAST = """
stop H 60.150 24.900 Harbour
stop M 60.190 24.950 Market
line 1 bus H 8:06 M 8:15
line 2 bus H 8:20 M 8:30

[feed_info.txt]
feed_publisher_name,feed_publisher_url,feed_lang,feed_start_date,feed_end_date,feed_version,feed_contact_email
Coast Region,https://coast.example,fi,20261101,20261231,v7,data@coast.example

[attributions.txt]
attribution_id,organization_name,is_producer,is_operator,is_authority,route_id,trip_id
1,Map Maker,1,0,0,,
2,Uncle Ted's Buses,0,1,0,2,
"""


def test_over_the_api(town: Town) -> None:
    town.publish(coast=COAST)
    Interface.objects.filter(name="coast").update(licence="CC BY 4.0", attribution="© Coast 2026")
    (feed,) = town.get("feeds")["feeds"]
    assert (feed["feed"], feed["publisher"], feed["version"]) == ("coast", "Coast Region", "v7")
    assert (feed["valid_from"], feed["valid_until"], feed["licence"]) == ("2026-11-01", "2026-12-31", "CC BY 4.0")
    assert feed["credits"] == ["© Coast 2026", "Coast Region", "Map Maker"]
    assert [(row["organization"], row["roles"], row["route_id"]) for row in feed["attributions"]] == [
        ("Map Maker", ["producer"], ""),
        ("Uncle Ted's Buses", ["operator"], "2"),
    ]


def test_whoever_runs_one_line_is_named_on_its_rides(town: Town) -> None:
    town.publish(coast=COAST)
    (first,) = town.plan("coast:H", "coast:M", "08:00")
    (second,) = town.plan("coast:H", "coast:M", "08:10")
    assert [each["legs"][0]["service"]["credits"] for each in (first, second)] == [[], ["Uncle Ted's Buses"]]


def test_on_the_page(town: Town) -> None:
    town.publish(coast=COAST, streets="street residential 60.15,24.90 60.19,24.95 # Quay")
    page = town.client.get("/about").content.decode()
    for words in ("Coast Region", "Map Maker", "Valid from 2026-11-01 to 2026-12-31", "OpenStreetMap contributors"):
        assert words in page
    assert 'href="/about"' in town.client.get("/").content.decode()


def test_a_feed_that_says_nothing(town: Town) -> None:
    town.publish(coast=COAST.split("[feed_info.txt]", maxsplit=1)[0])
    (feed,) = town.get("feeds")["feeds"]
    assert (feed["publisher"], feed["credits"], feed["valid_until"]) == ("", [], "2027-12-31")


@pytest.mark.parametrize(
    ("dates", "code"),
    [
        ("20261201,20261231", "feed_not_valid_yet"),
        ("20261101,20261122", "feed_expiration_date7_days"),
        ("20261101,20261210", "feed_expiration_date30_days"),
        ("20261231,20261101", "start_and_end_range_out_of_order"),
        ("yesterday,20261231", "invalid_date"),
        ("20261101,20261231", None),
    ],
)
def test_its_dates_are_looked_at(town: Town, dates: str, code: str | None) -> None:
    town.publish(coast=COAST.replace("20261101,20261231", dates))
    found = Notice.objects.filter(file="feed_info.txt").values_list("code", flat=True)
    assert list(found) == ([code] if code else [])
