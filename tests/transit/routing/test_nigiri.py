"""nigiri beside our engine: what it does with a feed, each on a few lines, and that both then find the same.

Each of these properties is why `tests.oracles.nigiri` writes its feeds the way it does.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings

from tests.feeds import write_feed
from tests.oracles.nigiri import Nigiri, in_minutes
from tests.transit.routing.cities import CITIES, MinuteCity, city_of
from tests.transit.routing.networks import DAYS, SEEDS, ScheduleText, schedule_texts

pytestmark = pytest.mark.exhaustive
DAY = date(2026, 11, 24)
MIDNIGHT = int(datetime(2026, 11, 23, 22, tzinfo=UTC).timestamp()) // 60
QUESTIONS = 50
STOPS = """
stop A 60.0 24.0
stop B 61.0 24.0
stop C 62.0 24.0
stop D 63.0 24.0
stop E 64.0 24.0
"""
TRANSFERS = "\n\n[transfers.txt]\nfrom_stop_id,to_stop_id,transfer_type,min_transfer_time\n"
EVERY_MINUTE = "line 1 bus A 8:00 B 8:10\nevery 1 until 9:10 line 2 bus {stop} 8:10 E 8:40\n"


def asked(folder: Path, feed: str, start: str, end: str, clock: str = "8:00") -> list[str]:
    """The journeys of nigiri: arrival and vehicles."""
    hour, minute = clock.split(":")
    peer = Nigiri.of_feed(write_feed(folder / "feed.zip", feed), range(DAY.toordinal(), DAY.toordinal() + 1))
    leave_at = MIDNIGHT + int(hour) * 60 + int(minute)
    found = sorted(peer.journeys(start, end, leave_at, 5))
    return [f"{(at - MIDNIGHT) // 60}:{(at - MIDNIGHT) % 60:02d} with {k}" for at, k in found]


def change_of(folder: Path, transfers: str, stop: str = "B", stops: str = STOPS) -> int:
    """The minutes between the arrival at B and the first vehicle that is caught at a stop; one leaves every minute."""
    feed = stops + EVERY_MINUTE.format(stop=stop) + (TRANSFERS + transfers if transfers else "")
    (found,) = asked(folder, feed, "A", "E")
    return int(found.split()[0].split(":")[1]) - 40


def test_seconds_are_dropped_at_both_ends(tmp_path: Path) -> None:
    assert asked(tmp_path, STOPS + "line 1 bus A 8:00:59 B 8:10:59\n", "A", "B") == ["8:10 with 1"]
    assert asked(tmp_path, STOPS + "line 1 bus A 7:59:59 B 8:10:00\n", "A", "B") != ["8:10 with 1"]


def test_a_change_takes_two_minutes_or_what_transfers_say(tmp_path: Path) -> None:
    assert change_of(tmp_path, "") == 2
    assert change_of(tmp_path, "B,B,2,0\n") == 0
    assert change_of(tmp_path, "B,B,2,300\n") == 5
    assert change_of(tmp_path, "B,B,2,119\n") == 1
    assert change_of(tmp_path, "B,B,1,\n") == 0


def test_a_change_cannot_be_forbidden(tmp_path: Path) -> None:
    assert change_of(tmp_path, "B,B,3,\n") == 2


def test_a_walk_takes_as_long_as_a_change_at_its_ends(tmp_path: Path) -> None:
    assert change_of(tmp_path, "B,C,2,60\n", stop="C") == 2
    assert change_of(tmp_path, "B,C,2,60\nB,B,2,60\nC,C,2,60\n", stop="C") == 1
    assert change_of(tmp_path, "B,C,2,60\nB,B,2,60\nC,C,2,300\n", stop="C") == 5


def test_walks_are_made_symmetric_and_closed(tmp_path: Path) -> None:
    assert change_of(tmp_path, "C,B,2,180\n", stop="C") == 3
    assert change_of(tmp_path, "B,C,2,180\nC,D,2,240\n", stop="D") == 7
    assert change_of(tmp_path, "B,C,2,180\nC,D,2,240\nB,D,2,600\n", stop="D") == 7


def test_close_stops_of_one_name_are_linked_whatever_the_options(tmp_path: Path) -> None:
    close = STOPS.replace("stop C 62.0 24.0", "stop C 61.0005 24.0 {}").replace(
        "stop B 61.0 24.0", "stop B 61.0 24.0 {}"
    )
    assert change_of(tmp_path, "", stop="C", stops=close.format("Market", "Market")) == 2
    assert asked(tmp_path, close.format("West", "East") + EVERY_MINUTE.format(stop="C"), "A", "E") == []


def test_a_journey_may_begin_and_end_with_a_walk(tmp_path: Path) -> None:
    feed = STOPS + "line 1 bus B 8:10 C 8:20\n" + TRANSFERS + "A,B,2,300\nC,D,2,240\n"
    assert asked(tmp_path, feed, "A", "D", "8:05") == ["8:24 with 1"]
    assert asked(tmp_path, feed, "A", "D", "8:06") != ["8:24 with 1"]


def test_where_one_can_walk_all_the_way_no_vehicle_is_told(tmp_path: Path) -> None:
    """Not even one that needs less time than the walk."""
    line = STOPS + "line 1 bus A 8:01 B 8:03\n"
    assert asked(tmp_path, line, "A", "B") == ["8:03 with 1"]
    assert asked(tmp_path, line + TRANSFERS + "A,B,2,120\n", "A", "B") == []


def test_the_zone_of_the_first_agency_is_that_of_the_feed(tmp_path: Path) -> None:
    feed = STOPS + "line 1 bus A 9:00 B 9:10\n\n[agency.txt]\nagency_id,agency_name,agency_url,agency_timezone\n"
    both = "west,West,https://w.example,Europe/Stockholm\nag,East,https://e.example,Europe/Helsinki\n"
    assert asked(tmp_path, feed + both, "A", "B") == ["10:10 with 1"]


@given(schedule_texts(), SEEDS)
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_random_networks(tmp_path: Path, text: ScheduleText, seed: int) -> None:
    """Rings, overtaking, many equal departures, kinds of boarding, and both nights in which clocks change."""
    text = replace(text, services=tuple((active, 0) for active, _ in text.services))
    schedule = in_minutes(text.schedule, range(text.first_day, text.first_day + DAYS))
    peer = Nigiri.of_schedule(tmp_path / "random.zip", schedule, text.schedule)
    beside = MinuteCity(schedule, date.fromordinal(text.first_day + 1), peer)
    chooser = Random(seed)
    for _ in range(20):
        start, end = chooser.randrange(text.stops), chooser.randrange(text.stops)
        if end not in beside.walks[start]:
            assert beside.disagreement(start, end, text.from_at // 60 + chooser.randrange(8 * 60)) == ""


@pytest.fixture(scope="module", params=list(CITIES))
def city(request: pytest.FixtureRequest, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> MinuteCity:
    folder = tmp_path_factory.mktemp("networks")
    return MinuteCity.of_city(city_of(request.param, shared_data, folder), folder)


def test_the_engine_finds_what_nigiri_finds(city: MinuteCity) -> None:
    questions = city.questions(QUESTIONS, seed=1)
    assert [text for question in questions if (text := city.disagreement(*question))] == []
    vehicles = {k for question in questions for _, k in city.answer(*question)}
    assert max(vehicles) >= 3
