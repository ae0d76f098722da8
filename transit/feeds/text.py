"""The bytes of one table → lines that every reader of CSV understands alike, each with its number in the file.

Source: RFC 4180 and GTFS Schedule, "File requirements" (UTF-8, quotes doubled, no line break in a value). What can be
mended without loss is mended; a row that cannot be read goes with a notice; a file that cannot be read is refused.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transit.feeds.notices import FeedError, Notices

I64 = NDArray[np.int64]

LINE = "#line"
"""The column, or the name of the index, that holds the line of the file in which a row begins."""

MAX_ROWS = 5_000_000
MAX_ROWS_OF = {"stop_times.txt": 60_000_000, "shapes.txt": 60_000_000}
MAX_COLUMNS = 250
MAX_LINE = 1 << 16
"""Bytes: no honest row is longer."""
_MAX_SPAN = 100
"""Lines that one quoted value may run over."""
_MARKS = (
    # The longer ones first: they begin alike.
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


_PIECE = 1 << 20
"""Bytes."""
_IS_BLANK = np.isin(np.arange(256), np.frombuffer(b' \t,"\n', np.uint8))
"""For each byte whether a line without content may hold it."""


@dataclass(frozen=True)
class Text:
    """A table as clean UTF-8, and for every row after the header the line of the file in which it begins."""

    raw: bytes
    lines: I64


def clean(raw: bytes, file: str, notices: Notices) -> Text:
    """The table of a file. Raises FeedError where it is in no known encoding or far too long."""
    raw = _utf8(raw, file, notices).removeprefix(b"\xef\xbb\xbf")
    if b"\x00" in raw:
        where = _lines_at(raw, np.flatnonzero(np.frombuffer(raw, np.uint8) == 0))
        notices.warn("invalid_character", file, values=["NUL"] * len(where), lines=where)
        raw = raw.replace(b"\x00", b"")
    if b"\r" in raw:
        raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    limit = MAX_ROWS_OF.get(file, MAX_ROWS)
    if raw.count(b"\n") > limit:
        raise FeedError(
            f"{file} has more than {limit} rows and is not accepted. Publish a smaller feed.", "too_many_rows"
        )
    return _Lines(raw, file, notices).text()


def _utf8(raw: bytes, file: str, notices: Notices) -> bytes:
    """The bytes in UTF-8. Raises FeedError where they are in another encoding that nothing names."""
    codec = next((codec for mark, codec in _MARKS if raw.startswith(mark)), _unmarked(raw[:2000]))
    try:
        if codec:
            notices.warn("invalid_character", file, values=[codec.upper()])
            return raw.decode(codec).encode()
        if not raw.isascii():
            raw.decode()
    except UnicodeDecodeError as error:
        if codec:
            raise FeedError(_encoding(file, f"its {codec.upper()} is damaged"), "not_utf8") from error
        return _mended(raw, file, notices)
    return raw


def _unmarked(head: bytes) -> str:
    """UTF-16 without its mark shows in every other byte being nothing."""
    half = len(head) // 2
    for codec, zeros, others in (("utf-16-le", head[1::2], head[::2]), ("utf-16-be", head[::2], head[1::2])):
        if half > 4 and zeros.count(0) > 0.7 * half and others.count(0) < 0.3 * half:
            return codec
    return ""


def _mended(raw: bytes, file: str, notices: Notices) -> bytes:
    """UTF-8 with a few broken characters replaced. Raises FeedError where most are broken: it is another encoding."""
    bad, sound = [], 0
    lines = raw.split(b"\n")
    for number, line in enumerate(lines, 1):
        if line.isascii():
            continue
        try:
            line.decode()
            sound += 1
        except UnicodeDecodeError:
            bad.append(number)
    if len(bad) > sound:
        raise FeedError(_encoding(file, f"see line {bad[0]}"), "not_utf8")
    values = [lines[number - 1][:60].decode("utf-8", "replace") for number in bad]
    notices.warn("invalid_character", file, values=values, lines=bad)
    return raw.decode("utf-8", "replace").encode()


def _encoding(file: str, detail: str) -> str:
    return f"{file} is not in UTF-8 ({detail}). Save every table in UTF-8 and publish the feed again."


def _lines_at(raw: bytes, at: I64) -> I64:
    """The numbers of the lines that hold some positions."""
    ends = np.flatnonzero(np.frombuffer(raw, np.uint8) == 10)
    return np.asarray(np.searchsorted(ends, at) + 1, np.int64)


def _places(raw: bytes, code: int) -> I64:
    """Where a byte stands; piece by piece, as comparing gigabytes at once would need as many again."""
    codes = np.frombuffer(raw, np.uint8)
    pieces = [np.flatnonzero(codes[at : at + _PIECE] == code) + at for at in range(0, len(codes), _PIECE)]
    return np.concatenate(pieces) if pieces else np.zeros(0, np.int64)


class _Lines:
    """A table by its lines. `_changed` holds lines to be replaced, None for those to be dropped, by index."""

    def __init__(self, raw: bytes, file: str, notices: Notices) -> None:
        self._raw, self._file, self._notices = raw, file, notices
        ends = _places(raw, 10)
        if len(raw) and raw[-1] != 10:
            ends = np.append(ends, len(raw))
        self._ends = ends
        self._starts = np.concatenate((np.zeros(min(1, len(ends)), np.int64), ends[:-1] + 1))
        self._quotes = _places(raw, 34) if b'"' in raw else np.zeros(0, np.int64)
        self._changed: dict[int, bytes | None] = {}
        self._continued = np.zeros(len(ends), bool)

    def text(self) -> Text:
        """The table, mended."""
        self._drop_blank_lines()
        if len(self._changed) == len(self._ends):
            return Text(b"", np.zeros(0, np.int64))
        self._drop_long_lines()
        first = next(i for i in range(len(self._ends)) if self._changed.get(i, b"") is not None)
        header = self._header(first)
        self._mend_quotes(first, header)
        if self._file != "stop_times.txt":
            self._mend_long_rows(first, header)
        kept = np.ones(len(self._ends), bool)
        kept[[i for i, line in self._changed.items() if line is None]] = False
        begins = kept & ~self._continued
        begins[: first + 1] = False
        return Text(self._joined(), np.flatnonzero(begins) + 1)

    def _line(self, i: int) -> bytes:
        changed = self._changed.get(i)
        return self._raw[int(self._starts[i]) : int(self._ends[i])] if changed is None else changed

    def _joined(self) -> bytes:
        """The bytes with all changes."""
        if not self._changed:
            return self._raw
        parts, at = [], 0
        for i in sorted(self._changed):
            parts.append(self._raw[at : int(self._starts[i])])
            line = self._changed[i]
            if line is not None:
                parts.append(line + b"\n")
            at = int(self._ends[i]) + 1
        return b"".join([*parts, self._raw[at:]])

    def _drop_blank_lines(self) -> None:
        """Drop lines in which nothing stands. Those that are not quite empty are noted."""
        empty = []
        for i in self._blank_beginnings().tolist():
            line = self._line(i)
            if not line.strip(b' \t,"'):
                self._changed[i] = None
                if line.strip():
                    empty.append(i + 1)
        self._notices.warn("empty_row", self._file, values=[""] * len(empty), lines=empty)

    def _blank_beginnings(self) -> I64:
        """The lines that begin as a line without content does."""
        codes = np.frombuffer(self._raw, np.uint8)
        found = np.flatnonzero(_IS_BLANK[codes[self._starts]])
        longer = self._ends[found] - self._starts[found] > 1
        is_blank = np.ones(len(found), bool)
        is_blank[longer] = _IS_BLANK[codes[self._starts[found[longer]] + 1]]
        return found[is_blank]

    def _drop_long_lines(self) -> None:
        """Drop rows that no honest table has. Raises FeedError where the header is one."""
        long = np.flatnonzero(self._ends - self._starts > MAX_LINE).tolist()
        if long and all(self._changed.get(i, b"") is None for i in range(long[0])):
            raise FeedError(
                f"{self._file} begins with a line of more than {MAX_LINE >> 10} KiB. Check the table.", "row_too_long"
            )
        self._drop("row_too_long", long)

    def _drop(self, code: str, rows: Iterable[int]) -> None:
        """Drop rows with a notice."""
        gone = list(rows)
        self._notices.add(
            code,
            self._file,
            values=[self._line(i)[:60].decode("utf-8", "replace") for i in gone],
            lines=[i + 1 for i in gone],
        )
        self._changed.update(dict.fromkeys(gone))

    def _header(self, first: int) -> int:
        """The number of columns; each gets a name of its own, without spaces around it."""
        line = self._line(first).decode()
        names = next(csv.reader([line]), [])
        if len(names) > MAX_COLUMNS:
            raise FeedError(
                f"{self._file} has {len(names)} columns; at most {MAX_COLUMNS} are accepted.", "too_many_columns"
            )
        seen: dict[str, int] = {}
        wanted = []
        for i, name in enumerate(name.strip() for name in names):
            code = "empty_column_name" if not name else "duplicated_column" if name in seen else ""
            if code:
                self._notices.warn(code, self._file, values=[name], lines=[first + 1])
            wanted.append(f"{name or 'column'} ({i + 1})" if code else name)
            seen[name] = i
        if wanted != names or line.count('"') % 2:
            self._changed[first] = _row(wanted)
        return len(names)

    def _mend_quotes(self, first: int, columns: int) -> None:
        """See to it that a quote that is never closed costs one row and not all that follow."""
        if not len(self._quotes):
            return
        counts = np.diff(np.searchsorted(self._quotes, np.append(self._starts, len(self._raw))))
        odd = [i for i in np.flatnonzero(counts % 2).tolist() if i > first and self._changed.get(i, b"") is not None]
        lost: list[int] = []
        mended: list[int] = []
        at = 0
        while at < len(odd):
            i = odd[at]
            following = odd[at + 1] if at + 1 < len(odd) else i
            if i < following <= i + _MAX_SPAN and self._is_one_row(i, following, columns):
                self._continued[i + 1 : following + 1] = True
                at += 2
                continue
            cells = next(csv.reader([self._line(i).decode()]), [])
            if len(cells) == columns:
                self._changed[i] = _row(cells)
                mended.append(i)
            else:
                lost.append(i)
            at += 1
        values = [self._line(i)[:60].decode("utf-8", "replace") for i in mended]
        self._notices.warn("csv_parsing_failed", self._file, values=values, lines=[i + 1 for i in mended])
        self._drop("csv_parsing_failed", lost)

    def _is_one_row(self, start: int, end: int, columns: int) -> bool:
        """Whether some lines are one row with a value that runs over several of them."""
        text = b"\n".join(self._line(i) for i in range(start, end + 1)).decode()
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
        except csv.Error:
            return False
        return len(rows) == 1 and len(rows[0]) == columns

    def _mend_long_rows(self, first: int, columns: int) -> None:
        """Cut rows to the length of the header: pandas takes longer ones for rows with a label and moves all cells."""
        commas = np.flatnonzero(np.frombuffer(self._raw, np.uint8) == 44)
        if len(self._quotes):
            commas = commas[np.searchsorted(self._quotes, commas) % 2 == self._parity(commas)]
        counts = np.diff(np.searchsorted(commas, np.append(self._starts, len(self._raw))))
        long = [
            i
            for i in np.flatnonzero(counts >= columns).tolist()
            if i > first and i not in self._changed and not self._continued[i]
        ]
        cut = []
        for i in long:
            cells = next(csv.reader([self._line(i).decode()]), [])
            if len(cells) > columns:
                self._changed[i] = _row(cells[:columns])
                cut.append(i)
        values = [self._line(i)[:60].decode("utf-8", "replace") for i in cut]
        self._notices.warn("invalid_row_length", self._file, values=values, lines=[i + 1 for i in cut])

    def _parity(self, at: I64) -> I64:
        """For some positions, whether an odd number of quotes stands before the line of each."""
        line = np.searchsorted(self._ends, at)
        return np.asarray(np.searchsorted(self._quotes, self._starts[line]) % 2, np.int64)


def _row(cells: list[str]) -> bytes:
    """A row as CSV, without its line break."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(cells)
    return out.getvalue().encode()
