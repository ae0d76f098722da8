"""What is kept of a reservation that is taken back, and whether that is what was agreed to."""

from __future__ import annotations

from datetime import datetime

from bookings.models import Reservation
from bookings.operators.base import Call, CancellationTerms, OperatorError
from transit.money import Money
from transit.register.sellers import Seller


def terms_of(row: Reservation, seller: Seller, now: datetime) -> CancellationTerms:
    """By the operator's rule: until how long before departure, and for which share."""
    price = Money(row.price_minor, row.currency)
    fee = seller.find_refund_fee(price, (row.departs_at - now).total_seconds())
    return CancellationTerms(row.state == "CONFIRMED" and fee is not None, price if fee is None else fee)


def agreed_fee(terms: CancellationTerms, call: Call) -> Money:
    """The fee. Raises OperatorError where it cannot be taken back any more, or costs more than was agreed to."""
    if not terms.cancellable:
        raise OperatorError("not_refundable", permanent=True)
    if terms.fee.minor > call.terms["fee_cap_minor"]:
        raise OperatorError("fee_higher", permanent=True)
    return terms.fee
