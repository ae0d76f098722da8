"""What a feed becomes when it is read: times, calendars, frequencies, notices."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from tests.feeds import tables_of, write_feed, write_zip
from transit.feeds import stop_times
from transit.feeds.gtfs import Gtfs, read_gtfs
from transit.feeds.modes import find_mode
from transit.feeds.notices import FeedError, Notices
from transit.routing.query import Mode

TWO_STOPS = """
    stop A 60.00 24.00 Asema
    stop B 60.01 24.00 Tori
    stop C 60.04 24.00 Satama
    line 1 bus A 8:00 B 8:10 C 8:40
"""


def read(tmp_path: Path, text: str, **tables: str) -> tuple[Gtfs, Notices]:
    notices = Notices()
    content = tables_of(text) | {f"{name}.txt": table for name, table in tables.items()}
    return read_gtfs(write_zip(tmp_path / "feed.zip", content), notices), notices


def codes(notices: Notices) -> dict[str, int]:
    return {notice.code: notice.count for notice in notices.list()}


def test_reads_trips_with_their_times(tmp_path: Path) -> None:
    feed, notices = read(tmp_path, TWO_STOPS)
    assert feed.trips.ids == ["1-0"]
    assert feed.events.departure.tolist() == [28800, 29400, 31200]
    assert [feed.stops.name[stop] for stop in feed.events.stop] == ["Asema", "Tori", "Satama"]
    assert notices.list() == []
    assert feed.summary["first_day"] == "20260101"
    assert feed.summary["last_day"] == "20271231"


def test_stop_times_are_the_same_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = TWO_STOPS + "line 2 bus C 9:00 B 9:20 A 9:40\nline 3 bus A 25:00 C 25:30\n"
    whole, noted = read(tmp_path, text)
    monkeypatch.setattr(stop_times, "_PIECE", 3)
    parts, notices = read(tmp_path, text)
    for column in ("stop", "arrival", "departure", "sequence", "pickup", "drop_off"):
        assert getattr(parts.events, column).tolist() == getattr(whole.events, column).tolist()
    assert parts.trip_start.tolist() == whole.trip_start.tolist()
    assert notices.list() == noted.list()


def test_times_may_exceed_a_day(tmp_path: Path) -> None:
    feed, _ = read(tmp_path, TWO_STOPS.replace("8:00", "24:30").replace("8:10", "25:10").replace("8:40", "49:05"))
    assert feed.events.arrival.tolist() == [88200, 90600, 176700]


def test_missing_times_follow_the_distance_between_stops(tmp_path: Path) -> None:
    feed, _ = read(tmp_path, TWO_STOPS.replace("B 8:10", "B -"))
    # B lies a quarter of the way from A to C: a quarter of 40 minutes, but for the metre that each stop counts.
    assert feed.events.arrival[1] == pytest.approx(28800 + 600, abs=2)


def test_missing_times_follow_shape_dist_traveled_where_given(tmp_path: Path) -> None:
    times = (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence,shape_dist_traveled\n"
        "1-0,8:00:00,8:00:00,A,1,0\n1-0,,,B,2,3.0\n1-0,9:00:00,9:00:00,C,3,4.0\n"
    )
    feed, _ = read(tmp_path, TWO_STOPS, stop_times=times)
    assert feed.events.departure.tolist() == [28800, 28800 + 2700, 32400]


def test_a_feed_with_few_times_is_filled_in_everywhere(tmp_path: Path) -> None:
    stops = 25
    lines = [f"stop s{i} {60 + i / 1000:.3f} 24.0" for i in range(stops)]
    for trip in range(40):
        start = 6 * 60 + trip * 20
        calls = [f"s{i} -" for i in range(1, stops - 1)]
        end = start + 48
        lines.append(f"line {trip} bus s0 {start // 60}:{start % 60} {' '.join(calls)} s24 {end // 60}:{end % 60}")
    feed, _ = read(tmp_path, "\n".join(lines))
    times = feed.events.arrival.reshape(40, stops)
    assert (np.diff(times, axis=1) > 0).all()
    assert np.abs(np.diff(times, axis=1) - 120).max() <= 1
    assert (times[:, 0] == [(360 + i * 20) * 60 for i in range(40)]).all()


def test_only_one_of_arrival_and_departure_is_enough(tmp_path: Path) -> None:
    times = (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        "1-0,,8:00:00,A,1\n1-0,8:10:00,,B,2\n1-0,8:40:00,,C,3\n"
    )
    feed, notices = read(tmp_path, TWO_STOPS, stop_times=times)
    assert feed.events.arrival.tolist() == feed.events.departure.tolist() == [28800, 29400, 31200]
    assert codes(notices) == {"stop_time_with_only_arrival_or_departure_time": 3}


def test_frequencies_become_runs(tmp_path: Path) -> None:
    table = "trip_id,start_time,end_time,headway_secs,exact_times\n1-0,06:00:00,07:00:00,1200,1\n"
    feed, _ = read(tmp_path, TWO_STOPS, frequencies=table)
    assert feed.trips.ids == ["1-0@06:00:00", "1-0@06:20:00", "1-0@06:40:00"]
    assert feed.events.departure.tolist() == [t for s in (21600, 22800, 24000) for t in (s, s + 600, s + 2400)]
    assert feed.trips.template == ["1-0"] * 3


def test_calendars_with_exceptions(tmp_path: Path) -> None:
    calendar = (
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
        "daily,1,1,1,1,1,0,0,20261123,20261206\n"
    )
    dates = "service_id,date,exception_type\ndaily,20261125,2\ndaily,20261128,1\n"
    feed, _ = read(tmp_path, TWO_STOPS, calendar=calendar, calendar_dates=dates)
    runs = np.flatnonzero(feed.services.active[0]) + feed.services.first_day
    days = [date.fromordinal(int(day)).strftime("%m%d") for day in runs]
    assert days == ["1123", "1124", "1126", "1127", "1128", "1130", "1201", "1202", "1203", "1204"]


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("foreign_key_violation", {"stop_times": ("1-0,08:10:00,08:10:00,B,2", "1-0,08:10:00,08:10:00,X,2")}),
        ("invalid_time", {"stop_times": ("08:10:00,08:10:00", "8.10,8.10")}),
        ("duplicate_key", {"stop_times": ("B,2", "B,1")}),
        ("number_out_of_range", {"stop_times": ("B,2", "B,-2")}),
        ("number_out_of_range", {"stops": ("B,60.01", "B,160.01")}),
        ("point_near_origin", {"stops": ("B,60.01,24.00", "B,0.0,0.0")}),
        ("stop_without_location", {"stops": ("B,60.01,24.00", "B,,")}),
        ("invalid_float", {"stops": ("B,60.01", "B,north")}),
    ],
)
def test_a_bad_entity_goes_and_the_rest_stays(tmp_path: Path, code: str, changes: dict[str, tuple[str, str]]) -> None:
    tables = tables_of(TWO_STOPS + "    line 2 bus A 9:00 C 9:40\n")
    for name, (old, new) in changes.items():
        assert old in tables[f"{name}.txt"], tables[f"{name}.txt"]
        tables[f"{name}.txt"] = tables[f"{name}.txt"].replace(old, new)
    notices = Notices()
    feed = read_gtfs(write_zip(tmp_path / "feed.zip", tables), notices)
    assert code in codes(notices)
    assert "2-0" in feed.trips.ids
    calls = feed.events.stop[feed.trip_start[0] : feed.trip_start[1]]
    assert [feed.stops.ids[stop] for stop in calls] == (["A", "B", "C"] if code == "invalid_time" else ["A", "C"])


@pytest.mark.parametrize(
    ("code", "calls"),
    [
        ("stop_time_with_arrival_before_previous_departure_time", "A 8:00 B 7:50 C 8:40"),
        ("missing_trip_edge", "A - B 8:10 C 8:40"),
        ("unusable_trip", "A 8:00"),
    ],
)
def test_a_bad_trip_goes_and_the_rest_stays(tmp_path: Path, code: str, calls: str) -> None:
    feed, notices = read(tmp_path, TWO_STOPS + f"    line 2 bus {calls}\n")
    assert codes(notices) == {code: 1}
    assert feed.trips.ids == ["1-0"]


def test_texts_that_look_like_numbers_stay_texts(tmp_path: Path) -> None:
    feed, _ = read(tmp_path, TWO_STOPS.replace("60.00 24.00 Asema", "60.00 24.00 007 platform=01"))
    assert feed.stops.name[0] == "007"
    assert feed.stops.platform[0] == "01"


def test_ticket_of_a_day_fits(tmp_path: Path) -> None:
    fares = "fare_id,price,currency_type,payment_method,transfers,transfer_duration\nday,8.50,EUR,1,,86400\n"
    feed, _ = read(tmp_path, TWO_STOPS, fare_attributes=fares)
    assert feed.fares.fares[0].duration_s == 86400
    assert feed.fares.fares[0].transfers is None


def test_translations_of_both_forms(tmp_path: Path) -> None:
    old = "trans_id,lang,translation\nAsema,en,Station\n"
    new = "table_name,field_name,language,translation,record_id,field_value\nstops,stop_name,en,Station,A,\n"
    for table, table_name in ((old, ""), (new, "stops")):
        feed, _ = read(tmp_path, TWO_STOPS, translations=table)
        (entry,) = feed.translations
        assert (entry.table, entry.language, entry.text) == (table_name, "en", "Station")


@pytest.mark.parametrize("name", ["agency", "stops", "routes", "trips", "stop_times", "calendar"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    tables = tables_of(TWO_STOPS)
    del tables[f"{name}.txt"]
    with pytest.raises(FeedError, match=f"{name}.txt"):
        read_gtfs(write_zip(tmp_path / "feed.zip", tables), Notices())


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    tables = tables_of(TWO_STOPS)
    tables["stop_times.txt"] = tables["stop_times.txt"].replace("stop_sequence", "sequence")
    with pytest.raises(FeedError, match=r"stop_times\.txt has no column stop_sequence"):
        read_gtfs(write_zip(tmp_path / "feed.zip", tables), Notices())


def test_a_feed_without_a_usable_trip_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="No trip"):
        read_gtfs(write_feed(tmp_path / "feed.zip", TWO_STOPS.replace("A 8:00 B 8:10 C 8:40", "A 8:00")), Notices())


def test_a_feed_without_a_time_zone_is_refused(tmp_path: Path) -> None:
    tables = tables_of(TWO_STOPS)
    tables["agency.txt"] = tables["agency.txt"].replace("Europe/Helsinki", "Helsinki time")
    with pytest.raises(FeedError, match="agency_timezone"):
        read_gtfs(write_zip(tmp_path / "feed.zip", tables), Notices())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_other_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    tables = {name: text.replace("Asema", "Hämeentie").encode(encoding) for name, text in tables_of(TWO_STOPS).items()}
    feed = read_gtfs(write_zip(tmp_path / "feed.zip", tables), Notices())
    assert feed.stops.name[0] == "Hämeentie"


def test_tables_in_a_folder_are_found(tmp_path: Path) -> None:
    notices = Notices()
    tables = {f"gtfs/{name}": text for name, text in tables_of(TWO_STOPS).items()}
    assert read_gtfs(write_zip(tmp_path / "feed.zip", tables), notices).trips.ids == ["1-0"]
    assert codes(notices) == {"invalid_input_files_in_subfolder": 1}


@pytest.mark.parametrize(
    ("route_type", "mode"),
    [(0, Mode.TRAM), (3, Mode.BUS), (12, Mode.MONORAIL), (109, Mode.RAIL), (202, Mode.COACH), (401, Mode.METRO),
     (405, Mode.MONORAIL), (700, Mode.BUS), (800, Mode.TROLLEYBUS), (1000, Mode.FERRY), (1501, Mode.TAXI),
     (8, None), (99, None), (9999, None), (-1, None)],
)  # fmt: skip
def test_route_types(route_type: int, mode: Mode | None) -> None:
    assert find_mode(route_type) == mode


@pytest.mark.parametrize(
    ("feed", "trips", "stop_times"),
    [
        ("rnv/rnv.zip", 20636, 424266),
        ("tampere/tampere.zip", 5630, 144460),
        ("yamanashi/yamanashi.zip", 1508, 49425),
        ("bydgoszcz/bydgoszcz.gtfs.zip", 25534, 583164),
    ],
)
def test_real_feeds(shared_data: Path, feed: str, trips: int, stop_times: int) -> None:
    summary = read_gtfs(shared_data / feed, Notices()).summary
    assert (summary["trips"], summary["stop_times"]) == (trips, stop_times)


def test_frequencies_of_helsinki(shared_data: Path) -> None:
    feed = read_gtfs(shared_data / "helsinki" / "hsl.zip", Notices())
    rows = (shared_data / "helsinki").joinpath("hsl.zip")
    assert rows.is_file()
    runs = [trip for trip in feed.trips.ids if "@" in trip]
    assert len(runs) > 9000
    assert len(set(feed.trips.ids)) == len(feed.trips.ids)
    # The interval of "1001 5" at its stated headway of 720 s from 05:24 to 05:48.
    early = [trip for trip in runs if trip.startswith("1001 5_20220204_Ti_1_0652@05:")]
    assert early[:2] == ["1001 5_20220204_Ti_1_0652@05:24:00", "1001 5_20220204_Ti_1_0652@05:36:00"]


def test_a_real_feed_full_of_orphans_keeps_what_is_sound(shared_data: Path) -> None:
    notices = Notices()
    feed = read_gtfs(shared_data / "broken" / "hsl_cut_broken.zip", notices)
    found = {(notice.code, notice.file, notice.field): notice.count for notice in notices.list()}
    assert found["foreign_key_violation", "stop_times.txt", "stop_id"] > 1000
    assert len(feed.trips.ids) > 0
