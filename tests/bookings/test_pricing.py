from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.services import pricing
from bookings.services.pricing import RemoteOffer, RemoteRun
from tests import factories
from tests.factories import NOW
from transit.money import CurrencyMismatch, Money
from transit.register.sellers import Seller
from transit.routing.itinerary import FareProduct, Itinerary
from transit.routing.query import Traveller


def seller(agency_id: str, sales: str, **fields: Any) -> Seller:
    values: dict[str, Any] = {
        "operator_code": agency_id.split(":")[1], "operator_name": f"{agency_id} Ltd", "service_name": agency_id,
        "sales_url": "", "phone": "", "country": "FI", "vat_basis_points": 1000, "seats_per_departure": None,
        "hold_s": 900, "refundable_until_s": 0, "refund_fee_basis_points": 0,
    }  # fmt: skip
    return Seller(agency_id=agency_id, sales=sales, **(values | fields))


def sellers(bus: str = "hosted", sea: str = "tomp", **fields: Any) -> dict[str, Seller]:
    return {"f:bus": seller("f:bus", bus, **fields), "g:sea": seller("g:sea", sea, **fields)}


def with_fares(journey: Itinerary, *fares: FareProduct) -> Itinerary:
    return replace(journey, fares=fares)


def test_hosted_by_published_fares_remote_to_be_asked() -> None:
    journey = factories.itinerary()
    (part,) = pricing.hosted_parts(journey, sellers())
    assert (part.seller.operator_code, part.legs, part.price, part.capability) == ("bus", (1,), Money(530, "EUR"), "A")
    assert [(product.name, product.traveller.category, product.price.minor) for product in part.products] == [
        ("Zone AB", "adult", 350),
        ("Zone AB", "senior", 180),
    ]
    assert pricing.remote_runs(journey, sellers(), frozenset(part.legs)) == [RemoteRun(sellers()["g:sea"], (2,))]
    assert pricing.unsold_legs(journey, sellers(), frozenset({1, 2})) == []


def test_a_ticket_with_a_transfer_time_covers_two_buses_once() -> None:
    journey = factories.itinerary()
    both = replace(journey.fares[0], legs=(1, 2), price=Money(410, "EUR"))
    journey = replace(with_fares(journey, both), travellers=(both.traveller,))
    (part,) = pricing.hosted_parts(journey, sellers())
    (product,) = part.products
    assert (product.legs, product.price) == ((1, 2), Money(410, "EUR"))
    assert product.valid_until_at == journey.legs[1].start_at + timedelta(seconds=5400)
    assert pricing.remote_runs(journey, sellers(), frozenset(part.legs)) == []


def test_a_ticket_never_ends_before_its_rides() -> None:
    journey = factories.itinerary()
    assert pricing.validity(journey, (1, 2), 60)[1] == journey.legs[2].end_at
    assert pricing.validity(journey, (1,), None) == (
        journey.legs[1].start_at - pricing.EARLY,
        journey.legs[1].end_at + pricing.LATE,
    )


def test_a_ride_without_a_price_for_everybody_is_not_sold() -> None:
    journey = factories.itinerary()
    adult_only = with_fares(journey, *(fare for fare in journey.fares if fare.traveller.key == "1"))
    assert pricing.hosted_parts(adult_only, sellers()) == []


@pytest.mark.parametrize(
    ("sales", "known", "kind", "url", "price"),
    [
        ("free", True, "free", "https://sea.example/tickets", None),
        ("elsewhere", True, "elsewhere", "https://sea.example/tickets", Money(750, "EUR")),
        ("", False, "elsewhere", "https://agency.example/fares", Money(750, "EUR")),
    ],
)
def test_what_is_not_sold_here_is_named(sales: str, known: bool, kind: str, url: str, price: Money | None) -> None:
    journey = factories.itinerary()
    ferry = journey.legs[2]
    assert ferry.service
    ferry = replace(ferry, service=replace(ferry.service, fare_url="https://agency.example/fares"))
    journey = replace(journey, legs=(*journey.legs[:2], ferry, journey.legs[3]))
    table = {"f:bus": seller("f:bus", "hosted")}
    if known:
        table["g:sea"] = seller("g:sea", sales, sales_url="https://sea.example/tickets")
    assert pricing.remote_runs(journey, table, frozenset({1})) == []
    (unsold,) = pricing.unsold_legs(journey, table, frozenset({1}))
    assert (unsold.leg, unsold.kind, unsold.url, unsold.price, unsold.with_leg) == (2, kind, url, price, None)


def test_an_agency_that_nobody_knows() -> None:
    journey = with_fares(factories.itinerary())
    unsold = pricing.unsold_legs(journey, {}, frozenset())
    assert [(leg.leg, leg.kind, leg.name) for leg in unsold] == [(1, "unknown", "Bussit"), (2, "unknown", "Lautat")]


def test_a_price_for_two_rides_is_named_once() -> None:
    journey = factories.itinerary()
    journey = with_fares(journey, replace(journey.fares[0], legs=(1, 2)))
    unsold = pricing.unsold_legs(journey, sellers("elsewhere", "elsewhere"), frozenset())
    assert [(leg.price, leg.with_leg) for leg in unsold] == [(Money(350, "EUR"), None), (None, 1)]


def test_runs_break_at_other_operators_and_not_at_walks() -> None:
    journey = factories.itinerary()
    walk, bus, ferry, _ = journey.legs
    journey = replace(journey, legs=(ferry, walk, ferry, bus, ferry))
    runs = pricing.remote_runs(journey, sellers(), frozenset({3}))
    assert [run.legs for run in runs] == [(0, 2), (4,)]


@given(
    asked=st.integers(0, 10**7),
    published=st.lists(st.one_of(st.none(), st.integers(0, 10**5)), min_size=1, max_size=9),
)
def test_the_price_asked_is_divided_without_losing_a_cent(asked: int, published: list[int | None]) -> None:
    travellers = tuple(Traveller(f"{key}") for key in range(len(published)))
    fares = tuple(
        FareProduct("g:sea", "Crossing", "g:sea", traveller, (2,), Money(minor, "EUR"))
        for traveller, minor in zip(travellers, published, strict=True)
        if minor is not None
    )
    journey = replace(factories.itinerary(), travellers=travellers, fares=fares)
    offer = RemoteOffer("offer-1", Money(asked, "EUR"), NOW, "B")
    part = pricing.remote_part(RemoteRun(sellers()["g:sea"], (2,)), journey, offer)
    assert part.price == Money(asked, "EUR")
    assert [product.traveller for product in part.products] == list(travellers)
    assert min(product.price.minor for product in part.products) >= 0
    assert (part.capability, part.remote_offer, part.expires_at) == ("B", "offer-1", NOW)


def test_currencies_do_not_mix() -> None:
    journey = factories.itinerary()
    foreign = replace(journey.fares[0], price=Money(500, "SEK"))
    (part,) = pricing.hosted_parts(with_fares(journey, foreign, journey.fares[1]), sellers())
    with pytest.raises(CurrencyMismatch):
        _ = part.price


@pytest.mark.parametrize(
    ("minor", "rate", "vat"), [(110, 1000, 10), (350, 1350, 42), (350, 0, 0), (1, 1000, 0), (0, 2550, 0)]
)
def test_vat_is_within_the_price(minor: int, rate: int, vat: int) -> None:
    assert pricing.included_vat(Money(minor, "EUR"), rate) == Money(vat, "EUR")


def test_a_ride_that_one_can_only_ride_by_a_ticket_that_falls_away_is_not_sold_to_the_others() -> None:
    journey = factories.itinerary()
    adult, senior = (fare for fare in journey.fares if fare.agency_id == "f:bus")
    through = replace(adult, legs=(1, 2), price=Money(800, "EUR"))
    assert pricing.hosted_parts(with_fares(journey, through, senior), sellers()) == []
