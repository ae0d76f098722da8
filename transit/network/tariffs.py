"""Fares v2 of all feeds in a network's folder: a table of numbers for each file, over one list of texts.

They are read when the first journey with a ride of the feed is priced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transit.network.folder import Reader, Writer
from transit.network.strings import Strings, pack
from transit.routing.fare_rows import (
    Category,
    JoinRule,
    LegRule,
    Medium,
    Product,
    RouteNetwork,
    ServiceDay,
    StopArea,
    StopStation,
    Timeframe,
    TransferRule,
)
from transit.routing.tariff import Tariff

TABLES: dict[str, type] = {
    "categories": Category,
    "media": Medium,
    "products": Product,
    "leg_rules": LegRule,
    "join_rules": JoinRule,
    "transfer_rules": TransferRule,
    "timeframes": Timeframe,
    "service_days": ServiceDay,
    "stop_areas": StopArea,
    "stop_stations": StopStation,
    "route_networks": RouteNetwork,
}
"""Fields of `Tariff`, and what their rows are."""


class StoredTariffs(Mapping[str, Tariff]):
    """The tariffs by feed, each read when it is first asked for."""

    def __init__(self, reader: Reader) -> None:
        self._priorities: dict[str, bool] = reader.facts["tariffs"]
        self._texts = reader.strings("tariffs.texts")
        self._arrays = {
            (feed, table): reader.array(f"tariffs.{number}.{table}")
            for number, feed in enumerate(self._priorities)
            for table in TABLES
        }
        self._read: dict[str, Tariff] = {}

    def __getitem__(self, feed: str) -> Tariff:
        if feed not in self._read:
            rows = {name: _rows(kind, self._arrays[feed, name], self._texts) for name, kind in TABLES.items()}
            self._read[feed] = Tariff(**rows, has_priorities=self._priorities[feed])
        return self._read[feed]

    def __contains__(self, feed: object) -> bool:
        return feed in self._priorities

    def __iter__(self) -> Iterator[str]:
        return iter(self._priorities)

    def __len__(self) -> int:
        return len(self._priorities)


def write_tariffs(writer: Writer, tariffs: Mapping[str, Tariff]) -> None:
    """The tariffs of the feeds that have leg rules; without one, nothing is priced."""
    used = {feed: tariff for feed, tariff in sorted(tariffs.items()) if tariff.leg_rules}
    texts: dict[str, int] = {}
    for number, tariff in enumerate(used.values()):
        for name, kind in TABLES.items():
            writer.array(f"tariffs.{number}.{name}", _numbers(kind, getattr(tariff, name), texts))
    writer.strings("tariffs.texts", pack(texts))
    writer.note("tariffs", {feed: tariff.has_priorities for feed, tariff in used.items()})


def _numbers(kind: type, rows: tuple[Any, ...], texts: dict[str, int]) -> NDArray[np.int64]:
    """Rows as numbers; a text is its number among the texts."""
    names = [field.name for field in fields(kind)]
    cells = [[_number(getattr(row, name), texts) for name in names] for row in rows]
    return np.array(cells, np.int64).reshape(-1, len(names))


def _number(cell: str | int | bool, texts: dict[str, int]) -> int:
    return texts.setdefault(cell, len(texts)) if isinstance(cell, str) else int(cell)


def _rows(kind: type, numbers: NDArray[np.int64], texts: Strings) -> tuple[Any, ...]:
    """The rows again."""
    reading: dict[Any, Callable[[int], Any]] = {"str": texts.__getitem__, "int": int, "bool": bool}
    columns = zip(fields(kind), numbers.T.tolist(), strict=True)
    return tuple(map(kind, *(map(reading[field.type], column) for field, column in columns)))
