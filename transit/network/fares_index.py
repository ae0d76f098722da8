"""Published fares of all feeds into a network's folder."""

from __future__ import annotations

from dataclasses import asdict

from transit.money import Money
from transit.network.fares import COLUMNS
from transit.network.folder import Writer
from transit.network.merge import Merged
from transit.network.tariffs import write_tariffs
from transit.routing.fares import Fare, FareTable


def write_fares(writer: Writer, merged: Merged) -> None:
    """The fares and rules of all feeds, with outside ids; zones are `feed:zone`."""
    fares: list[Fare] = []
    rules: list[tuple[int, str | None, str | None, str | None, str | None]] = []
    for feed in merged.feeds:
        first = len(fares)
        for fare in feed.gtfs.fares.fares:
            agency = "" if fare.agency is None else f"{feed.name}:{feed.gtfs.agencies[fare.agency].id}"
            price = Money.of_decimal(fare.price, fare.currency)
            product = f"{feed.name}:{fare.id}"
            fares.append(Fare(product, price, agency, fare.on_board, fare.transfers, fare.duration_s))
        for rule in feed.gtfs.fares.rules:
            route = None if rule.route is None else f"{feed.name}:{feed.gtfs.routes.ids[rule.route]}"
            zones = [f"{feed.name}:{zone}" if zone else None for zone in (rule.origin, rule.destination, rule.contains)]
            rules.append((first + rule.fare, route, zones[0], zones[1], zones[2]))
    table = FareTable.of(fares, rules)
    for name in COLUMNS:
        writer.array(f"fares.{name}", getattr(table, name))
    writer.note("fares", [asdict(fare) for fare in table.fares])
    writer.note("fare_routes", table.routes)
    writer.note("fare_zones", table.zones)
    write_tariffs(writer, {feed.name: feed.gtfs.tariff for feed in merged.feeds})
