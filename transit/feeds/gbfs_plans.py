"""Pricing plans of GBFS files."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from transit.feeds.gbfs_reading import Json, Unusable, number_of, string_of, texts_of
from transit.routing.rentals import PricePlan, PriceStep


def plan_of(row: Json, own: str) -> PricePlan:
    """A plan; one of whose parts makes no sense would name a wrong price, so it is left out."""
    currency = string_of(row, "currency")
    if len(currency) != 3 or not currency.isascii() or not currency.isupper():
        raise Unusable("no_currency")
    return PricePlan(
        string_of(row, "plan_id"), texts_of(row, "name", own), currency, _price(row),
        _steps(row.get("per_min_pricing")), _steps(row.get("per_km_pricing")), bool(row.get("surge_pricing")),
    )  # fmt: skip


def _price(row: Json) -> Decimal:
    """The price to begin; early versions allow a text."""
    value = row.get("price")
    try:
        price = Decimal(value) if isinstance(value, str) else _decimal(row, "price")
    except InvalidOperation:
        raise Unusable("no_price") from None
    if not price.is_finite() or not 0 <= price < 10**9:
        raise Unusable("no_price")
    return price


def _steps(listed: Any) -> tuple[PriceStep, ...]:
    return tuple(_step(each) for each in listed or ()) if isinstance(listed, list | None) else ()


def _step(row: object) -> PriceStep:
    if not isinstance(row, dict):
        raise Unusable("not_an_object")
    end = _decimal(row, "end") if row.get("end") is not None else None
    start, rate, interval = (_decimal(row, key) for key in ("start", "rate", "interval"))
    if start < 0 or interval < 0 or abs(rate) >= 10**9 or (end is not None and end < start):
        raise Unusable("no_price")
    return PriceStep(start, rate, interval, end)


def _decimal(row: Json, key: str) -> Decimal:
    return Decimal(str(number_of(row, key)))
