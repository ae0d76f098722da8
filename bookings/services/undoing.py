"""What staff have undone at once about a difference: calls to somebody outside, made while the person waits.

Each may be repeated: what is gone already stays gone. Never inside a transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.db import transaction

from bookings.ledger import accounts
from bookings.ledger.posting import Line, post
from bookings.models import Case, Order, Payment
from bookings.operators.base import HoldingState, OperatorError
from bookings.payments.base import Charge, PaymentError, StandingState
from bookings.services.calls import call_of, forbid_transaction
from bookings.services.ports import Ports
from bookings.services.sale_differences import find_booking, stranger_call
from transit.money import Money

_GONE: Final = frozenset({HoldingState.NONE, HoldingState.RELEASED, HoldingState.EXPIRED, HoldingState.CANCELLED})
_FREE: Final = frozenset({StandingState.NONE, StandingState.VOIDED})


class UndoError(Exception):
    """It could not be undone. `code` is not_reached or still_there."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def release(case: Case, ports: Ports, now: datetime) -> None:
    """Give back what an operator has for us and we do not want. What it keeps is our loss, as it is at a rollback."""
    code, booking = case.evidence["with"], find_booking(case.order, case.evidence.get("reference", ""))
    if booking is None:
        sales = case.evidence["sales"]
        call = stranger_call(code, case.evidence["name_there"], case.evidence.get("client_ref", ""))
    else:
        sales, call = booking.sales, call_of(booking, {"mode": "rollback"})
    try:
        holding = ports.operators[sales].cancel(call, now)
    except OperatorError as error:
        raise UndoError("still_there" if error.permanent else "not_reached") from error
    if holding.state not in _GONE:
        raise UndoError("still_there")
    if holding.fee:
        reference = booking.reference if booking else ""
        lines = [
            Line(accounts.PLATFORM_LOSS, holding.fee, reference),
            Line(accounts.operator_payable(code), -holding.fee, reference),
        ]
        with transaction.atomic():
            post(f"ghost-fee:{case.pk}", case.order.code if case.order else "", lines, now)


def let_go(case: Case, ports: Ports, now: datetime) -> None:
    """Let go what a payment provider still has reserved of somebody's money."""
    payment = Payment.objects.select_related("order").get(
        provider=case.evidence["with"], provider_ref=case.evidence["reference"]
    )
    order: Order = payment.order
    charge = Charge(
        key=f"{order.code}:case:{case.pk}",
        order_code=order.code,
        amount=Money(payment.amount_minor, payment.currency),
        sent_at=order.created_at,
        checkout_ref=payment.checkout_ref,
        provider_ref=payment.provider_ref or "",
        customer_ref=payment.customer_ref,
        method_ref=payment.method_ref,
    )
    try:
        standing = ports.payments[payment.provider].void(charge, now)
    except PaymentError as error:
        raise UndoError("still_there" if error.permanent else "not_reached") from error
    if standing.state not in _FREE:
        raise UndoError("still_there")


ACTIONS: Final[dict[str, Callable[[Case, Ports, datetime], None]]] = {"release": release, "let_go": let_go}


def undo(case: Case, action: str, ports: Ports, now: datetime) -> None:
    """Do one of ACTIONS. Raises UndoError."""
    forbid_transaction()
    ACTIONS[action](case, ports, now)
