"""A price that is the same for every ride → GTFS Fares v2. What depends on the way, the format has no place for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from transit.money import Money
from transit.ondemand.fares import share_of
from transit.ondemand.rules import Rules
from transit.publishing.archive import Row
from transit.publishing.on_demand.periods import Period

_CATEGORIES: Final = {"adult": "Adult", "child": "Child", "youth": "Youth", "senior": "Senior"}
_WHOLE: Final = 10_000


def fares_of(code: str, name: str, periods: Sequence[Period]) -> dict[str, list[Row]]:
    """The tables; without rows where rides differ in price, or will from some day on."""
    found = {_prices(period.rules) for period in periods}
    prices = found.pop() if len(found) == 1 else ()
    currency = periods[0].rules.currency if prices else ""
    category = [key for key, _ in prices]
    return {
        "networks.txt": [{"network_id": code, "network_name": name}] if prices else [],
        "route_networks.txt": [{"network_id": code, "route_id": code}] if prices else [],
        "rider_categories.txt": [
            {
                "rider_category_id": key,
                "rider_category_name": _CATEGORIES[key],
                "is_default_fare_category": int(key == "adult"),
            }
            for key in category
        ],
        "fare_products.txt": [
            {
                "fare_product_id": f"ride-{key}",
                "fare_product_name": name,
                "rider_category_id": key,
                "amount": f"{Money(minor, currency).decimal()}",
                "currency": currency,
            }
            for key, minor in prices
        ],
        "fare_leg_rules.txt": [
            {"leg_group_id": code, "network_id": code, "fare_product_id": f"ride-{key}"} for key in category
        ],
    }


def _prices(rules: Rules) -> tuple[tuple[str, int], ...]:
    """What each category pays of every ride; nothing where that is not always the same."""
    fares = rules.fares
    moves = fares.per_km_minor or fares.per_zone_minor or fares.per_minute_minor or rules.pricing
    if moves or not fares.base_minor:
        return ()
    full = fares.base_minor if fares.cap_minor is None else min(fares.base_minor, fares.cap_minor)
    shares = {each.group: each.share_basis_points for each in fares.groups}
    return tuple((key, share_of(full, min(_WHOLE, shares.get(key, _WHOLE)))) for key in _CATEGORIES)
