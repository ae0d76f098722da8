"""The price of an itinerary is the least of all ways to buy it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles.tickets import Tariff, best_cost, holds
from transit.money import Money
from transit.routing.fares import Fare, FareTable, Ride, cheapest_cover, price
from transit.routing.itinerary import Leg, Place, Service, StopCall
from transit.routing.query import Mode, RiderCategory, Traveller

ZONES = st.sampled_from(("f:A", "f:B", "f:C"))
ROUTES = st.sampled_from(("f:1", "f:2", "f:3"))
AGENCIES = st.sampled_from(("f:x", "f:x", "f:y", "g:x"))


@st.composite
def rides(draw: st.DrawFn) -> list[Ride]:
    at, found = 0, []
    for leg in range(draw(st.integers(1, 5))):
        at += draw(st.sampled_from((600, 1800, 3600)))
        zones = tuple(draw(st.lists(ZONES, min_size=2, max_size=3)))
        found.append(Ride(leg * 2, draw(ROUTES), draw(AGENCIES), "", at, zones))
    return found


@st.composite
def tariffs(draw: st.DrawFn) -> Tariff:
    count = draw(st.integers(0, 5))
    sellers = [
        draw(st.sampled_from((("f", ""), ("f", ""), ("f", "f:x"), ("f", "f:y"), ("g", "")))) for _ in range(count)
    ]
    fares = tuple(
        Fare(
            f"{feed}:{i}",
            Money(draw(st.integers(0, 5)) * 100, "EUR"),
            agency,
            False,
            draw(st.sampled_from((None, 0, 1, 2))),
            draw(st.sampled_from((None, 1800, 5400))),
        )
        for i, (feed, agency) in enumerate(sellers)
    )
    maybe_zone = st.one_of(st.none(), ZONES)
    rule = st.tuples(
        st.integers(0, max(count - 1, 0)), st.one_of(st.none(), ROUTES), maybe_zone, maybe_zone, maybe_zone
    )
    return Tariff(fares, tuple(draw(st.lists(rule, max_size=10))) if count else ())


@given(tariffs(), rides())
@settings(max_examples=400, deadline=None)
def test_the_cover_is_the_cheapest(tariff: Tariff, ridden: list[Ride]) -> None:
    chosen = cheapest_cover(FareTable.of(tariff.fares, tariff.rules), ridden)
    covered = [ride for _, part in chosen for ride in part]
    assert len(covered) == len(set(covered))
    for fare, part in chosen:
        assert holds(tariff, tariff.fares.index(fare), part)
    cost = (len(ridden) - len(covered), sum(fare.price.minor for fare, _ in chosen), len(chosen))
    assert cost == best_cost(tariff, ridden)


def place(zone: str) -> Place:
    return Place("", 61.5, 23.7, "Europe/Helsinki", f"t:{zone}", zone_id=zone)


def leg(start_minute: int, *zones: str, agency: str = "t:JOLI") -> Leg:
    start_at = datetime(2022, 2, 22, 6, tzinfo=UTC) + timedelta(minutes=start_minute)
    end_at = start_at + timedelta(minutes=10)
    service = Service("t:1", date(2022, 2, 22), "t:r", "1", "", agency, "", fare_url="https://example.org/buy")
    calls = tuple(StopCall(place(zone), start_at, start_at) for zone in zones[1:-1])
    return Leg(Mode.BUS, place(zones[0]), place(zones[-1]), start_at, end_at, 1000, service=service, calls=calls)


def walk() -> Leg:
    return Leg(Mode.WALK, place(""), place(""), datetime(2022, 2, 22, tzinfo=UTC), datetime(2022, 2, 22, tzinfo=UTC), 0)


def zone_tickets() -> FareTable:
    """Tickets of 90 minutes with any number of transfers, for two or three neighbouring zones."""
    tickets = {"AB": 350, "BC": 350, "ABC": 550}
    fares = [Fare(f"t:{name}", Money(minor, "EUR"), "t:JOLI", True, None, 5400) for name, minor in tickets.items()]
    contains = [(i, None, None, None, f"t:{zone}") for i, name in enumerate(tickets) for zone in name]
    return FareTable.of(fares, contains)


ONE = (Traveller(),)


def test_two_buses_within_the_ticket_time_are_one_product() -> None:
    legs = [walk(), leg(0, "t:A", "t:B"), walk(), leg(60, "t:B", "t:A")]
    (product,), unpriced = price(zone_tickets(), legs, ONE)
    assert product.legs == (1, 3)
    assert product.price == Money(350, "EUR")
    assert (product.valid_s, product.bought_on_board, product.agency_id) == (5400, True, "t:JOLI")
    assert product.url == "https://example.org/buy"
    assert unpriced == ()


def test_after_the_ticket_time_a_second_one_is_needed() -> None:
    products, _ = price(zone_tickets(), [leg(0, "t:A", "t:B"), leg(91, "t:B", "t:A")], ONE)
    assert [product.legs for product in products] == [(0,), (1,)]


def test_a_ticket_for_two_zones_is_valid_within_one() -> None:
    (product,), _ = price(zone_tickets(), [leg(0, "t:A", "t:A")], ONE)
    assert product.name == "AB"


def test_of_several_tickets_the_one_for_exactly_the_zones_passed_holds() -> None:
    table = zone_tickets()
    fares = (*table.fares, Fare("t:A", Money(400, "EUR"), "t:JOLI", transfer_duration_s=5400))
    contains = [(i, None, None, None, f"t:{zone}") for i, name in enumerate(("AB", "BC", "ABC", "A")) for zone in name]
    (product,), _ = price(FareTable.of(fares, contains), [leg(0, "t:A", "t:A")], ONE)
    assert (product.name, product.price.minor) == ("A", 400)


def test_zones_passed_count() -> None:
    (product,), _ = price(zone_tickets(), [leg(0, "t:B", "t:C", "t:A", "t:B")], ONE)
    assert product.name == "ABC"


def test_every_traveller_needs_a_ticket() -> None:
    travellers = (Traveller("1"), Traveller("2", RiderCategory.CHILD))
    products, _ = price(zone_tickets(), [leg(0, "t:A", "t:B")], travellers)
    assert [product.traveller for product in products] == list(travellers)


def test_fares_of_another_agency_do_not_count() -> None:
    products, unpriced = price(zone_tickets(), [leg(0, "t:A", "t:B", agency="t:other")], ONE)
    assert products == ()
    assert unpriced == (0,)


def test_without_fares_legs_are_unpriced() -> None:
    products, unpriced = price(FareTable.of(()), [walk(), leg(0, "t:A", "t:B")], ONE)
    assert products == ()
    assert unpriced == (1,)


def test_without_vehicles_nothing_is_priced() -> None:
    assert price(zone_tickets(), [walk()], ONE) == ((), ())
