"""Zips that attack their reader, and extracts of streets that are none: names, bytes, and the code of the refusal.

The layout is that of PKWARE APPNOTE 4.3.7, 4.3.12, 4.3.14 to 4.3.16; overlapping entries after D. Fifield, "A better
zip bomb" (WOOT 2019).
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.feeds import write_streets, write_zip
from tests.transit.feeds.hostile import good

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")


@dataclass(frozen=True)
class Attack:
    """One file and the code with which it is refused."""

    name: str
    code: str
    make: Callable[[Path], Path]

    def __str__(self) -> str:
        return self.name


@dataclass
class Entry:
    """One entry as it is declared, whatever is there: `at` is where its local header stands, by default its own."""

    name: bytes
    data: bytes = b"x"
    size: int | None = None
    packed_size: int | None = None
    method: int = zipfile.ZIP_DEFLATED
    flags: int = 0
    crc: int | None = None
    at: int | None = None
    local_name: bytes | None = None

    @property
    def packed(self) -> bytes:
        if self.method != zipfile.ZIP_DEFLATED:
            return self.data
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        return packer.compress(self.data) + packer.flush()


def written(path: Path, entries: list[Entry], between: bytes = b"") -> Path:
    """A zip of entries that say what they like about themselves."""
    body, central = io.BytesIO(), io.BytesIO()
    for entry in entries:
        packed = entry.packed
        crc = zlib.crc32(entry.data) if entry.crc is None else entry.crc
        sizes = (
            len(packed) if entry.packed_size is None else entry.packed_size,
            len(entry.data) if entry.size is None else entry.size,
        )
        at = body.tell() if entry.at is None else entry.at
        if entry.at is None:
            name = entry.name if entry.local_name is None else entry.local_name
            body.write(_LOCAL.pack(b"PK\3\4", 20, entry.flags, entry.method, 0, 33, crc, *sizes, len(name), 0))
            body.write(name + packed)
        names = (len(entry.name), 0, 0, 0, 0, 0)
        head = (b"PK\1\2", 20, 20, entry.flags, entry.method, 0, 33, crc, *sizes)
        central.write(_CENTRAL.pack(*head, *names, at) + entry.name)
    body.write(between)
    start, listing = body.tell(), central.getvalue()
    count = min(len(entries), 0xFFFF)
    path.write_bytes(body.getvalue() + listing + _END.pack(b"PK\5\6", 0, 0, count, count, len(listing), start, 0))
    return path


def tables(*extra: Entry, leave_out: str = "") -> list[Entry]:
    """The good feed's tables as entries, and more behind them."""
    content = {name: table for name, table in good().items() if name != leave_out}
    return [*(Entry(name.encode(), str(table).encode()) for name, table in content.items()), *extra]


def _many(path: Path) -> Path:
    """A list of a million entries that all point at one."""
    name = b"stops.txt"
    row = _CENTRAL.pack(b"PK\1\2", 20, 20, 0, 0, 0, 33, 0, 1, 1, len(name), 0, 0, 0, 0, 0, 0) + name
    listing = row * 1_000_000
    path.write_bytes(listing + _END.pack(b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, len(listing), 0, 0))
    return path


def _many_64(path: Path) -> Path:
    """The same, counted in 64 bits."""
    _many(path)
    listing = path.read_bytes()[: -_END.size]
    end_64 = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1_000_000, 1_000_000, len(listing), 0)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, len(listing), 1)
    end = _END.pack(b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    path.write_bytes(listing + end_64 + locator + end)
    return path


def _overlapping(path: Path) -> Path:
    """Two hundred names for one kernel of data."""
    kernel = Entry(b"stops.txt", b"stop_id,stop_name\n" + bytes(range(256)) * 4000)
    return written(path, [kernel, *(Entry(f"{i}.txt".encode(), kernel.data, at=0) for i in range(150))])


def _quoted(path: Path) -> Path:
    """Each file quotes the local header of the next as stored data, so all share the last one's bytes."""
    inner = written(path, [Entry(b"stops.txt", b"0" * 100_000)]).read_bytes()[: -_END.size]
    first = Entry(b"stops.txt", inner, method=zipfile.ZIP_STORED)
    return written(path, [first, Entry(b"trips.txt", b"0" * 100_000, at=_LOCAL.size + len(b"stops.txt"))])


def _link(path: Path) -> Path:
    write_zip(path, good())
    link = zipfile.ZipInfo("pathways.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    return path


def _inner(path: Path) -> Path:
    inner = write_zip(path, good()).read_bytes()
    return write_zip(path, {"gtfs.zip": inner})


def _cut(path: Path) -> Path:
    raw = write_zip(path, good()).read_bytes()
    path.write_bytes(raw[: len(raw) // 2])
    return path


def _flipped(path: Path) -> Path:
    """One bit inside the packed stop times."""
    raw = bytearray(write_zip(path, good()).read_bytes())
    raw[raw.index(b"stop_times.txt") + 400] ^= 16
    path.write_bytes(raw)
    return path


def _raw(content: bytes) -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        path.write_bytes(content)
        return path

    return make


def _zip(name: str, code: str, entries: Callable[[], list[Entry]]) -> Attack:
    return Attack(name, code, lambda path: written(path, entries()))


STOPS = b"stop_id,stop_name,stop_lat,stop_lon\n"
ZIPS = [
    _zip("8 MiB of zeros", "compression_ratio_too_high", lambda: tables(Entry(b"shapes2.txt", b"0" * (8 << 20)))),
    _zip(
        "4 GiB declared",
        "unpacked_size_too_large",
        lambda: tables(Entry(b"big.txt", size=0xFFFFFFF0, packed_size=1 << 30)),
    ),
    _zip(
        "many of 30 MiB",
        "unpacked_size_too_large",
        lambda: tables(*(Entry(f"{i}.txt".encode(), size=30 << 20, packed_size=1 << 20) for i in range(80))),
    ),
    _zip(
        "a small size for a large file",
        "zip_entry_damaged",
        lambda: tables(Entry(b"stops.txt", STOPS + b"0" * (8 << 20), size=100), leave_out="stops.txt"),
    ),
    _zip(
        "a large size for a small file",
        "zip_entry_damaged",
        lambda: tables(Entry(b"stops.txt", STOPS, size=900_000), leave_out="stops.txt"),
    ),
    _zip("300 files", "too_many_files", lambda: tables(*(Entry(f"{i}.txt".encode()) for i in range(300)))),
    Attack("a million files", "too_many_files", _many),
    Attack("a million files, counted in 64 bits", "too_many_files", _many_64),
    Attack("files that share their bytes", "overlapping_files", _overlapping),
    Attack("files that quote each other", "overlapping_files", _quoted),
    _zip("up and away", "unsafe_path", lambda: tables(Entry(b"../../stops.txt"))),
    _zip("from the root", "unsafe_path", lambda: tables(Entry(b"/etc/cron.d/stops.txt"))),
    _zip("by a drive", "unsafe_path", lambda: tables(Entry(b"C:\\windows\\stops.txt"))),
    _zip("with backslashes", "unsafe_path", lambda: tables(Entry(b"..\\..\\stops.txt"))),
    Attack("a link", "symbolic_link", _link),
    _zip("a password", "encrypted_file", lambda: tables(Entry(b"secret.txt", flags=1))),
    _zip("packed by LZMA", "unsupported_compression", lambda: tables(Entry(b"levels.txt", method=zipfile.ZIP_LZMA))),
    _zip("packed by nobody knows what", "unsupported_compression", lambda: tables(Entry(b"levels.txt", method=97))),
    _zip(
        "a wrong checksum",
        "zip_entry_damaged",
        lambda: tables(Entry(b"stops.txt", STOPS, crc=1), leave_out="stops.txt"),
    ),
    _zip(
        "another name inside",
        "zip_entry_damaged",
        lambda: tables(Entry(b"stops.txt", STOPS, local_name=b"spots.txt"), leave_out="stops.txt"),
    ),
    _zip("the same file twice", "duplicate_file", lambda: tables(Entry(b"stops.txt", STOPS))),
    _zip("a name with a NUL", "duplicate_file", lambda: tables(Entry(b"stops.txt\0.exe", STOPS))),
    _zip("two feeds in folders", "several_feeds", lambda: [Entry(b"a/stops.txt"), Entry(b"b/stops.txt")]),
    Attack("a zip in a zip", "zip_in_zip", _inner),
    Attack("half a zip", "not_a_zip", _cut),
    Attack("a flipped bit", "zip_entry_damaged", _flipped),
    Attack("nothing", "not_a_zip", _raw(b"")),
    Attack("a page instead", "not_a_zip", _raw(b"<html>404</html>")),
    _zip("no entries", "missing_required_file", list),
]


def _streets(path: Path) -> bytes:
    raw = write_streets(path, "street residential 60.0,24.0 60.001,24.0 60.002,24.0 # Kotikatu").read_bytes()
    path.unlink()
    return raw


def _bytes(turn: Callable[[bytes], bytes]) -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        raw = turn(_streets(path.with_name("whole.osm.pbf")))
        path.write_bytes(raw)
        return path

    return make


def _huge_blob(raw: bytes) -> bytes:
    """The first block claims to hold two gigabytes."""
    return struct.pack(">I", 0x7FFFFFFF) + raw[4:]


EXTRACTS = [
    Attack("an extract without a byte", "not_an_extract", _bytes(lambda _: b"")),
    Attack("an extract of zeros", "not_an_extract", _bytes(lambda _: b"\0" * 10_000)),
    Attack("an extract cut in its header", "not_an_extract", _bytes(lambda raw: raw[:20])),
    Attack("an extract cut in its streets", "not_an_extract", _bytes(lambda raw: raw[:-10])),
    Attack("an extract whose block is huge", "not_an_extract", _bytes(_huge_blob)),
    Attack(
        "an extract with a flipped bit",
        "not_an_extract",
        _bytes(lambda raw: raw[:-30] + bytes([raw[-30] ^ 64]) + raw[-29:]),
    ),
    Attack("an extract that is a page", "not_an_extract", _bytes(lambda _: b"<html>404</html>")),
    Attack(
        "an extract without streets",
        "no_streets",
        lambda path: write_streets(path, "node 60.0,24.0 amenity=cafe # Kahvila"),
    ),
]
