"""Real feeds go through the guards: taken, or refused with the reason that fits."""

from __future__ import annotations

from pathlib import Path

import pytest

from transit.feeds.imports import Reading
from transit.feeds.reading import read_the_feed


@pytest.mark.parametrize(
    ("feed", "code"),
    [
        ("rnv/rnv.zip", ""),
        ("tampere/tampere.zip", ""),
        ("helsinki/hsl.zip", ""),
        ("bydgoszcz/bydgoszcz.gtfs.zip", ""),
        ("yamanashi/yamanashi.zip", ""),
        ("realtime/caltrain.zip", ""),
        ("flex/gtfsorg_513499e398.zip", ""),  # buses that leave their way on demand keep their timetable
        ("flex/gtfsorg_1ff32f740b.zip", ""),  # on demand alone
        ("flex/gtfsorg_4f81ac6425.zip", ""),
        ("flex/gtfsorg_f54aa56db5.zip", ""),
        ("flex/oba_auburn-transit-flex.zip", ""),
        ("flex/vbb-gtfs-flex.zip", ""),
        ("flex/oba_sandy-flex-fares-v2.zip", "too_much_dropped"),  # 160 trips without a stop time
        ("broken/hsl_cut_broken.zip", "too_much_dropped"),
    ],
)
def test_real_feed(shared_data: Path, feed: str, code: str) -> None:
    reading = Reading.of(read_the_feed(str(shared_data / feed))).judged()
    assert reading.code == code, reading.reason
    if code == "":
        assert reading.summary["departures_on_fullest_day"] > 0 or reading.summary["on_demand_rides"] > 0
    rows = [notice for notice in reading.notices if notice.file == "stop_times.txt"]
    assert all(notice.line for notice in rows), rows
