"""Tables → a zip. The same tables give the same bytes, so that nothing new is published where nothing has changed."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence

Row = Mapping[str, object]
_WHEN = (2000, 1, 1, 0, 0, 0)


def pack(tables: Mapping[str, Sequence[Row]], files: Mapping[str, bytes] | None = None) -> bytes:
    """A GTFS zip of the tables that have rows, and of other files; the columns are those of a table's first row."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in sorted(tables):
            if rows := tables[name]:
                archive.writestr(zipfile.ZipInfo(name, _WHEN), _sheet(rows), zipfile.ZIP_DEFLATED)
        for name, content in sorted((files or {}).items()):
            archive.writestr(zipfile.ZipInfo(name, _WHEN), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _sheet(rows: Sequence[Row]) -> bytes:
    text = io.StringIO()
    sheet = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\r\n")
    sheet.writeheader()
    sheet.writerows(rows)
    return text.getvalue().encode()
