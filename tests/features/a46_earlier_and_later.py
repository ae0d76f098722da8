"""Earlier and later: who follows the links sees every journey of the day, each once."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from tests.features import lines
from tests.features.town import TODAY, VEHICLES, Town

pytestmark = pytest.mark.django_db

COAST = """
stop H 60.150 24.900 Harbour
stop M 60.190 24.950 Market
stop A 60.300 24.960 Airport
every 25 until 23:50 line 1 bus H 5:06 M 5:15
every 40 until 23:50 line R rail M 5:20 A 5:50
every 60 until 26:30 line N bus H 22:30 A 23:40
"""
Page = dict[str, Any]


def first(town: Town, at: str, **wishes: str) -> Page:
    asked: dict[str, Any] = {"from": "coast:H", "to": "coast:A", "time": f"{TODAY}T{at}", "modes": VEHICLES}
    return town.get("plan", **(asked | wishes))


def follow(town: Town, page: Page, link: str) -> Page:
    answer = town.client.get(page[link])
    assert answer.status_code == 200, answer.content
    found: Page = answer.json()
    return found


def rides(pages: list[Page]) -> list[str]:
    """Every journey of some pages as a line."""
    return [lines.journey(each) for page in pages for each in page["itineraries"]]


def dated(pages: list[Page]) -> list[tuple[str, str]]:
    """The same with the moment of leaving."""
    return [(each["start_at"], lines.journey(each)) for page in pages for each in page["itineraries"]]


def day(town: Town, **wishes: str) -> list[Page]:
    """All pages from five o'clock until three at night."""
    pages = [first(town, "05:00", **wishes)]
    while pages[-1]["window_until"] < "2026-11-25T03:00":
        pages.append(follow(town, pages[-1], "later"))
    return pages


@pytest.mark.parametrize(
    "wishes", [{"window": "3599"}, {"window": "10000"}, {"limit": "2"}, {"window": "86400", "limit": "5"}]
)
def test_later(town: Town, wishes: dict[str, str]) -> None:
    town.publish(coast=COAST)
    pages = day(town, **wishes)
    shown = dated(pages)
    assert len(shown) == len(set(shown))
    every = dated(day(town, window="600"))
    assert shown[: len(every)] == every
    assert len(every) > 25
    for before, after in pairwise(pages):
        assert before["window_until"] < after["window_from"]
        assert seconds(after["window_from"]) - seconds(before["window_until"]) == 1


def test_earlier(town: Town) -> None:
    town.publish(coast=COAST)
    pages = day(town)
    back = [pages[-1]]
    while back[0]["window_from"] > pages[0]["window_from"]:
        back.insert(0, follow(town, back[0], "earlier"))
    assert set(rides(back)) == set(rides(pages))
    assert len(rides(back)) == len(rides(pages))


def test_arriving_by_a_time(town: Town) -> None:
    town.publish(coast=COAST)
    page = first(town, "12:00", arrive_by="true")
    assert [lines.clock(each["end_at"]) for each in page["itineraries"]] == ["10:30", "11:10", "11:50"]
    assert [lines.clock(each["end_at"]) for each in follow(town, page, "later")["itineraries"]] == [
        "12:30",
        "13:10",
        "13:50",
    ]
    assert [lines.clock(each["end_at"]) for each in follow(town, page, "earlier")["itineraries"]] == [
        "08:30",
        "09:10",
        "09:50",
    ]


def test_no_journey_is_shown_that_a_later_one_makes_useless(town: Town) -> None:
    """The bus at 6:21 leads to the train at 6:40, and so does none before; at 6:15 that is nobody's business yet."""
    town.publish(coast=COAST)
    assert rides([first(town, "05:57", window="1200")]) == []
    assert rides([first(town, "06:15", window="1200")]) == [
        "06:21 Bus 1 Harbour–Market 06:30 > 06:40 Train R Market–Airport 07:10"
    ]


def test_nothing_is_before_now(town: Town) -> None:
    """It is nine o'clock."""
    town.publish(coast=COAST)
    page = first(town, "08:30", time="2026-11-23T08:30")
    assert page["window_from"][:16] == "2026-11-23T09:00"
    assert page["earlier"] is None
    later = first(town, "10:00", time="2026-11-23T10:00")
    before = follow(town, later, "earlier")
    assert (before["window_from"][:16], before["window_until"]) == ("2026-11-23T09:00", "2026-11-23T09:59:59+02:00")
    assert before["earlier"] is None


def test_the_end_of_the_timetables(town: Town) -> None:
    town.publish(coast=COAST)
    assert first(town, "10:00", time="2029-01-01T10:00")["later"] is None


def test_the_best_alone_has_no_pages(town: Town) -> None:
    town.publish(coast=COAST)
    page = first(town, "10:00", window="0")
    assert (page["earlier"], page["later"]) == (None, None)


def test_direct_ways_are_on_the_first_page_alone(town: Town) -> None:
    town.publish(coast=COAST)
    page = first(town, "10:00", to="60.1510,24.9035", modes="walk,bus")
    assert rides([page]) == ["10:00 walk 4'"]
    assert rides([follow(town, page, "later")]) == []


def test_after_and_before_at_once_is_refused(town: Town) -> None:
    town.publish(coast=COAST)
    both = {"after": "2026-11-24T10:00Z", "before": "2026-11-24T11:00Z"}
    wrong = town.get("plan", status=400, **{"from": "coast:H", "to": "coast:A", **both})
    assert [each["field"] for each in wrong["errors"]] == ["before"]


def seconds(text: str) -> int:
    """Of the day; windows here do not end at midnight sharp."""
    hour, minute, second = text[11:19].split(":")
    return int(text[8:10]) * 86400 + int(hour) * 3600 + int(minute) * 60 + int(second)
