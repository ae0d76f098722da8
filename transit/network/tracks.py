"""Where the stops of a trip lie along its shape.

Where the feed says how far along the shape its points and the stops lie (`shape_dist_traveled`, both in one unit), and
that is sound, it is believed. Elsewhere the stops are matched all at once: of all ways to place them in order along the
shape, the one whose distances add up to least. Nearest points alone go wrong where a line runs out and back along the
same street.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transit.feeds.ragged import offsets
from transit.network.merge import NONE, Merged, Sequences
from transit.network.streets import EARTH_M

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]

TOLERANCE_M = 100.0
"""Where a stated distance puts a stop further away than this, the distances are of another shape or unit."""


@dataclass(frozen=True)
class Tracks:
    """Track k places the stops of a sequence on the shape `shape[k]` at `at[start[k]:start[k + 1]]`."""

    trip: I64
    start: I64
    at: F64
    shape: I64


def tracks_of(merged: Merged, sequences: Sequences, lon: F64, lat: F64) -> Tracks:
    """The tracks of all trips with a shape; `lon` and `lat` are those of the stops."""
    shape = merged.column((feed.gtfs.trips.shape for feed in merged.feeds), merged.shape)
    shapes = [feed.gtfs.shapes for feed in merged.feeds]
    lines = [
        (part.lon[start:end], part.lat[start:end], part.travelled[start:end])
        for part in shapes
        for start, end in zip(part.start[:-1].tolist(), part.start[1:].tolist(), strict=True)
    ]
    found: dict[tuple[int, int], int] = {}
    firsts: list[int] = []
    trip = np.full(len(shape), NONE, np.int64)
    for i, key in enumerate(zip(sequences.run[: len(shape)].tolist(), shape.tolist(), strict=True)):
        if key[1] != NONE:
            trip[i] = found.setdefault(key, len(found))
            if trip[i] == len(firsts):
                firsts.append(i)
    parts = []
    for (sequence, line), first in zip(found, firsts, strict=True):
        stops = sequences.stops[sequences.start[sequence] : sequences.start[sequence + 1]]
        line_lon, line_lat, along = lines[line]
        at = find_stated(line_lon, line_lat, along, lon[stops], lat[stops], _travelled(merged, first))
        parts.append(placed(line_lon, line_lat, lon[stops], lat[stops]) if at is None else at)
    return Tracks(
        trip=trip,
        start=offsets(np.array([len(part) for part in parts], np.int64)),
        at=np.concatenate(parts) if parts else np.zeros(0),
        shape=np.array([line for _, line in found], np.int64),
    )


def _travelled(merged: Merged, trip: int) -> F64:
    """What a trip of the network says of how far along its shape its stops are."""
    which = int(np.searchsorted(merged.trip, trip, side="right")) - 1
    gtfs, own = merged.feeds[which].gtfs, trip - merged.trip[which]
    return gtfs.events.travelled[int(gtfs.trip_start[own]) : int(gtfs.trip_start[own + 1])]


def find_stated(line_lon: F64, line_lat: F64, along: F64, lon: F64, lat: F64, travelled: F64) -> F64 | None:
    """As `placed`, by the stated distances of the line's points and of the stops; None where they are not sound.

    They are sound where all are there, none runs backwards, and each stop comes to lie within TOLERANCE_M of itself.
    """
    # A not-a-number fails every comparison.
    if not ((np.diff(along) >= 0).all() and (np.diff(travelled) >= 0).all() and along[-1] > along[0]):
        return None
    at = np.interp(travelled, along, np.arange(len(along)))
    points = np.arange(len(along))
    north = np.interp(at, points, line_lat) - lat
    east = (np.interp(at, points, line_lon) - lon) * np.cos(np.radians(lat))
    near = np.radians(np.hypot(north, east)) * EARTH_M <= TOLERANCE_M
    return np.asarray(at) if near.all() else None


def placed(line_lon: F64, line_lat: F64, lon: F64, lat: F64) -> F64:
    """For stops in order, where on the line each lies: point number plus the share of the way to the next point."""
    narrow = np.cos(np.radians(lat[0]))
    x, y = line_lon * narrow, line_lat
    dx, dy = np.diff(x), np.diff(y)
    length = np.maximum(dx * dx + dy * dy, 1e-18)
    stop_x, stop_y = (lon * narrow)[:, None], lat[:, None]
    share = np.clip(((stop_x - x[:-1]) * dx + (stop_y - y[:-1]) * dy) / length, 0.0, 1.0)
    away = np.hypot(x[:-1] + share * dx - stop_x, y[:-1] + share * dy - stop_y)
    # best[s]: the least sum of distances with the present stop on segment s; before[i][s]: up to which segment the
    # stops so far are placed then.
    best = away[0]
    before = []
    for row in away[1:]:
        least = np.minimum.accumulate(best)
        before.append(np.maximum.accumulate(np.where(best == least, np.arange(len(best)), 0)))
        best = least + row
    segment = int(np.argmin(best))
    chosen = [segment]
    for step in reversed(before):
        segment = int(step[segment])
        chosen.append(segment)
    order = np.array(chosen[::-1])
    return np.maximum.accumulate(order + share[np.arange(len(order)), order])
