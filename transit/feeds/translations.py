"""translations.txt: the feed's texts in other languages, in the present form and in the older one of GTFS-JP."""

from __future__ import annotations

from dataclasses import dataclass

from transit.feeds.entities import TextColumns
from transit.feeds.notices import Notices
from transit.feeds.tables import Tables

TABLES = frozenset(
    ("agency", "stops", "routes", "trips", "stop_times", "pathways", "levels", "feed_info", "attributions")
)


@dataclass(frozen=True, slots=True)
class Translation:
    """One text, for the row `record_id` or for every cell whose text is `value`; the older form has no table."""

    table: str
    field: str
    language: str
    text: str
    record_id: str
    value: str


def read_translations(tables: Tables, notices: Notices) -> list[Translation]:
    """All translations that name a language, a text and what they translate."""
    columns = TextColumns(tables.translations)
    file = "translations.txt"
    if tables.fallback_translations:
        names = ("", "", "lang", "translation", "", "trans_id")
    else:
        names = ("table_name", "field_name", "language", "translation", "record_id", "field_value")
    found = []
    rows = zip(*(columns.texts(name) for name in names), strict=True)
    for line, row in zip(columns.lines, rows, strict=True):
        table, field, language, text, record_id, value = row
        if not language or not text or not (record_id or value):
            notices.warn("missing_required_field", file, values=[" ".join(row)], lines=[line])
        elif not tables.fallback_translations and table not in TABLES:
            notices.warn("translation_unknown_table_name", file, "table_name", [table], [line])
        else:
            code = language.split("-")[0].lower() if language.lower() != "ja-hrkt" else "ja-hrkt"
            found.append(Translation(table, field, code, text, record_id, value))
    return found
