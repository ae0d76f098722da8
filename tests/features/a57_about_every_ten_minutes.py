"""A line that keeps no exact times (`exact_times` 0): one comes about every so often, and no more is promised."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.db

METRO = """
stop C 60.170 24.940 Centre
stop E 60.190 25.030 East
line M metro C 0:00 E 0:12
line N metro C 0:00 E 0:14
line B bus C 8:03 E 8:30

[frequencies.txt]
trip_id,start_time,end_time,headway_secs,exact_times
M-0,06:00:00,09:00:00,600,0
N-0,09:00:00,10:00:00,600,1
"""


def test_the_headway_is_said(town: Town) -> None:
    town.publish(metro=METRO)
    (found,) = town.plan("metro:C", "metro:E", "08:05")
    (leg,) = found["legs"]
    assert (leg["service"]["trip_id"], leg["headway_s"]) == ("metro:M-0@08:10:00", 600)


def test_exact_times_have_none(town: Town) -> None:
    town.publish(metro=METRO)
    (found,) = town.plan("metro:C", "metro:E", "09:05")
    (leg,) = found["legs"]
    assert (leg["service"]["trip_id"], leg["headway_s"]) == ("metro:N-0@09:10:00", None)


def test_the_board(town: Town) -> None:
    town.publish(metro=METRO)
    rows = town.get("departures", stop="metro:C", time="2026-11-24T08:00", limit="3")["departures"]
    assert [(row["service"]["line"], row["headway_s"]) for row in rows] == [("M", 600), ("B", None), ("M", 600)]


@pytest.mark.parametrize(
    ("language", "words"), [("en", "about every 10 min"), ("fi", "noin 10 min välein"), ("ja", "約10分間隔")]
)
def test_the_pages(town: Town, language: str, words: str) -> None:
    town.publish(metro=METRO)
    (found,) = town.plan("metro:C", "metro:E", "09:05", day="2026-11-23")
    (about,) = town.plan("metro:C", "metro:E", "08:55", day="2026-11-24")
    headers = {"Accept-Language": language}
    pages = [town.client.get("/journey", {"token": each["token"]}, headers=headers) for each in (about, found)]
    assert [words in page.content.decode() for page in pages] == [about["legs"][0]["headway_s"] == 600, False]
