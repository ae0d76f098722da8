"""Which rides count as one, and as whom a feed prices somebody."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from transit.routing.fare_legs import fare_legs
from transit.routing.fare_rows import Category, JoinRule, RouteNetwork, StopStation
from transit.routing.itinerary import Leg, Place, Service
from transit.routing.query import Mode, RiderCategory
from transit.routing.riders import categories_of
from transit.routing.tariff import Tariff

NETWORKS = (RouteNetwork("m", "metro"), RouteNetwork("n", "metro"), RouteNetwork("b", "bus"))
STATIONS = (StopStation("1", "S"), StopStation("2", "S"), StopStation("3", "T"))


def ride(route: str, start: str, end: str, *, seated: bool = False) -> Leg:
    at = datetime(2026, 11, 24, 8, tzinfo=UTC)
    tail, head = (Place(stop, 60, 24, "Europe/Helsinki", f"f:{stop}") for stop in (start, end))
    service = Service("f:t", date(2026, 11, 24), f"f:{route}", route, "", "f:ag", "")
    return Leg(Mode.METRO, tail, head, at, at + timedelta(minutes=9), 1, service=service, stay_seated=seated)


@pytest.mark.parametrize(
    ("rule", "legs", "groups"),
    [
        (JoinRule("metro", "metro", "", ""), [ride("m", "0", "1"), ride("n", "2", "9")], [(0, 1)]),
        (JoinRule("metro", "metro", "", ""), [ride("m", "0", "1"), ride("n", "3", "9")], [(0,), (1,)]),
        (JoinRule("metro", "metro", "S", "T"), [ride("m", "0", "1"), ride("n", "3", "9")], [(0, 1)]),
        (JoinRule("metro", "metro", "1", "3"), [ride("m", "0", "2"), ride("n", "3", "9")], [(0,), (1,)]),
        (JoinRule("metro", "bus", "", ""), [ride("m", "0", "1"), ride("n", "1", "9")], [(0,), (1,)]),
        (
            JoinRule("metro", "bus", "", ""),
            [ride("n", "0", "1"), ride("b", "1", "9"), ride("m", "9", "8")],
            [(0, 1), (2,)],
        ),
        (
            None,
            [ride("m", "0", "1"), ride("n", "1", "9", seated=True), ride("b", "9", "8", seated=True)],
            [(0, 1), (2,)],
        ),
    ],
)
def test_joined(rule: JoinRule | None, legs: list[Leg], groups: list[tuple[int, ...]]) -> None:
    tariff = Tariff(join_rules=(rule,) if rule else (), route_networks=NETWORKS, stop_stations=STATIONS)
    assert [each.legs for each in fare_legs(tariff, legs, range(len(legs)))] == groups


def test_a_ride_of_another_feed_between_keeps_them_apart() -> None:
    tariff = Tariff(join_rules=(JoinRule("metro", "metro", "", ""),), route_networks=NETWORKS)
    legs = [ride("m", "0", "1"), ride("b", "1", "1"), ride("n", "1", "9")]
    assert [each.legs for each in fare_legs(tariff, legs, (0, 2))] == [(0,), (2,)]


@pytest.mark.parametrize(
    ("names", "rider", "own", "default"),
    [
        (
            {"ADULT": "Adult", "HONORED_CITIZEN": "", "YOUTH": ""},
            RiderCategory.SENIOR,
            ("HONORED_CITIZEN",),
            ("ADULT",),
        ),
        ({"1": "Aikuinen", "2": "Lapsi 7–16 v", "3": "Eläkeläinen"}, RiderCategory.CHILD, ("2",), ("1",)),
        ({"a": "大人", "c": "小児"}, RiderCategory.CHILD, ("c",), ("a",)),
        ({"a": "Adult", "y": "Youth"}, RiderCategory.CHILD, ("y",), ("a",)),
        ({"a": "Adult", "y": "Youth"}, RiderCategory.SENIOR, (), ("a",)),
        ({"a": "Adult"}, RiderCategory.ADULT, (), ("a",)),
        ({}, RiderCategory.ADULT, (), ("",)),
    ],
)
def test_whom_a_feed_means(names: dict[str, str], rider: RiderCategory, own: tuple[str], default: tuple[str]) -> None:
    categories = [Category(key, name, "", False) for key, name in names.items()]
    assert categories_of(categories, rider) == (own, default)
