"""Which stops people mean by one name: the stops of a station, or namesakes that stand close together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from transit.feeds.ragged import gather, offsets
from transit.network.streets import EARTH_M

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]

NAMESAKES_M = 300.0
"""The stops of the two directions and around a crossing."""


def groups_of(parent: I64, names: list[str], place: tuple[F64, F64]) -> I64:
    """A number per stop, the same for a station and its stops and for namesakes close by. `place` is lon, lat."""
    lon, lat = place
    narrow = np.cos(np.radians(lat.mean() if len(lat) else 0.0))
    points = np.radians(np.column_stack((lon * narrow, lat))) * EARTH_M
    pairs = cKDTree(points).query_pairs(NAMESAKES_M, output_type="ndarray") if len(lon) else np.zeros((0, 2), np.int64)
    label = np.unique(np.array(names, dtype=object).astype(str), return_inverse=True)[1]
    station = np.zeros(len(parent), bool)
    station[parent[parent >= 0]] = True
    free = (parent < 0) & ~station
    a, b = pairs.T
    same = (label[a] == label[b]) & free[a] & free[b]
    child = np.flatnonzero(parent >= 0)
    tails, heads = np.concatenate((a[same], child)), np.concatenate((b[same], parent[child]))
    graph = coo_array((np.ones(len(tails), np.uint8), (tails, heads)), shape=(len(parent), len(parent)))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)


def members_of(parent: I64, group: I64, stop_of: I64) -> tuple[I64, I64]:
    """Offsets and members by point: of a station its stops, of a stop without a station its namesakes, else nothing.

    `group` is equal for the stops of one place. The points of a stop (`stop_of`: the stop of each) are members of
    whatever their stop is a member of, and of it.
    """
    group = group[stop_of]
    order = np.argsort(group, kind="stable")
    start = np.searchsorted(group[order], np.arange(group.max(initial=0) + 2))
    counts = np.where(parent[stop_of] < 0, np.diff(start)[group], 0)
    members = order[gather(start[group], counts)]
    owner = np.repeat(np.arange(len(stop_of)), counts)
    copies = np.arange(len(parent), len(stop_of))
    apart = parent[stop_of[copies]] >= 0
    owner, members = np.append(owner, stop_of[copies[apart]]), np.append(members, copies[apart])
    order = np.argsort(owner, kind="stable")
    owner, members = owner[order], members[order]
    other = members != owner
    return offsets(np.bincount(owner[other], minlength=len(stop_of))), members[other]
