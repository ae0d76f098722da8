"""Small random street networks."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from transit.routing.kernels.dijkstra import METRES_PER_DEGREE
from transit.routing.streets import BICYCLE, NO_EDGE, WALK, Streets

WEST, SOUTH = 23.7, 61.5
STEP = 0.002
Point = tuple[float, float]


def metres_of(line: list[Point]) -> float:
    """The length of a line of (lon, lat)."""
    points = np.array(line)
    east = np.diff(points[:, 0]) * np.cos(np.radians(points[:-1, 1]))
    return float(np.hypot(east, np.diff(points[:, 1])).sum() * METRES_PER_DEGREE)


def streets_of(
    nodes: list[Point], lines: list[tuple[int, int, list[Point], int, int]], stops: list[tuple[int, float, float]]
) -> Streets:
    """Streets from lines (from, to, inner points, modes there, modes back); stops as (directed edge, fraction, offset).

    A stop on an edge that nobody may walk on is off the streets.
    """
    directed = []
    for geometry, (a, b, inner, there, back) in enumerate(lines):
        metres = metres_of([nodes[a], *inner, nodes[b]])
        directed += [(a, b, metres, there, geometry, 0), (b, a, metres, back, geometry, 1)]
    directed.sort(key=lambda edge: edge[0])
    shapes = [[nodes[a], *inner, nodes[b]] for a, b, inner, _, _ in lines]
    points = [point for shape in shapes for point in shape]
    columns = 5
    grid = np.array([WEST - STEP, SOUTH - STEP, 2 * STEP, 2 * STEP, columns, columns], np.float64)
    cells: list[list[int]] = [[] for _ in range(columns * columns)]
    for number, edge in enumerate(directed):
        if edge[5] != edge[4] % 2:
            continue
        shape = np.array(shapes[edge[4]])
        low = ((shape.min(0) - grid[:2]) // grid[2:4]).astype(int)
        high = ((shape.max(0) - grid[:2]) // grid[2:4]).astype(int)
        for row in range(low[1], high[1] + 1):
            for column in range(low[0], high[0] + 1):
                cells[row * columns + column].append(number)
    return Streets(
        np.array([lon for lon, _ in nodes]),
        np.array([lat for _, lat in nodes]),
        np.searchsorted([edge[0] for edge in directed], np.arange(len(nodes) + 1)).astype(np.uint32),
        np.array([edge[1] for edge in directed], np.uint32),
        np.array([edge[2] for edge in directed], np.float32),
        np.array([edge[3] for edge in directed], np.uint8),
        np.array([edge[4] for edge in directed], np.uint32),
        np.array([edge[5] for edge in directed], np.uint8),
        np.zeros(len(directed), np.uint32),
        np.zeros(len(directed), np.uint8),
        np.cumsum([0, *(len(shape) for shape in shapes)]).astype(np.uint32),
        np.array([lon for lon, _ in points]),
        np.array([lat for _, lat in points]),
        np.cumsum([0, *(len(cell) for cell in cells)]).astype(np.uint32),
        np.array([edge for cell in cells for edge in cell], np.uint32),
        grid,
        np.array([edge if edge >= 0 and directed[edge][3] & WALK else NO_EDGE for edge, _, _ in stops], np.uint32),
        np.array([fraction for _, fraction, _ in stops], np.float32),
        np.array([offset for _, _, offset in stops], np.float32),
    )


@st.composite
def towns(draw: st.DrawFn) -> Streets:
    """A few crossings on a lattice, bent streets between them, some one-way for bicycles, and five stops."""
    cells = draw(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=9, unique=True))
    nodes = [(WEST + x * STEP, SOUTH + y * STEP) for x, y in cells]
    ends = st.tuples(st.integers(0, len(nodes) - 1), st.integers(0, len(nodes) - 1))
    lines = []
    for a, b in draw(st.lists(ends, min_size=1, max_size=14)):
        bends = draw(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=2))
        inner = [(WEST + x * STEP / 10 + 1e-5, SOUTH + y * STEP / 10 + 1e-5) for x, y in bends]
        if a == b and not inner:
            continue
        there, back = draw(st.sampled_from(((3, 3), (3, 3), (WALK | BICYCLE, WALK), (WALK, WALK), (BICYCLE, 0))))
        lines.append((a, b, inner, there, back))
    if not lines:
        lines.append((0, 1, [], 3, 3))
    edges = st.integers(-1, 2 * len(lines) - 1)
    fractions = st.sampled_from((0.0, 0.25, 0.5, 1.0))
    stops = draw(st.lists(st.tuples(edges, fractions, st.sampled_from((0.0, 12.5))), min_size=5, max_size=5))
    return streets_of(nodes, lines, stops)
