"""Selling through operators' TOMP-API 2.0.

Capability B: a package has the id of its offer, so it can be looked up before anything is repeated. There is no
idempotency key. Before the purchase an offer is OFFERED, which to us is nothing at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from bookings.operators.base import Call, CancellationTerms, Document, Holding, HoldingState, OperatorError
from transit.money import Money
from transit.register.sellers import get_sales_interface
from transit.remote import tomp
from transit.remote.http import RemoteError
from transit.remote.tomp import Package, Party, RedressOption

_STATES: Final = {
    "OFFERED": HoldingState.NONE,
    "CONFIRMED": HoldingState.CONFIRMED,
    "STARTED": HoldingState.CONFIRMED,
    "ENDED": HoldingState.CONFIRMED,
    "SETTLED": HoldingState.CONFIRMED,
    "ROLLBACK": HoldingState.RELEASED,
    "RELEASED": HoldingState.RELEASED,
    "EXPIRED": HoldingState.EXPIRED,
    "CANCELLED": HoldingState.CANCELLED,
}
_SOLD_OUT: Final = frozenset({201, 203})  # last three digits: booking quota reached, already in use
_REFUND: Final = "PACKAGE_REFUND"


class TompOperators:
    """See OperatorPort. Amounts include tax."""

    def look_up(self, call: Call, now: datetime) -> Holding:
        """GET of the package by its id."""
        with _translated():
            package = tomp.find_package(_party(call), _ref(call))
        return Holding(HoldingState.NONE) if package is None else _holding(package)

    def hold(self, call: Call, now: datetime) -> Holding:
        """purchase-offers; PENDING is a hold."""
        travellers = [tomp.Traveller(id=row["key"], profile=row["category"]) for row in call.terms["travellers"]]
        with _translated():
            package = tomp.purchase_offers(
                _party(call), call.offer_ref, travellers, customer=f"{call.client_ref}", reference=f"{call.client_ref}"
            )
        return _holding(package)

    def extend(self, call: Call, now: datetime) -> Holding:
        """extend-expiry-time, because the payer still pays."""
        with _translated():
            return _holding(tomp.extend_expiry_time(_party(call), _ref(call)))

    def confirm(self, call: Call, now: datetime) -> Holding:
        """confirm-purchase."""
        with _translated():
            return _holding(tomp.confirm_purchase(_party(call), _ref(call)))

    def cancel(self, call: Call, now: datetime) -> Holding:
        """Roll back while that is free, else redress by the operator's rules."""
        party = _party(call)
        with _translated():
            package = tomp.find_package(party, _ref(call))
            if package is None or package.status not in {"PENDING", "CONFIRMED"}:
                return Holding(HoldingState.NONE) if package is None else _holding(package)
            if _can_roll_back(package):
                return _holding(tomp.rollback_purchase(party, package.id))
            return _redress(party, package, call)

    def quote_cancellation(self, call: Call, now: datetime) -> CancellationTerms:
        """Free while it can be rolled back, else the best redress option."""
        party = _party(call)
        with _translated():
            package = tomp.get_package(party, _ref(call))
            price = _price(package)
            if package.status == "CONFIRMED" and _can_roll_back(package):
                return CancellationTerms(True, Money(0, price.currency))
            option = _best(tomp.list_redress_options(party, package.id), price)
        return CancellationTerms(False, price) if option is None else CancellationTerms(True, _fee(package, option))

    def documents(self, call: Call, now: datetime) -> tuple[Document, ...]:
        """travel-documents of the package."""
        with _translated():
            rows = tomp.travel_documents(_party(call), _ref(call))
        return tuple(Document(row.kind, {"url": row.url, "content_type": row.content_type}) for row in rows)


def _can_roll_back(package: Package) -> bool:
    return package.status == "PENDING" or package.allows("rollback-purchase")


def _redress(party: Party, package: Package, call: Call) -> Holding:
    """The option that gives back most, claimed and confirmed; what it keeps is the fee."""
    option = _best(tomp.list_redress_options(party, package.id), _price(package))
    if option is None:
        raise OperatorError("not_refundable", permanent=True)
    fee = _fee(package, option)
    cap = call.terms.get("fee_cap_minor")
    if cap is not None and fee.minor > cap:
        raise OperatorError("fee_higher", permanent=True)
    tomp.claim_redress(party, package.id, option)
    return _holding(tomp.confirm_redress(party, package.id, option), fee)


def _best(options: list[RedressOption], price: Money) -> RedressOption | None:
    """The refund of most, of those in the currency of the price."""
    refunds = [
        (option.refund.minor, option)
        for option in options
        if option.kind == _REFUND and option.refund is not None and option.refund.currency == price.currency
    ]
    return max(refunds, key=lambda refund: refund[0], default=(0, None))[1]


def _fee(package: Package, option: RedressOption) -> Money:
    assert option.refund is not None, "only refunds are chosen"
    return max(_price(package) - option.refund, Money(0, option.refund.currency))


def _price(package: Package) -> Money:
    if package.price is None:
        raise OperatorError("no_price", permanent=True)
    return package.price


def _holding(package: Package, fee: Money | None = None) -> Holding:
    state = _STATES.get(package.status)
    if state is None:  # PENDING: ours to confirm, or still the operator's to accept
        waits = any("PURCHASE_TO_BE_CONFIRMED" in leg.labels for leg in package.legs)
        mine = package.allows("confirm-purchase") or not waits
        state = HoldingState.HELD if mine else HoldingState.CONDITIONAL
    return Holding(
        state=state,
        operator_ref=package.id,
        price=package.price,
        expires_at=package.expires_at if state == HoldingState.HELD else None,
        rollback_expires_at=package.rollback_expires_at,
        fee=fee,
    )


def _ref(call: Call) -> str:
    return call.operator_ref or call.offer_ref


def _party(call: Call) -> Party:
    interface = get_sales_interface(call.operator_code)
    return Party(interface.url, interface.client_id, interface.client_secret)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except RemoteError as error:
        full = {code % 1000 for code in tomp.error_codes(error)} & _SOLD_OUT
        reason = "sold_out" if full else "operator_refused" if error.permanent else "operator_unknown"
        raise OperatorError(reason, permanent=error.permanent, status=f"{error.status or 'lost'}") from error
