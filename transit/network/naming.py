"""Translations → for every named row the name in each language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from transit.feeds.osm import Names, is_language
from transit.feeds.translations import Translation

Others = dict[str, dict[int, str]]
"""language → row → name."""


def translated(
    translations: Iterable[Translation], table: str, field: str, ids: list[str], names: list[str], first: int = 0
) -> Others:
    """The names of one field of one feed; rows are counted from `first`. A row's own translation goes first."""
    rows: dict[str, list[int]] = defaultdict(list)
    for i, key in enumerate(ids):
        rows[key].append(i)
    by_name: dict[str, list[int]] = defaultdict(list)
    for i, name in enumerate(names):
        by_name[name].append(i)
    others: Others = defaultdict(dict)
    own: list[tuple[str, int, str]] = []
    for entry in translations:
        if entry.table and (entry.table, entry.field) != (table, field):
            continue
        if entry.record_id and entry.record_id in rows:
            own += [(entry.language, i, entry.text) for i in rows[entry.record_id]]
        elif entry.value and not entry.record_id:
            for i in by_name.get(entry.value, ()):
                others[entry.language][i + first] = entry.text
    for language, i, text in own:
        others[language][i + first] = text
    return dict(others)


def joined(parts: Iterable[Others]) -> Others:
    """The translations of several feeds together."""
    result: Others = defaultdict(dict)
    for part in parts:
        for language, texts in part.items():
            result[language].update(texts)
    return dict(result)


def of_names(names: list[Names]) -> tuple[list[str], Others]:
    """Names as OSM has them: those on the spot, and the others."""
    others: Others = defaultdict(dict)
    for i, each in enumerate(names):
        for language, text in each.items():
            if is_language(language):
                others[language][i] = text
    return [each.get("", "") for each in names], dict(others)
