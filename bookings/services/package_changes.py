"""Pre-sales: what a provider has chosen is held, and may still change before it is bought.

A package of several offers of one operator is made of pieces, one for each. Every change is priced by what is published
now; seats are exchanged in one go, so that a change that cannot be made leaves everything as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from bookings import capacity
from bookings.models import Ancillary, Offer, OfferProduct, Reservation
from bookings.operators.hosted import reservations
from bookings.services import offers, package_search, pricing, trips
from bookings.services.offers import OfferError
from bookings.services.package_error import PackageError
from bookings.services.package_search import WINDOW, Wish
from bookings.services.packages import (
    EXTRA,
    Counter,
    Package,
    get,
    get_seller,
    hold,
    wanted_of,
)
from bookings.services.pricing import PricedPart, PricedProduct
from transit import journeys
from transit.money import Money
from transit.register.sellers import Seller
from transit.routing.itinerary import Itinerary
from transit.routing.query import Location, RiderCategory, Traveller


@dataclass(frozen=True, slots=True)
class Piece:
    """One offer of a package: its code, its rides, what is sold of them. Positions of legs are its own."""

    offer: str
    itinerary: Itinerary
    products: tuple[PricedProduct, ...]


Edit = Callable[[list[Piece], Seller], list[Piece]]


def select(counter: Counter, codes: Sequence[str], language: str, now: datetime) -> Package:
    """Hold offers of one operator as a package. Raises PackageError."""
    chosen = [get(counter, code) for code in dict.fromkeys(codes)]
    if any(package.reservation is not None for package in chosen):
        raise PackageError("illegal", "select-offers")
    if any(package.offer.expires_at <= now for package in chosen):
        raise PackageError("expired", "offer")
    if len({(package.part.agency_id, package.offer.currency) for package in chosen}) != 1:
        raise PackageError("offers_differ")
    if len(chosen) > 1 and chosen[0].is_on_demand:
        raise PackageError("offers_differ", "each ride on demand is a package of its own")
    chosen.sort(key=lambda package: package.offer.journey.start_at)
    pieces = [piece for package in chosen for piece in _pieces(package, [(package.offer.code, None)])]
    itinerary, part = _joined(pieces, get_seller(chosen[0]))
    with transaction.atomic():
        made = _create(counter, itinerary, part, language, now)
    hold(counter, get(counter, made.code), "", now, purchased_at=None)
    _keep_pieces(made, pieces)
    return get(counter, made.code)


def remove_offer(counter: Counter, code: str, offer: str, now: datetime) -> Package:
    """Let one offer of a package go; the last one cannot be. Raises PackageError."""

    def edit(pieces: list[Piece], _: Seller) -> list[Piece]:
        kept = [piece for piece in pieces if piece.offer != offer]
        if len(kept) == len(pieces):
            raise PackageError("not_found", "offer")
        if not kept:
            raise PackageError("illegal", "remove-offer: release-package lets all of it go")
        return kept

    return _change(counter, code, edit, now)


def change_traveller(
    counter: Counter, code: str, traveller: str, category: RiderCategory, language: str, now: datetime
) -> Package:
    """Somebody else of another category rides; priced anew. Raises PackageError."""

    def edit(pieces: list[Piece], seller: Seller) -> list[Piece]:
        return [_with_traveller(piece, seller, traveller, category, language, now) for piece in pieces]

    return _change(counter, code, edit, now)


def change_time(
    counter: Counter, code: str, leg: int | None, at: tuple[datetime, bool], language: str, now: datetime
) -> Package:
    """Another departure between the same stops: of the offer with that ride, else of the first. `at` is when, and
    whether one wants to be there by then. Raises PackageError.
    """

    def edit(pieces: list[Piece], seller: Seller) -> list[Piece]:
        number = 0 if leg is None else _piece_with(pieces, leg)
        pieces[number] = _moved(pieces[number], seller, at, language, now)
        return sorted(pieces, key=lambda piece: piece.itinerary.start_at)

    return _change(counter, code, edit, now)


def change_ancillary(counter: Counter, code: str, leg: int, wanted: str, unwanted: str, now: datetime) -> Package:
    """Add what is sold beside a seat on a ride (by number, from 1), or take it out again. Raises PackageError."""

    def edit(pieces: list[Piece], seller: Seller) -> list[Piece]:
        number = _piece_with(pieces, leg)
        own = leg - sum(len(_rides(piece)) for piece in pieces[:number])
        pieces[number] = _with_ancillary(pieces[number], seller, own, wanted, unwanted)
        return pieces

    return _change(counter, code, edit, now)


def list_ancillaries(package: Package) -> list[Ancillary]:
    """What its operator sells beside seats."""
    rows = Ancillary.objects.filter(agency_id=package.part.agency_id, currency=package.offer.currency, is_sold=True)
    return list(rows.order_by("code"))


def _change(counter: Counter, code: str, edit: Edit, now: datetime) -> Package:
    package = get(counter, code)
    if package.reservation is None or package.reservation.purchased_at is not None:
        raise PackageError("illegal", "a package that is chosen and not bought may change")
    if package.is_on_demand:
        raise PackageError("not_offered", "a ride on demand is not changed: search and hold another one")
    lengths = [(each["offer"], each["legs"]) for each in package.reservation.content["pieces"]]
    seller = get_seller(package)
    pieces = edit(_pieces(package, lengths), seller)
    itinerary, part = _joined(pieces, seller)
    try:
        with transaction.atomic():
            # The lock first: what is bought meanwhile does not change any more.
            row = Reservation.objects.select_for_update().get(pk=package.reservation.pk)
            if row.state != "HELD" or row.purchased_at is not None or row.expires_at <= now:
                raise PackageError("expired" if row.expires_at <= now else "illegal", "package")
            offers.rewrite_for_provider(package.offer, itinerary, part)
            reservations.exchange(row, wanted_of(get(counter, code), now), now)
            _keep_pieces(package.offer, pieces)
    except capacity.SoldOut as full:
        raise PackageError("sold_out") from full
    return get(counter, code)


def _create(counter: Counter, itinerary: Itinerary, part: PricedPart, language: str, now: datetime) -> Offer:
    try:
        return offers.create_for_provider(itinerary, part, counter.provider.user_id, language, now)
    except OfferError as refused:
        raise PackageError("departed" if refused.code == "departed" else "not_offered") from refused


def _keep_pieces(offer: Offer, pieces: Sequence[Piece]) -> None:
    row = Reservation.objects.get(offer=offer)
    kept = [{"offer": piece.offer, "legs": len(piece.itinerary.legs)} for piece in pieces]
    row.content = {**row.content, "pieces": kept}
    row.save(update_fields=["content"])


def _pieces(package: Package, lengths: Sequence[tuple[str, int | None]]) -> list[Piece]:
    """A package as its pieces: which offer how many legs are of (None: all)."""
    whole, found, first = package.offer.journey, list[Piece](), 0
    for code, legs in lengths:
        end = len(whole.legs) if legs is None else first + legs
        fares = tuple(fare.moved(-first) for fare in whole.fares if first <= min(fare.legs) and max(fare.legs) < end)
        itinerary = replace(whole, legs=whole.legs[first:end], fares=fares, unpriced_legs=(), stays=())
        own = [each for each in package.products if first <= min(each.legs) and max(each.legs) < end]
        found.append(Piece(code, itinerary, tuple(_priced(each, first, package.offer.currency) for each in own)))
        first = end
    return found


def _priced(row: OfferProduct, first: int, currency: str) -> PricedProduct:
    return PricedProduct(
        row.product_id,
        row.name,
        tuple(leg - first for leg in row.legs),
        Traveller(row.traveller_key, RiderCategory(row.category)),
        Money(row.price_minor, currency),
        row.valid_from_at,
        row.valid_until_at,
    )


def _joined(pieces: Sequence[Piece], seller: Seller) -> tuple[Itinerary, PricedPart]:
    """The pieces as one. Raises PackageError where one begins before another has ended."""
    itinerary, products = pieces[0].itinerary, list(pieces[0].products)
    for piece in pieces[1:]:
        if piece.itinerary.start_at < itinerary.end_at:
            raise PackageError("offers_differ", "one leaves before another has arrived")
        moved = len(itinerary.legs)
        products += [replace(each, legs=tuple(leg + moved for leg in each.legs)) for each in piece.products]
        itinerary = trips.join(itinerary, piece.itinerary)
    legs = tuple(sorted({leg for each in products for leg in each.legs}))
    return itinerary, PricedPart(seller, legs, tuple(products))


def _rides(piece: Piece) -> list[int]:
    return [i for i, leg in enumerate(piece.itinerary.legs) if leg.is_transit]


def _piece_with(pieces: Sequence[Piece], number: int) -> int:
    """The piece that has a ride of the whole, by its number from 1."""
    before = 0
    for i, piece in enumerate(pieces):
        before += len(_rides(piece))
        if 1 <= number <= before:
            return i
    raise PackageError("unknown_leg")


def _with_traveller(
    piece: Piece, seller: Seller, key: str, category: RiderCategory, language: str, now: datetime
) -> Piece:
    if key not in {each.key for each in piece.itinerary.travellers}:
        raise PackageError("unknown_traveller")
    people = tuple(Traveller(key, category) if each.key == key else each for each in piece.itinerary.travellers)
    try:
        itinerary = journeys.recheck(replace(piece.itinerary, travellers=people), language, now)
    except journeys.ItineraryChanged as changed:
        raise PackageError("not_offered", "the timetable has changed") from changed
    return _sold(piece, itinerary, package_search.part_of(itinerary, {seller.agency_id: seller}))


def _moved(piece: Piece, seller: Seller, at: tuple[datetime, bool], language: str, now: datetime) -> Piece:
    first, last = piece.itinerary.legs[0].start, piece.itinerary.legs[-1].end
    time_at, arrive_by = at
    wish = Wish(
        origin=Location(first.lat, first.lon, first.name, first.stop_id),
        destination=Location(last.lat, last.lon, last.name, last.stop_id),
        time_at=time_at if arrive_by else max(time_at, now),
        arrive_by=arrive_by,
        travellers=piece.itinerary.travellers,
        mobility=piece.itinerary.mobility,
    )
    found = list(package_search.find_parts(wish, {seller.agency_id: seller}, language, now))
    if not found:
        raise PackageError("not_offered", f"nothing within {WINDOW}")
    itinerary, part = found[-1] if arrive_by else found[0]
    return _sold(piece, itinerary, part)


def _sold(piece: Piece, itinerary: Itinerary, part: PricedPart | None) -> Piece:
    """The piece with other seats; what is sold beside them goes with them where there is a ride for it."""
    if part is None:
        raise PackageError("not_offered")
    extras = [each for each in piece.products if each.product_id.startswith(EXTRA)]
    kept = [
        replace(each, valid_from_at=begin, valid_until_at=end)
        for each in extras
        if each.legs[0] in part.legs
        for begin, end in [pricing.validity(itinerary, each.legs, None)]
    ]
    return Piece(piece.offer, itinerary, (*part.products, *kept))


def _with_ancillary(piece: Piece, seller: Seller, number: int, wanted: str, unwanted: str) -> Piece:
    leg = _rides(piece)[number - 1]
    products = list(piece.products)
    if unwanted:
        gone = next((each for each in products if each.product_id == EXTRA + unwanted and leg in each.legs), None)
        if gone is None:
            raise PackageError("unknown_ancillary")
        products.remove(gone)
    if wanted:
        row = Ancillary.objects.filter(agency_id=seller.agency_id, code=wanted, is_sold=True).first()
        if row is None or row.currency != piece.products[0].price.currency:
            raise PackageError("unknown_ancillary")
        begin, end = pricing.validity(piece.itinerary, (leg,), None)
        rider = next(each.traveller for each in piece.products if leg in each.legs)
        price = Money(row.price_minor, row.currency)
        products.append(PricedProduct(EXTRA + row.code, row.name, (leg,), rider, price, begin, end))
    return replace(piece, products=tuple(products))
