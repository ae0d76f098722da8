"""Zips that are no honest feed."""

from __future__ import annotations

import stat
import struct
import zipfile
from pathlib import Path

import pytest

from tests.feeds import tables_of, write_zip
from transit.feeds.archive import Archive
from transit.feeds.notices import FeedError, Notices

FEED = "stop A 60 24\nstop B 60.1 24\nline 1 bus A 8:00 B 8:10"


def refuse(path: Path, match: str) -> None:
    with pytest.raises(FeedError, match=match), Archive(path, Notices()) as archive:
        archive.read("stops.txt")


def test_an_honest_feed_opens(tmp_path: Path) -> None:
    with Archive(write_zip(tmp_path / "feed.zip", tables_of(FEED)), Notices()) as archive:
        assert archive.read("stops.txt").startswith(b"stop_id")
        assert "stop_times.txt" in archive.names


def test_no_zip(tmp_path: Path) -> None:
    path = tmp_path / "feed.zip"
    path.write_bytes(b"stop_id,stop_name\n")
    refuse(path, "not a zip")


@pytest.mark.parametrize("name", ["../stops.txt", "/etc/stops.txt", "a/../../stops.txt", "C:\\stops.txt"])
def test_unsafe_paths(tmp_path: Path, name: str) -> None:
    refuse(write_zip(tmp_path / "feed.zip", {**tables_of(FEED), name: "x"}), "unsafe path")


def test_symbolic_links(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "feed.zip", tables_of(FEED))
    link = zipfile.ZipInfo("shapes.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    refuse(path, "symbolic link")


def test_too_many_entries(tmp_path: Path) -> None:
    refuse(write_zip(tmp_path / "feed.zip", {f"{i}.txt": "x" for i in range(201)}), "201 files")


def test_a_bomb_by_ratio(tmp_path: Path) -> None:
    refuse(write_zip(tmp_path / "feed.zip", {"stops.txt": b"0" * (8 << 20)}), "200 times")


def test_a_bomb_by_declared_size(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "feed.zip", {"stops.txt": "x"})
    raw = bytearray(path.read_bytes())
    entry = raw.index(b"PK\x01\x02")
    # Compressed and uncompressed size in the central directory.
    struct.pack_into("<II", raw, entry + 20, 1 << 30, (1 << 32) - 2)
    path.write_bytes(raw)
    refuse(path, "MiB")


def test_encrypted_entries(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "feed.zip", {"stops.txt": "x"})
    raw = bytearray(path.read_bytes())
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(header) + flags] |= 1
    path.write_bytes(raw)
    refuse(path, "encrypted")


def test_overlapping_entries(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "feed.zip", {"stops.txt": "x" * 50, "trips.txt": "y" * 50})
    raw = bytearray(path.read_bytes())
    second = raw.rindex(b"PK\x01\x02")
    # The second entry of the directory points at the first one's data.
    struct.pack_into("<I", raw, second + 42, 0)
    path.write_bytes(raw)
    refuse(path, "overlap")


def test_damaged_content(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "feed.zip", {"stops.txt": "stop_id,stop_name\n" * 40})
    raw = bytearray(path.read_bytes())
    start = raw.index(b"stops.txt") + len("stops.txt")
    raw[start : start + 20] = bytes(20)
    path.write_bytes(raw)
    refuse(path, "stops.txt")


def test_two_feeds_in_one_zip(tmp_path: Path) -> None:
    tables = {f"{city}/{name}": text for city in ("a", "b") for name, text in tables_of(FEED).items()}
    refuse(write_zip(tmp_path / "feed.zip", tables), "several feeds")
