"""Streets with the junctions at which turns are forbidden taken apart, and streets the other way round.

A search over nodes does not know whence it came. So what leads into a forbidden turn ends at a node of its own, what
one may not turn into begins at one, and links of no length join what may follow each other: an edge-based graph
(Caldwell 1961), at these junctions alone. Links have no geometry (NONE) and are part of no line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from transit.routing.kernels.dijkstra import NONE, twins
from transit.routing.streets import NO_EDGE, U32, Streets

I64 = NDArray[np.int64]
_ALL: Final = 0xFF


class Turned(NamedTuple):
    """Streets, and by edge the one that it was before (NONE: a link)."""

    streets: Streets
    original: U32


def turned(streets: Streets, turns: U32) -> Turned:
    """The streets on which nobody makes a forbidden turn. `turns` are rows of an edge, the edge after it, and the modes
    to which that is forbidden.
    """
    tail, head = _tails(streets), streets.edge_head.astype(np.int64)
    at: dict[int, dict[tuple[int, int], int]] = defaultdict(dict)
    for before, after, modes in turns.tolist():
        at[int(tail[after])][before, after] = modes
    back = twins(streets.edge_geometry, len(streets.shape_start) - 1).astype(np.int64)
    place: list[int] = []
    links: list[tuple[int, int, int]] = []

    def node_at(junction: int) -> int:
        place.append(junction)
        return streets.nodes + len(place) - 1

    for junction, modes_of in at.items():
        hub = node_at(junction)
        ends, begins = ({edge: node_at(junction) for edge in {pair[k] for pair in modes_of}} for k in (0, 1))
        head[back[int(streets.edge_start[junction]) : int(streets.edge_start[junction + 1])]] = hub
        for edge, node in ends.items():
            head[edge] = node
        for edge, node in begins.items():
            tail[edge] = node
        links += _links_of(junction, hub, ends, begins, modes_of)
    return _joined(streets, tail, head, np.array(place, np.int64), links)


def _links_of(
    junction: int, hub: int, ends: dict[int, int], begins: dict[int, int], modes_of: dict[tuple[int, int], int]
) -> Iterable[tuple[int, int, int]]:
    """(from, to, modes). Edges that lead into no forbidden turn end at the hub; most edges begin at the junction."""
    yield hub, junction, _ALL
    yield from ((hub, node, _ALL) for node in begins.values())
    for before, start in ends.items():
        yield start, junction, _ALL
        yield from ((start, node, _ALL & ~modes_of.get((before, after), 0)) for after, node in begins.items())


def _joined(streets: Streets, tail: I64, head: I64, place: I64, links: list[tuple[int, int, int]]) -> Turned:
    """The streets with other ends of their edges, more nodes and links."""
    n, more = len(tail), np.array(links, np.int64).reshape(-1, 3)
    columns: dict[str, NDArray[Any]] = {
        "edge_metres": np.zeros(len(more)), "edge_modes": more[:, 2], "edge_geometry": np.full(len(more), NONE),
        "edge_backward": np.zeros(len(more)), "edge_name": np.zeros(len(more)), "edge_kind": np.zeros(len(more)),
    }  # fmt: skip
    longer = {name: _then(getattr(streets, name), values) for name, values in columns.items()}
    order = np.argsort(np.concatenate((tail, more[:, 0])), kind="stable")
    heads, tails = np.concatenate((head, more[:, 1])), np.concatenate((tail, more[:, 0]))
    places = {axis: _then(getattr(streets, axis), getattr(streets, axis)[place]) for axis in ("node_lon", "node_lat")}
    found = _in_order(replace(streets, **longer, **places), order, tails, heads)
    return Turned(found, np.where(order < n, order, int(NONE)).astype(np.uint32))


def turned_round(streets: Streets) -> Streets:
    """The streets with each edge from its head to its tail: the shortest ways to a place are those from it here."""
    tail, head = _tails(streets), streets.edge_head.astype(np.int64)
    found = _in_order(streets, np.argsort(head, kind="stable"), head, tail)
    stop_fraction = (1 - streets.stop_fraction).astype(np.float32)
    return replace(found, edge_backward=(1 - found.edge_backward).astype(np.uint8), stop_fraction=stop_fraction)


def _in_order(streets: Streets, order: I64, tail: I64, head: I64) -> Streets:
    """The streets with their edges in another order, in which they come by their tails."""
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    starts = np.append(0, np.cumsum(np.bincount(tail, minlength=len(streets.node_lon))))
    names = ("edge_metres", "edge_modes", "edge_geometry", "edge_backward", "edge_name", "edge_kind")
    linked = streets.stop_edge != NO_EDGE
    stop_edge = streets.stop_edge.copy()
    stop_edge[linked] = rank[streets.stop_edge[linked]]
    changed: dict[str, Any] = {name: getattr(streets, name)[order] for name in names}
    return replace(
        streets, **changed, edge_start=starts.astype(np.uint32), edge_head=head[order].astype(np.uint32),
        cell_edges=rank[streets.cell_edges].astype(np.uint32), stop_edge=stop_edge,
    )  # fmt: skip


def _tails(streets: Streets) -> I64:
    start = streets.edge_start.astype(np.int64)
    return np.repeat(np.arange(streets.nodes), start[1:] - start[:-1])


def _then(values: NDArray[Any], more: NDArray[Any]) -> NDArray[Any]:
    return np.concatenate((values, more.astype(values.dtype)))
