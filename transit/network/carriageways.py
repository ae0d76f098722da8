"""Ways of an extract → the streets that one drives on, beside those for walking and cycling (`streets`).

They are a graph of their own: what cars alone use is not in the way of a walk, and what nobody drives on not in the way
of a drive.
"""

from __future__ import annotations

from array import array
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from transit.feeds.osm import Extract, Ways
from transit.feeds.ragged import gather, offsets
from transit.network.streets import none, of_extract
from transit.routing.streets import DRIVE, NO_NODE, Carriageways, Streets

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]
_SECOND = 1 << 60
"""Greater than the number of any vertex."""


def carriageways_of(extract: Extract, walks: Streets, stop_lon: F64, stop_lat: F64) -> Carriageways:
    """The graph of an extract for cars and mopeds, with the stops linked to it."""
    ways = _driven(extract)
    # A way's speed stands where its kind does, so that only stretches that are driven alike are joined.
    found = of_extract(Extract(ways, extract.names), stop_lon, stop_lat, DRIVE) if ways.name else none(len(stop_lon))
    kinds = np.zeros(len(found.edge_kind), np.uint8)
    return Carriageways(replace(found, edge_kind=kinds), found.edge_kind.copy(), _walked(found, walks))


def _driven(extract: Extract) -> Ways:
    """The ways as vehicles use them. What stands in the way parts it: there each part has an end of its own."""
    ways = extract.ways
    if not any(ways.kmh):
        return Ways()
    start, kmh = np.asarray(ways.start, np.int64), np.frombuffer(bytes(ways.kmh), np.uint8)
    used = np.flatnonzero(kmh)
    counts = np.diff(start)[used]
    vertex, way = gather(start[:-1][used], counts), np.repeat(used, counts)
    ref = extract.node_ids()[vertex]
    closed = np.isin(ref, np.asarray(extract.closed, np.int64))
    inside = closed.copy()
    inside[offsets(counts)[:-1]] = inside[offsets(counts)[1:] - 1] = False
    at = np.repeat(np.arange(len(vertex)), 1 + inside)
    second = np.append(False, at[1:] == at[:-1])
    ref = np.where(closed[at], -1 - vertex[at] - second * _SECOND, ref[at])
    begins = np.flatnonzero(second | np.append(True, way[at][1:] != way[at][:-1]))
    number = way[at][begins].tolist()
    return Ways(
        start=array("q", [*begins.tolist(), len(at)]),
        ref=array("q", ref.tobytes()),
        lon=array("d", np.asarray(ways.lon)[vertex[at]].tobytes()),
        lat=array("d", np.asarray(ways.lat)[vertex[at]].tobytes()),
        forward=bytearray(ways.driven_forward[i] for i in number),
        backward=bytearray(ways.driven_backward[i] for i in number),
        name=[ways.name[i] for i in number],
        kind=bytearray(ways.kmh[i] for i in number),
    )


def _walked(driven: Streets, walks: Streets) -> NDArray[np.uint32]:
    """By node, the node for walking at the same place."""
    if not walks.nodes or not driven.nodes:
        return np.full(driven.nodes, NO_NODE)
    known, asked = (each.node_lon + 1j * each.node_lat for each in (walks, driven))
    order = np.argsort(known, kind="stable")
    at = np.minimum(np.searchsorted(known[order], asked), len(order) - 1)
    return np.where(known[order[at]] == asked, order[at], int(NO_NODE)).astype(np.uint32)
