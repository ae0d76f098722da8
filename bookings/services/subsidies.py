"""Subsidies of rides: offered with the price, reserved with the order, settled with the sale, given back with it.

A claim is a share of one product that a budget gives. What stands on it follows the booking: whatever part the ledger
has a payer owe, its claims owe together, in the order in which the rules name them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from django.db.models import F, Q

from bookings import budgets
from bookings.budgets import End
from bookings.ledger.division import Cells
from bookings.models import Booking, OfferProduct, Order, ProductShare, SubsidyAllowance, SubsidyBudget, SubsidyClaim
from bookings.services import sales
from bookings.states import SUBSIDY
from transit.ondemand import versions
from transit.ondemand.rules import Subsidy
from transit.ondemand.subsidising import Grant, Room, after, grant, holds

_CLAIMED: Final = ("RESERVED", "WAITING")


@dataclass(frozen=True, slots=True)
class FundedRide:
    """What a subsidy has to know of a ride. `groups` are those whose rights the rider has; `person` is empty for
    somebody whom nobody knows, who has none of what is counted by the month.
    """

    service_code: str
    region_code: str
    subsidies: tuple[Subsidy, ...]
    groups: tuple[str, ...]
    purpose: str
    day: date
    starts_at: datetime
    person: str = ""
    timezone: str = "UTC"


def offer(products: Sequence[OfferProduct], ride: FundedRide, currency: str) -> None:
    """Write down what named payers would give of new products, one after the other. Nothing is reserved yet.

    The groups are those of the first traveller, as in the fares.
    """
    wanted = [subsidy for subsidy in ride.subsidies if holds(subsidy, ride.groups, ride.purpose)]
    wanted = [replace(subsidy, payer=account_name(ride.region_code, subsidy.payer)) for subsidy in wanted]
    wanted = [subsidy for subsidy in wanted if ride.person or subsidy.monthly_rides is None]
    found = {subsidy.code: _budget(subsidy, ride, currency) for subsidy in wanted}
    months = {subsidy.code: _allowance(subsidy, ride) for subsidy in wanted}
    rooms = {each.code: _room(each, found[each.code], months[each.code]) for each in wanted}
    for product in products:
        groups = ride.groups if product.traveller_key == products[0].traveller_key else ()
        grants = grant(wanted, groups, ride.purpose, product.price_minor, rooms)
        rooms = after(rooms, grants)
        _share(product, [each for each in grants if not each.waits])
        SubsidyClaim.objects.bulk_create(
            SubsidyClaim(
                product=product,
                budget=found[each.subsidy],
                allowance=months[each.subsidy],
                person=ride.person,
                group=groups[0] if groups else "",
                purpose=ride.purpose,
                day=ride.day,
                starts_at=ride.starts_at,
                amount_minor=each.minor,
                reduced=each.reduced,
                waits=each.waits,
            )
            for each in grants
        )


def reserve(bookings: Iterable[Booking], now: datetime) -> None:
    """The offer is accepted: take what it promised of the budgets and months, or the place in the queue.

    Raises UsedUp where somebody else was first: then nothing may be bought at this price.
    """
    by_part = {booking.part_id: booking for booking in bookings}
    rows = SubsidyClaim.objects.filter(product__part__in=by_part, state="OFFERED").select_related("product", "budget")
    for claim in rows.order_by("budget_id", "pk"):
        claim.booking = by_part[claim.product.part_id]
        if claim.waits:
            budgets.join_queue(claim.budget_id)
            claim.queued_at = now
        else:
            budgets.take(claim.budget_id, claim.amount_minor, reduced=claim.reduced, end=end_of(claim))
        if claim.allowance_id:
            budgets.take_ride(claim.allowance_id, _month_of(claim))
        SUBSIDY.move(claim, "WAITING" if claim.waits else "RESERVED", fields=["booking", "queued_at"])


def settle(bookings: Sequence[Booking]) -> None:
    """Sold: what was reserved is spent, as far as the ledger has the payers owe it. Their products are read already."""
    if not any(product.shares.all() for booking in bookings for product in booking.part.products.all()):
        return
    for claim, minor in _owed(bookings, ("RESERVED",), sales.cells_of):
        budgets.settle(claim.budget_id, claim.amount_minor, minor, reduced=claim.reduced)
        claim.settled_minor = minor
        if not minor:
            _give_ride_back(claim)
        SUBSIDY.move(claim, "SETTLED" if minor else "RELEASED", fields=["settled_minor"])


def release(order: Order) -> None:
    """Not sold: everything that was reserved is free again, and nobody waits."""
    for claim in _list(order.bookings.all(), _CLAIMED):
        let_go(claim, "not_sold")


def take_back(booking: Booking) -> None:
    """A booking was cancelled after its sale, or its promise broken: what goes back to the payers is free again.

    Somebody who did not come, or came late, has used up a ride of the month, even where nothing is owed for it.
    """
    for claim, minor in _owed([booking], ("SETTLED",), _kept):
        budgets.give_back(claim.budget_id, claim.settled_minor - minor, reduced=claim.reduced)
        claim.settled_minor = minor
        if minor:
            claim.save(update_fields=["settled_minor"])
            continue
        if booking.no_show_at is None and booking.amends_at is None:
            _give_ride_back(claim)
        SUBSIDY.move(claim, "GIVEN_BACK", fields=["settled_minor"])


def drop_places(booking: Booking) -> None:
    """Who waits with a booking waits no more."""
    for claim in _list([booking], ("WAITING",)):
        let_go(claim, "cancelled")


def let_go(claim: SubsidyClaim, reason: str) -> None:
    """A locked claim that nothing will come of."""
    if claim.state == "WAITING":
        budgets.leave_queue(claim.budget_id)
    else:
        budgets.settle(claim.budget_id, claim.amount_minor, 0, reduced=claim.reduced)
    _give_ride_back(claim)
    SUBSIDY.move(claim, "RELEASED", reason=reason)


def place_in_queue(claim: SubsidyClaim) -> int:
    """How many come before, and oneself. `claim` is offered, or waits."""
    ahead = SubsidyClaim.objects.filter(budget_id=claim.budget_id, state="WAITING")
    if claim.state == "OFFERED":
        return ahead.count() + 1
    return ahead.filter(Q(queued_at__lt=claim.queued_at) | Q(queued_at=claim.queued_at, pk__lte=claim.pk)).count()


def account_name(region_code: str, payer: str) -> str:
    """A payer's name in accounts and roles: that of the region itself, else within the region whose rules name it."""
    return payer if not region_code or payer == f"region:{region_code}" else f"{region_code}/{payer}"


def add_share(product: OfferProduct, payer: str, minor: int) -> None:
    """So much more of a product is a named payer's."""
    row, fresh = ProductShare.objects.get_or_create(product=product, payer=payer, defaults={"amount_minor": minor})
    if not fresh:
        ProductShare.objects.filter(pk=row.pk).update(amount_minor=F("amount_minor") + minor)


def _share(product: OfferProduct, grants: Iterable[Grant]) -> None:
    for each in grants:
        add_share(product, each.payer, each.minor)


def _budget(subsidy: Subsidy, ride: FundedRide, currency: str) -> SubsidyBudget:
    """The year, with the end that it has by the last rules of it."""
    last = _rule_of(ride.service_code, subsidy.code, date(ride.day.year, 12, 31)) or subsidy
    return budgets.get_budget(
        ride.service_code,
        subsidy.code,
        ride.day.year,
        payer=subsidy.payer,
        region_code=ride.region_code,
        currency=currency,
        timezone=ride.timezone,
        at_cap=last.at_cap,
        cap_minor=last.yearly_minor,
    )


def _allowance(subsidy: Subsidy, ride: FundedRide) -> SubsidyAllowance | None:
    if subsidy.monthly_rides is None:
        return None
    return budgets.get_allowance(ride.service_code, subsidy.code, ride.person, ride.day, subsidy.monthly_rides)


def _room(subsidy: Subsidy, budget: SubsidyBudget, month: SubsidyAllowance | None) -> Room:
    """By the rules of the ride's day, whatever those of other days of the year say."""
    left = None if subsidy.yearly_minor is None else max(0, subsidy.yearly_minor - budget.used_minor)
    rides = None if month is None else max(0, (subsidy.monthly_rides or 0) - month.taken)
    return Room(left, rides, budget.waiting > 0)


def end_of(claim: SubsidyClaim) -> End | None:
    """Where its budget ends by the rules of the ride's day; None where these do not know it any more."""
    found = _rule_of(claim.budget.service_code, claim.budget.subsidy, claim.day)
    return None if found is None else End(found.yearly_minor)


def _month_of(claim: SubsidyClaim) -> int | None:
    found = _rule_of(claim.budget.service_code, claim.budget.subsidy, claim.day)
    return None if found is None else found.monthly_rides


def _rule_of(service_code: str, subsidy: str, day: date) -> Subsidy | None:
    """A subsidy as the version has it that holds on a day."""
    held = versions.current(service_code, day)
    listed = versions.rules_of(held).subsidies if held else ()
    return next((each for each in listed if each.code == subsidy), None)


def _list(bookings: Iterable[Booking], states: Collection[str]) -> list[SubsidyClaim]:
    """Claims in the order in which everybody changes budgets."""
    rows = SubsidyClaim.objects.select_for_update(of=("self",)).filter(booking__in=bookings, state__in=states)
    return list(rows.select_related("budget", "product").order_by("budget_id", "pk"))


def _owed(
    bookings: Sequence[Booking], states: Collection[str], cells_of: Callable[[Booking], Cells]
) -> list[tuple[SubsidyClaim, int]]:
    """What is owed of each claim now: payers' parts of the products, given to their claims by turns."""
    claims = _list(bookings, states)
    if not claims:
        return []
    left = {booking.pk: dict(cells_of(booking)) for booking in bookings}
    owed: dict[int, int] = {}
    for claim in sorted(claims, key=lambda each: each.pk):
        assert claim.booking_id is not None, "what is claimed is of a booking"
        cell = (claim.product.seq, claim.budget.payer)
        cells = left[claim.booking_id]
        owed[claim.pk] = min(claim.amount_minor, cells.get(cell, 0))
        cells[cell] = cells.get(cell, 0) - owed[claim.pk]
    return [(claim, owed[claim.pk]) for claim in claims]


def _kept(booking: Booking) -> Cells:
    """What is still owed of a cancelled booking."""
    back = sales.given_back(booking)
    return {cell: minor - back.get(cell, 0) for cell, minor in sales.cells_of(booking).items()}


def _give_ride_back(claim: SubsidyClaim) -> None:
    if claim.allowance_id:
        budgets.give_ride_back(claim.allowance_id)
