"""A feed's zip, opened with mistrust: what it declares is checked before anything is unpacked.

Source of the layout: PKWARE APPNOTE 4.3.7 (local file header), 4.3.14 to 4.3.16 (ends of the central directory). The
limits hold for every publisher.
"""

from __future__ import annotations

import os
import stat
import struct
import zipfile
from pathlib import Path, PurePosixPath

from transit.feeds.notices import FeedError, Notices

MAX_BYTES = 2 << 30
MAX_RATIO = 200
MAX_ENTRIES = 200
MAX_DIRECTORY = 1 << 18
"""Bytes of the central directory: far more than that many entries with honest names need."""
_RATIO_FROM = 1 << 20
_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_END = struct.Struct("<4s4H2IH")
_END_64_LOCATOR = struct.Struct("<4sIQI")
_END_64 = struct.Struct("<4sQ2H2I4Q")


class Archive:
    """The tables of a checked zip by their file names, without folders."""

    def __init__(self, path: Path, notices: Notices) -> None:
        """Open and check. Raises FeedError where the file is no zip or breaks a limit."""
        try:
            _check_directory(path)
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error) as error:
            raise FeedError(
                "This is not a zip file. Publish the GTFS tables as one .zip archive.", "not_a_zip"
            ) from error
        try:
            entries = [entry for entry in self._zip.infolist() if not entry.is_dir()]
            _check_entries(entries)
            _check_names(entries)
            _check_overlap(path, entries)
            self._members = _tables(entries, notices)
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    @property
    def names(self) -> list[str]:
        """The file names of the tables, such as `stops.txt`."""
        return sorted(self._members)

    def read(self, name: str) -> bytes:
        """The bytes of one table. Raises FeedError where the archive is damaged."""
        try:
            content = self._zip.read(self._members[name])
        except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
            raise FeedError(
                f"{name} cannot be unpacked ({error}). Make the zip again and publish it.", "zip_entry_damaged"
            ) from error
        except MemoryError:
            raise
        except Exception as error:
            # zlib.error shares no base class with the above.
            raise FeedError(
                f"{name} is damaged inside the zip ({error}). Make the zip again.", "zip_entry_damaged"
            ) from error
        if len(content) != self._members[name].file_size:
            raise FeedError(f"{name} is cut off inside the zip. Make the zip again.", "zip_entry_damaged")
        return content


def _check_directory(path: Path) -> None:
    """Raise FeedError for a list of contents so long that reading it alone would take minutes and gigabytes."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        tail_at = max(0, size - _END.size - 0xFFFF - _END_64_LOCATOR.size)
        file.seek(tail_at)
        tail = file.read()
        at = tail.rfind(b"PK\x05\x06")
        if at < 0:
            return
        *_, directory_bytes, _, _ = _END.unpack_from(tail, at)
        sizes = [directory_bytes] if directory_bytes != 0xFFFFFFFF else []
        if at >= _END_64_LOCATOR.size:
            mark, _, end_at, _ = _END_64_LOCATOR.unpack_from(tail, at - _END_64_LOCATOR.size)
            # Readers look right before the locator, whatever it says.
            for place in (end_at, tail_at + at - _END_64_LOCATOR.size - _END_64.size):
                if mark == b"PK\x06\x07" and 0 <= place < size:
                    file.seek(place)
                    sizes.append(_size_in(file.read(_END_64.size)))
    if max(sizes, default=0) > MAX_DIRECTORY:
        raise FeedError(
            f"The zip lists far too many files; at most {MAX_ENTRIES} are accepted. Keep the tables only.",
            "too_many_files",
        )


def _size_in(end_64: bytes) -> int:
    """The bytes of the central directory by a 64-bit end record, 0 where it is none."""
    if len(end_64) < _END_64.size or end_64[:4] != b"PK\x06\x06":
        return 0
    return int(_END_64.unpack(end_64)[-2])


def _check_names(entries: list[zipfile.ZipInfo]) -> None:
    """Raise FeedError where a name is there twice: readers would take different ones for the file."""
    seen: set[str] = set()
    for entry in entries:
        if entry.filename in seen:
            raise FeedError(
                f"The zip holds {entry.filename!r} twice. Keep one of them and publish again.", "duplicate_file"
            )
        seen.add(entry.filename)


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    """Raise FeedError for names and sizes that no honest feed has."""
    if len(entries) > MAX_ENTRIES:
        raise FeedError(
            f"The zip has {len(entries)} files; at most {MAX_ENTRIES} are accepted. Keep the tables only.",
            "too_many_files",
        )
    for entry in entries:
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or (path.parts and path.parts[0].endswith(":")):
            raise FeedError(f"The zip holds an unsafe path ({entry.filename!r}). Use plain file names.", "unsafe_path")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise FeedError(
                f"The zip holds a symbolic link ({entry.filename!r}). Put the file itself in.", "symbolic_link"
            )
        if entry.flag_bits & 0x1:
            raise FeedError(f"{entry.filename!r} is encrypted. Publish the zip without a password.", "encrypted_file")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise FeedError(
                f"{entry.filename!r} is compressed in an unusual way. Make the zip with the usual Deflate.",
                "unsupported_compression",
            )
        if entry.file_size > _RATIO_FROM and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise FeedError(
                f"{entry.filename!r} unpacks to more than {MAX_RATIO} times its size and is not accepted.",
                "compression_ratio_too_high",
            )
    total = sum(entry.file_size for entry in entries)
    if total > MAX_BYTES:
        raise FeedError(
            f"The zip unpacks to {total >> 20} MiB; at most {MAX_BYTES >> 20} MiB are accepted.",
            "unpacked_size_too_large",
        )


def _check_overlap(path: Path, entries: list[zipfile.ZipInfo]) -> None:
    """Raise FeedError where two entries share bytes, which is how small zips unpack to petabytes."""
    end, previous = 0, ""
    with path.open("rb") as file:
        for entry in sorted(entries, key=lambda each: each.header_offset):
            if entry.header_offset < end:
                raise FeedError(
                    f"{previous!r} and {entry.filename!r} overlap inside the zip. Make the zip again.",
                    "overlapping_files",
                )
            file.seek(entry.header_offset)
            header = file.read(_LOCAL_HEADER.size)
            if len(header) < _LOCAL_HEADER.size or header[:4] != b"PK\x03\x04":
                raise FeedError(
                    f"{entry.filename!r} is damaged inside the zip. Make the zip again.", "zip_entry_damaged"
                )
            *_, name_length, extra_length = _LOCAL_HEADER.unpack(header)
            end = entry.header_offset + _LOCAL_HEADER.size + name_length + extra_length + entry.compress_size
            previous = entry.filename


def _tables(entries: list[zipfile.ZipInfo], notices: Notices) -> dict[str, zipfile.ZipInfo]:
    """The tables of the folder that holds stops.txt, the root first; other folders are left out."""
    folders: dict[str, dict[str, zipfile.ZipInfo]] = {}
    for entry in entries:
        folder, _, name = entry.filename.replace("\\", "/").rpartition("/")
        if name.endswith((".txt", ".geojson")) and not name.startswith("."):
            folders.setdefault(folder, {}).setdefault(name, entry)
    inner = [entry.filename for entry in entries if entry.filename.lower().endswith(".zip")]
    if inner and not any("stops.txt" in tables for tables in folders.values()):
        raise FeedError(f"The zip holds another zip ({inner[0]!r}) and no tables. Publish that one.", "zip_in_zip")
    complete = [folder for folder, tables in sorted(folders.items()) if "stops.txt" in tables]
    if not complete or complete[0] == "":
        return folders.get("", {})
    if len(complete) > 1:
        raise FeedError(
            f"The zip holds several feeds ({', '.join(complete)}). Publish one zip for each.", "several_feeds"
        )
    notices.warn("invalid_input_files_in_subfolder", complete[0])
    return folders[complete[0]]
