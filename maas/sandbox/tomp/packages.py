"""Offers, packages and the seats that packages claim."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from maas.sandbox.tomp import errors
from maas.sandbox.tomp.settings import Settings
from maas.sandbox.tomp.timetable import Ride

CLAIMING = frozenset({"PENDING", "CONFIRMED", "STARTED", "ENDED"})


@dataclass(frozen=True, slots=True)
class Offer:
    """A priced ride for a number of travellers."""

    id: str
    ride: Ride
    travellers: tuple[str, ...]
    seats: int
    amount: Decimal
    expires_at: datetime


@dataclass(slots=True)
class Package:
    """What was bought. Its identifier is the offer's, so a buyer knows it before the purchase is answered; where an
    operator has numbers of its own, it is `number`.
    """

    offer: Offer
    amount: Decimal
    reference: str
    status: str
    expires_at: datetime
    bought_at: datetime
    history: list[tuple[str, str]] = field(default_factory=list)
    claimed_refund: Decimal | None = None
    needs: tuple[str, ...] = ()
    """Who boards in a wheelchair, and the like, as the buyer said (mobilityNeed)."""
    committed_at: datetime | None = None
    """When the buyer gave its word, where the operator still has to give its own."""
    number: str = ""

    @property
    def id(self) -> str:
        """The same as the offer's, or a number of its own."""
        return self.number or self.offer.id

    def move(self, status: str, now: datetime) -> None:
        """Another status, kept in the history."""
        self.status = status
        self.history.append((status, now.isoformat()))


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the account between operator and buyer: positive is owed to the operator."""

    id: str
    package: str
    category: str
    amount: Decimal
    currency: str
    at: datetime


class Shop:
    """Sells rides: keeps seats, expiries and the account. `now` comes with every call."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.offers: dict[str, Offer] = {}
        self.packages: dict[str, Package] = {}
        self.entries: list[Entry] = []
        self._count = 0

    def offer(self, ride: Ride, travellers: tuple[str, ...], seats: int, factor: Decimal, now: datetime) -> Offer:
        """A new offer, valid for a while and no longer than until departure."""
        self._count += 1
        number = f"{self.settings.prefix}{self.settings.seed}-{self._count:06d}"
        expires_at = min(now + timedelta(seconds=self.settings.offer_valid_s), ride.departs_at)
        amount = _cents(ride.fare.price * seats * factor)
        self.offers[number] = Offer(number, ride, travellers, seats, amount, expires_at)
        self._forget(now)
        return self.offers[number]

    def _forget(self, now: datetime) -> None:
        if len(self.offers) > 5000:
            self.offers = {k: o for k, o in self.offers.items() if o.expires_at > now or k in self.packages}

    def seats_left(self, ride: Ride, now: datetime) -> int:
        """Seats free on the part of the trip that a ride covers."""
        taken = 0
        for package in self.packages.values():
            other = package.offer.ride
            same = (other.trip_id, other.service_date) == (ride.trip_id, ride.service_date)
            overlaps = other.start_sequence < ride.end_sequence and ride.start_sequence < other.end_sequence
            if same and overlaps and self.current(package, now).status in CLAIMING:
                taken += package.offer.seats
        return self.settings.seats - taken

    def find(self, package_id: str, now: datetime) -> Package | None:
        """A package, its expiry considered."""
        package = self.packages.get(package_id)
        return self.current(package, now) if package else None

    def get(self, package_id: str, now: datetime) -> Package:
        """A package; raises TompError (404) where there is none."""
        package = self.find(package_id, now)
        if package is None:
            raise errors.not_found("package")
        return package

    def current(self, package: Package, now: datetime) -> Package:
        """What has become of a pending package by itself: decided on, or booked or expired by silence."""
        if package.status == "CONFIRMED" and self.settings.estimates and now >= package.offer.ride.arrives_at:
            self._end(package)
        if package.status != "PENDING":
            return package
        if package.committed_at is not None:
            decided_at = package.committed_at + timedelta(seconds=self.settings.decides_after_s)
            if now >= decided_at and self.settings.accepts:
                self._sell(package, decided_at)
            elif now >= decided_at:
                package.move("RELEASED", decided_at)
        elif now >= package.expires_at and self.settings.silence_books:
            self._sell(package, package.expires_at)
        elif now >= package.expires_at:
            package.move("EXPIRED", package.expires_at)
        return package

    def purchase(self, offer_id: str, reference: str, factor: Decimal, now: datetime) -> Package:
        """Claims seats until an expiry. Raises TompError."""
        known = self.packages.get(offer_id)
        if known is None and self.settings.own_numbers:
            known = next((each for each in self.packages.values() if each.offer.id == offer_id), None)
        if known is not None and not self.settings.sells_twice:
            if self.settings.capability == "A":
                return self.current(known, now)
            raise errors.TompError(403, 3203, "Already in use", "this offer has been purchased; get the package")
        offer = self.offers.get(offer_id)
        if offer is None:
            raise errors.not_found("offer")
        if now >= offer.ride.departs_at:
            raise errors.departed()
        if now >= offer.expires_at:
            raise errors.expired("offer")
        if self.seats_left(offer.ride, now) < offer.seats:
            raise errors.sold_out()
        expires_at = min(now + timedelta(seconds=self.settings.hold_s), offer.ride.departs_at)
        package = Package(offer, _cents(offer.amount * factor), reference, "OFFERED", expires_at, now)
        package.move("PENDING", now)
        if self.settings.own_numbers or known is not None:
            package.number = f"{offer_id}-p{len(self.packages) + 1}"
        self.packages[package.id] = package
        return package

    def price_elsewhere(self, package_id: str) -> Package:
        """From now on it costs as much in another currency."""
        package = self.packages[package_id]
        ride = package.offer.ride
        package.offer = replace(package.offer, ride=replace(ride, fare=replace(ride.fare, currency="SEK")))
        return package

    def confirm(self, package_id: str, now: datetime, factor: Decimal = Decimal(1)) -> Package:
        """Makes a purchase binding. `factor` is 1 but for the fault that changes the price at the last moment."""
        package = self.get(package_id, now)
        if package.status == "CONFIRMED" and self.settings.capability == "A":
            return package
        self._require(package, "PENDING", "confirm-purchase")
        package.amount = _cents(package.amount * factor)
        if self.settings.confirms == "at_once":
            self._sell(package, now)
        else:
            package.committed_at = package.committed_at or now
        return package

    def _sell(self, package: Package, now: datetime) -> None:
        package.move("CONFIRMED", now)
        self._enter(package, "FARE", package.amount, now)

    def _end(self, package: Package) -> None:
        """The ride is over: it cost more or less than was estimated."""
        ended_at, estimate = package.offer.ride.arrives_at, package.amount
        package.amount = _cents(estimate * self.settings.used_percent / 100)
        package.move("ENDED", ended_at)
        self._enter(package, "FARE", package.amount - estimate, ended_at)

    def rollback(self, package_id: str, now: datetime) -> Package:
        """Undoes a purchase that is not yet binding."""
        package = self.get(package_id, now)
        if package.status == "ROLLBACK" and self.settings.capability == "A":
            return package
        self._require(package, "PENDING", "rollback-purchase")
        if self.settings.keeps_released:
            return replace(package, status="ROLLBACK")
        package.move("ROLLBACK", now)
        return package

    def extend(self, package_id: str, now: datetime) -> Package:
        """Another while to confirm, up to a limit since the purchase."""
        package = self.get(package_id, now)
        self._require(package, "PENDING", "extend-expiry-time")
        limit = min(package.bought_at + timedelta(seconds=self.settings.max_hold_s), package.offer.ride.departs_at)
        wanted = now + timedelta(seconds=self.settings.hold_s)
        if limit <= package.expires_at:
            raise errors.illegal("extend-expiry-time", "PENDING (the longest hold is reached)")
        package.expires_at = max(package.expires_at, min(wanted, limit))
        return package

    def cancel(self, package_id: str, now: datetime) -> Package:
        """Technical correction: undoes a confirmed package whole, before departure."""
        package = self.get(package_id, now)
        if package.status == "CANCELLED" and self.settings.capability == "A":
            return package
        self._require(package, "CONFIRMED", "cancel-package")
        if now >= package.offer.ride.departs_at:
            raise errors.departed()
        return self._refund(package, package.amount, now)

    def call_off(self, package: Package, now: datetime) -> bool:
        """The operator itself cancels what it has sold, and owes nothing for it. Whether there was anything."""
        if package.status != "CONFIRMED":
            return False
        self._refund(package, package.amount, now)
        return True

    def refundable(self, package: Package, now: datetime) -> Decimal | None:
        """What comes back if the ticket is returned now; None where nothing does."""
        left_s = (package.offer.ride.departs_at - now).total_seconds()
        if package.status != "CONFIRMED" or left_s <= 0:
            return None
        if left_s >= self.settings.refund_free_until_s:
            return package.amount
        return _cents(package.amount * (100 - self.settings.refund_fee_percent) / 100)

    def claim(self, package_id: str, now: datetime) -> Package:
        """Fixes the amount of a refund, to be confirmed next."""
        package = self.get(package_id, now)
        amount = self.refundable(package, now)
        if amount is None:
            raise errors.illegal("claim-redress-option", package.status)
        package.claimed_refund = amount
        return package

    def redress(self, package_id: str, now: datetime) -> Package:
        """Gives the claimed refund."""
        package = self.get(package_id, now)
        if package.status == "CANCELLED" and self.settings.capability == "A":
            return package
        self._require(package, "CONFIRMED", "confirm-redress-option")
        if package.claimed_refund is None:
            raise errors.illegal("confirm-redress-option", "CONFIRMED (claim first)")
        return self._refund(package, package.claimed_refund, now)

    def _refund(self, package: Package, amount: Decimal, now: datetime) -> Package:
        package.move("CANCELLED", now)
        self._enter(package, "REFUND", -amount, now)
        return package

    def _require(self, package: Package, status: str, verb: str) -> None:
        if package.status == "EXPIRED":
            raise errors.expired("package")
        if package.status != status:
            raise errors.illegal(verb, package.status)

    def _enter(self, package: Package, category: str, amount: Decimal, now: datetime) -> None:
        number = f"{self.settings.prefix}{self.settings.seed}-j{len(self.entries) + 1:06d}"
        currency = package.offer.ride.fare.currency
        self.entries.append(Entry(number, package.id, category, amount, currency, now))


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
