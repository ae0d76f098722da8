"""Which published fares the search for cheaper journeys counts exactly, and what it makes of the others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from transit.money import Money
from transit.routing.fare_codes import UNKNOWN, Line, codes_of
from transit.routing.fare_rows import LegRule, Product, RouteNetwork
from transit.routing.fares import Fare, FareTable
from transit.routing.kernels.raptor import UNREACHED
from transit.routing.kernels.tickets import UNLIMITED
from transit.routing.tariff import Tariff

ZONES = ("f:A", "f:B", "f:C")
BUS, TRAIN = Line("f:bus", "f:ag", frozenset(ZONES)), Line("f:train", "f:ag", frozenset(ZONES))


def fare(name: str, minor: int, transfers: int | None = 0, lasts_s: int | None = None, currency: str = "EUR") -> Fare:
    return Fare(f"f:{name}", Money(minor, currency), "", False, transfers, lasts_s)


def test_a_ticket_with_changes_is_one_group() -> None:
    code, fares, _ = codes_of(FareTable.of([fare("hour", 350, 2, 3600)]), [BUS, TRAIN], ZONES)
    assert code.tolist() == [0, 0]
    assert fares.group.tolist() == [0]
    assert (fares.prices.tolist(), fares.rides.tolist(), fares.lasts.tolist()) == ([[350]], [3], [3600])


def test_zones_passed() -> None:
    """As in Tampere: AB, BC and ABC, any number of changes."""
    rules = [(i, None, None, None, f"f:{zone}") for i, zones in enumerate(("AB", "BC", "ABC")) for zone in zones]
    table = FareTable.of([fare("AB", 350, None), fare("BC", 350, None), fare("ABC", 550, None)], rules)
    _, fares, _ = codes_of(table, [BUS], ZONES)
    assert fares.place.tolist() == [[1, 2, 4]]
    assert fares.prices.tolist() == [[0, 350, 350, 350, 350, 550, 350, 550]]
    assert fares.excess[0, 7].max() == 0, "whoever has a ticket for all pays no more"
    assert fares.excess[0, 1, 4] == 200, "who has A pays 2.00 more for BC than who has C"
    assert (fares.rides.tolist(), fares.lasts.tolist()) == ([int(UNLIMITED)], [int(UNREACHED)])


def test_each_ride_by_its_zones_and_line() -> None:
    rules = [(0, "f:bus", "f:A", "f:B", None), (1, None, "f:B", None, None)]
    code, fares, _ = codes_of(FareTable.of([fare("bus", 200), fare("any", 300)], rules), [BUS, TRAIN], ZONES)
    side, start = int(fares.side[code[0]]), int(fares.start[code[0]])
    single = fares.single[start : start + side * side].reshape(side, side)
    a, b, c = fares.place[code[0]]
    assert (single[a, b], single[b, a], single[b, c], single[a, c]) == (200, 300, 300, UNKNOWN)
    assert code[0] != code[1]


def test_tickets_of_several_lengths_count_ride_by_ride() -> None:
    _, fares, _ = codes_of(FareTable.of([fare("hour", 350, None, 3600), fare("day", 900, None, 86400)]), [BUS], ZONES)
    assert fares.group.tolist() == [-1]
    assert fares.single.tolist() == [350]


def test_another_currency_is_not_known() -> None:
    table = FareTable.of(
        [fare("a", 100), fare("b", 100), fare("c", 90, currency="SEK")], [(2, "f:bus", None, None, None)]
    )
    code, fares, _ = codes_of(table, [BUS, TRAIN], ZONES)
    assert [int(fares.single[fares.start[each]]) for each in code] == [100, 100]


def test_fares_v2_count_once_by_network() -> None:
    tariff = Tariff(
        products=(Product("city", "", "", "", 300, "EUR"), Product("rail", "", "", "", 800, "EUR")),
        leg_rules=(LegRule("", "c", "", "", "", "", "city", 0), LegRule("", "r", "", "", "", "", "rail", 0)),
        route_networks=(RouteNetwork("bus", "c"), RouteNetwork("train", "r")),
    )
    code, fares, _ = codes_of(replace(FareTable.of([]), tariffs={"f": tariff}), [BUS, TRAIN], ZONES)
    assert fares.prices.tolist() == [[0, 300, 800, 800]]
    assert np.unique(fares.place[code[0]]).tolist() == [1]
    assert np.unique(fares.place[code[1]]).tolist() == [2]
