"""What third-party providers buy of hosted operators: an offer, held, sold or let go (TOMP 2.0: package).

A package has the code of its offer, and one reservation under a reference that follows from the code: buying an offer
twice is buying it once. The reservation's state is the package's; this module writes what a sale brings with it.
"""

from __future__ import annotations

from collections import Counter as Counts
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction

from bookings import capacity
from bookings.models import Offer, OfferPart, OfferProduct, Provider, Reservation, Ride
from bookings.operators.hosted import reservations
from bookings.operators.hosted.reservations import Departure, Wanted
from bookings.services import package_books, package_dispatch, ticketing
from bookings.services.offers import MIN_LEAD
from bookings.services.package_error import PackageError
from bookings.services.requests import departure_key
from transit.money import Money
from transit.ondemand import rides
from transit.ondemand.quote import RideView
from transit.register.sellers import Seller, find_seller, list_seats

EXTRA: Final = "extra:"
"""Before the code of what is sold beside a seat, as a product."""
LONGEST_HOLD: Final = 3
"""A hold may be extended to so many times what its operator allows at first."""
MOST_HELD: Final = 500
"""Holds of one provider at a time: nobody keeps a region's seats by holding them."""
FORGOTTEN_AFTER: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Counter:
    """Where a provider buys: of all hosted operators, or of the one that is named."""

    provider: Provider
    operator_code: str = ""


@dataclass(frozen=True)
class Package:
    """An offer to a provider, with its reservation once it is chosen or bought."""

    offer: Offer
    part: OfferPart
    reservation: Reservation | None

    @cached_property
    def products(self) -> list[OfferProduct]:
        """What is sold, seats and extras."""
        return list(self.part.products.all())

    @property
    def price(self) -> Money:
        """The whole."""
        return Money(self.part.price_minor, self.offer.currency)

    @property
    def reference(self) -> str:
        """How books and statements call it."""
        return f"{self.offer.code}-1"

    @cached_property
    def rides(self) -> list[int]:
        """The positions of its rides in the itinerary."""
        return sorted({leg for product in self.products for leg in product.legs})

    @property
    def is_on_demand(self) -> bool:
        """Whether its ride is one that our own dispatcher plans."""
        return package_dispatch.is_planned(self.part.agency_id)

    @cached_property
    def dispatched(self) -> RideView | None:
        """That ride, as the dispatcher has it; None before it is held."""
        return rides.find(client_ref(self.offer.code)) if self.is_on_demand else None

    @property
    def service_date(self) -> date:
        """The day of operation of its first ride."""
        service = self.offer.journey.legs[self.rides[0]].service
        assert service is not None, "only rides are sold"
        return service.service_date


def client_ref(code: str) -> UUID:
    """The reference of a package's reservation."""
    return uuid5(NAMESPACE_URL, f"tomp:{code}")


def get(counter: Counter, code: str) -> Package:
    """A package of this provider. Raises PackageError, `not_found` also for somebody else's."""
    rows = Offer.objects.filter(owner=counter.provider.user_id, channel="tomp", code=code)
    offer = rows.select_related("reservation").prefetch_related("parts__products").first()
    part = next(iter(offer.parts.all()), None) if offer else None
    if offer is None or part is None or counter.operator_code not in ("", part.operator_code):
        raise PackageError("not_found", "package")
    return Package(offer, part, getattr(offer, "reservation", None))


def find_by_reference(counter: Counter, reference: str) -> Package:
    """The last package that the provider bought under a reference of its own. Raises PackageError."""
    rows = Reservation.objects.filter(provider=counter.provider.code, reference=reference, offer__isnull=False)
    row = rows.select_related("offer").order_by("-pk").first()
    if row is None or row.offer is None or not reference:
        raise PackageError("not_found", "package")
    return get(counter, row.offer.code)


def buy(counter: Counter, code: str, reference: str, now: datetime) -> Package:
    """Hold an offer until it is confirmed, or what was chosen. Raises PackageError."""
    package = get(counter, code)
    if package.reservation is None:
        hold(counter, package, reference, now, purchased_at=now)
    elif package.reservation.purchased_at is None:
        _buy_chosen(package.reservation, reference, now)
    elif package.reservation.state == "EXPIRED" or _is_over(package.reservation, now):
        raise PackageError("expired", "package")
    elif package.reservation.state in {"RELEASED", "CANCELLED"}:
        raise PackageError("illegal", "what was let go is not bought again: search anew")
    return get(counter, code)


def hold(counter: Counter, package: Package, reference: str, now: datetime, purchased_at: datetime | None) -> None:
    """Take the seats of an offer; nothing more where it is held already. Raises PackageError."""
    if package.offer.expires_at <= now:
        raise PackageError("expired", "offer")
    held = Reservation.objects.filter(provider=counter.provider.code, state="HELD", expires_at__gt=now)
    if held.count() >= MOST_HELD:
        raise PackageError("too_many_holds")
    wanted = replace(wanted_of(package, now), reference=reference, purchased_at=purchased_at)
    provider, ref = counter.provider.code, client_ref(package.offer.code)
    if package.is_on_demand:
        until = package_dispatch.hold(ref, _quote_of(package), wanted.expires_at, provider, now)
        wanted = replace(wanted, expires_at=until)
    try:
        reservations.hold(provider, ref, wanted, now)
    except capacity.SoldOut as full:
        raise PackageError("sold_out") from full


def wanted_of(package: Package, now: datetime) -> Wanted:
    """What has to be reserved for a package. Raises PackageError."""
    seller, itinerary = get_seller(package), package.offer.journey
    departs_at = min(itinerary.legs[leg].start_at for leg in package.rides)
    if departs_at < now + MIN_LEAD:
        raise PackageError("departed")
    seats = Counts(leg for product in package.products if not is_extra(product) for leg in product.legs)
    counted = [] if package.is_on_demand else package.rides
    keys = {leg: departure_key(itinerary, leg) for leg in counted}
    caps = list_seats(seller, keys.values())
    products = [
        {"id": each.product_id, "name": each.name, "legs": each.legs, "category": each.category}
        for each in package.products
    ]
    return Wanted(
        operator_code=package.part.operator_code,
        price=package.price,
        departs_at=departs_at,
        expires_at=min(now + timedelta(seconds=seller.hold_s), departs_at),
        departures=[Departure(key, seats[leg], caps[key]) for leg, key in keys.items()],
        content={
            "agency_id": package.part.agency_id,
            "products": products,
            "service_date": package.service_date.isoformat(),
        },
        offer_id=package.offer.pk,
    )


def get_seller(package: Package) -> Seller:
    """Who sells it, by the rules of its day. Raises PackageError where that has changed."""
    seller = find_seller(package.part.agency_id, package.service_date)
    if seller is None or seller.sales != package.part.sales or seller.operator_code != package.part.operator_code:
        raise PackageError("not_sold_here")
    return seller


def is_extra(product: OfferProduct) -> bool:
    """Whether it is sold beside a seat, and takes none."""
    return product.product_id.startswith(EXTRA)


def confirm(counter: Counter, code: str, now: datetime) -> Package:
    """Sell what is held: tickets, rides and the ledger in the same transaction. Repeated, nothing more happens."""
    package = get(counter, code)
    row = _bought(package, "confirm-purchase")
    if package.is_on_demand and row.state == "HELD" and row.expires_at > now:
        package_dispatch.confirm(row.client_ref, now)
    with transaction.atomic():
        row = reservations.confirm(row, now)
        if row.state == "CONFIRMED" and row.confirmed_at is None:
            _sell(get(counter, code), row, counter.provider, now)
    if row.state != "CONFIRMED":
        if package.is_on_demand:
            package_dispatch.take_off(row.client_ref, now)
        raise PackageError("expired" if row.state == "EXPIRED" else "illegal", "confirm-purchase")
    return get(counter, code)


def roll_back(counter: Counter, code: str, now: datetime) -> Package:
    """Let go what was bought and not confirmed. Repeated, nothing more happens."""
    return _let_go(counter, _bought(get(counter, code), "rollback-purchase"), code, "rollback-purchase", now)


def release(counter: Counter, code: str, now: datetime) -> Package:
    """Let go what was chosen and not bought. Repeated, nothing more happens."""
    row = get(counter, code).reservation
    if row is None or row.purchased_at is not None:
        raise PackageError("illegal", "release-package")
    return _let_go(counter, row, code, "release-package", now)


def extend(counter: Counter, code: str, now: datetime) -> Package:
    """Hold for as long again as the operator allows, up to an end that does not move."""
    package = get(counter, code)
    row = package.reservation
    if row is None:
        raise PackageError("illegal", "extend-expiry-time")
    hold_s = get_seller(package).hold_s
    first_at = row.purchased_at or package.offer.created_at
    until = min(now + timedelta(seconds=hold_s), first_at + timedelta(seconds=LONGEST_HOLD * hold_s), row.departs_at)
    if package.is_on_demand and row.state == "HELD" and row.expires_at > now:
        package_dispatch.extend(row.client_ref, until, now)
    row = reservations.extend(row, until, now)
    if row.state != "HELD":
        raise PackageError("expired" if row.state == "EXPIRED" else "illegal", "extend-expiry-time")
    return get(counter, code)


def forget_old(now: datetime) -> None:
    """Offers that nobody has bought are not kept."""
    old = Offer.objects.filter(channel="tomp", reservation=None, expires_at__lt=now - FORGOTTEN_AFTER)
    Offer.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:500])).delete()


def _is_over(row: Reservation, now: datetime) -> bool:
    return row.state == "HELD" and row.expires_at <= now


def _bought(package: Package, verb: str) -> Reservation:
    row = package.reservation
    if row is None or row.purchased_at is None:
        raise PackageError("illegal", verb)
    return row


def _buy_chosen(chosen: Reservation, reference: str, now: datetime) -> None:
    with transaction.atomic():
        row = Reservation.objects.select_for_update().get(pk=chosen.pk)
        if row.state == "HELD" and row.expires_at > now:
            row.purchased_at, row.reference = row.purchased_at or now, reference or row.reference
            row.save(update_fields=["purchased_at", "reference"])
            return
    raise PackageError("illegal" if row.state == "RELEASED" else "expired", "purchase-package")


def _let_go(counter: Counter, row: Reservation, code: str, verb: str, now: datetime) -> Package:
    if row.state == "CONFIRMED":
        raise PackageError("illegal", verb)
    row = reservations.let_go(row, now)
    if row.state == "CONFIRMED":
        raise PackageError("illegal", verb)
    package = get(counter, code)
    if package.is_on_demand:
        package_dispatch.take_off(row.client_ref, now)
    return package


def _quote_of(package: Package) -> str:
    """What our dispatcher has quoted of its ride."""
    ordering = package.offer.journey.legs[package.rides[0]].ordering
    assert ordering is not None, "a ride on demand is ordered"
    assert ordering.quote is not None, "what is offered was quoted"
    return ordering.quote.token


def _sell(package: Package, row: Reservation, provider: Provider, now: datetime) -> None:
    row.confirmed_at = now
    row.save(update_fields=["confirmed_at"])
    itinerary = package.offer.journey
    Ride.objects.bulk_create(
        Ride(
            reservation=row,
            leg=leg,
            departure_key=departure_key(itinerary, leg),
            start_at=itinerary.legs[leg].scheduled_start_at,
            end_at=itinerary.legs[leg].scheduled_end_at,
        )
        for leg in package.rides
    )
    ticketing.issue_reserved(row, package.offer, now)
    package_books.post_sale(provider, package.reference, row, now)
