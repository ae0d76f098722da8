"""Selling for operators that have no sales system of their own: we keep their reservations and their seats."""

from __future__ import annotations

from datetime import datetime, timedelta

from bookings import capacity
from bookings.models import Reservation
from bookings.operators.base import (
    Call,
    CancellationTerms,
    Document,
    Holding,
    HoldingState,
    ListedSale,
    OperatorError,
)
from bookings.operators.hosted import reservations
from bookings.operators.hosted.terms import agreed_fee, terms_of
from transit.money import Money
from transit.register.sellers import Seller, find_seller, list_seats

PROVIDER = "self"
"""We are the provider of our own orders."""
ONDEMAND = "ondemand"
"""In place of a feed in the names of agencies whose rides our own dispatcher plans."""


class HostedOperators:
    """Capability A: our client reference is the key of every call."""

    def look_up(self, call: Call, now: datetime) -> Holding:
        """See OperatorPort."""
        row = reservations.find(PROVIDER, call.client_ref)
        return Holding(HoldingState.NONE) if row is None else _holding(row, now)

    def hold(self, call: Call, now: datetime) -> Holding:
        """Take seats; refuses what has departed, what is sold out and what is not ours to sell."""
        seller = _seller(call)
        departs_at = datetime.fromisoformat(call.terms["departs_at"])
        if departs_at <= now:
            raise OperatorError("departed", permanent=True)
        seats = list_seats(seller, [row["key"] for row in call.terms["departures"]])
        wanted = reservations.Wanted(
            operator_code=call.operator_code,
            price=Money(call.terms["price_minor"], call.terms["currency"]),
            departs_at=departs_at,
            expires_at=_hold_ends(now, seller, departs_at),
            departures=[
                reservations.Departure(row["key"], row["seats"], seats[row["key"]]) for row in call.terms["departures"]
            ],
            content={"agency_id": call.terms["agency_id"], "products": call.terms["products"]},
        )
        try:
            return _holding(reservations.hold(PROVIDER, call.client_ref, wanted, now), now)
        except capacity.SoldOut as full:
            raise OperatorError("sold_out", permanent=True) from full

    def extend(self, call: Call, now: datetime) -> Holding:
        """Keep the hold for as long again as the operator allows."""
        row = get_own(call)
        until = _hold_ends(now, _seller_of(row), row.departs_at)
        return _holding(reservations.extend(row, until, now), now)

    def confirm(self, call: Call, now: datetime) -> Holding:
        """See OperatorPort."""
        return _holding(reservations.confirm(get_own(call), now), now)

    def cancel(self, call: Call, now: datetime) -> Holding:
        """See OperatorPort."""
        row = reservations.find(PROVIDER, call.client_ref)
        if row is None:
            return Holding(HoldingState.NONE)
        fee = Money(0, row.currency)
        if call.terms["mode"] == "no_show" and row.state == "CONFIRMED":
            fee = _seller_of(row).no_show_fee(Money(row.price_minor, row.currency))
        if call.terms["mode"] == "refund" and row.state == "CONFIRMED":
            fee = agreed_fee(_terms(row, now), call)
        return _holding(reservations.cancel(row, fee, now), now)

    def quote_cancellation(self, call: Call, now: datetime) -> CancellationTerms:
        """By the operator's rule in the register: until how long before departure, and for which share."""
        return _terms(get_own(call), now)

    def documents(self, call: Call, now: datetime) -> tuple[Document, ...]:
        """None: our own tickets are the operator's."""
        return ()

    def list_sales(self, operator_code: str, since: datetime, until: datetime) -> list[ListedSale]:
        """The reservations that we made, by when their holds ended: the only time that is written on each."""
        rows = Reservation.objects.filter(operator_code=operator_code, provider=PROVIDER)
        rows = rows.exclude(content__agency_id__startswith=f"{ONDEMAND}:")
        return [_listed(row) for row in rows.filter(expires_at__gte=since).order_by("pk")]


def _listed(row: Reservation) -> ListedSale:
    charged = {"CONFIRMED": row.price_minor, "CANCELLED": row.fee_minor}.get(row.state, 0)
    return ListedSale(f"{row.pk}", f"{row.client_ref}", HoldingState(row.state), Money(charged, row.currency))


def _hold_ends(now: datetime, seller: Seller, departs_at: datetime) -> datetime:
    """What has departed is no longer held, so that nobody pays for it."""
    return min(now + timedelta(seconds=seller.hold_s), departs_at)


def _terms(row: Reservation, now: datetime) -> CancellationTerms:
    return terms_of(row, _seller_of(row), now)


def _seller(call: Call) -> Seller:
    seller = find_seller(call.terms["agency_id"])
    if seller is None or seller.sales != "hosted" or seller.operator_code != call.operator_code:
        raise OperatorError("not_sold_here", permanent=True)
    return seller


def _seller_of(row: Reservation) -> Seller:
    seller = find_seller(row.content["agency_id"])
    if seller is None:
        raise OperatorError("not_sold_here", permanent=True)
    return seller


def get_own(call: Call) -> Reservation:
    """The reservation of one of our own bookings. Raises OperatorError."""
    row = reservations.find(PROVIDER, call.client_ref)
    if row is None:
        raise OperatorError("unknown_reference", permanent=True)
    return row


def _holding(row: Reservation, now: datetime) -> Holding:
    over = row.state == "HELD" and row.expires_at <= now
    return Holding(
        state=HoldingState.EXPIRED if over else HoldingState(row.state),
        operator_ref=f"{row.pk}",
        price=Money(row.price_minor, row.currency),
        expires_at=row.expires_at if row.state == "HELD" else None,
        fee=Money(row.fee_minor, row.currency),
    )
