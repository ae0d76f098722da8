"""Prices from GTFS Fares v1, for one ride in one vehicle."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Fare:
    """A fare for one traveller, in major units."""

    id: str
    price: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class _Rules:
    """The rules of one fare: one of `ways` (route, origin, destination) fits, no zone outside `zones` is touched.

    A ticket for two zones is good for a ride in one of them, where no cheaper one exists.
    """

    fare: Fare
    agency: str
    ways: frozenset[tuple[str, str, str]]
    zones: frozenset[str]


@dataclass(frozen=True, slots=True)
class Tariff:
    """All fares of a feed, the cheapest first."""

    rules: tuple[_Rules, ...]

    @classmethod
    def of_rows(cls, attributes: list[Row], rules: list[Row]) -> Tariff:
        """From `fare_attributes.txt` and `fare_rules.txt`. A fare without rules is good everywhere."""
        ways: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
        zones: dict[str, set[str]] = defaultdict(set)
        for row in rules:
            way = (row.get("route_id") or "", row.get("origin_id") or "", row.get("destination_id") or "")
            ways[row["fare_id"]].add(way)
            if row.get("contains_id"):
                zones[row["fare_id"]].add(row["contains_id"])
        made = [
            _Rules(
                Fare(row["fare_id"], Decimal(row["price"]), row["currency_type"]),
                row.get("agency_id") or "",
                frozenset(ways[row["fare_id"]] or {("", "", "")}),
                frozenset(zones[row["fare_id"]]),
            )
            for row in attributes
        ]
        return cls(tuple(sorted(made, key=lambda rule: (rule.fare.price, rule.fare.id))))

    def find(self, route: str, agency: str, origin: str, destination: str, touched: frozenset[str]) -> Fare | None:
        """The cheapest fare for a ride that touches these zones, or None where none is published."""
        options = {(r, o, d) for r in ("", route) for o in ("", origin) for d in ("", destination)}
        for rule in self.rules:
            if rule.agency and agency and rule.agency != agency:
                continue
            if rule.zones and not touched <= rule.zones:
                continue
            if rule.ways & options:
                return rule.fare
        return None
