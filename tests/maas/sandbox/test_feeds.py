"""Old timetables are served as if they were of today."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from maas.sandbox import feeds
from maas.sandbox.feeds import Library, departures_by_day, redate
from maas.sandbox.region.gtfs import pack
from tests.maas.sandbox.live import serving

TODAY = date(2026, 11, 23)


def _tiny(start: str = "20200106", end: str = "20200315", dates: str = "") -> bytes:
    days = "monday,tuesday,wednesday,thursday,friday,saturday,sunday"
    return pack(
        {
            "trips.txt": "route_id,service_id,trip_id\nr,week,t1\nr,week,t2\nr,sunday,t3\n",
            "calendar.txt": f"service_id,{days},start_date,end_date\n"
            f"week,1,1,1,1,1,0,0,{start},{end}\nsunday,0,0,0,0,0,0,1,{start},{end}\n",
            "calendar_dates.txt": f"service_id,date,exception_type\n{dates}",
            "feed_info.txt": f"feed_publisher_name,feed_start_date,feed_end_date\nx,{start},\n",
            "stops.txt": "stop_id,stop_name\n1,Ääkkönen 駅\n",
        }
    )


def _departures(feed: bytes) -> Counter[date]:
    with zipfile.ZipFile(io.BytesIO(feed)) as archive:
        return departures_by_day(archive)


def test_days_keep_their_weekday_and_their_departures() -> None:
    before, after = _departures(_tiny()), _departures(redate(_tiny(), TODAY))
    assert sorted(before.values()) == sorted(after.values())
    shift = min(after) - min(before)
    assert shift.days % 7 == 0
    assert {day + shift: count for day, count in before.items()} == after
    assert after[TODAY] == 2


def test_exceptions_move_along() -> None:
    feed = _tiny(dates="week,20200113,2\nsunday,20200113,1\n")
    before, after = _departures(feed), _departures(redate(feed, TODAY))
    shift = min(after) - min(before)
    assert after[date(2020, 1, 13) + shift] == 1


def test_today_comes_early_in_the_busy_part() -> None:
    after = _departures(redate(_tiny(), TODAY))
    ahead = [after[TODAY + timedelta(7 * n)] for n in range(8)]
    assert ahead == [2] * 8


def test_feed_info_moves_and_blank_dates_stay_blank() -> None:
    with zipfile.ZipFile(io.BytesIO(redate(_tiny(), TODAY))) as archive:
        _, start, end = archive.read("feed_info.txt").decode().splitlines()[1].split(",")
        assert archive.read("stops.txt").decode() == "stop_id,stop_name\n1,Ääkkönen 駅\n"
    assert date(2026, 8, 1) < datetime.strptime(start, "%Y%m%d").replace(tzinfo=UTC).date() <= TODAY
    assert end == ""


def test_a_current_feed_is_left_alone() -> None:
    feed = _tiny("20261102", "20270601")
    assert redate(feed, TODAY) is feed


def test_a_feed_without_service_is_left_alone() -> None:
    feed = pack({"trips.txt": "route_id,service_id,trip_id\n", "stops.txt": "stop_id\n"})
    assert redate(feed, TODAY) is feed


@pytest.mark.parametrize("city", ["tampere", "yamanashi"])
@pytest.mark.parametrize("today", [TODAY, TODAY + timedelta(1), TODAY + timedelta(5)])
def test_real_feeds_run_as_on_their_best_days(shared_data: Path, city: str, today: date) -> None:
    raw = (shared_data / city / f"{city}.zip").read_bytes()
    before, after = _departures(raw), _departures(redate(raw, today))
    best = max(count for day, count in before.items() if day.weekday() == today.weekday())
    assert after[today] >= 0.9 * best
    weeks = {day - timedelta(day.weekday()) for day in before}
    best_week = max(sum(before[monday + timedelta(n)] for n in range(7)) for monday in weeks)
    assert sum(after[today + timedelta(n)] for n in range(7)) >= 0.95 * best_week


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "town.gtfs.zip").write_bytes(_tiny())
    (tmp_path / "old.zip").write_bytes(_tiny("20180101", "20180401"))
    (tmp_path / "city.osm.pbf").write_bytes(b"not looked into")
    return tmp_path


def test_a_folder_is_served_with_validators(folder: Path) -> None:
    app = feeds.create_app(Library(folder, lambda: TODAY))
    with serving(app) as url, httpx.Client(base_url=url, trust_env=False) as client:
        assert client.get("/").json() == {"feeds": ["old.gtfs.zip", "town.gtfs.zip"], "streets": ["streets.osm.pbf"]}
        for name in ("old.gtfs.zip", "town.gtfs.zip"):
            answer = client.get(f"/{name}")
            assert _departures(answer.content)[TODAY] == 2
            assert answer.headers["last-modified"] == "Mon, 23 Nov 2026 00:00:00 GMT"
            again = client.get(f"/{name}", headers={"If-None-Match": answer.headers["etag"]})
            assert (again.status_code, again.content) == (304, b"")
        assert client.get("/streets.osm.pbf").content == b"not looked into"
        assert client.get("/other.gtfs.zip").status_code == 404


def test_the_feed_is_the_same_all_week_and_moves_with_the_next(folder: Path) -> None:
    (folder / "town.gtfs.zip").unlink()
    versions = [Library(folder, lambda n=n: TODAY + timedelta(n)).feed("old") for n in (0, 3, 6, 7)]  # type: ignore[misc]
    assert versions[0] == versions[1] == versions[2]
    assert versions[3] != versions[0]
    assert min(_departures(versions[3])) - min(_departures(versions[0])) == timedelta(7)
