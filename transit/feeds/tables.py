"""The tables of a feed as they are written: gtfs-kit reads the small ones, polars the stop times.

gtfs-kit refuses a whole table for one bad cell. Only then is the table mended, cell by cell and with notices, and
read again, so that sound feeds pay nothing. Imported by commands and workers only: gtfs-kit and polars are heavy.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gtfs_kit
import polars as pl
from gtfs_kit import constants as gtfs_kit_constants

from transit.feeds.archive import Archive
from transit.feeds.notices import FeedError, Notices

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
TEXTS = ("pathways.txt", "levels.txt", "agency_jp.txt", "office_jp.txt", "routes_jp.txt", "pattern_jp.txt")
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
    "frequencies": {"headway_secs": "Int32"},
    "trips": {
        "jp_trip_desc": "string",
        "jp_trip_desc_symbol": "string",
        "jp_office_id": "string",
        "jp_pattern_id": "string",
    },
}
for _table, _columns in _WIDER.items():
    gtfs_kit_constants.DTYPES[_table].update(_columns)


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

    def rows(self, table: str) -> Any:
        """The pandas frame of a table, or None."""
        return getattr(self.kit, table)


def read_tables(archive: Archive, notices: Notices) -> Tables:
    """Read every table of the archive that this product uses. Raises FeedError where a required one is missing."""
    _require_files(archive)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for table in archive.names:
            if (table in REQUIRED or table in OPTIONAL) and table != "stop_times.txt":
                (folder / table).write_bytes(_clean_text(archive.read(table), table, notices))
        kit = _read_kit(folder, notices)
    stop_times = _read_text(archive, "stop_times.txt", notices)
    _require_columns(kit, stop_times.columns)
    translations = _read_text(archive, "translations.txt", notices) if "translations.txt" in archive.names else None
    older = translations is not None and "trans_id" in translations.columns
    present = [file for file in TEXTS if file in archive.names and archive.read(file).strip()]
    texts = {file.removesuffix(".txt"): _read_text(archive, file, notices) for file in present}
    return Tables(kit, stop_times, translations, older, texts)


def _require_files(archive: Archive) -> None:
    """Raise FeedError unless all files are there without which nothing can run."""
    missing = [name for name in REQUIRED if name not in archive.names]
    if missing:
        raise FeedError(f"The feed has no {', '.join(missing)}. GTFS requires it: add it to the zip and publish again.")
    if "calendar.txt" not in archive.names and "calendar_dates.txt" not in archive.names:
        raise FeedError("The feed has neither calendar.txt nor calendar_dates.txt. Add one: it says when trips run.")


def _require_columns(kit: Any, stop_time_columns: Sequence[str]) -> None:
    """Raise FeedError where a required file is empty or lacks a required column."""
    for file, columns in REQUIRED.items():
        table = file.removesuffix(".txt")
        frame = None if table == "stop_times" else getattr(kit, table)
        if table != "stop_times" and frame is None:
            raise FeedError(f"{file} has no rows. Fill it and publish the feed again.")
        present = set(stop_time_columns) if frame is None else set(frame.columns)
        missing = [column for column in columns if column not in present]
        if missing:
            raise FeedError(f"{file} has no column {', '.join(missing)}. GTFS requires it: add it and publish again.")


def _clean_text(raw: bytes, file: str, notices: Notices) -> bytes:
    """The bytes as UTF-8 without mark and NULs, lines ended alike."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        notices.warn("invalid_character", file, values=["UTF-16"])
        raw = raw.decode("utf-16", "replace").encode()
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    if b"\x00" in raw:
        notices.warn("invalid_character", file, values=["NUL"])
        raw = raw.replace(b"\x00", b"")
    if b"\r" in raw:
        raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        notices.warn("invalid_character", file, values=[raw[max(0, error.start - 20) : error.end + 20]])
        raw = raw.decode("utf-8", "replace").encode()
    return raw


def _read_text(archive: Archive, file: str, notices: Notices) -> pl.DataFrame:
    """A table as columns of text, spaces around names removed, empty cells null."""
    raw = _clean_text(archive.read(file), file, notices)
    try:
        frame = pl.read_csv(raw, infer_schema=False, truncate_ragged_lines=True, null_values=[""])
    except pl.exceptions.NoDataError as error:
        raise FeedError(f"{file} is empty. Fill it and publish the feed again.") from error
    except pl.exceptions.PolarsError:
        notices.warn("csv_parsing_failed", file)
        frame = _read_leniently(raw)
    return frame.rename({column: column.strip() for column in frame.columns if column != column.strip()})


def _read_leniently(raw: bytes) -> pl.DataFrame:
    """A table with broken quoting, by the forgiving parser of the standard library."""
    rows = list(csv.reader(io.StringIO(raw.decode())))
    header = rows[0] if rows else []
    columns = {name: [row[i] if i < len(row) and row[i] else None for row in rows[1:]] for i, name in enumerate(header)}
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))


def _read_kit(folder: Path, notices: Notices) -> Any:
    """gtfs-kit's feed of the folder; on refusal each table is mended first."""
    try:
        return gtfs_kit.read_feed(folder, dist_units="km")
    except Exception:  # noqa: BLE001 - pandas raises a dozen kinds for cells that do not fit
        for path in sorted(folder.glob("*.txt")):
            _mend(path, notices)
    try:
        return gtfs_kit.read_feed(folder, dist_units="km")
    except Exception as error:
        raise FeedError(f"The tables cannot be read ({error}). Check that each is a comma-separated table.") from error


def _mend(path: Path, notices: Notices) -> None:
    """Rewrite one table: rows of the header's length, cells that are no number where one belongs emptied."""
    types = gtfs_kit_constants.DTYPES[path.stem]
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file) if any(cell.strip() for cell in row)]
    if not rows:
        return
    header = [name.strip() for name in rows[0]]
    seen: dict[str, int] = {}
    for i, name in enumerate(header):
        seen.setdefault(name, i)
    kept = [i for i, name in enumerate(header) if name and seen[name] == i]
    if len(kept) < len(header):
        notices.warn("duplicated_column", path.name)
    notices.warn("invalid_row_length", path.name, values=[row[:3] for row in rows[1:] if len(row) != len(header)])
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([header[i] for i in kept])
        checks = [(header[i], _NUMBERS.get(types.get(header[i], ""))) for i in kept]
        for row in rows[1:]:
            cells = [row[i].strip() if i < len(row) else "" for i in kept]
            writer.writerow([_number(c, *check, path.name, notices) for c, check in zip(cells, checks, strict=True)])


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


def _number(cell: str, field: str, check: tuple[str, Callable[[str], str]] | None, file: str, notices: Notices) -> str:
    """The cell, or nothing where it should be a number and is none."""
    if not cell or check is None:
        return cell
    code, parse = check
    try:
        return parse(cell)
    except ValueError:
        notices.add(code, file, field, [cell])
        return ""
