"""Stop times: text → sound events in trip order, with every missing time filled in.

GTFS Schedule, stop_times.txt: a time may exceed 24 h; times between the first and the last stop may be missing and
are interpolated here, by `shape_dist_traveled` where a trip has it and by the straight line between stops elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from transit.feeds.notices import Notices
from transit.feeds.ragged import offsets
from transit.feeds.text import LINE

FILE = "stop_times.txt"
_PIECE = 1 << 20
"""Rows."""
MISSING = np.int32(-(1 << 30))
_WINDOWS = ("start_pickup_drop_off_window", "end_pickup_drop_off_window", "start_pickup_dropoff_window")
"""GTFS-Flex, the last one of an older draft: a row with one of these is a ride on demand, without a time."""
MAX_TIME_S = 400 * 3600
"""Some national feeds count to hour 250; beyond this a time is a slip of the pen."""


@dataclass(frozen=True)
class Events:
    """E stop events in trip order, grouped: trip `trip[k]` has the events `start[k]` … `start[k + 1]`."""

    trip: NDArray[np.int64]
    start: NDArray[np.int64]
    stop: NDArray[np.int64]
    arrival: NDArray[np.int32]
    departure: NDArray[np.int32]
    sequence: NDArray[np.int32]
    pickup: NDArray[np.uint8]
    drop_off: NDArray[np.uint8]
    travelled: NDArray[np.float64]
    """`shape_dist_traveled`, in the units of the feed; not-a-number where it does not say."""
    headsign: dict[int, str]
    """The first `stop_headsign` of the trips that have one, by trip."""


def of_rows(
    rows: pl.DataFrame,
    trips: dict[str, int],
    known_trips: set[str],
    stops: dict[str, int],
    places: tuple[NDArray[np.float64], NDArray[np.float64]],
    notices: Notices,
) -> Events:
    """The sound events of all trips with at least two of them.

    `trips` and `stops` map the ids in use to indices, `known_trips` are all ids that trips.txt gives, `places` are
    lat and lon of the stops in degrees.
    """
    rows = _scheduled(rows)
    # Piece by piece: the texts of all rows at once would need several times the memory of what is made of them.
    pieces = [rows] if rows.is_empty() else rows.iter_slices(_PIECE)
    frame = pl.concat([_slim(_linked(_typed(piece, notices), trips, known_trips, stops, notices)) for piece in pieces])
    frame = _ordered(frame, notices)
    arrival = frame["arrival"].fill_null(int(MISSING)).to_numpy().astype(np.int32)
    departure = frame["departure"].fill_null(int(MISSING)).to_numpy().astype(np.int32)
    trip = frame["trip"].to_numpy().astype(np.int64)
    stop = frame["stop"].to_numpy().astype(np.int64)
    keep = _timed(trip, arrival, departure, frame, notices)
    frame, trip, stop = frame.filter(pl.Series(keep)), trip[keep], stop[keep]
    arrival, departure = arrival[keep], departure[keep]
    travelled = frame["travelled"].to_numpy().astype(np.float64)
    arrival, departure = _interpolated(trip, stop, arrival, departure, travelled, places)
    keep = _forward(trip, arrival, departure, frame, notices)
    frame, trip = frame.filter(pl.Series(keep)), trip[keep]
    heads = frame.filter(pl.col("headsign").is_not_null()).unique("trip", keep="first", maintain_order=True)
    first = np.flatnonzero(np.diff(trip, prepend=-1)) if len(trip) else np.zeros(0, np.int64)
    return Events(
        trip=trip[first],
        start=offsets(np.diff(np.append(first, len(trip)))),
        stop=stop[keep],
        arrival=arrival[keep],
        departure=departure[keep],
        sequence=frame["sequence"].to_numpy().astype(np.int32),
        pickup=frame["pickup"].to_numpy().astype(np.uint8),
        drop_off=frame["drop_off"].to_numpy().astype(np.uint8),
        travelled=frame["travelled"].to_numpy().astype(np.float64),
        headsign=dict(zip(heads["trip"].to_list(), heads["headsign"].to_list(), strict=True)),
    )


def _slim(frame: pl.DataFrame) -> pl.DataFrame:
    """The same columns in less memory, without the stop's id."""
    kinds: dict[str, type[pl.DataType]] = {"trip_id": pl.Categorical, "trip": pl.Int32, "stop": pl.Int32}
    return frame.drop("stop_id").cast(kinds | {"pickup": pl.UInt8, "drop_off": pl.UInt8})  # type: ignore[arg-type]


def seconds_of(column: pl.Expr) -> pl.Expr:
    """H:MM:SS as seconds; null where it is no time."""
    parts = column.str.strip_chars().str.extract_groups(r"^(\d{1,3}):(\d{1,2}):(\d{1,2})$")
    hour, minute, second = (parts.struct.field(str(i)).cast(pl.Int32, strict=False) for i in (1, 2, 3))
    time = hour * 3600 + minute * 60 + second
    return pl.when((minute < 60) & (second < 60) & (time <= MAX_TIME_S)).then(time)


def seconds_in(text: str) -> int | None:
    """The same of one text."""
    found = re.fullmatch(r"(\d{1,3}):(\d{1,2}):(\d{1,2})", text, re.ASCII)
    hour, minute, second = map(int, found.groups()) if found else (0, 60, 0)
    time = hour * 3600 + minute * 60 + second
    return time if minute < 60 and second < 60 and time <= MAX_TIME_S else None


def on_demand(rows: pl.DataFrame) -> pl.Expr | None:
    """Which rows are rides on demand, or None where the table has no column for them."""
    columns = [name for name in _WINDOWS if name in rows.columns]
    return (
        pl.any_horizontal(pl.col(name).str.strip_chars().fill_null("") != "" for name in columns) if columns else None
    )


def _scheduled(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows without those of rides on demand, which no timetable can hold: see `flex`."""
    which = on_demand(rows)
    return rows if which is None else rows.filter(~which)


def _note(notices: Notices, code: str, field: str, column: str, frame: pl.DataFrame) -> None:
    """An error for every row of a frame, with the values of a column."""
    notices.add(code, FILE, field, frame[column].to_list(), lines=frame[LINE].to_list())


def _typed(rows: pl.DataFrame, notices: Notices) -> pl.DataFrame:
    """The columns in use, typed; cells that do not fit their type are null and noted."""
    empty = pl.lit(None, pl.String)
    has = set(rows.columns)

    def text(name: str) -> pl.Expr:
        return pl.col(name).str.strip_chars() if name in has else empty

    frame = rows.select(
        pl.col(LINE),
        text("trip_id").alias("trip_id"),
        text("stop_id").alias("stop_id"),
        text("stop_sequence").cast(pl.Int32, strict=False).alias("sequence"),
        text("arrival_time").alias("arrival_text"),
        text("departure_time").alias("departure_text"),
        text("pickup_type").cast(pl.Int32, strict=False).fill_null(0).alias("pickup"),
        text("drop_off_type").cast(pl.Int32, strict=False).fill_null(0).alias("drop_off"),
        text("stop_headsign").replace({"": None}).alias("headsign"),
        text("shape_dist_traveled").cast(pl.Float64, strict=False).fill_null(float("nan")).alias("travelled"),
        text("stop_sequence").alias("sequence_text"),
    )
    for side in ("arrival", "departure"):
        # Every time of the day is written thousands of times: parse each once.
        parsed = frame.select(pl.col(f"{side}_text").unique().drop_nulls()).filter(pl.first() != "")
        parsed = parsed.with_columns(seconds_of(pl.first()).alias(side))
        frame = frame.with_columns(_looked_up(frame, f"{side}_text", parsed))
        if parsed[side].has_nulls():
            unread = pl.col(side).is_null() & (pl.col(f"{side}_text") != "")
            _note(notices, "invalid_time", f"{side}_time", f"{side}_text", frame.filter(unread))
    wrong = (pl.col("sequence").is_null() | (pl.col("sequence") < 0)).fill_null(True)
    _note(notices, "number_out_of_range", "stop_sequence", "sequence_text", frame.filter(wrong))
    for name in ("pickup", "drop_off"):
        odd = frame.filter(~pl.col(name).is_between(0, 3))
        notices.warn("unexpected_enum_value", FILE, f"{name}_type", odd[name].to_list(), odd[LINE].to_list())
    allowed = [
        pl.when(pl.col(n).is_between(0, 3)).then(pl.col(n)).otherwise(0).alias(n) for n in ("pickup", "drop_off")
    ]
    return frame.filter(~wrong).drop("sequence_text", "arrival_text", "departure_text").with_columns(allowed)


def _looked_up(frame: pl.DataFrame, column: str, table: pl.DataFrame) -> pl.Series:
    """What a table of two columns, the first like a column of the frame, says in the other one of each row."""
    # The column alone: a join of the whole frame would copy all of it.
    return frame.select(column).join(table, on=column, how="left", maintain_order="left").to_series(1)


def _linked(
    frame: pl.DataFrame, trips: dict[str, int], known_trips: set[str], stops: dict[str, int], notices: Notices
) -> pl.DataFrame:
    """The rows whose trip and stop exist, with the indices of both."""
    for column, table in (("trip", trips), ("stop", stops)):
        index = pl.DataFrame(
            {f"{column}_id": list(table), column: list(table.values())},
            schema={f"{column}_id": pl.String, column: pl.Int64},
        )
        frame = frame.with_columns(_looked_up(frame, f"{column}_id", index))
    lost = frame.filter(pl.col("trip").is_null())
    if lost.height:
        # A trip that is in the feed but cannot run has its own notice.
        ids = pl.Series("known", sorted(known_trips), pl.String)
        unknown = lost.filter(~pl.col("trip_id").is_in(ids.implode()).fill_null(False))
        _note(notices, "foreign_key_violation", "trip_id", "trip_id", unknown)
    frame = frame.filter(pl.col("trip").is_not_null())
    _note(notices, "foreign_key_violation", "stop_id", "stop_id", frame.filter(pl.col("stop").is_null()))
    return frame.filter(pl.col("stop").is_not_null())


def _ordered(frame: pl.DataFrame, notices: Notices) -> pl.DataFrame:
    """The rows by trip and sequence, each pair once."""
    place = frame["trip"].to_numpy().astype(np.int64) << 32 | frame["sequence"].to_numpy()
    if (np.diff(place) > 0).all():
        return frame
    frame = frame.sort("trip", "sequence", maintain_order=True)
    repeated = (pl.col("trip") == pl.col("trip").shift()) & (pl.col("sequence") == pl.col("sequence").shift())
    repeated = repeated.fill_null(False)
    _note(notices, "duplicate_key", "stop_sequence", "trip_id", frame.filter(repeated))
    return frame.filter(~repeated)


def _edges(trip: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Where an event is the first of its trip, and where it is the last."""
    change = np.flatnonzero(np.diff(trip)) + 1
    first = np.zeros(len(trip), bool)
    last = np.zeros(len(trip), bool)
    if len(trip):
        first[0] = last[-1] = True
    first[change] = True
    last[change - 1] = True
    return first, last


def _without(
    trip: NDArray[np.int64], bad: NDArray[np.bool_], frame: pl.DataFrame, code: str, notices: Notices
) -> NDArray[np.bool_]:
    """Which events remain when every trip with a bad event goes; a notice per trip, at its first bad event."""
    lost, first = np.unique(trip[bad], return_index=True)
    if not len(lost):
        return np.ones(len(trip), bool)
    _note(notices, code, "trip_id", "trip_id", frame[np.flatnonzero(bad)[first]])
    return ~np.isin(trip, lost)


def _timed(
    trip: NDArray[np.int64],
    arrival: NDArray[np.int32],
    departure: NDArray[np.int32],
    frame: pl.DataFrame,
    notices: Notices,
) -> NDArray[np.bool_]:
    """Copy an event's one time to the other (in place); drop trips of one stop or without times at their ends."""
    only = (arrival == MISSING) != (departure == MISSING)
    np.copyto(arrival, departure, where=arrival == MISSING)
    np.copyto(departure, arrival, where=departure == MISSING)
    half = frame.filter(pl.Series(only))
    code = "stop_time_with_only_arrival_or_departure_time"
    notices.warn(code, FILE, values=half["trip_id"].to_list(), lines=half[LINE].to_list())
    first, last = _edges(trip)
    keep = _without(trip, (first | last) & (arrival == MISSING), frame, "missing_trip_edge", notices)
    return keep & _without(trip, first & last, frame, "unusable_trip", notices)


def _interpolated(
    trip: NDArray[np.int64],
    stop: NDArray[np.int64],
    arrival: NDArray[np.int32],
    departure: NDArray[np.int32],
    travelled: NDArray[np.float64],
    places: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Fill the missing times by the way that lies behind, as if the vehicle never changed its speed in between."""
    missing = arrival == MISSING
    if not missing.any():
        return arrival, departure
    first, _ = _edges(trip)
    step = _steps(trip, stop, travelled, places)
    step[first] = 1.0
    at = np.cumsum(step)
    known = ~missing
    before = np.interp(at[missing], at[known], np.arange(known.sum()))
    left = np.floor(before).astype(np.int64)
    share = before - left
    right = np.minimum(left + 1, known.sum() - 1)
    departures, arrivals = departure[known].astype(np.float64), arrival[known].astype(np.float64)
    time = departures[left] + (arrivals[right] - departures[left]) * share
    arrival, departure = arrival.copy(), departure.copy()
    arrival[missing] = departure[missing] = np.floor(time + 0.5).astype(np.int32)
    return arrival, departure


def _steps(
    trip: NDArray[np.int64],
    stop: NDArray[np.int64],
    travelled: NDArray[np.float64],
    places: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> NDArray[np.float64]:
    """How far each event lies after the one before it, always more than nothing; the first event's value is void."""
    lat, lon = places
    y = np.radians(lat[stop])
    x = np.radians(lon[stop]) * np.cos(y)
    line = np.hypot(np.diff(x, prepend=x[:1]), np.diff(y, prepend=y[:1])) * 6_371_000.0 + 1.0
    along = np.diff(travelled, prepend=travelled[:1])
    first, _ = _edges(trip)
    # A trip's own distances count only where every event has one and none runs backwards.
    bad = (~np.isfinite(along) | (along < 0)) & ~first | ~np.isfinite(travelled)
    usable = ~np.isin(trip, np.unique(trip[bad]))
    return np.where(usable, along + 1e-6, line)


def _forward(
    trip: NDArray[np.int64],
    arrival: NDArray[np.int32],
    departure: NDArray[np.int32],
    frame: pl.DataFrame,
    notices: Notices,
) -> NDArray[np.bool_]:
    """Which events belong to trips that never run back in time."""
    first, _ = _edges(trip)
    backwards = departure < arrival
    backwards[1:] |= (arrival[1:] < departure[:-1]) & ~first[1:]
    code = "stop_time_with_arrival_before_previous_departure_time"
    return _without(trip, backwards, frame, code, notices)
