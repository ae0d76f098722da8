"""shapes.txt: the lines that vehicles follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transit.feeds.entities import Columns
from transit.feeds.notices import Notices
from transit.feeds.ragged import gather, offsets


@dataclass(frozen=True)
class Shapes:
    """Shape i has the points `start[i]` … `start[i + 1]`."""

    index: dict[str, int]
    start: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    travelled: NDArray[np.float64]
    """`shape_dist_traveled`, in the units of the feed; not-a-number where it does not say."""


def read_shapes(frame: Any, notices: Notices) -> Shapes:
    """The shapes with at least two points, points in order."""
    columns, file = Columns(frame), "shapes.txt"
    ids = np.array(columns.texts("shape_id"), dtype=object)
    lat, lon = columns.numbers("shape_pt_lat"), columns.numbers("shape_pt_lon")
    sequence = columns.numbers("shape_pt_sequence")
    sound = np.isfinite(sequence) & (np.abs(lat) <= 90) & (np.abs(lon) <= 180) & (ids != "")
    notices.add("number_out_of_range", file, "shape_pt_lat", ids[~sound], lines=columns.lines[~sound])
    names, group = np.unique(ids[sound].astype(str), return_inverse=True)
    order = np.lexsort((sequence[sound], group))
    counts = np.bincount(group, minlength=len(names)).astype(np.int64)
    long_enough = counts >= 2
    notices.warn("single_shape_point", file, "shape_id", names[~long_enough])
    points = order[gather(offsets(counts)[:-1][long_enough], counts[long_enough])]
    kept = names[long_enough].tolist()
    index = {name: i for i, name in enumerate(kept)}
    travelled = columns.numbers("shape_dist_traveled")
    columns_of_points = (column[sound][points] for column in (lon, lat, travelled))
    return Shapes(index, offsets(counts[long_enough]), *columns_of_points)
