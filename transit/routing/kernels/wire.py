"""Reads the trip updates of a GTFS-Realtime message from its bytes into rows of numbers.

Protocol Buffers, "Encoding": a message is a list of tagged fields; what is unknown is skipped by its wire type. The
field numbers are those of gtfs-realtime.proto 2.0. A text is kept as where it stands in the bytes and its length.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

I64 = NDArray[np.int64]
Bytes = NDArray[np.uint8]

MISSING = -(1 << 62)
"""In place of a number that a message does not give."""
BROKEN = -1

# Columns of trips. Of a text, the column holds where it begins and the next its length.
(
    TRIP_ID, _, START_TIME, _, START_DATE, _, ROUTE_ID, _, NEW_TRIP_ID, _, NEW_START_TIME, _, NEW_START_DATE, _,
    HEADSIGN, _, RELATION, DELAY, FIRST_STOP, LAST_STOP,
) = range(20)  # fmt: skip
TRIP_COLUMNS = 20

# Columns of stop time updates.
(
    STOP_ID, _, ASSIGNED, _, SEQUENCE, STOP_RELATION, ARRIVAL_DELAY, ARRIVAL_TIME, DEPARTURE_DELAY, DEPARTURE_TIME,
    PICKUP, DROP_OFF,
) = range(12)  # fmt: skip
STOP_COLUMNS = 12

VARINT, EIGHT_BYTES, TEXT, FOUR_BYTES = 0, 1, 2, 5


@njit(nogil=True, cache=True)
def read_varint(data: Bytes, at: int, end: int) -> tuple[int, int]:
    """The number at a place, and where it ends, or BROKEN."""
    value, shift = np.uint64(0), np.uint64(0)
    while at < end and shift < 64:
        byte = np.uint64(data[at])
        at += 1
        value |= (byte & np.uint64(127)) << shift
        if byte < 128:
            number: int = np.int64(value)  # type: ignore[assignment]
            return number, at
        shift += np.uint64(7)
    return 0, BROKEN


@njit(nogil=True, cache=True)
def read_field(data: Bytes, at: int, end: int) -> tuple[int, int, int]:
    """The field at a place: the number of a text and its length, or less the number of a varint and its value, or 0.

    And where it ends, which is BROKEN where the bytes are no field. Whoever meant a text never takes a varint for one.
    """
    tag, at = read_varint(data, at, end)
    kind = tag & 7
    if at == BROKEN:
        return 0, 0, BROKEN
    if kind == VARINT:
        value, at = read_varint(data, at, end)
        return -(tag >> 3), value, at
    if kind == TEXT:
        length, at = read_varint(data, at, end)
        if at == BROKEN or length < 0 or length > end - at:
            return 0, 0, BROKEN
        return tag >> 3, length, at + length
    at += 8 if kind == EIGHT_BYTES else 4
    if kind not in (EIGHT_BYTES, FOUR_BYTES) or at > end:
        return 0, 0, BROKEN
    return 0, 0, at


@njit(nogil=True, cache=True)
def count_updates(data: Bytes) -> tuple[int, int]:
    """How many trips and stop time updates there are at most; BROKEN where the bytes are no message."""
    trips, stops, at = 0, 0, 0
    while at < len(data):
        number, length, at = read_field(data, at, len(data))
        if at == BROKEN:
            return BROKEN, BROKEN
        if number != 2:
            continue
        inner = at - length
        while inner < at:
            part, size, inner = read_field(data, inner, at)
            if inner == BROKEN:
                return BROKEN, BROKEN
            if part != 3:
                continue
            trips += 1
            deep = inner - size
            while deep < inner:
                kind, _, deep = read_field(data, deep, inner)
                if deep == BROKEN:
                    return BROKEN, BROKEN
                stops += kind == 2
    return trips, stops


@njit(nogil=True, cache=True)
def put_text(row: I64, column: int, end: int, length: int) -> None:
    """Notes where a text stands."""
    row[column] = end - length
    row[column + 1] = length


@njit(nogil=True, cache=True)
def read_descriptor(data: Bytes, at: int, end: int, row: I64) -> int:
    """TripDescriptor."""
    while at < end:
        number, value, at = read_field(data, at, end)
        if at == BROKEN:
            return BROKEN
        if number == 1:
            put_text(row, TRIP_ID, at, value)
        elif number == 2:
            put_text(row, START_TIME, at, value)
        elif number == 3:
            put_text(row, START_DATE, at, value)
        elif number == -4:
            row[RELATION] = value
        elif number == 5:
            put_text(row, ROUTE_ID, at, value)
    return at


@njit(nogil=True, cache=True)
def read_properties(data: Bytes, at: int, end: int, row: I64) -> int:
    """TripUpdate.TripProperties."""
    while at < end:
        number, value, at = read_field(data, at, end)
        if at == BROKEN:
            return BROKEN
        if number == 1:
            put_text(row, NEW_TRIP_ID, at, value)
        elif number == 2:
            put_text(row, NEW_START_DATE, at, value)
        elif number == 3:
            put_text(row, NEW_START_TIME, at, value)
        elif number == 5:
            put_text(row, HEADSIGN, at, value)
    return at


@njit(nogil=True, cache=True)
def read_event(data: Bytes, at: int, end: int, row: I64, column: int) -> int:
    """TripUpdate.StopTimeEvent: its delay into a column, its time into the next."""
    while at < end:
        number, value, at = read_field(data, at, end)
        if at == BROKEN:
            return BROKEN
        if number in (-1, -2):
            row[column - number - 1] = value
    return at


@njit(nogil=True, cache=True)
def read_stop_properties(data: Bytes, at: int, end: int, row: I64) -> int:
    """TripUpdate.StopTimeUpdate.StopTimeProperties."""
    while at < end:
        number, value, at = read_field(data, at, end)
        if at == BROKEN:
            return BROKEN
        if number == 1:
            put_text(row, ASSIGNED, at, value)
        elif number == -3:
            row[PICKUP] = value
        elif number == -4:
            row[DROP_OFF] = value
    return at


@njit(nogil=True, cache=True)
def read_stop(data: Bytes, at: int, end: int, row: I64) -> int:
    """TripUpdate.StopTimeUpdate."""
    while at < end:
        number, value, at = read_field(data, at, end)
        if at == BROKEN:
            return BROKEN
        inner = 0
        if number == -1:
            row[SEQUENCE] = value
        elif number == 2:
            inner = read_event(data, at - value, at, row, ARRIVAL_DELAY)
        elif number == 3:
            inner = read_event(data, at - value, at, row, DEPARTURE_DELAY)
        elif number == 4:
            put_text(row, STOP_ID, at, value)
        elif number == -5:
            row[STOP_RELATION] = value
        elif number == 6:
            inner = read_stop_properties(data, at - value, at, row)
        if inner == BROKEN:
            return BROKEN
    return at


@njit(nogil=True, cache=True)
def read_updates(data: Bytes, trips: I64, stops: I64) -> int:
    """Writes a row for each trip and each stop time update, given as MISSING; returns the trips, or BROKEN.

    Deleted entities are left out. The rows of a trip's stops are FIRST_STOP up to LAST_STOP.
    """
    trip, stop, at = 0, 0, 0
    while at < len(data):
        number, length, at = read_field(data, at, len(data))
        if number != 2:
            continue
        inner, is_deleted, begun = at - length, False, trip
        while inner < at:
            part, size, inner = read_field(data, inner, at)
            if part == -2:
                is_deleted = size != 0
            if part != 3:
                continue
            row = trips[trip]
            row[FIRST_STOP] = stop
            deep = inner - size
            while deep < inner:
                kind, value, deep = read_field(data, deep, inner)
                end = 0
                if kind == 1:
                    end = read_descriptor(data, deep - value, deep, row)
                elif kind == 2:
                    end = read_stop(data, deep - value, deep, stops[stop])
                    stop += 1
                elif kind == -5:
                    row[DELAY] = value
                elif kind == 6:
                    end = read_properties(data, deep - value, deep, row)
                if end == BROKEN:
                    return BROKEN
            row[LAST_STOP] = stop
            trip += 1
        if is_deleted:
            trips[begun:trip] = MISSING
            trip = begun
    return trip
