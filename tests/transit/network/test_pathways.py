"""The ways inside stations."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from tests.feeds import tables_of, write_zip
from transit.feeds.gtfs import read_gtfs
from transit.feeds.notices import Notices
from transit.feeds.pathways import PathwayMode
from transit.network.merge import Feed, Merged
from transit.network.pathways import NEARBY_S, Inside, default_s, inside_of, is_step_free

NAN = float("nan")
SERVICE = """
stop Z 60.5 24.5
line 1 bus P1 8:00 Z 9:00
line 2 bus P2 8:00 Z 9:00
"""
STATION = """
station S 60.0 24.0
stop P1 60.0 24.0 parent=S
stop P2 60.0 24.0 parent=S
entrance E 60.0 24.0 parent=S Door
entrance F 60.0 24.0 parent=S Lift
"""
HEAD = (
    "pathway_id,from_stop_id,to_stop_id,pathway_mode,is_bidirectional,"
    "traversal_time,length,stair_count,max_slope,min_width"
)


def inside(tmp_path: Path, stops: str, *pathways: str) -> tuple[Inside, list[str], set[str]]:
    """What is inside, the stops by number, and the codes of the notices."""
    tables = tables_of(stops + SERVICE) | {"pathways.txt": "\n".join([HEAD, *pathways]) + "\n"}
    notices = Notices()
    gtfs = read_gtfs(write_zip(tmp_path / "f.zip", tables), notices)
    codes = {notice.code for notice in notices.list()}
    return inside_of(Merged.of([Feed("f", gtfs)])), gtfs.stops.ids, codes


def between(found: Inside, ids: list[str]) -> dict[str, tuple[int, int]]:
    columns = (found.tail.tolist(), found.head.tolist(), found.seconds.tolist(), found.step_free_s.tolist())
    return {f"{ids[a]}-{ids[b]}": (usual, free) for a, b, usual, free in zip(*columns, strict=True)}


def doors(found: Inside, ids: list[str]) -> dict[str, tuple[int, int, int, int]]:
    ways = (found.inward_s, found.outward_s, found.step_free_inward_s, found.step_free_outward_s)
    columns = (found.stop.tolist(), found.entrance.tolist(), *(way.tolist() for way in ways))
    return {f"{ids[a]}<{found.entrance_name[b]}": tuple(s) for a, b, *s in zip(*columns, strict=True)}


def test_the_quickest_of_parallel_ways(tmp_path: Path) -> None:
    rows = ("a,P1,P2,2,1,40,,,,", "b,P1,P2,2,1,30,,,,", "c,P1,P2,5,1,90,,,,")
    found, ids, codes = inside(tmp_path, STATION, *rows)
    assert between(found, ids) == {"P1-P2": (30, 90), "P2-P1": (30, 90)}
    assert not doors(found, ids), "no way leads to the entrances, so the platforms are met where they stand"
    assert codes == {"pathway_unreachable_location"}


def test_one_way(tmp_path: Path) -> None:
    found, ids, _ = inside(tmp_path, STATION, "a,E,P1,1,0,20,,,,", "b,P1,F,7,1,10,,,,", "c,P1,P2,1,0,5,,,,")
    assert between(found, ids) == {"P1-P2": (5, 5)}
    assert doors(found, ids) == {"P1<Door": (20, -1, 20, -1), "P1<Lift": (-1, 10, -1, 10), "P2<Door": (25, -1, 25, -1)}


def test_boarding_areas_belong_to_their_platform(tmp_path: Path) -> None:
    areas = STATION + "area A1 60.0 24.0 parent=P1\narea A2 60.0 24.0 parent=P1\n"
    rows = ("a,E,A1,1,1,20,,,,", "b,A1,A2,1,1,100,,,,", "c,A2,P2,1,1,7,,,,")
    found, ids, _ = inside(tmp_path, areas, *rows)
    assert between(found, ids)["P1-P2"] == (7, 7), "one stands at the nearest area already"
    assert doors(found, ids)["P2<Door"] == (127, 127, 127, 127), "but does not leap from one to the other"


def test_without_steps(tmp_path: Path) -> None:
    rows = ("a,E,P1,4,0,20,,,,", "b,F,P1,1,1,30,,,0.05,0.9", "c,F,P2,1,1,30,,,0.12,", "d,E,P2,1,1,30,,,,0.6")
    found, ids, _ = inside(tmp_path, STATION, *rows)
    free = {name: ways[2] for name, ways in doors(found, ids).items()}
    assert free == {"P1<Door": -1, "P1<Lift": 30, "P2<Door": -1, "P2<Lift": -1}


@pytest.mark.parametrize(
    ("mode", "stairs", "slope", "width", "free"),
    [
        (PathwayMode.WALKWAY, NAN, 0.0, NAN, True),
        (PathwayMode.WALKWAY, 3.0, 0.0, NAN, False),
        (PathwayMode.ELEVATOR, NAN, 0.0, 1.2, True),
        (PathwayMode.STAIRS, NAN, 0.0, NAN, False),
        (PathwayMode.ESCALATOR, NAN, 0.0, NAN, False),
        (PathwayMode.WALKWAY, NAN, 0.083, 0.8, True),
        (PathwayMode.WALKWAY, NAN, 0.084, NAN, False),
        (PathwayMode.FARE_GATE, NAN, 0.0, 0.7, False),
    ],
)
def test_what_is_step_free(mode: PathwayMode, stairs: float, slope: float, width: float, free: bool) -> None:
    assert is_step_free(mode, stairs, slope, width) is free


@pytest.mark.parametrize(
    ("mode", "stairs", "levels", "metres", "seconds"),
    [
        (PathwayMode.WALKWAY, NAN, NAN, 100.0, 104.0),
        (PathwayMode.WALKWAY, NAN, NAN, NAN, NEARBY_S),
        (PathwayMode.STAIRS, 40.0, 1.0, 5.0, 32.0),
        (PathwayMode.STAIRS, NAN, 2.0, 5.0, 40.0),
        (PathwayMode.ESCALATOR, NAN, NAN, 5.0, 25.0),
        (PathwayMode.ELEVATOR, NAN, 3.0, 0.0, 90.0),
        (PathwayMode.FARE_GATE, NAN, NAN, 0.0, 5.0),
    ],
)
def test_defaults(mode: PathwayMode, stairs: float, levels: float, metres: float, seconds: float) -> None:
    assert default_s(mode, stairs, levels, metres) == pytest.approx(seconds)


def test_what_is_wrong_is_noted(tmp_path: Path) -> None:
    rows = ("a,E,P1,1,1,20,,,,", "b,E,nowhere,1,1,,,,,", "c,P1,P1,1,1,,,,,", "d,S,P1,1,1,,,,,", "e,E,P1,9,1,,,,,")
    found, ids, codes = inside(tmp_path, STATION, *rows)
    assert doors(found, ids) == {"P1<Door": (20, 20, 20, 20)}
    assert codes == {
        "foreign_key_violation",
        "pathway_loop",
        "pathway_to_wrong_location_type",
        "unexpected_enum_value",
        "pathway_unreachable_location",  # P2
    }
    assert found.component[ids.index("P2")] == -1


def test_a_published_station(shared_data: Path, tmp_path: Path) -> None:
    """Taverners Hill of Sydney's light rail: two lifts and two stairs up to a bridge."""
    folder = shared_data / "broken" / "transitfeed" / "au-sydney-entrances"
    tables = {path.name: path.read_text() for path in folder.glob("*.txt")}
    tables |= {
        name: text.replace("P1", "LR_TavHill_P1").replace("P2", "LR_TavHill_P2").replace(",ag,", ",SydneyLightRail,")
        for name, text in tables_of(SERVICE).items()
        if name not in ("agency.txt", "stops.txt")
    }
    tables["stops.txt"] += "Z,Zoo,-33.8,151.2,,,0,,,\n"
    notices = Notices()
    gtfs = read_gtfs(write_zip(tmp_path / "f.zip", tables), notices)
    assert notices.list() == []
    found = inside_of(Merged.of([Feed("f", gtfs)]))
    ids = gtfs.stops.ids
    assert between(found, ids) == {
        "LR_TavHill_P1-LR_TavHill_P2": (24, 24),
        "LR_TavHill_P2-LR_TavHill_P1": (24, 24),
    }, "30 m at walking pace"
    free = found.step_free_inward_s >= 0
    platforms = {ids[stop] for stop in found.stop[free].tolist()}
    assert platforms == {"LR_TavHill_P1", "LR_TavHill_P2"}, "by the lifts"
    stairs = np.flatnonzero(~free)
    assert len(stairs) == 4
    assert len(found.stop) == 8
    first = [i for i in stairs.tolist() if ids[found.stop[i]] == "LR_TavHill_P1"]
    assert min(found.inward_s[i] for i in first) == 32, "to the middle of the platform"
    assert math.isfinite(found.lat.sum())
