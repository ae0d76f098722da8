"""The fare table of a network, out of its folder."""

from __future__ import annotations

from transit.money import Money
from transit.network.folder import Reader
from transit.network.tariffs import StoredTariffs
from transit.routing.fares import Fare, FareTable

COLUMNS = ("rule_fare", "rule_route", "rule_origin", "rule_destination", "rule_contains")


def read_fares(reader: Reader) -> FareTable:
    """The fare table of a network."""
    fares = tuple(Fare(**{**row, "price": Money(**row["price"])}) for row in reader.facts["fares"])
    columns = {name: reader.array(f"fares.{name}") for name in COLUMNS}
    routes, zones = tuple(reader.facts["fare_routes"]), tuple(reader.facts["fare_zones"])
    return FareTable(fares, routes, zones, **columns, tariffs=StoredTariffs(reader))
