"""The classic defects, one feed each: read with notices, or refused with a sentence; never anything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.feeds import write_zip
from transit.feeds.gtfs import read_gtfs
from transit.feeds.notices import FeedError, Notices

REFUSED = {
    "au-sydney-entrances": "routes.txt",
    "bad_utf8": "agency.txt is not in UTF-8 \\(see line 1\\)",
    "empty_file": "agency.txt has no rows",
    "googletransit": "agency.txt",
    "missing_agency": "agency.txt",
    "missing_calendar": "neither calendar.txt nor calendar_dates.txt",
    "missing_column": "agency_name",
    "missing_routes": "routes.txt",
    "missing_stop_times": "stop_times.txt",
    "missing_stops": "stops.txt",
    "missing_trips": "trips.txt",
    "unknown_format.zip": "not a zip",
    "upgrade_translations": "agency.txt",
}
NOTED = {
    "bad_date_format": {"invalid_date", "foreign_key_violation"},
    "contains_null": {"invalid_character"},
    "duplicate_schedule_id": {"duplicate_key"},
    "duplicate_stop_sequence": {"duplicate_key"},
    "extra_row_cells": {"invalid_row_length"},
    "flatten_feed": {"missing_trip_stop_times", "unusable_trip"},
    "invalid_route_agency": {"foreign_key_violation"},
    "missing_departure_time": {"stop_time_with_only_arrival_or_departure_time"},
    "missing_endpoint_times": {"missing_trip_edge"},
    "missing_weekday_column": {"missing_required_column"},
    "negative_stop_sequence": {"number_out_of_range"},
    "undefined_stop": {"foreign_key_violation"},
    "utf16": {"invalid_character"},
}


def zipped(folder: Path, scratch: Path) -> Path:
    if folder.is_file():
        return folder
    files = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}
    return write_zip(scratch / "feed.zip", files)


def test_every_classic_defect(shared_data: Path, tmp_path: Path) -> None:
    folders = sorted((shared_data / "broken" / "transitfeed").iterdir())
    assert len(folders) > 30
    for folder in folders:
        notices = Notices()
        if folder.name in REFUSED:
            with pytest.raises(FeedError, match=REFUSED[folder.name]):
                read_gtfs(zipped(folder, tmp_path), notices)
        else:
            assert read_gtfs(zipped(folder, tmp_path), notices).trips.ids, folder.name
            assert {notice.code for notice in notices.list()} == NOTED.get(folder.name, set()), folder.name
