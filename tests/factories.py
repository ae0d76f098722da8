"""Values and rows for tests, each valid on its own, every field replaceable."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from bookings.models import Booking, Offer, OfferPart, OfferProduct, Order, PayoutAccount
from transit import tokens
from transit.money import Money
from transit.routing.itinerary import FareProduct, Itinerary, Leg, Place, Service, StopCall
from transit.routing.query import Mode, RiderCategory, Traveller

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


def place(name: str = "Asema", lat: float = 61.5, stop_id: str | None = None, **fields: Any) -> Place:
    return Place(name, lat, 23.76, fields.pop("timezone", "Europe/Helsinki"), stop_id, **fields)


def service(trip_id: str = "f:t1", agency_id: str = "f:bus", **fields: Any) -> Service:
    values: dict[str, Any] = {
        "service_date": date(2026, 11, 23),
        "route_id": "f:3",
        "line": "3",
        "headsign": "Etelä",
        "agency_name": "Bussit",
    }
    return Service(trip_id=trip_id, agency_id=agency_id, **(values | fields))


def itinerary(start_at: datetime = NOW + timedelta(minutes=30)) -> Itinerary:
    """Walk, bus of `f:bus`, ferry of `g:sea`, walk; one adult and one senior; a price for both on both rides."""
    home, quay = place("Kotikatu 4"), place("Asema", 61.49, "f:1", platform="2", zone_id="A")
    harbour, island, door = place("Satama", 61.47, "f:2"), place("Saari", 61.4, "g:7"), place("Mökki", 61.39)
    minute = timedelta(minutes=1)
    call = StopCall(place("Tori", 61.48, "f:9"), start_at + 7 * minute, start_at + 8 * minute)
    bus, ferry = service(), service("g:t9", "g:sea", route_id="g:F", line="F", agency_name="Lautat")
    legs = (
        Leg(Mode.WALK, home, quay, start_at, start_at + 5 * minute, 400, ((23.7, 61.5), (23.8, 61.6))),
        Leg(Mode.BUS, quay, harbour, start_at + 5 * minute, start_at + 20 * minute, 9000, (), bus, (call,), 4, 9),
        Leg(Mode.FERRY, harbour, island, start_at + 30 * minute, start_at + 60 * minute, 12000, (), ferry, (), 1, 2),
        Leg(Mode.WALK, island, door, start_at + 60 * minute, start_at + 62 * minute, 150),
    )
    travellers = (Traveller("1"), Traveller("2", RiderCategory.SENIOR))
    fares = tuple(
        FareProduct(product, name, agency, traveller, (leg,), Money(minor, "EUR"), valid_s)
        for product, name, agency, leg, valid_s, prices in (
            ("f:zone", "Zone AB", "f:bus", 1, 5400, (350, 180)),
            ("g:sea", "Crossing", "g:sea", 2, None, (450, 300)),
        )
        for traveller, minor in zip(travellers, prices, strict=True)
    )
    return Itinerary(legs, travellers, fares)


def offer(journey: Itinerary | None = None, **fields: Any) -> Offer:
    """An offer with one part and one product per ride and traveller of `itinerary()`, all hosted."""
    journey = journey or itinerary()
    total_minor = sum(fare.price.minor for fare in journey.fares)
    values = {
        "language": "en",
        "itinerary": tokens.to_json(journey),
        "currency": "EUR",
        "total_minor": total_minor,
        "created_at": NOW,
        "expires_at": NOW + timedelta(minutes=15),
        "content_sha256": "0" * 64,
    }
    row = Offer.objects.create(**(values | fields))
    for seq, agency_id in enumerate(dict.fromkeys(fare.agency_id for fare in journey.fares), 1):
        _part(row, seq, agency_id, [fare for fare in journey.fares if fare.agency_id == agency_id], journey)
    return row


def order(of: Offer | None = None, **fields: Any) -> Order:
    """An order of an offer with its bookings, nothing held yet."""
    of = of or offer()
    values = {
        "session_hash": of.session_hash,
        "language": of.language,
        "offer_hash": of.content_sha256,
        "currency": of.currency,
        "quoted_minor": of.total_minor,
        "consent_cap_minor": of.total_minor,
        "created_at": of.created_at,
        "deadline_at": of.expires_at,
    }
    row = Order.objects.create(offer=of, **(values | fields))
    for part in of.parts.all():
        Booking.objects.create(
            order=row, part=part, seq=part.seq, operator_code=part.operator_code, sales=part.sales,
            price_minor=part.price_minor, capability=part.capability,
        )  # fmt: skip
    return row


def payout_account(operator_code: str, **fields: Any) -> PayoutAccount:
    """An operator's account at the payment provider that works and is approved."""
    values: dict[str, Any] = {"account_ref": f"acct_{operator_code}", "state": "ENABLED", "approved_at": NOW}
    return PayoutAccount.objects.create(operator_code=operator_code, **(values | fields))


def _part(of: Offer, seq: int, agency_id: str, fares: list[FareProduct], journey: Itinerary) -> None:
    part = OfferPart.objects.create(
        offer=of, seq=seq, operator_code=agency_id.split(":")[1], operator_name=agency_id, agency_id=agency_id,
        sales="hosted", capability="A", price_minor=sum(fare.price.minor for fare in fares), expires_at=of.expires_at,
    )  # fmt: skip
    for number, fare in enumerate(fares, 1):
        OfferProduct.objects.create(
            part=part, seq=number, product_id=fare.product_id, name=fare.name, legs=list(fare.legs),
            traveller_key=fare.traveller.key, category=fare.traveller.category, price_minor=fare.price.minor,
            vat_basis_points=1000, vat_country="FI", valid_from_at=journey.legs[fare.legs[0]].start_at,
            valid_until_at=journey.legs[fare.legs[-1]].end_at + timedelta(hours=1),
        )  # fmt: skip
