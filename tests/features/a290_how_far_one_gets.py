"""A planner asks how far one gets from a place in a morning hour, and how many schools one reaches from where."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from shapely.geometry import Point, shape

from tests.features.town import Town

FEED = """
stop A 60.0000 24.0000 Asema
stop B 60.0000 24.0500 Boulevard
stop C 60.0000 24.1000 Cape
every 20 until 12:00 line 1 bus A 6:00 B 6:10 C 6:20
"""
STREETS = """
street residential 60.0000,24.0000 60.0000,24.0100 60.0000,24.0500 60.0000,24.1000 60.0000,24.1100 # Long Street
node 60.0000,24.1004 amenity=school # Cape School
node 60.0000,24.0502 amenity=school # Boulevard School
node 60.0001,24.0001 shop=supermarket # Shop
"""
MORNING = ("--at", "2026-11-24T08:00", "--walk", "5")


def said(*asked: str) -> str:
    out = io.StringIO()
    call_command("accessibility", *asked, *MORNING, stdout=out)
    return out.getvalue()


def areas(text: str) -> dict[int, Any]:
    return {
        each["properties"]["minutes"]: each for each in json.loads(text)["features"] if "minutes" in each["properties"]
    }


def test_travel_times_between_all_stops(town: Town) -> None:
    town.publish(STREETS, coast=FEED)
    rows = {(row["from_id"], row["to_id"]): row for row in csv.DictReader(io.StringIO(said("matrix")))}
    assert len(rows) == 9
    # Every twenty minutes, ten minutes away: from 10 to 29 minutes, as one comes just in time or just too late.
    there = rows["coast:A", "coast:B"]
    assert [int(there[f"p{percent}_s"]) // 60 for percent in (5, 25, 50, 75, 95)] == [10, 14, 19, 24, 28]
    # Nothing runs back, and it is too far to walk.
    assert set(rows["coast:B", "coast:A"].values()) == {"coast:B", "coast:A", ""}
    assert rows["coast:A", "coast:A"]["p50_s"] == "0"


def test_areas_and_what_lies_in_them(town: Town) -> None:
    town.publish(STREETS, coast=FEED)
    asked = ("isochrones", "--from", "60.0,24.0", "--minutes", "20", "40", "--square", "100")
    found = areas(said(*asked))
    near, far = (shape(found[minutes]["geometry"]) for minutes in (20, 40))
    assert near.is_valid
    assert far.is_valid
    # At half of the moments one waits up to ten minutes: at B after 20, at C after 30.
    assert near.contains(Point(24.0500, 60.0000))
    assert not near.contains(Point(24.1000, 60.0000))
    assert far.contains(Point(24.1000, 60.0000))
    assert not far.contains(Point(24.0750, 60.0000))
    assert far.contains(near)
    assert found[20]["properties"]["reached"] == {"schools": 1.0, "shops": 1.0}
    assert found[40]["properties"]["reached"] == {"schools": 2.0, "shops": 1.0}
    # The size is that of the squares, which the outline follows.
    assert far.area * 111.1949**2 * 0.5 == pytest.approx(found[40]["properties"]["square_km"], rel=0.15)
    # Whoever wants to be sure waits longer.
    sure = areas(said(*asked, "--percent", "95"))
    assert sure[20]["properties"]["reached"]["schools"] == 0.0


def test_what_one_reaches_from_everywhere(town: Town, tmp_path: Path) -> None:
    town.publish(STREETS, coast=FEED)
    own = tmp_path / "jobs.csv"
    own.write_text("lat,lon,weight,theme\n60.0000,24.1001,120,jobs\n60.0000,24.0501,30,jobs\n")
    asked = ("opportunities", "--minutes", "27", "45", "--square", "200", "--csv")
    rows = list(csv.DictReader(io.StringIO(said(*asked, "--opportunities", str(own)))))

    def reached(lon: float, minutes: int) -> float:
        here = [row for row in rows if row["minutes"] == str(minutes) and abs(float(row["lat"]) - 60) < 0.001]
        return float(min(here, key=lambda row: abs(float(row["lon"]) - lon))["reached"])

    assert [reached(lon, 27) for lon in (24.0, 24.05, 24.1)] == [30.0, 150.0, 120.0]
    assert [reached(lon, 45) for lon in (24.0, 24.05, 24.1)] == [150.0, 150.0, 120.0]
    assert {row["theme"] for row in csv.DictReader(io.StringIO(said(*asked)))} == {"schools", "shops"}


def test_a_mistake_in_a_table_is_named(town: Town, tmp_path: Path) -> None:
    town.publish(STREETS, coast=FEED)
    bad = tmp_path / "bad.csv"
    bad.write_text("lat,lon\n60.0,24.0\nnorth,24.0\n")
    with pytest.raises(CommandError, match="Row 2 needs numbers"):
        said("opportunities", "--opportunities", str(bad))
    with pytest.raises(CommandError, match="The timetables run from 2026-01-01 to 2027-12-31"):
        call_command("accessibility", "matrix", "--at", "2031-01-01T08:00", stdout=io.StringIO())
    with pytest.raises(CommandError, match="wider"):
        said("isochrones", "--from", "60.0,24.0", "--square", "1")
