"""A table read row by row: cells by field, and notices that name the line."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from transit.feeds.entities import Columns
from transit.feeds.notices import Notices


class Sheet:
    """The rows of one file. A column that is absent is empty."""

    def __init__(self, name: str, columns: Columns, notices: Notices) -> None:
        self.file = f"{name}.txt"
        self.columns = columns
        self.notices = notices
        self._texts: dict[str, list[str]] = {}

    def __iter__(self) -> Iterator[Row]:
        return (Row(self, i, line) for i, line in enumerate(self.columns.lines.tolist()))

    def has(self, field: str) -> bool:
        """Whether the file has the column."""
        return self.columns.has(field)

    def texts(self, field: str) -> list[str]:
        """A column as text."""
        if field not in self._texts:
            self._texts[field] = self.columns.texts(field)
        return self._texts[field]

    def by_id(self, field: str) -> dict[str, Row]:
        """The rows by an id that each must have for itself; the others are dropped."""
        found: dict[str, Row] = {}
        for row in self:
            if row.names(field) and row.is_new(row[field], found, field):
                found[row[field]] = row
        return found


class Row:
    """One row."""

    __slots__ = ("_i", "_line", "_sheet")

    def __init__(self, sheet: Sheet, i: int, line: int) -> None:
        self._sheet, self._i, self._line = sheet, i, line

    def __getitem__(self, field: str) -> str:
        return self._sheet.texts(field)[self._i]

    def add(self, code: str, field: str, severity: str = "ERROR") -> None:
        """Say what is wrong with a cell."""
        self._sheet.notices.add(code, self._sheet.file, field, [self[field]], severity, [self._line])

    def warn(self, code: str, field: str) -> None:
        """Say that a cell was mended or ignored."""
        self.add(code, field, "WARNING")

    def names(self, *fields: str) -> bool:
        """Whether none of the cells is empty; says which is."""
        empty = [field for field in fields if not self[field]]
        for field in empty:
            self.add("missing_required_field", field)
        return not empty

    def is_new(self, key: object, found: Collection[object], field: str) -> bool:
        """Whether a key is not there yet; says so if it is."""
        if key in found:
            self.add("duplicate_key", field)
        return key not in found

    def refers(self, field: str, known: Collection[str]) -> bool:
        """Whether a cell is empty or names something that there is; says so if not."""
        is_known = not self[field] or self[field] in known
        if not is_known:
            self.add("foreign_key_violation", field)
        return is_known

    def refer(self, known: Mapping[str, Collection[str]]) -> bool:
        """Whether this is so of several cells; says of each that is not."""
        answers = [self.refers(field, values) for field, values in known.items()]
        return all(answers)

    def is_one_of(self, field: str, codes: Collection[str]) -> bool:
        """Whether a cell is one of some codes; says so if not."""
        if self[field] not in codes:
            self.add("unexpected_enum_value", field)
        return self[field] in codes
