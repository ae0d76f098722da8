"""Fares v2 come out of a network's folder as they went in."""

from __future__ import annotations

from pathlib import Path

from transit.network.folder import Reader, Writer
from transit.network.tariffs import StoredTariffs, write_tariffs
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

WHOLE = Tariff(
    (Category("k", "子供", "https://example.org", False),),
    (Medium("m", "Card", 2),),
    (Product("p", "Päivälippu", "k", "m", -50, "EUR"),),
    (LegRule("g", "n", "", "a", "t", "", "p", 3),),
    (JoinRule("n", "n", "", ""),),
    (TransferRule("g", "g", -1, 5400, 1, 0, ""),),
    (Timeframe("t", 0, 86_400, "s"),),
    (ServiceDay("s", 739_617),),
    (StopArea("1", "a"),),
    (StopStation("1", "S"),),
    (RouteNetwork("r", "n"),),
    has_priorities=True,
)


def test_they_are_the_same_again(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "network")
    plain = Tariff(products=WHOLE.products, leg_rules=WHOLE.leg_rules)
    write_tariffs(writer, {"b": plain, "a": WHOLE, "without": Tariff(products=WHOLE.products)})
    tariffs = StoredTariffs(Reader(writer.finish()))
    assert dict(tariffs) == {"a": WHOLE, "b": plain}
    assert type(tariffs["a"].categories[0].is_default) is bool
