"""Who sells which part of an itinerary, at which price, and what cannot be bought here. No I/O, no clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Literal

from bookings.ledger import vat
from transit.money import Money, total
from transit.register.sellers import Seller
from transit.routing.itinerary import FareProduct, Itinerary, Leg
from transit.routing.query import Traveller

EARLY = timedelta(minutes=15)
"""Vehicles may leave ahead of the timetable of a stop where they do not wait."""
LATE = timedelta(minutes=60)
"""A late vehicle does not end the right to ride it."""

Sellers = Mapping[str, Seller]
"""Who sells, by `feed:agency`."""


@dataclass(frozen=True, slots=True)
class PricedProduct:
    """A fare product for one traveller; `legs` are positions in the itinerary."""

    product_id: str
    name: str
    legs: tuple[int, ...]
    traveller: Traveller
    price: Money
    valid_from_at: datetime
    valid_until_at: datetime


@dataclass(frozen=True, slots=True)
class PricedPart:
    """What one operator sells of an itinerary. `remote_offer` and `expires_at` are a remote operator's own.

    `capability` is what can be done about an unknown outcome; of hosted operators we are the system, and repeat by key.
    """

    seller: Seller
    legs: tuple[int, ...]
    products: tuple[PricedProduct, ...]
    capability: str = "A"
    remote_offer: str = ""
    expires_at: datetime | None = None
    price_is_ceiling: bool = False

    @property
    def price(self) -> Money:
        """The sum of the products. Raises CurrencyMismatch."""
        return total((product.price for product in self.products), self.products[0].price.currency)


@dataclass(frozen=True, slots=True)
class RemoteRun:
    """Rides that follow each other at one remote operator, which must be asked for their price."""

    seller: Seller
    legs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RemoteOffer:
    """What a remote operator asks for a run and all travellers together, and until when. An estimate is its ceiling."""

    offer_id: str
    price: Money
    expires_at: datetime
    capability: str
    is_ceiling: bool = False


@dataclass(frozen=True, slots=True)
class UnsoldLeg:
    """A ride that cannot be bought here: free of charge, sold elsewhere, or of an agency that nobody knows.

    `name` is who runs it. `price` is the published one for all travellers; `with_leg` the earlier ride whose price
    includes this one.
    """

    leg: int
    kind: Literal["free", "elsewhere", "unknown"]
    name: str
    url: str
    price: Money | None
    with_leg: int | None = None

    def to_json(self) -> dict[str, Any]:
        """As an offer keeps it."""
        return {
            "leg": self.leg,
            "kind": self.kind,
            "text": self.name,
            "url": self.url,
            "price_minor": None if self.price is None else self.price.minor,
            "currency": None if self.price is None else self.price.currency,
            "with_leg": self.with_leg,
        }


def hosted_parts(itinerary: Itinerary, sellers: Sellers) -> list[PricedPart]:
    """One part per hosted service, by published fares; only rides that every traveller has a price for."""
    hosted = [fare for fare in itinerary.fares if (seller := sellers.get(fare.agency_id)) and seller.sales == "hosted"]
    by_agency: dict[str, list[FareProduct]] = {}
    for fare in _for_everybody(hosted, itinerary.travellers):
        by_agency.setdefault(fare.agency_id, []).append(fare)
    return [_hosted_part(sellers[agency_id], fares, itinerary) for agency_id, fares in by_agency.items()]


def ondemand_parts(itinerary: Itinerary, sellers: Sellers) -> list[PricedPart]:
    """One part for each ride that our own dispatcher plans: each is a promise of its own."""
    parts = []
    for position, leg in enumerate(itinerary.legs):
        seller, quote = sellers.get(_agency_of(leg)), leg.ordering.quote if leg.ordering else None
        fares = [fare for fare in itinerary.fares if fare.legs == (position,)]
        if seller is not None and seller.sales == "ondemand" and quote is not None and fares:
            part = _hosted_part(seller, fares, itinerary)
            parts.append(replace(part, expires_at=quote.expires_at))
    return parts


def remote_runs(
    itinerary: Itinerary, sellers: Sellers, covered: frozenset[int], back_from: int | None = None
) -> list[RemoteRun]:
    """The unbroken runs of rides at one remote operator each, without those that are `covered` already.

    Walks do not break a run; a ride with anybody else does, because a remote interface sells from one place to another,
    and so do a stay on the way and the one before the way back, which begins with the leg `back_from`. A ride on demand
    is one by itself.
    """
    turns = [stay.leg for stay in itinerary.stays] + ([] if back_from is None else [back_from])
    rides = [position for position, leg in enumerate(itinerary.legs) if leg.is_transit]
    runs = []

    def same_run(position: int) -> tuple[str | None, int, int]:
        called = position if itinerary.legs[position].ordering else -1
        return _remote_code(position, itinerary, sellers, covered), sum(position >= turn for turn in turns), called

    for (code, *_), group in groupby(rides, key=same_run):
        legs = tuple(group)
        if code is not None:
            runs.append(RemoteRun(sellers[_agency_of(itinerary.legs[legs[0]])], legs))
    return runs


def remote_part(run: RemoteRun, itinerary: Itinerary, offer: RemoteOffer) -> PricedPart:
    """A run at its operator's price.

    The whole is divided in proportion to the published fares, or evenly where there are none, without losing a cent.
    """
    published = [
        [fare for fare in itinerary.fares if fare.traveller == traveller and set(fare.legs) <= set(run.legs)]
        for traveller in itinerary.travellers
    ]
    weights = [sum(fare.price.minor for fare in fares) for fares in published]
    shares = offer.price.split(weights if any(weights) else [1] * len(weights))
    begin, end = validity(itinerary, run.legs, None)
    products = tuple(
        PricedProduct(
            product_id=fares[0].product_id if len(fares) == 1 else run.seller.agency_id,
            name=" + ".join(dict.fromkeys(fare.name for fare in fares)) or run.seller.service_name,
            legs=run.legs,
            traveller=traveller,
            price=share,
            valid_from_at=begin,
            valid_until_at=end,
        )
        for traveller, fares, share in zip(itinerary.travellers, published, shares, strict=True)
    )
    return PricedPart(
        run.seller, run.legs, products, offer.capability, offer.offer_id, offer.expires_at, offer.is_ceiling
    )


def unsold_legs(itinerary: Itinerary, sellers: Sellers, sold: frozenset[int]) -> list[UnsoldLeg]:
    """Every ride outside `sold`, with what it costs and where it can be had."""
    unsold: list[UnsoldLeg] = []
    for position, leg in enumerate(itinerary.legs):
        if leg.is_transit and position not in sold:
            unsold.append(_unsold_leg(position, leg, itinerary, sellers.get(_agency_of(leg))))
    return unsold


def find_unsure(parts: Sequence[PricedPart]) -> PricedPart | None:
    """A part that must not be sold together with the others: nobody can find out what became of its purchase.

    Of such operators (capability D) one may be in an order, if it is asked last and its rides can be given back for at
    least a part of the price; sold alone, anything may.
    """
    unsure = [part for part in parts if part.capability == "D"]
    if len(parts) < 2 or not unsure:
        return None
    last = max(parts, key=lambda part: part.legs)
    refundable = last.seller.refund_fee_basis_points < 10_000
    return None if unsure == [last] and refundable else unsure[0]


def validity(itinerary: Itinerary, legs: Sequence[int], valid_s: int | None) -> tuple[datetime, datetime]:
    """When a product for `legs` may be used: as long as published, and never less than the rides take."""
    first, last = itinerary.legs[legs[0]], itinerary.legs[legs[-1]]
    if valid_s is None:
        return first.start_at - EARLY, last.end_at + LATE
    return first.start_at - EARLY, max(first.start_at + timedelta(seconds=valid_s), last.end_at)


def included_vat(price: Money, basis_points: int) -> Money:
    """The value-added tax within a price, by the ledger's rule of rounding."""
    return Money(vat.included(price.minor, basis_points), price.currency)


def _for_everybody(fares: list[FareProduct], travellers: Sequence[Traveller]) -> list[FareProduct]:
    """The fares whose rides everybody can ride by some of them. One that falls away may take others with it."""
    priced = {(fare.traveller, leg) for fare in fares for leg in fare.legs}
    kept = [fare for fare in fares if all((traveller, leg) in priced for traveller in travellers for leg in fare.legs)]
    return kept if len(kept) == len(fares) else _for_everybody(kept, travellers)


def _hosted_part(seller: Seller, fares: list[FareProduct], itinerary: Itinerary) -> PricedPart:
    products = []
    for fare in sorted(fares, key=lambda fare: (fare.legs, itinerary.travellers.index(fare.traveller))):
        begin, end = validity(itinerary, fare.legs, fare.valid_s)
        products.append(PricedProduct(fare.product_id, fare.name, fare.legs, fare.traveller, fare.price, begin, end))
    return PricedPart(seller, tuple(sorted({leg for fare in fares for leg in fare.legs})), tuple(products))


def _agency_of(leg: Leg) -> str:
    return leg.service.agency_id if leg.service else ""


def _remote_code(position: int, itinerary: Itinerary, sellers: Sellers, covered: frozenset[int]) -> str | None:
    seller = sellers.get(_agency_of(itinerary.legs[position]))
    is_remote = seller is not None and seller.sales == "tomp" and position not in covered
    return seller.operator_code if seller is not None and is_remote else None


def _unsold_leg(position: int, leg: Leg, itinerary: Itinerary, seller: Seller | None) -> UnsoldLeg:
    assert leg.service is not None
    fares = [fare for fare in itinerary.fares if position in fare.legs]
    first = min((fare.legs[0] for fare in fares), default=position)
    price = None
    if fares and first == position:
        price = total((fare.price for fare in fares), fares[0].price.currency)
    url = (seller.sales_url if seller else "") or leg.service.fare_url or leg.service.agency_url
    name = seller.service_name if seller else leg.service.agency_name
    if seller is not None and seller.sales == "free":
        return UnsoldLeg(position, "free", name, url, None)
    kind: Literal["elsewhere", "unknown"] = "elsewhere" if seller or url or price else "unknown"
    return UnsoldLeg(position, kind, name, url, price, None if first == position else first)
