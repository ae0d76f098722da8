"""Operators' shares: moved on to their own accounts after the capture, and back when the resident gets a refund."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from bookings.ledger import accounts
from bookings.ledger.posting import Line, balance_of_booking, post
from bookings.models import Booking, Effect, Order, PayoutAccount, Transfer
from bookings.services.calls import Answer, Outcome
from bookings.services.snapshot import Snapshot
from bookings.states import TRANSFER
from transit.money import Money

KINDS: Final = frozenset({"TRANSFER", "REVERSE"})
"""Effects of one booking that are the payment provider's, not the operator's."""


def shares(order: Order, rows: Sequence[Booking]) -> dict[int, int]:
    """What moves on for each booking, by `seq`, in minor units: what the resident was charged for it.

    Never more than its operator is still due by the ledger: commissions, and what was paid out otherwise, stay out.
    """
    if order.provider != "stripe" or order.state != "COMPLETED":
        return {}
    codes = [row.operator_code for row in rows]
    active = PayoutAccount.objects.filter(operator_code__in=codes, active=True, provider=order.provider)
    known = set(active.values_list("operator_code", flat=True))
    return {
        row.seq: max(0, min(row.price_minor - row.others_minor, -_balance(row, order)))
        for row in rows
        if row.operator_code in known
    }


def request(kind: str, booking: Booking, snapshot: Snapshot) -> dict[str, Any]:
    """What a transfer or a reversal asks for."""
    part = next(part for part in snapshot.parts if part.seq == booking.seq)
    if kind == "TRANSFER":
        account = PayoutAccount.objects.get(operator_code=booking.operator_code)
        return {"amount_minor": part.payout_minor, "destination": account.account_ref}
    moved = Transfer.objects.get(booking=booking)
    too_much = _balance(booking, booking.order)
    return {"amount_minor": min(too_much, moved.amount_minor), "transfer_ref": moved.provider_ref}


def open_transfer(booking: Booking, asked: dict[str, Any]) -> None:
    """The row of a transfer that is about to be asked for."""
    Transfer.objects.create(booking=booking, destination=asked["destination"], amount_minor=asked["amount_minor"])


def note(order: Order, booking: Booking, effect: Effect, answer: Answer, now: datetime) -> None:
    """Write down what came of a transfer or a reversal; the ledger follows the money."""
    row = Transfer.objects.select_for_update().get(booking=booking)
    amount = Money(effect.request["amount_minor"], order.currency)
    if effect.kind == "TRANSFER":
        if answer.outcome == Outcome.REFUSED:
            TRANSFER.move(row, "FAILED", reason=answer.reason)
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


def _lines(booking: Booking, amount: Money) -> list[Line]:
    """To an operator, out of what the provider holds."""
    payable = accounts.operator_payable(booking.operator_code)
    return [Line(payable, amount, booking.reference), Line(accounts.PSP_CLEARING, -amount)]


def _balance(booking: Booking, order: Order) -> int:
    payable = accounts.operator_payable(booking.operator_code)
    return balance_of_booking(f"{order.code}-{booking.seq}", payable, order.currency).minor
