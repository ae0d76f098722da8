"""Driving times are those of the streets: one-way streets, speeds, the time of day; one is met where vehicles go."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.features.shuttle import Shuttle, clock_of
from tests.features.town import Town
from tests.transit.ondemand.valley import RULES
from transit import tasks
from transit.feeds import aside
from transit.ondemand import streets
from transit.ondemand.roads import Straight
from transit.ondemand.rules import Matching, Meeting, MeetingKind, Promise

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]

# A square of 2 km a side: north is a fast road, east goes one way only (northwards), the rest slow.
STREETS = """
street residential maxspeed=30 60.1000,24.8600 60.1000,24.8700 60.1000,24.8800 60.1000,24.8960
street residential maxspeed=30 60.1000,24.8600 60.1090,24.8600 60.1180,24.8600
street residential maxspeed=30 oneway=yes 60.1000,24.8960 60.1090,24.8960 60.1180,24.8960
street primary maxspeed=80 60.1180,24.8600 60.1180,24.8780 60.1180,24.8960
"""
DOOR, EAST_DOOR = (60.1000, 24.8650), (60.1090, 24.8960)
BUS = "stop A 60.1000 24.8600 A\nstop B 60.1180 24.8960 B\nline 1 bus A 8:00 B 8:30"


@pytest.fixture
def town(data_dir: object, tmp_path: object, transactional_db: None) -> Town:
    made = Town(tmp_path)  # type: ignore[arg-type]
    made.publish(STREETS + grid(), bus=BUS)
    return made


def grid() -> str:
    """Enough small streets that the carriageways are no island."""
    lines = []
    for row in range(11):
        lat = 60.1200 + row * 0.001
        points = " ".join(f"{lat:.4f},{24.8600 + column * 0.001:.4f}" for column in range(11))
        lines.append(f"street residential maxspeed=30 {points}")
    for column in range(11):
        lon = 24.8600 + column * 0.001
        points = " ".join(f"{60.1200 + row * 0.001:.4f},{lon:.4f}" for row in range(11))
        lines.append(f"street residential maxspeed=30 {points}")
    lines.append("street residential maxspeed=30 60.1180,24.8600 60.1200,24.8600")
    return "\n".join(lines)


def test_one_way_and_time_of_day(town: Town) -> None:
    shuttle = Shuttle(RULES)
    there = shuttle.asks(DOOR, EAST_DOOR, "10:00")[1]
    back = shuttle.asks(EAST_DOOR, DOOR, "10:00")[1]
    # 1.7 km and 1 km at 30 km/h, × 1.3; back one must go on northwards and round.
    assert 2600 < there.direct_m < 2900
    assert 390 < there.direct_s < 460
    assert back.direct_m > 5000
    slow = replace(RULES, matching=Matching(speed_factors=(1.0,) * 9 + (2.0,) * 3 + (1.0,) * 12))
    rush = Shuttle(slow, code="rush", now=shuttle.now)
    jam, calm = (rush.asks(DOOR, EAST_DOOR, clock)[0].direct_s for clock in ("10:30", "14:00"))
    assert jam == pytest.approx(2 * calm, abs=2)
    assert calm == there.direct_s


def test_where_the_vehicle_goes(town: Town) -> None:
    corner = replace(RULES, meeting=Meeting(MeetingKind.CORNER, walk_m=300))
    shuttle = Shuttle(corner)
    (*_, met) = shuttle.asks((60.1008, 24.8750), (60.1250, 24.8650), "10:00")
    assert (round(met.pickup.lat, 4), round(met.pickup.lon, 4)) == (60.1000, 24.8750)
    assert met.pickup_walk_s == pytest.approx(71, abs=2)
    assert clock_of(met.told_at) >= "10:02"
    assert shuttle.refused((60.1060, 24.8750), (60.1250, 24.8650), "10:00") == "outside", "too far to walk"


def test_made_in_advance(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streets, "SMALL", 10)
    shuttle = Shuttle(replace(RULES, promise=Promise(window_s=600)))
    assert isinstance(streets.roads_of(shuttle.rule_set), Straight), "until a worker has made them"
    straight = shuttle.asks(EAST_DOOR, DOOR, "10:00")[1].direct_m
    tasks.prepare_streets()
    assert isinstance(streets.roads_of(shuttle.rule_set), streets.Streets)
    assert shuttle.asks(EAST_DOOR, DOOR, "10:00")[1].direct_m > straight
    assert not streets.prepare(shuttle.rule_set), "they are there"
    kept = streets.roads_of(shuttle.rule_set)
    assert streets.roads_of(shuttle.rule_set) is kept


def test_by_one_at_a_time(town: Town, monkeypatch: pytest.MonkeyPatch, data_dir: Path) -> None:
    monkeypatch.setattr(streets, "SMALL", 10)
    shuttle = Shuttle()
    with aside.only_one(data_dir / "on-demand" / ".preparing.lock"):
        assert not streets.prepare(shuttle.rule_set), "another worker makes them"
    assert streets.prepare(shuttle.rule_set)


def test_where_no_street_is(data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is found out once."""
    Town(tmp_path).publish(bus=BUS)
    shuttle, made = Shuttle(), []
    monkeypatch.setattr(streets, "_drawn", lambda *said: made.append(said))
    assert [streets.prepare(shuttle.rule_set) for _ in range(3)] == [False] * 3
    assert len(made) <= 1
