"""How a package stands, and its rides on the day: begun and ended as the provider says, or an inspector's device saw.

The vehicles of a timetable are not the traveller's: nothing is unlocked, paused or made longer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from bookings.models import Reservation, Ride
from bookings.services import package_books, package_dispatch, package_news
from bookings.services.package_error import PackageError
from bookings.services.packages import Counter, Package, get
from bookings.services.pricing import EARLY, LATE

OPERATIONS: Final = ("start", "end")
SOLD: Final = frozenset({"CONFIRMED", "STARTED", "ENDED", "SETTLED"})
_LET_GO: Final = {"EXPIRED": "EXPIRED", "CANCELLED": "CANCELLED"}


@dataclass(frozen=True, slots=True)
class Standing:
    """TOMP's packageStatus, and the legStatus of each ride by its position in the itinerary."""

    status: str
    legs: Mapping[int, str]


def standing(package: Package, counter: Counter, now: datetime) -> Standing:
    """How a package and its rides stand now."""
    row = package.reservation
    if row is not None and row.state == "CONFIRMED":
        return _sold(package, counter, row, now)
    status = _unsold_status(package, row, now)
    leg = "NOT_STARTED" if status in {"OFFERED", "PENDING"} else "CANCELLED"
    return Standing(status, dict.fromkeys(package.rides, leg))


def operate(counter: Counter, code: str, number: int, operation: str, now: datetime) -> Package:
    """Begin or end a ride, `number` from 1; of a ride on demand the driver says so. Raises PackageError."""
    package = get(counter, code)
    if package.is_on_demand:
        raise PackageError("illegal", f"{operation}-leg: the driver says so")
    with transaction.atomic():
        ride = _lock(package, number, operation)
        if not ride.start_at - EARLY <= now <= ride.end_at + LATE:
            raise PackageError("illegal", f"{operation}-leg")
        ride.begun_at = ride.begun_at or now
        ride.ended_at = (ride.ended_at or now) if operation == "end" else ride.ended_at
        ride.save(update_fields=["begun_at", "ended_at"])
    return get(counter, code)


def begin_next(counter: Counter, code: str, product_id: str, now: datetime) -> Package:
    """Begin the next ride of a product. Raises PackageError."""
    package = get(counter, code)
    legs = {leg for product in package.products if product.product_id == product_id for leg in product.legs}
    if not legs:
        raise PackageError("not_found", "product")
    row = package.reservation
    waiting = row.rides.filter(leg__in=legs, begun_at=None).order_by("start_at").first() if row else None
    if waiting is None:
        raise PackageError("illegal", "initiate-leg-product")
    return operate(counter, code, package.rides.index(waiting.leg) + 1, "start", now)


def note_boarded(row: Reservation, departure: str, at: datetime, now: datetime) -> None:
    """A device has seen somebody board: the ride has begun, and who has sold it hears so. Joins the transaction."""
    for number, ride in enumerate(row.rides.order_by("leg"), 1):
        if ride.departure_key == departure and ride.begun_at is None:
            ride.begun_at = at
            ride.save(update_fields=["begun_at"])
            package_news.queue(row, "STARTED", f"started:{number}", now, number)


def _lock(package: Package, number: int, operation: str) -> Ride:
    if package.reservation is None or not 1 <= number <= len(package.rides):
        raise PackageError("unknown_leg")
    row = Reservation.objects.select_for_update().get(pk=package.reservation.pk)
    if row.state != "CONFIRMED":
        raise PackageError("illegal", f"{operation}-leg")
    return row.rides.get(leg=package.rides[number - 1])


def _unsold_status(package: Package, row: Reservation | None, now: datetime) -> str:
    if row is None:
        return "OFFERED" if now < package.offer.expires_at else "EXPIRED"
    bought = row.purchased_at is not None
    if row.state == "RELEASED":
        return "ROLLBACK" if bought else "RELEASED"
    if row.state == "HELD" and now < row.expires_at:
        return "PENDING" if bought else "OFFERED"
    return _LET_GO.get(row.state, "EXPIRED")


def _sold(package: Package, counter: Counter, row: Reservation, now: datetime) -> Standing:
    legs = {ride.leg: _leg_status(ride, now) for ride in row.rides.all()}
    if package.is_on_demand:
        legs = dict.fromkeys(legs, package_dispatch.leg_status(package.dispatched, now))
    states = set(legs.values())
    if states == {"ENDED"}:
        paid = package_books.is_paid(counter.provider, package.reference, row.currency)
        return Standing("SETTLED" if paid and row.price_minor else "ENDED", legs)
    return Standing("CONFIRMED" if states == {"NOT_STARTED"} else "STARTED", legs)


def _leg_status(ride: Ride, now: datetime) -> str:
    if ride.ended_at is not None or now >= ride.end_at:
        return "ENDED"
    return "NOT_STARTED" if ride.begun_at is None else "IN_USE"
