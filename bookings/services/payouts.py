"""Operators' shares: moved on to their own accounts after the capture, and back when the resident gets a refund."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import F, Q, QuerySet

from bookings.ledger import accounts
from bookings.ledger.posting import Line, balance_of_booking, post
from bookings.models import Booking, Effect, Order, PayoutAccount, Transfer
from bookings.payments.base import ACCOUNT_NOT_READY
from bookings.services.calls import Answer, Outcome
from bookings.services.snapshot import Snapshot
from bookings.states import PAYOUT_ACCOUNT, TRANSFER
from transit.money import Money

KINDS: Final = frozenset({"TRANSFER", "REVERSE"})
"""Effects of one booking that are the payment provider's, not the operator's."""
LOOK_AGAIN: Final = timedelta(minutes=10)
"""So long after it was read, an account that does not work, or has just changed, is read again."""


def shares(order: Order, rows: Sequence[Booking]) -> dict[int, int]:
    """What moves on for each booking, by `seq`, in minor units: what the resident was charged for it.

    Never more than its operator is still due by the ledger: commissions, and what was paid out otherwise, stay out.
    Nothing as long as its account cannot receive, or nobody has approved it: then the share stays owed here.
    """
    if order.provider != "stripe" or order.state != "COMPLETED":
        return {}
    codes = [row.operator_code for row in rows]
    known = set(_ready().filter(operator_code__in=codes).values_list("operator_code", flat=True))
    return {
        row.seq: max(0, min(row.price_minor - row.others_minor, -_balance(row, order)))
        for row in rows
        if row.operator_code in known
    }


def _ready() -> QuerySet[PayoutAccount]:
    """See PayoutAccount.is_open."""
    return PayoutAccount.objects.filter(state="ENABLED", active=True, approved_at__isnull=False, provider="stripe")


def wake_owed(operator_code: str, now: datetime) -> int:
    """Orders with shares of an operator that are still here, though its account can receive, are looked at now.

    An order that was sold in the very moment of the enabling is found the next time that the account is read.
    """
    owed = Booking.objects.filter(
        Q(transfer=None) | Q(transfer__state="FAILED"),
        operator_code=operator_code,
        state="CONFIRMED",
        price_minor__gt=F("others_minor"),
    )
    orders = Order.objects.filter(state="COMPLETED", provider="stripe", pk__in=owed.values("order"))
    return orders.filter(Q(wake_at=None) | Q(wake_at__gt=now)).update(wake_at=now)


def request(kind: str, booking: Booking, snapshot: Snapshot) -> dict[str, Any]:
    """What a transfer or a reversal asks for."""
    part = next(part for part in snapshot.parts if part.seq == booking.seq)
    if kind == "TRANSFER":
        account = PayoutAccount.objects.get(operator_code=booking.operator_code)
        return {"amount_minor": part.payout_minor, "destination": account.account_ref}
    moved = Transfer.objects.get(booking=booking)
    return {"amount_minor": min(part.too_much_minor, moved.amount_minor), "transfer_ref": moved.provider_ref}


def too_much(booking: Booking, order: Order) -> int:
    """What an operator has of a booking and is not due by the ledger; others may owe it more than the resident gets."""
    return max(0, _balance(booking, order))


def open_transfer(booking: Booking, asked: dict[str, Any]) -> None:
    """The row of a transfer that is about to be asked for: a new one, or that of one which could not be received."""
    fields = {"destination": asked["destination"], "amount_minor": asked["amount_minor"]}
    row, fresh = Transfer.objects.select_for_update().get_or_create(booking=booking, defaults=fields)
    if not fresh:
        row.destination, row.amount_minor = fields["destination"], fields["amount_minor"]
        TRANSFER.move(row, "CREATED", fields=list(fields))


def note(order: Order, booking: Booking, effect: Effect, answer: Answer, now: datetime) -> None:
    """Write down what came of a transfer or a reversal; the ledger follows the money."""
    row = Transfer.objects.select_for_update().get(booking=booking)
    amount = Money(effect.request["amount_minor"], order.currency)
    if effect.kind == "TRANSFER":
        if answer.outcome == Outcome.REFUSED:
            TRANSFER.move(row, "FAILED", reason=answer.reason)
            if answer.reason == ACCOUNT_NOT_READY:
                _restrict(booking.operator_code, row.destination, now)
        if answer.outcome == Outcome.DONE and answer.standing is not None:
            row.provider_ref = answer.standing.transfer_ref
            row.save(update_fields=["provider_ref"])
            TRANSFER.move(row, "MADE")
            post(f"transfer:{effect.idem_key}", order.code, _lines(booking, amount), now)
    elif answer.outcome == Outcome.DONE:
        row.reversed_minor += amount.minor
        row.save(update_fields=["reversed_minor"])
        TRANSFER.move(row, "REVERSED" if row.reversed_minor == row.amount_minor else "PARTLY_REVERSED")
        post(f"reverse:{effect.idem_key}", order.code, _lines(booking, -amount), now)


def _restrict(operator_code: str, account_ref: str, now: datetime) -> None:
    """The account cannot receive after all: nothing goes there before it was read again."""
    account = PayoutAccount.objects.select_for_update().filter(operator_code=operator_code, account_ref=account_ref)
    for row in account.filter(state="ENABLED"):
        row.look_at = now + LOOK_AGAIN
        PAYOUT_ACCOUNT.move(row, "RESTRICTED", fields=["look_at"], reason=ACCOUNT_NOT_READY)


def _lines(booking: Booking, amount: Money) -> list[Line]:
    """To an operator, out of what the provider holds."""
    payable = accounts.operator_payable(booking.operator_code)
    return [Line(payable, amount, booking.reference), Line(accounts.PSP_CLEARING, -amount)]


def _balance(booking: Booking, order: Order) -> int:
    payable = accounts.operator_payable(booking.operator_code)
    return balance_of_booking(f"{order.code}-{booking.seq}", payable, order.currency).minor
