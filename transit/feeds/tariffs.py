"""Fares v2: what is sold, to whom, on what, and where and when rules may hold (GTFS Schedule reference of 2026).

A row whose references do not hold is dropped with a notice. Amounts become integer minor units here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import numpy as np

from transit.feeds.calendars import Services
from transit.feeds.entities import NONE, Columns, Stops
from transit.feeds.leg_rules import Names, read_join_rules, read_leg_rules, read_transfer_rules
from transit.feeds.notices import Notices
from transit.feeds.sheets import Row, Sheet
from transit.money import Money
from transit.routing.fare_rows import (
    Category,
    Medium,
    Product,
    RouteNetwork,
    ServiceDay,
    StopArea,
    StopStation,
    Timeframe,
)
from transit.routing.tariff import Tariff

DAY_S = 86_400


@dataclass(frozen=True)
class Neighbours:
    """What the rows may name besides each other. `routes` are the rows of routes.txt, `route_ids` those in use."""

    stops: Stops
    routes: Columns
    route_ids: list[str]
    services: Services


def read_tariff(read: Callable[[str], Columns], near: Neighbours, notices: Notices) -> Tariff:
    """The Fares v2 of a feed; `read` gives a table by its name, without rows where it is not there."""

    def sheet(name: str) -> Sheet:
        return Sheet(name, read(name), notices)

    categories = _categories(sheet("rider_categories"))
    media = _media(sheet("fare_media"))
    products = _products(sheet("fare_products"), {each.id for each in categories}, {each.id for each in media})
    areas = sheet("areas").by_id("area_id")
    networks, route_networks = _networks(sheet("networks"), sheet("route_networks"), near, notices)
    timeframes = _timeframes(sheet("timeframes"), near.services)
    names = Names(
        frozenset(networks),
        frozenset(areas),
        frozenset(each.group for each in timeframes),
        frozenset(each.id for each in products),
        frozenset(near.stops.ids),
    )
    rules, has_priorities = read_leg_rules(sheet("fare_leg_rules"), names)
    joins = read_join_rules(sheet("fare_leg_join_rules"), names)
    groups = frozenset(rule.group for rule in rules)
    return Tariff(
        categories,
        media,
        products,
        rules,
        joins,
        read_transfer_rules(sheet("fare_transfer_rules"), groups, names),
        timeframes,
        _service_days(timeframes, near.services),
        _stop_areas(sheet("stop_areas"), areas, near.stops),
        _stop_stations(near.stops) if joins else (),
        route_networks,
        has_priorities,
    )


def _categories(sheet: Sheet) -> tuple[Category, ...]:
    found = []
    for key, row in sheet.by_id("rider_category_id").items():
        url = row["eligibility_url"]
        if url and not url.lower().startswith(("http://", "https://")):
            row.warn("invalid_url", "eligibility_url")
            url = ""
        row.is_one_of("is_default_fare_category", ("", "0", "1"))
        found.append(Category(key, row["rider_category_name"], url, row["is_default_fare_category"] == "1"))
    return tuple(found)


def _media(sheet: Sheet) -> tuple[Medium, ...]:
    rows = sheet.by_id("fare_media_id").items()
    return tuple(
        Medium(key, row["fare_media_name"], int(row["fare_media_type"]))
        for key, row in rows
        if row.is_one_of("fare_media_type", ("0", "1", "2", "3", "4"))
    )


def _products(sheet: Sheet, categories: Collection[str], media: Collection[str]) -> tuple[Product, ...]:
    found: dict[tuple[str, str, str], Product] = {}
    for row in sheet:
        key = (row["fare_product_id"], row["rider_category_id"], row["fare_media_id"])
        price = _price(row)
        if (
            price is not None
            and row.names("fare_product_id")
            and row.refers("rider_category_id", categories)
            and row.refers("fare_media_id", media)
            and row.is_new(key, found, "fare_product_id")
        ):
            found[key] = Product(key[0], row["fare_product_name"], *key[1:], price.minor, price.currency)
    return tuple(found.values())


def _price(row: Row) -> Money | None:
    """The amount, which may be negative, in its currency; says if it is none."""
    currency = row["currency"]
    if len(currency) != 3 or not (currency.isascii() and currency.isalpha()):
        row.add("invalid_currency", "currency")
        return None
    try:
        amount = Decimal(row["amount"])
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or abs(amount) >= 10**7:
        row.add("number_out_of_range", "amount")
        return None
    return Money.of_decimal(amount, currency.upper())


def _networks(
    named: Sheet, assigned: Sheet, near: Neighbours, notices: Notices
) -> tuple[set[str], tuple[RouteNetwork, ...]]:
    """The networks, and that of each route. Where routes.txt says it too, routes.txt counts."""
    networks = set(named.by_id("network_id"))
    pairs = zip(near.routes.texts("route_id"), near.routes.texts("network_id"), strict=True)
    found = {route: network for route, network in pairs if network}
    rows: dict[str, str] = {}
    for row in assigned:
        if (
            row.names("route_id", "network_id")
            and row.refers("route_id", near.route_ids)
            and row.refers("network_id", networks)
            and row.is_new(row["route_id"], rows, "route_id")
        ):
            rows[row["route_id"]] = row["network_id"]
    if found and rows:
        notices.warn("route_networks_specified_in_more_than_one_file", "route_networks.txt")
    routes = set(near.route_ids)
    kept = {route: network for route, network in {**rows, **found}.items() if route in routes}
    return networks | set(found.values()), tuple(RouteNetwork(*pair) for pair in kept.items())


def _timeframes(sheet: Sheet, services: Services) -> tuple[Timeframe, ...]:
    """The timeframes that begin before they end, in one day."""
    found: list[Timeframe] = []
    for row in sheet:
        start_s, end_s = _clock(row["start_time"] or "0:00"), _clock(row["end_time"] or "24:00")
        if not (row.names("timeframe_group_id", "service_id") and row.refers("service_id", services.index)):
            continue
        if bool(row["start_time"]) != bool(row["end_time"]):
            row.add("timeframe_only_start_or_end_time_specified", "start_time" if row["start_time"] else "end_time")
        elif start_s is None or end_s is None:
            row.add("invalid_time", "start_time" if start_s is None else "end_time")
        elif max(start_s, end_s) > DAY_S:
            row.add("timeframe_start_or_end_time_greater_than_twenty_four_hours", "end_time")
        elif start_s >= end_s:
            row.add("start_and_end_range_out_of_order", "end_time")
        else:
            frame = Timeframe(row["timeframe_group_id"], start_s, end_s, row["service_id"])
            if any(_overlap(frame, other) for other in found):
                row.warn("timeframe_overlap", "start_time")
            found.append(frame)
    return tuple(found)


def _overlap(one: Timeframe, other: Timeframe) -> bool:
    return (one.group, one.service) == (other.group, other.service) and max(one.start_s, other.start_s) < min(
        one.end_s, other.end_s
    )


def _clock(text: str) -> int | None:
    """Seconds of H:MM or H:MM:SS."""
    parts = text.split(":")
    if not 2 <= len(parts) <= 3 or not all(part.isascii() and part.isdigit() and len(part) <= 2 for part in parts):
        return None
    hours, minutes, seconds = map(int, [*parts, "0"][:3])
    return hours * 3600 + minutes * 60 + seconds if minutes < 60 and seconds < 60 else None


def _service_days(timeframes: tuple[Timeframe, ...], services: Services) -> tuple[ServiceDay, ...]:
    """The days of the services that timeframes name."""
    return tuple(
        ServiceDay(name, int(day) + services.first_day)
        for name in dict.fromkeys(each.service for each in timeframes)
        for day in np.flatnonzero(services.active[services.index[name]])
    )


def _stop_areas(sheet: Sheet, areas: Mapping[str, Row], stops: Stops) -> tuple[StopArea, ...]:
    """The areas of every stop; one that is in none itself is in those of its station."""
    own: dict[str, list[str]] = {}
    known = frozenset(stops.ids)
    for row in sheet:
        if row.names("area_id", "stop_id") and row.refers("area_id", areas) and row.refers("stop_id", known):
            own.setdefault(row["stop_id"], []).append(row["area_id"])
    inherited = {
        stops.ids[i]: own.get(stops.ids[i]) or own.get(stops.ids[parent], [])
        for i, parent in enumerate(stops.parent.tolist())
        if parent != NONE
    }
    return tuple(StopArea(stop, area) for stop, within in {**own, **inherited}.items() for area in within)


def _stop_stations(stops: Stops) -> tuple[StopStation, ...]:
    pairs = ((stop, parent) for stop, parent in zip(stops.ids, stops.parent.tolist(), strict=True) if parent != NONE)
    return tuple(StopStation(stop, stops.ids[parent]) for stop, parent in pairs)
