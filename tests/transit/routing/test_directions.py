"""Directions on hand-made streets, and for every way on random ones."""

from __future__ import annotations

import dataclasses
import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transit.routing.test_access import MANY, PLACES, ground_of
from tests.transit.routing.towns import SOUTH, WEST, Point, streets_of, towns
from transit.routing.access import find_way, spot_at, straight
from transit.routing.directions import directions
from transit.routing.itinerary import Step, Turn
from transit.routing.journey import NO_LINE, Way
from transit.routing.kernels.dijkstra import METRES_PER_DEGREE
from transit.routing.streets import WALK, WAY_KINDS, Streets, WayKind

NAMES = ["", "Oak Street", "Elm Street", "Ash Street"]
NORTH = 200 / METRES_PER_DEGREE
"""200 m."""
EAST = NORTH / math.cos(math.radians(SOUTH))


def at(x: float, y: float) -> Point:
    """A point (lon, lat) so many times 200 m east and north."""
    return WEST + x * EAST, SOUTH + y * NORTH


def way_along(line: list[Point], *streets: tuple[int, str | WayKind]) -> tuple[Streets, Way]:
    """A way from the first point to the last, the streets (pieces of the line each, name or kind) one after another."""
    nodes, lines, names, kinds, done = [line[0]], [], [], [], 0
    for pieces, words in streets:
        inner = line[done + 1 : done + pieces]
        done += pieces
        nodes.append(line[done])
        lines.append((len(nodes) - 2, len(nodes) - 1, inner, WALK, WALK))
        names.append(NAMES.index(words) if words in NAMES else 0)
        kinds.append(WAY_KINDS.index(words) if isinstance(words, WayKind) else 0)
    bare = streets_of(nodes, lines, [(-1, 0, 0)] * 5)
    named = dataclasses.replace(
        bare,
        edge_name=np.array([names[g] for g in bare.edge_geometry], np.uint32),
        edge_kind=np.array([kinds[g] for g in bare.edge_geometry], np.uint8),
    )
    ground = ground_of(named)
    start, end = (spot_at(ground, lat, lon) for lon, lat in (line[0], line[-1]))
    way = find_way(ground, start, end, WALK, 9000)
    assert way is not None
    return named, way


def told(streets: Streets | None, way: Way) -> list[str]:
    """Each step in a line: `left Elm Street 222`."""
    return [line_of(step) for step in directions(streets, way, NAMES.__getitem__)]


def line_of(step: Step) -> str:
    words = (step.turn, step.heading, step.street or step.kind, step.distance_m or "", step.side)
    return " ".join(str(word) for word in words if word)


def test_one_street() -> None:
    assert told(*way_along([at(0, 0), at(1, 0)], (1, "Oak Street"))) == ["depart e Oak Street 200", "arrive"]


@pytest.mark.parametrize(
    ("bend", "turn"),
    [
        (at(2, 0), "continue"),
        (at(1.9, 0.3), "continue"),
        (at(1.8, 0.6), "slight_left"),
        (at(1.8, -0.6), "slight_right"),
        (at(1, 1), "left"),
        (at(1, -1), "right"),
        (at(0.2, 0.8), "sharp_left"),
        (at(0.2, -0.8), "sharp_right"),
        (at(0.1, 0.05), "u_turn"),
    ],
)
def test_turns(bend: Point, turn: str) -> None:
    _, second, _ = told(*way_along([at(0, 0), at(1, 0), bend], (1, "Oak Street"), (1, "Elm Street")))
    assert second.split()[0] == turn


@pytest.mark.parametrize(
    ("end", "heading"),
    [
        (at(0, 1), "n"), (at(1, 1), "ne"), (at(1, 0), "e"), (at(1, -1), "se"),
        (at(0, -1), "s"), (at(-1, -1), "sw"), (at(-1, 0), "w"), (at(-1, 1), "nw"),
    ],
)  # fmt: skip
def test_headings(end: Point, heading: str) -> None:
    first, _ = told(
        *way_along([at(1, 1), (at(1, 1)[0] + end[0] - WEST, at(1, 1)[1] + end[1] - SOUTH)], (1, "Oak Street"))
    )
    assert first.split()[:2] == ["depart", heading]


def test_a_street_that_goes_on_is_told_once() -> None:
    line = [at(0, 0), at(1, 0), at(2, 0.2)]
    assert told(*way_along(line, (1, "Oak Street"), (1, "Oak Street"))) == ["depart e Oak Street 404", "arrive"]


def test_a_street_that_turns_at_a_corner_is_told_again() -> None:
    line = [at(0, 0), at(1, 0), at(1, 1)]
    assert told(*way_along(line, (1, "Oak Street"), (1, "Oak Street"))) == [
        "depart e Oak Street 200", "left Oak Street 200", "arrive",
    ]  # fmt: skip


def test_a_bend_within_a_stretch_is_no_turn() -> None:
    line = [at(0, 0), at(1, 0), at(1, 1)]
    assert told(*way_along(line, (2, "Oak Street"))) == ["depart e Oak Street 400", "arrive"]


def test_unnamed_ways_are_called_what_they_are() -> None:
    line = [at(0, 0), at(1, 0), at(2, 0), at(3, 0), at(4, 0)]
    kinds = (WayKind.FOOTPATH, WayKind.STEPS, WayKind.SQUARE, WayKind.CROSSING)
    assert told(*way_along(line, *((1, kind) for kind in kinds))) == [
        "depart e footpath 200", "continue steps 200", "continue square 200", "continue crossing 200", "arrive",
    ]  # fmt: skip


def test_a_small_piece_is_told_with_its_neighbour() -> None:
    line = [at(0, 0), at(0.03, 0), at(1, 0), at(1.03, 0), at(1.03, 1)]
    path = (WayKind.FOOTPATH, "Oak Street", WayKind.CROSSING, "Elm Street")
    assert told(*way_along(line, *((1, words) for words in path))) == [
        "depart e Oak Street 206", "left Elm Street 200", "arrive",
    ]  # fmt: skip


def test_steps_are_told_however_few_they_are() -> None:
    line = [at(0, 0), at(1, 0), at(1.03, 0), at(2, 0)]
    assert told(*way_along(line, (1, "Oak Street"), (1, WayKind.STEPS), (1, "Oak Street"))) == [
        "depart e Oak Street 200", "continue steps 6", "continue Oak Street 194", "arrive",
    ]  # fmt: skip


@pytest.mark.parametrize(("north", "side"), [(0.1, "left"), (-0.1, "right"), (0.001, "")])
def test_the_side_on_which_one_arrives(north: float, side: str) -> None:
    streets, _ = way_along([at(0, 0), at(1, 0)], (1, "Oak Street"))
    ground = ground_of(streets)
    (a, b), (c, d) = at(0.2, 0), at(0.8, north)
    way = find_way(ground, spot_at(ground, b, a), spot_at(ground, d, c), WALK, 900)
    assert way is not None
    assert told(streets, way)[-1] == f"arrive {side}".rstrip()
    assert told(streets, way.backwards())[0].startswith("depart w Oak Street")


def test_a_straight_line_has_a_heading_alone() -> None:
    ground = ground_of(way_along([at(0, 0), at(1, 0)], (1, "Oak Street"))[0])
    (a, b), (c, d) = at(0, 0), at(0, 1)
    way = straight(spot_at(ground, b, a), spot_at(ground, d, c))
    assert told(None, way) == [f"depart n {round(way.metres)}", "arrive"]
    assert directions(None, NO_LINE, NAMES.__getitem__) == ()


@given(towns(), PLACES, PLACES, st.data())
@MANY
def test_steps_add_up(streets: Streets, a: tuple[float, float], b: tuple[float, float], data: st.DataObject) -> None:
    edges = len(streets.edge_head)
    drawn = st.lists(st.integers(0, 3), min_size=edges, max_size=edges)
    streets = dataclasses.replace(streets, edge_name=np.array(data.draw(drawn), np.uint32))
    ground = ground_of(streets)
    start, end = spot_at(ground, *a), spot_at(ground, *b)
    way = find_way(ground, start, end, WALK, 5000)
    if way is None or round(way.metres) == 0:
        return
    assert way.stretches.metres.sum() <= way.metres + 0.01
    steps = directions(streets, way, NAMES.__getitem__)
    assert sum(step.distance_m for step in steps) == round(way.metres)
    assert all(step.distance_m >= 0 for step in steps)
    assert [step.turn for step in steps[:1]] == [Turn.DEPART]
    assert [step.turn for step in steps].count(Turn.DEPART) == 1
    assert [step.turn for step in steps].count(Turn.ARRIVE) == 1
    assert steps[-1].turn == Turn.ARRIVE
    assert steps[0].heading is not None
    for before, after in pairwise(steps[:-1]):
        assert after.turn != Turn.CONTINUE or (before.street, before.kind) != (after.street, after.kind)
