"""Selling through operators' TOMP-API 2.0.

Capability B: a package has the id of its offer, so it can be looked up before anything is repeated. There is no
idempotency key. Before the purchase an offer is OFFERED, which to us is nothing at all.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bookings.operators.base import (
    Call,
    CancellationTerms,
    Document,
    Holding,
    HoldingState,
    ListedSale,
    OperatorError,
)
from bookings.operators.tomp.calling import get_party, party_of, ref_of, translated, travellers_of
from transit.money import Money
from transit.remote import tomp
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
_REFUND: Final = "PACKAGE_REFUND"


class TompOperators:
    """See OperatorPort. Amounts include tax."""

    def look_up(self, call: Call, now: datetime) -> Holding:
        """GET of the package by its id."""
        with translated(tomp.error_codes):
            package = tomp.find_package(party_of(call), ref_of(call))
        return Holding(HoldingState.NONE) if package is None else _holding(package)

    def hold(self, call: Call, now: datetime) -> Holding:
        """purchase-offers; PENDING is a hold."""
        ours, people = f"{call.client_ref}", travellers_of(call)
        with translated(tomp.error_codes):
            return _holding(tomp.purchase_offers(party_of(call), call.offer_ref, people, customer=ours, reference=ours))

    def extend(self, call: Call, now: datetime) -> Holding:
        """extend-expiry-time, because the payer still pays."""
        with translated(tomp.error_codes):
            return _holding(tomp.extend_expiry_time(party_of(call), ref_of(call)))

    def confirm(self, call: Call, now: datetime) -> Holding:
        """confirm-purchase."""
        with translated(tomp.error_codes):
            return _holding(tomp.confirm_purchase(party_of(call), ref_of(call)))

    def cancel(self, call: Call, now: datetime) -> Holding:
        """Roll back while that is free, else redress by the operator's rules."""
        party = party_of(call)
        with translated(tomp.error_codes):
            package = tomp.find_package(party, ref_of(call))
            if package is None or package.status not in {"PENDING", "CONFIRMED"}:
                return Holding(HoldingState.NONE) if package is None else _holding(package)
            if _can_roll_back(package):
                return _holding(tomp.rollback_purchase(party, package.id))
            return _redress(party, package, call)

    def quote_cancellation(self, call: Call, now: datetime) -> CancellationTerms:
        """Free while it can be rolled back, else the best redress option."""
        party = party_of(call)
        with translated(tomp.error_codes):
            package = tomp.get_package(party, ref_of(call))
            price = _price(package)
            if package.status == "CONFIRMED" and _can_roll_back(package):
                return CancellationTerms(True, Money(0, price.currency))
            option = _best(tomp.list_redress_options(party, package.id), price)
        return CancellationTerms(False, price) if option is None else CancellationTerms(True, _fee(package, option))

    def documents(self, call: Call, now: datetime) -> tuple[Document, ...]:
        """travel-documents of the package."""
        with translated(tomp.error_codes):
            rows = tomp.travel_documents(party_of(call), ref_of(call))
        return tuple(Document(row.kind, {"url": row.url, "content_type": row.content_type}) for row in rows)

    def list_sales(self, operator_code: str, since: datetime, until: datetime) -> list[ListedSale]:
        """The sums of the journal entries of each package: 2.0 lists what is charged, and no packages."""
        with translated(tomp.error_codes):
            entries = tomp.list_payments(get_party(operator_code), since, until)
        sums: dict[str, Money] = {}
        for entry in entries:
            if entry.package in sums and sums[entry.package].currency != entry.amount.currency:
                raise OperatorError("currencies_mixed", permanent=False)
            sums[entry.package] = sums.get(entry.package, Money(0, entry.amount.currency)) + entry.amount
        return [ListedSale(ref, charged=amount) for ref, amount in sums.items()]


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
        is_over=package.status in {"ENDED", "SETTLED"},
    )
