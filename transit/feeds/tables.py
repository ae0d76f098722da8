"""The tables of a feed as they are written: gtfs-kit reads the small ones, polars the stop times.

gtfs-kit refuses a whole table for one bad cell. Only then is the table mended, cell by cell and with notices, and
read again, so that sound feeds pay nothing. Imported by commands and workers only: gtfs-kit and polars are heavy.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gtfs_kit
import numpy as np
import pandas as pd
import polars as pl
from gtfs_kit import constants as gtfs_kit_constants
from numpy.typing import NDArray

from transit.feeds.archive import Archive
from transit.feeds.notices import FeedError, Notices
from transit.feeds.text import LINE, Text, clean

REQUIRED = {
    "agency.txt": ("agency_name", "agency_timezone"),
    "stops.txt": ("stop_id",),
    "routes.txt": ("route_id", "route_type"),
    "trips.txt": ("route_id", "service_id", "trip_id"),
    "stop_times.txt": ("trip_id", "stop_id", "stop_sequence"),
}
OPTIONAL = (
    "calendar.txt",
    "calendar_dates.txt",
    "frequencies.txt",
    "transfers.txt",
    "shapes.txt",
    "fare_attributes.txt",
    "fare_rules.txt",
    "feed_info.txt",
    "attributions.txt",
)
TEXTS = (
    "pathways.txt",
    "levels.txt",
    "agency_jp.txt",
    "office_jp.txt",
    "routes_jp.txt",
    "pattern_jp.txt",
    "location_groups.txt",
    "location_group_stops.txt",
    "booking_rules.txt",
    "rider_categories.txt",
    "fare_media.txt",
    "fare_products.txt",
    "areas.txt",
    "stop_areas.txt",
    "networks.txt",
    "route_networks.txt",
    "timeframes.txt",
    "fare_leg_rules.txt",
    "fare_leg_join_rules.txt",
    "fare_transfer_rules.txt",
)
"""Tables that gtfs-kit does not know; they are read as text."""
# gtfs-kit guesses the type of columns that it does not list, which turns platform "01" into 1 and mixes types, and
# holds durations in 16 bits, which a day ticket exceeds.
_WIDER: dict[str, dict[str, str]] = {
    "stops": {"platform_code": "string", "tts_stop_name": "string", "level_id": "string"},
    "transfers": {
        "min_transfer_time": "Int32",
        "from_route_id": "string",
        "to_route_id": "string",
        "from_trip_id": "string",
        "to_trip_id": "string",
    },
    "fare_attributes": {"transfer_duration": "Int32"},
    "routes": {"network_id": "string"},
    "frequencies": {"headway_secs": "Int32"},
    "trips": {
        "safe_duration_factor": "float",
        "safe_duration_offset": "float",
        "jp_trip_desc": "string",
        "jp_trip_desc_symbol": "string",
        "jp_office_id": "string",
        "jp_pattern_id": "string",
    },
}
for _table, _columns in _WIDER.items():
    gtfs_kit_constants.DTYPES[_table].update(_columns)


_BLANK = b"\xef\xbb\xbf \t\r\n"


@dataclass(frozen=True)
class Tables:
    """The raw tables: `kit` has a pandas frame or None per table, the others are text columns."""

    kit: Any
    stop_times: pl.DataFrame
    translations: pl.DataFrame | None
    fallback_translations: bool
    """Whether the translations are of the older form `trans_id, lang, translation` (GTFS-JP)."""
    texts: dict[str, pl.DataFrame]
    """By the name of the table, without those that are not there."""
    locations: bytes | None = None
    """locations.geojson."""

    def rows(self, table: str) -> Any:
        """The pandas frame of a table, or None."""
        return getattr(self.kit, table)

    def columns(self, table: str) -> list[str]:
        """The columns of a table of `texts`, as its file has them."""
        return [name for name in self.texts[table].columns if name != LINE]


def read_tables(archive: Archive, notices: Notices) -> Tables:
    """Read every table of the archive that this product uses. Raises FeedError where a required one is missing."""
    _require_files(archive)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = {}
        for table in archive.names:
            if (table in REQUIRED or table in OPTIONAL) and table != "stop_times.txt":
                text = clean(archive.read(table), table, notices)
                (folder / table).write_bytes(text.raw)
                lines[table] = text.lines
        kit = _read_kit(folder, lines, notices)
    if kit.stops is None and "locations.geojson" in archive.names:
        kit.stops = pd.DataFrame({"stop_id": [], "stop_name": [], "stop_lat": [], "stop_lon": []}, dtype="string")
    stop_times = _read_text(archive, "stop_times.txt", notices)
    _require_columns(kit, stop_times.columns)
    translations = _read_text(archive, "translations.txt", notices) if "translations.txt" in archive.names else None
    older = translations is not None and "trans_id" in translations.columns
    present = [file for file in TEXTS if file in archive.names and archive.read(file).strip(_BLANK)]
    texts = {file.removesuffix(".txt"): _read_text(archive, file, notices) for file in present}
    locations = archive.read("locations.geojson") if "locations.geojson" in archive.names else None
    return Tables(kit, stop_times, translations, older, texts, locations)


def _require_files(archive: Archive) -> None:
    """Raise FeedError unless all files are there without which nothing can run."""
    zones = "locations.geojson" in archive.names  # GTFS reference: rides on demand between zones need no stops
    missing = [name for name in REQUIRED if name not in archive.names and not (zones and name == "stops.txt")]
    if missing:
        raise FeedError(
            f"The feed has no {', '.join(missing)}. GTFS requires it: add it to the zip and publish again.",
            "missing_required_file",
        )
    if "calendar.txt" not in archive.names and "calendar_dates.txt" not in archive.names:
        raise FeedError(
            "The feed has neither calendar.txt nor calendar_dates.txt. Add one: it says when trips run.",
            "missing_calendar_and_calendar_date_files",
        )


def _require_columns(kit: Any, stop_time_columns: Sequence[str]) -> None:
    """Raise FeedError where a required file is empty or lacks a required column."""
    for file, columns in REQUIRED.items():
        table = file.removesuffix(".txt")
        frame = None if table == "stop_times" else getattr(kit, table)
        if table != "stop_times" and frame is None:
            raise FeedError(f"{file} has no rows. Fill it and publish the feed again.", "empty_file")
        present = set(stop_time_columns) if frame is None else set(frame.columns)
        missing = [column for column in columns if column not in present]
        if missing:
            raise FeedError(
                f"{file} has no column {', '.join(missing)}. GTFS requires it: add it and publish again.",
                "missing_required_column",
            )


def _read_text(archive: Archive, file: str, notices: Notices) -> pl.DataFrame:
    """A table as columns of text, empty cells null, with the lines of its rows."""
    text = clean(archive.read(file), file, notices)
    if not text.raw:
        raise FeedError(f"{file} is empty. Fill it and publish the feed again.", "empty_file")
    try:
        frame = pl.read_csv(text.raw, infer_schema=False, truncate_ragged_lines=True, null_values=[""])
    except pl.exceptions.PolarsError:
        frame = None
    if frame is None or frame.height != len(text.lines):
        notices.warn("csv_parsing_failed", file)
        frame = _read_leniently(text)
    return frame.with_columns(pl.Series(LINE, text.lines[: frame.height], pl.UInt32))


def _read_leniently(text: Text) -> pl.DataFrame:
    """A table with unusual quoting, by the forgiving parser of the standard library."""
    rows = list(csv.reader(text.raw.decode().splitlines(keepends=True)))
    header = rows[0] if rows else []
    body = rows[1 : len(text.lines) + 1]
    columns = {name: [row[i] if i < len(row) and row[i] else None for row in body] for i, name in enumerate(header)}
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))


def _read_kit(folder: Path, lines: Mapping[str, NDArray[np.int64]], notices: Notices) -> Any:
    """gtfs-kit's feed of the folder, frames indexed by line; on refusal each table is mended first."""
    try:
        kit = gtfs_kit.read_feed(folder, dist_units="km")
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - pandas raises a dozen kinds for cells that do not fit
        for path in sorted(folder.glob("*.txt")):
            _mend(path, lines[path.name], notices)
        try:
            kit = gtfs_kit.read_feed(folder, dist_units="km")
        except MemoryError:
            raise
        except Exception as error:
            message = f"The tables cannot be read ({error}). Check that each is a comma-separated table."
            raise FeedError(message, "csv_parsing_failed") from error
    for file, numbers in lines.items():
        frame = getattr(kit, file.removesuffix(".txt"))
        if frame is not None and len(frame) == len(numbers):
            frame.index = numbers
            frame.index.name = LINE
    return kit


def _mend(path: Path, lines: NDArray[np.int64], notices: Notices) -> None:
    """Rewrite one table: rows of the header's length, cells that are no number where one belongs emptied."""
    types = gtfs_kit_constants.DTYPES[path.stem]
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file)) or [[]]
    numbers: list[int | None] = lines.tolist() if len(lines) == len(rows) else [None] * len(rows)
    checks = [(name, _NUMBERS.get(types.get(name, ""))) for name in header]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for row, line in zip(rows, numbers, strict=True):
            cells = [row[i].strip() if i < len(row) else "" for i in range(len(header))]
            writer.writerow(
                [_number(c, *check, (path.name, line), notices) for c, check in zip(cells, checks, strict=True)]
            )


def _whole(text: str) -> str:
    """The text of a 32-bit whole number. Raises ValueError."""
    number = int(text)
    if not -(1 << 31) <= number < 1 << 31:
        raise ValueError(text)
    return str(number)


def _real(text: str) -> str:
    """The text of a finite number. Raises ValueError."""
    number = float(text)
    if not abs(number) < 1e300:
        raise ValueError(text)
    return text


_NUMBERS: dict[str, tuple[str, Callable[[str], str]]] = {
    "Int16": ("invalid_integer", _whole),
    "Int32": ("invalid_integer", _whole),
    "float": ("invalid_float", _real),
}


def _number(
    cell: str,
    field: str,
    check: tuple[str, Callable[[str], str]] | None,
    where: tuple[str, int | None],
    notices: Notices,
) -> str:
    """The cell, or nothing where it should be a number and is none."""
    if not cell or check is None:
        return cell
    code, parse = check
    try:
        return parse(cell)
    except ValueError:
        file, line = where
        notices.add(code, file, field, [cell], lines=None if line is None else [line])
        return ""
