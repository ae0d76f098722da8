"""Fares v1: fare_attributes.txt and fare_rules.txt. Prices become integer minor units here."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from transit.feeds.entities import Agency, Columns, Routes
from transit.feeds.notices import Notices


@dataclass(frozen=True)
class Fare:
    """One fare. `transfers` None: unlimited; `duration_s` None: no limit of time; agency is an index, None: any."""

    id: str
    price: Decimal
    currency: str
    on_board: bool
    transfers: int | None
    duration_s: int | None
    agency: int | None


@dataclass(frozen=True)
class Rule:
    """One rule: fare index, route index (None: any), and zones ("": any)."""

    fare: int
    route: int | None
    origin: str
    destination: str
    contains: str


@dataclass(frozen=True)
class Fares:
    """All fares of a feed and the rules that say where each holds; a fare without rules holds everywhere."""

    fares: list[Fare]
    rules: list[Rule]


def read_fares(attributes: Any, rules: Any, agencies: list[Agency], routes: Routes, notices: Notices) -> Fares:
    """The fares with a price in a currency, and the rules that name existing fares and routes."""
    owners = {agency.id: i for i, agency in enumerate(agencies)}
    fares: dict[str, Fare] = {}
    columns, file = Columns(attributes), "fare_attributes.txt"
    names = ("fare_id", "price", "currency_type", "payment_method", "transfers", "transfer_duration", "agency_id")
    for line, key, price, currency, payment, transfers, duration, agency in zip(
        columns.lines, *(columns.texts(name) for name in names), strict=True
    ):
        amount = _amount(price)
        if not key or key in fares:
            notices.add("duplicate_key" if key else "missing_required_field", file, "fare_id", [key], lines=[line])
        elif amount is None:
            notices.add("number_out_of_range", file, "price", [f"{key}: {price}"], lines=[line])
        elif len(currency) != 3 or not currency.isalpha():
            notices.add("invalid_currency", file, "currency_type", [f"{key}: {currency}"], lines=[line])
        elif agency and agency not in owners:
            notices.add("foreign_key_violation", file, "agency_id", [f"{key}: {agency}"], lines=[line])
        else:
            fares[key] = Fare(
                key,
                amount,
                currency.upper(),
                payment == "0",
                int(transfers) if transfers.isdigit() else None,
                int(duration) if duration.isdigit() else None,
                owners[agency] if agency else (0 if len(agencies) == 1 else None),
            )
    return Fares(list(fares.values()), _read_rules(rules, list(fares), routes, notices))


def _read_rules(rules: Any, fares: list[str], routes: Routes, notices: Notices) -> list[Rule]:
    """The rules whose fare and route exist."""
    columns, file = Columns(rules), "fare_rules.txt"
    fare_index = {fare: i for i, fare in enumerate(fares)}
    route_index = {route: i for i, route in enumerate(routes.ids)}
    found = []
    names = ("fare_id", "route_id", "origin_id", "destination_id", "contains_id")
    rows = zip(columns.lines, *(columns.texts(name) for name in names), strict=True)
    for line, fare, route, origin, destination, contains in rows:
        if fare not in fare_index:
            notices.add("foreign_key_violation", file, "fare_id", [fare], lines=[line])
        elif route and route not in route_index:
            notices.add("foreign_key_violation", file, "route_id", [route], lines=[line])
        else:
            found.append(Rule(fare_index[fare], route_index[route] if route else None, origin, destination, contains))
    return found


def _amount(text: str) -> Decimal | None:
    """A price that can be paid, or None."""
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 <= amount < 10**7 else None
