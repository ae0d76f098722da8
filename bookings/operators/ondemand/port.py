"""Selling rides that our own dispatcher plans: it keeps the promise, a reservation keeps the money.

Capability A: our client reference is the key of every call, there as here. How a booking stands is for the dispatcher
to say; what it costs and what is kept of that, the reservation knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from django.db import OperationalError

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
from bookings.operators.hosted.port import ONDEMAND, PROVIDER, get_own
from bookings.operators.hosted.terms import agreed_fee, terms_of
from transit.money import Money
from transit.ondemand import rides
from transit.ondemand.edit import Contended
from transit.ondemand.quote import Reason, RideRefused, RideView
from transit.register.sellers import Seller, find_seller
from transit.states import IllegalMove

_STATES: Final = {
    "HELD": HoldingState.HELD,
    "CONFIRMED": HoldingState.CONFIRMED,
    "BOARDED": HoldingState.CONFIRMED,
    "DONE": HoldingState.CONFIRMED,
    "NO_SHOW": HoldingState.CONFIRMED,
    "CANCELLED": HoldingState.CANCELLED,
    "RELEASED": HoldingState.RELEASED,
    "EXPIRED": HoldingState.EXPIRED,
}
_FULL: Final = frozenset({Reason.FULL, Reason.CHANGED})
"""Somebody else was quicker: the same can be asked for again."""
_BEGUN: Final = frozenset({"BOARDED", "DONE"})
_LOST: Final = frozenset({"EXPIRED", "RELEASED"})


@contextmanager
def _heard() -> Iterator[None]:
    """What the dispatcher says, as every operator says it: that it was too busy proves nothing of the outcome."""
    try:
        yield
    except (Contended, OperationalError) as busy:
        raise OperatorError("operator_unavailable", permanent=False, status=type(busy).__name__) from busy
    except IllegalMove as begun:
        raise OperatorError("already_used", permanent=True) from begun


class RidesOnDemand:
    """See OperatorPort."""

    @_heard()
    def look_up(self, call: Call, now: datetime) -> Holding:
        """See OperatorPort."""
        view, row = rides.find(call.client_ref), reservations.find(PROVIDER, call.client_ref)
        if view is None or (view.state == "HELD" and row is None):  # without what it costs: held only by half
            return Holding(HoldingState.NONE)
        return _holding(call, view, now)

    @_heard()
    def hold(self, call: Call, now: datetime) -> Holding:
        """Hold what was quoted; refuses what can no longer be had so."""
        seller = _seller(call)
        departs_at = datetime.fromisoformat(call.terms["departs_at"])
        if departs_at <= now:
            raise OperatorError("departed", permanent=True)
        until = min(now + timedelta(seconds=seller.hold_s), departs_at)
        try:
            view = rides.hold(call.client_ref, call.quote, until, seller=PROVIDER, now=now)
        except RideRefused as refused:
            reason = "sold_out" if refused.code in _FULL else "operator_refused"
            raise OperatorError(reason, permanent=True, status=refused.code) from refused
        wanted = reservations.Wanted(
            operator_code=call.operator_code,
            price=Money(call.terms["price_minor"], call.terms["currency"]),
            departs_at=departs_at,
            expires_at=view.expires_at or until,
            departures=[],
            content={name: call.terms[name] for name in ("agency_id", "products")} | {"service_date": _day(call)},
        )
        reservations.hold(PROVIDER, call.client_ref, wanted, now)
        return _holding(call, view, now)

    @_heard()
    def extend(self, call: Call, now: datetime) -> Holding:
        """Keep the hold for as long again, until one would be met."""
        row = get_own(call)
        seller = _seller_of(row)
        until = min(now + timedelta(seconds=seller.hold_s), row.departs_at)
        view = _answered(call, lambda: rides.extend(call.client_ref, until, now))
        row = reservations.extend(row, until, now)
        return self._lost(call, now) if row.state in _LOST else _holding(call, view, now)

    @_heard()
    def confirm(self, call: Call, now: datetime) -> Holding:
        """See OperatorPort."""
        row = get_own(call)
        view = _answered(call, lambda: rides.confirm(call.client_ref, now))
        if _STATES[view.state] == HoldingState.CONFIRMED:
            row = reservations.confirm(row, now)
            if row.state in _LOST:
                return self._lost(call, now)
        return _holding(call, view, now)

    def _lost(self, call: Call, now: datetime) -> Holding:
        """The reservation's time is over: the ride goes with it."""
        held = self._release(call, rides.find(call.client_ref), now)
        return replace(held, state=HoldingState.EXPIRED, expires_at=None)

    @_heard()
    def cancel(self, call: Call, now: datetime) -> Holding:
        """What is held is let go; what is sold is taken back for what the rules keep."""
        row, view = reservations.find(PROVIDER, call.client_ref), rides.find(call.client_ref)
        if view is None or row is None:
            return self._release(call, view, now)
        fee = Money(0, row.currency)
        if row.state == "CONFIRMED" and call.terms["mode"] == "no_show":
            fee = _seller_of(row).no_show_fee(Money(row.price_minor, row.currency))
        elif row.state == "CONFIRMED" and call.terms["mode"] == "refund":
            fee = _agreed_fee(row, view, call, now)
        view = self._taken_off(call, view, now)  # first: somebody may be met just now
        reservations.cancel(row, fee, now)
        return _holding(call, view, now)

    def _release(self, call: Call, view: RideView | None, now: datetime) -> Holding:
        if view is None:
            return Holding(HoldingState.NONE)
        return _holding(call, self._taken_off(call, view, now), now)

    def _taken_off(self, call: Call, view: RideView, now: datetime) -> RideView:
        """Take it off the dispatcher's route. Raises IllegalMove where it has begun."""
        if view.state in _BEGUN:
            raise IllegalMove(f"ride: {view.state}")
        if view.state in {"HELD", "CONFIRMED"}:
            return _answered(call, lambda: rides.cancel(call.client_ref, now))
        return view

    @_heard()
    def quote_cancellation(self, call: Call, now: datetime) -> CancellationTerms:
        """By the conduct rules that hold on the day of the ride."""
        row, view = get_own(call), rides.find(call.client_ref)
        return _terms(row, view, now)

    def documents(self, call: Call, now: datetime) -> tuple[Document, ...]:
        """None: our own tickets are the operator's."""
        return ()

    def list_sales(self, operator_code: str, since: datetime, until: datetime) -> list[ListedSale]:
        """The reservations that we made, by when their holds ended, as the dispatcher has them."""
        rows = Reservation.objects.filter(operator_code=operator_code, provider=PROVIDER, expires_at__gte=since)
        rows = rows.filter(content__agency_id__startswith=f"{ONDEMAND}:")
        listed = ((row, rides.find(row.client_ref)) for row in rows.order_by("pk"))
        return [_listed(row, view) for row, view in listed if view is not None]


def _answered(call: Call, ask: Callable[[], object]) -> RideView:
    """How the ride stands after the dispatcher was asked for something; where it refuses, as it stood."""
    with suppress(RideRefused):
        ask()
    view = rides.find(call.client_ref)
    if view is None:
        raise OperatorError("unknown_reference", permanent=True)
    return view


def _listed(row: Reservation, view: RideView) -> ListedSale:
    state = _state(view, row)
    charged = {HoldingState.CONFIRMED: row.price_minor, HoldingState.CANCELLED: row.fee_minor}.get(state, 0)
    return ListedSale(f"{row.pk}", f"{row.client_ref}", state, Money(charged, row.currency))


def _agreed_fee(row: Reservation, view: RideView, call: Call, now: datetime) -> Money:
    terms = _terms(row, view, now)
    if view.state == "CANCELLED" and not rides.is_called_off(call.client_ref):
        # We were stopped between the ride and the reservation: what was agreed then still is.
        kept = _by_the_rules(row, now)
        return Money(min(kept.fee.minor, call.terms["fee_cap_minor"]), row.currency)
    return agreed_fee(terms, call)


def _terms(row: Reservation, view: RideView | None, now: datetime) -> CancellationTerms:
    """What has begun is not taken back; what the dispatcher has taken back costs nothing."""
    price = Money(row.price_minor, row.currency)
    if view is None or view.state in _BEGUN:
        return CancellationTerms(False, price)
    if view.state == "CANCELLED":
        return CancellationTerms(row.state == "CONFIRMED", Money(0, row.currency))
    return _by_the_rules(row, now)


def _by_the_rules(row: Reservation, now: datetime) -> CancellationTerms:
    return terms_of(row, _seller_of(row), now)


def _seller(call: Call) -> Seller:
    seller = find_seller(call.terms["agency_id"])
    if seller is None or seller.sales != "ondemand" or seller.operator_code != call.operator_code:
        raise OperatorError("not_sold_here", permanent=True)
    return seller


def _day(call: Call) -> str:
    """The service day, of the departure `feed:trip@YYYY-MM-DD`."""
    return str(call.terms["departures"][0]["key"]).rpartition("@")[2]


def _seller_of(row: Reservation) -> Seller:
    """With the conduct rules of the day of the ride."""
    seller = find_seller(row.content["agency_id"], date.fromisoformat(row.content["service_date"]))
    if seller is None:
        raise OperatorError("not_sold_here", permanent=True)
    return seller


def _state(view: RideView, row: Reservation | None) -> HoldingState:
    """What nobody came for is sold until it is taken back; the dispatcher is done with it before."""
    if view.state == "NO_SHOW" and row is not None and row.state == "CANCELLED":
        return HoldingState.CANCELLED
    return _STATES[view.state]


def _holding(call: Call, view: RideView, now: datetime) -> Holding:
    """How the ride stands there, and what it costs here."""
    row = reservations.find(PROVIDER, call.client_ref)
    state = _state(view, row)
    if state == HoldingState.HELD and view.expires_at is not None and view.expires_at <= now:
        state = HoldingState.EXPIRED
    return Holding(
        state=state,
        operator_ref=None if row is None else f"{row.pk}",
        price=None if row is None else Money(row.price_minor, row.currency),
        expires_at=view.expires_at if state == HoldingState.HELD else None,
        fee=None if row is None else Money(row.fee_minor, row.currency),
        is_over=view.state == "DONE",
    )
