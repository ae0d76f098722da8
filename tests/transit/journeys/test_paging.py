"""Earlier and later: pages side by side show every journey once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from tests.transit.journeys.cities import FEED, HELSINKI, NEAR_A, NEAR_D, STREETS, at, engine_of
from transit.journeys.engine import Engine
from transit.journeys.planning import Page, Turned, page_of
from transit.routing.itinerary import Itinerary
from transit.routing.query import Location, Query

SECOND = timedelta(seconds=1)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
# The night line ends after midnight; in the night to 25 October clocks go back.
NIGHT = FEED.replace("line 3 bus A 23:50 C1 24:20", "every 60 until 30:00 line 3 bus A 20:50 C1 21:20 D 21:40")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return engine_of(tmp_path_factory.mktemp("city"), NIGHT, STREETS)


def wish(moment: datetime, **wishes: object) -> Query:
    return Query(NEAR_A, NEAR_D, moment, **{"bicycle": False, **wishes})  # type: ignore[arg-type]


def names(page: Page) -> list[str]:
    """First and last ride of each journey, with the day of service."""
    return [name(each) for each in page.itineraries if each.vehicles]


def name(itinerary: Itinerary) -> str:
    rides = [leg.service for leg in itinerary.legs if leg.service]
    return " ".join(f"{ride.trip_id} {ride.service_date:%d}" for ride in rides)


def forwards(engine: Engine, query: Query, until: datetime, at_most: int | None = None) -> list[Page]:
    pages = [page_of(engine, query, LONG_AGO, None, at_most)]
    while pages[-1].until_at < until:
        pages.append(page_of(engine, query, LONG_AGO, Turned(after=pages[-1].until_at + SECOND), at_most))
    return pages


def backwards(engine: Engine, query: Query, end: datetime, since: datetime, at_most: int | None) -> list[Page]:
    pages = [page_of(engine, query, LONG_AGO, Turned(before=end), at_most)]
    while pages[0].from_at > since:
        pages.insert(0, page_of(engine, query, LONG_AGO, Turned(before=pages[0].from_at), at_most))
    return pages


def assert_side_by_side(pages: list[Page]) -> None:
    for before, after in pairwise(pages):
        assert after.from_at == before.until_at + SECOND
    shown = [each for page in pages for each in names(page)]
    assert len(shown) == len(set(shown)), "one twice"


@cache
def minute_by_minute(engine: Engine, day: datetime, arrive_by: bool) -> list[tuple[datetime, str]]:
    """The journeys of 36 hours by windows of one minute, each a search of its own, with the start of the minute."""
    found = []
    for minute in range(36 * 60):
        low = day.astimezone(UTC) + timedelta(minutes=minute)
        moment = low + timedelta(seconds=59 if arrive_by else 0)
        page = page_of(engine, wish(moment, arrive_by=arrive_by, window_s=59), LONG_AGO)
        found += [(low, each) for each in names(page)]
    return found


@pytest.mark.parametrize("arrive_by", [False, True])
@pytest.mark.parametrize(("window_s", "at_most"), [(7200, None), (1799, None), (7200, 3), (40000, 4), (86400, None)])
@pytest.mark.parametrize("day", [at("00:00", 24), at("00:00", 24).replace(month=10, day=25)])
def test_a_day_and_its_night(
    engine: Engine, day: datetime, arrive_by: bool, window_s: int, at_most: int | None
) -> None:
    midnight = day.astimezone(UTC)
    start, end = midnight + timedelta(hours=5), midnight + timedelta(hours=31)
    first = wish(start + timedelta(seconds=window_s if arrive_by else 0), arrive_by=arrive_by, window_s=window_s)
    pages = forwards(engine, first, end, at_most)
    assert_side_by_side(pages)
    shown = [each for page in pages for each in names(page)]
    low, high = pages[0].from_at, pages[-1].until_at
    every = minute_by_minute(engine, day, arrive_by)
    inside = [each for minute, each in every if low <= minute and minute + timedelta(seconds=59) <= high]
    touched = [each for minute, each in every if low - timedelta(seconds=59) <= minute <= high]
    assert [each for each in shown if each in inside] == inside, "none is missing"
    known = [each for page in pages if page.until_at < midnight + timedelta(hours=36) for each in names(page)]
    assert [each for each in touched if each in known] == known, "and nothing else is there"
    assert len(shown) > 20
    again = backwards(engine, first, high + SECOND, low, at_most)
    assert_side_by_side(again)
    assert [each for page in again for each in names(page)][-len(shown) :] == shown


def test_a_page_ends_before_the_ride_too_many(engine: Engine) -> None:
    page = page_of(engine, wish(at("08:00")), LONG_AGO, None, 2)
    assert [each.start_at for each in page.itineraries] == [at("08:29"), at("08:59")]
    assert (page.from_at, page.until_at) == (at("08:00"), at("09:29:14"))
    page = page_of(engine, wish(at("08:00")), LONG_AGO, Turned(before=page.until_at + SECOND), 1)
    assert [each.start_at for each in page.itineraries] == [at("08:59")]
    assert (page.from_at, page.until_at) == (at("08:29:16"), at("09:29:14"))


def test_a_page_goes_on_where_nothing_is(engine: Engine) -> None:
    page = page_of(engine, wish(at("06:05").replace(month=1, day=2)), LONG_AGO, None, 3)
    assert len(names(page)) == 3
    assert page.from_at == at("06:05").replace(month=1, day=2)
    early = wish(at("06:05"))
    assert names(page_of(engine, early, LONG_AGO)) == names(page_of(engine, early, LONG_AGO, None, 9))
    before = page_of(engine, wish(at("06:30")), LONG_AGO, Turned(before=at("06:10")), 2)
    assert len(names(before)) == 2
    assert before.until_at == at("06:09:59")


def test_what_is_over_is_on_no_page(engine: Engine) -> None:
    now = at("08:10")
    page = page_of(engine, wish(at("07:00")), now)
    assert (page.from_at, page.until_at, page.earlier) == (now, at("09:00"), False)
    assert page_of(engine, wish(at("09:00")), now).earlier
    last = page_of(engine, wish(at("09:00")), now, Turned(before=at("09:00")))
    assert (last.from_at, last.until_at, last.earlier) == (now, at("08:59:59"), False)
    over = page_of(engine, wish(at("05:00")), now)
    assert (names(over), over.itineraries) == ([], ())


def test_the_best_alone_has_no_other_pages(engine: Engine) -> None:
    page = page_of(engine, wish(at("08:00"), window_s=0), LONG_AGO)
    assert (page.earlier, page.later) == (False, False)
    assert names(page)


def test_pages_end_with_the_timetables(engine: Engine) -> None:
    end = datetime(2028, 1, 2, 12, tzinfo=HELSINKI)
    assert not page_of(engine, wish(end), LONG_AGO).later
    assert page_of(engine, wish(at("08:00")), LONG_AGO).later
    start = datetime(2025, 12, 31, 20, tzinfo=HELSINKI)
    assert not page_of(engine, wish(start), start - timedelta(days=9)).earlier


def test_a_ride_already_under_way_hides_nothing(tmp_path: Path) -> None:
    """Of two ways to arrive by nine the easier has left; the other is offered, however far one walks."""
    feed = """
    stop A 60.0000 24.0000 Tori
    stop B 60.0000 24.0200 Silta
    stop C 60.0000 24.1000 Asema
    line 1 bus A 8:00 C 8:30
    line 2 bus B 8:22 C 8:34
    """
    engine = engine_of(tmp_path, feed, STREETS)
    query = Query(Location(60.0, 24.0), Location(60.0, 24.1), at("09:00"), arrive_by=True, bicycle=False)
    assert names(page_of(engine, query, at("07:00"))) == ["city:1-0 24"]
    assert names(page_of(engine, query, at("08:01"))) == ["city:2-0 24"]
