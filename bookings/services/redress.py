"""What comes back of a package that was sold: by its operator's rules; the whole where the operator is the reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Min

from bookings.models import Provider, Reservation, Ticket
from bookings.operators.hosted import reservations
from bookings.services import package_books, package_dispatch, package_news
from bookings.services.package_error import PackageError
from bookings.services.packages import Counter, Package, get, get_seller
from bookings.states import TICKET
from transit.money import Money
from transit.ondemand import rides
from transit.ondemand.sheets import Carried
from transit.register.sellers import find_seller

REFUND: Final = "refund"
CORRECTION: Final = timedelta(minutes=10)
"""So long after the sale a provider may take back what it never meant to buy."""
NO_SHOW_UNTIL: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Option:
    """A way to give a package back: its name, and what comes back."""

    name: str
    refund: Money


def list_options(package: Package, now: datetime) -> list[Option]:
    """The refund by the operator's rules, while there is one; nothing of what is not sold or was used."""
    row = package.reservation
    if row is None or row.state != "CONFIRMED" or row.tickets.filter(state="USED").exists():
        return []
    if package.is_on_demand and (package.dispatched is None or package.dispatched.state != "CONFIRMED"):
        return []
    fee = get_seller(package).find_refund_fee(package.price, (row.departs_at - now).total_seconds())
    return [] if fee is None else [Option(REFUND, package.price - fee)]


def claim(counter: Counter, code: str, option: str, now: datetime) -> Package:
    """Ask for a refund; it is made when it is confirmed. Raises PackageError."""
    package = get(counter, code)
    with transaction.atomic():
        _note_back(_lock(package), _option(package, option, now).refund.minor)
    return get(counter, code)


def confirm(counter: Counter, code: str, option: str, now: datetime) -> Package:
    """Make the refund that was claimed; repeated, nothing more happens. Raises PackageError.

    One that has become smaller meanwhile has to be claimed anew.
    """
    package = get(counter, code)
    known = package.reservation
    if known is not None and option == REFUND:
        if known.state == "CANCELLED":
            return package
        if known.refund_claimed_minor is not None and _is_taken_off(package):
            finish(known.pk, now)
            return get(counter, code)
    with transaction.atomic():
        row = _lock(package)
        found = _option(get(counter, code), option, now)
        if row.refund_claimed_minor is None:
            raise PackageError("illegal", "confirm-redress-option")
        if found.refund.minor < row.refund_claimed_minor:
            raise PackageError("not_refundable", "claim-redress-option")
        if not package.is_on_demand:
            _take_back(row, package.price - found.refund, now)
        else:
            _note_back(row, found.refund.minor)
    _finish_ride(row, now)
    return get(counter, code)


def correct(counter: Counter, code: str, now: datetime) -> Package:
    """Take back the whole of what was sold by a technical fault, soon after it and unused. Raises PackageError."""
    package = get(counter, code)
    with transaction.atomic():
        row = _lock(package)
        if row.state == "CANCELLED":
            return package
        fresh = row.confirmed_at is not None and now < min(row.confirmed_at + CORRECTION, row.departs_at)
        if row.state != "CONFIRMED" or not fresh:
            raise PackageError("illegal", "cancel-package")
        if row.tickets.filter(state="USED").exists():
            raise PackageError("used")
        if not package.is_on_demand:
            _take_back(row, Money(0, row.currency), now)
        else:
            _note_back(row, row.price_minor)
    _finish_ride(row, now)
    return get(counter, code)


def call_off(operator_code: str, reference: str, now: datetime) -> bool:
    """An operator cancels a package: the whole comes back, its provider is told. False where there is none."""
    with transaction.atomic():
        row = _find_sold(operator_code, reference)
        if row is None:
            return False
        if not _is_on_demand(row):
            _call_off(row, now)
            return True
    package_dispatch.take_off(row.client_ref, now, called_off=True)
    finish(row.pk, now, called_off=True)
    return True


def finish(pk: int, now: datetime, *, called_off: bool = False) -> None:
    """The ride on demand of a package was taken off: so is the sale. Done twice, nothing more happens.

    The dispatcher, and its operator, give back everything; the provider what was noted before.
    """
    with transaction.atomic():
        row = Reservation.objects.select_for_update().get(pk=pk)
        if row.state != "CONFIRMED":
            return
        if called_off or rides.is_called_off(row.client_ref):
            _call_off(row, now)
        else:
            back = row.price_minor if row.refund_claimed_minor is None else row.refund_claimed_minor
            _take_back(row, Money(row.price_minor - back, row.currency), now)


def make_amends(pk: int, ride: Carried, now: datetime) -> None:
    """A ride on demand took place and its promise was not kept: a share of the price comes back, once."""
    basis_points = min(ride.conduct.broken_promise_basis_points, 10_000)
    with transaction.atomic():
        row = Reservation.objects.select_for_update().get(pk=pk)
        assert row.offer is not None, "a provider's"
        if row.state == "CONFIRMED":
            back, _ = Money(row.price_minor, row.currency).split([basis_points, 10_000 - basis_points])
            provider = Provider.objects.get(code=row.provider)
            package_books.post_amends(provider, f"{row.offer.code}-1", row, back, now)


def call_off_departure(departure_key: str, now: datetime) -> int:
    """A departure does not run: every package with a ride on it is cancelled. How many there were."""
    sold = Reservation.objects.filter(state="CONFIRMED", offer__isnull=False, rides__departure_key=departure_key)
    found = list(sold.values_list("operator_code", "offer__code").distinct())
    return sum(call_off(operator_code, f"{code}-1", now) for operator_code, code in found)


def note_no_show(operator_code: str, reference: str, now: datetime) -> bool:
    """Nobody came: the operator keeps what its rule says. False where there is no such package. Raises PackageError."""
    with transaction.atomic():
        row = _find_sold(operator_code, reference)
        if row is None or row.offer is None:
            return False
        departs_at = row.rides.aggregate(first=Min("start_at"))["first"] or row.departs_at
        if now < departs_at:
            raise PackageError("not_departed")
        if now > departs_at + NO_SHOW_UNTIL:
            raise PackageError("too_late")
        if row.tickets.filter(state="USED").exists():
            raise PackageError("already_used")
        if _is_on_demand(row):
            _check_missed(row)
        price, day = Money(row.price_minor, row.currency), row.content.get("service_date")
        seller = find_seller(row.content["agency_id"], date.fromisoformat(day) if day else None)
        kept = seller.no_show_fee(price) if seller else price
        if kept < price:
            _take_back(row, kept, now)
        package_news.queue(row, "USER_NO_SHOW", "no_show", now)
    return True


def _option(package: Package, name: str, now: datetime) -> Option:
    found = list_options(package, now)
    if not found:
        raise PackageError("not_refundable")
    if name != found[0].name:
        raise PackageError("not_found", "redress option")
    return found[0]


def _lock(package: Package) -> Reservation:
    if package.reservation is None:
        raise PackageError("illegal", "not bought")
    return Reservation.objects.select_for_update().get(pk=package.reservation.pk)


def _find_sold(operator_code: str, reference: str) -> Reservation | None:
    code = reference.removesuffix("-1")
    rows = Reservation.objects.filter(operator_code=operator_code, offer__code=code, state="CONFIRMED")
    found = rows.first() if code != reference else None
    row = found and Reservation.objects.select_for_update().get(pk=found.pk)
    return row if row is not None and row.state == "CONFIRMED" else None


def _is_on_demand(row: Reservation) -> bool:
    return package_dispatch.is_planned(row.content["agency_id"])


def _is_taken_off(package: Package) -> bool:
    return package.is_on_demand and package.dispatched is not None and package.dispatched.state == "CANCELLED"


def _check_missed(row: Reservation) -> None:
    """Of a ride on demand its driver says that nobody came."""
    view = rides.find(row.client_ref)
    if view is not None and view.state != "NO_SHOW":
        raise PackageError("already_used" if view.state in {"BOARDED", "DONE"} else "not_departed")


def _note_back(row: Reservation, minor: int) -> None:
    row.refund_claimed_minor = minor
    row.save(update_fields=["refund_claimed_minor"])


def _finish_ride(row: Reservation, now: datetime) -> None:
    """Take a ride on demand off its route, and then back what was sold of it."""
    if _is_on_demand(row):
        package_dispatch.take_off(row.client_ref, now)
        finish(row.pk, now)


def _call_off(row: Reservation, now: datetime) -> None:
    _take_back(row, Money(0, row.currency), now)
    package_news.queue(row, "WARNING", "called_off", now, message="cancelled by the operator")


def _take_back(row: Reservation, fee: Money, now: datetime) -> None:
    """Everything that follows from it, in the caller's transaction, which has the lock.

    What has come back as amends is a part of what comes back.
    """
    assert row.offer is not None, "a provider's"
    cancelled = reservations.cancel(row, fee, now)
    for ticket in Ticket.objects.select_for_update().filter(reservation=row, state="ISSUED"):
        TICKET.move(ticket, "VOID", at=now.isoformat())
    provider = Provider.objects.get(code=row.provider)
    reference = f"{row.offer.code}-1"
    back = Money(row.price_minor, row.currency) - fee - package_books.get_amends(provider, reference, row.currency)
    package_books.post_refund(provider, reference, cancelled, max(back, Money(0, row.currency)), now)
