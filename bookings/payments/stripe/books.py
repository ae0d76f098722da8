"""Everything of a time as Stripe has it in its own books: lists by the time of creation, page after page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

import stripe
from stripe import StripeClient

from bookings.payments.base import (
    DisputeView,
    ListedMove,
    ListedPayment,
    ListedRefund,
    ListedTransfer,
    ProviderBooks,
    StandingState,
)
from bookings.payments.stripe.calling import noted, translated
from bookings.payments.stripe.reading import REFUND_STATES, view_of
from transit.money import Money

_STATES: Final = {
    "succeeded": StandingState.CAPTURED,
    "requires_capture": StandingState.AUTHORISED,
    "canceled": StandingState.VOIDED,
}
_PAGE: Final = 100


def list_books(client: StripeClient, since: datetime, until: datetime) -> ProviderBooks:
    """Raises PaymentError."""
    created = {"gte": int(since.timestamp()), "lt": int(until.timestamp())}
    window: Any = {"created": created, "limit": _PAGE}
    with translated():
        balance = client.v1.balance.retrieve()
        return ProviderBooks(
            payments=tuple(_payment(row) for row in client.v1.payment_intents.list(window).auto_paging_iter()),
            refunds=tuple(_refund(row) for row in client.v1.refunds.list(window).auto_paging_iter()),
            transfers=tuple(_transfer(row) for row in client.v1.transfers.list(window).auto_paging_iter()),
            disputes=tuple(_disputes(client, window)),
            moves=tuple(_moves(client, window)),
            balances=(*_sums(balance.available), *_sums(balance.pending)),
        )


def _sums(rows: Iterable[Any]) -> tuple[Money, ...]:
    return tuple(_money(row.amount, row.currency) for row in rows)


def _payment(row: stripe.PaymentIntent) -> ListedPayment:
    return ListedPayment(
        ref=row.id,
        order_code=noted(row, "order"),
        state=_STATES.get(row.status, StandingState.REQUIRES_ACTION),
        amount=_money(row.amount, row.currency),
        captured=_money(row.amount_received, row.currency),
        at=_time(row.created),
    )


def _refund(row: stripe.Refund) -> ListedRefund:
    return ListedRefund(
        ref=row.id,
        key=noted(row, "key"),
        payment_ref=_id(row.payment_intent),
        state=REFUND_STATES[row.status or "pending"],
        amount=_money(row.amount, row.currency),
        at=_time(row.created),
    )


def _transfer(row: stripe.Transfer) -> ListedTransfer:
    return ListedTransfer(
        ref=row.id,
        order_code=noted(row, "order"),
        amount=_money(row.amount, row.currency),
        reversed=_money(row.amount_reversed, row.currency),
        at=_time(row.created),
    )


def _disputes(client: StripeClient, window: Any) -> Iterator[DisputeView]:
    for row in client.v1.disputes.list(window).auto_paging_iter():
        yield view_of(row)


def _moves(client: StripeClient, window: Any) -> Iterator[ListedMove]:
    """With what each is about, which may be older than the window."""
    for row in client.v1.balance_transactions.list(window | {"expand": ["data.source"]}).auto_paging_iter():
        source: Any = row.source
        yield ListedMove(
            ref=row.id,
            kind=row.type,
            amount=_money(row.amount, row.currency),
            fee=_money(row.fee, row.currency),
            at=_time(row.created),
            about=_id(getattr(source, "transfer", None)) or _id(source),  # a reversal is of its transfer
            payment_ref=_id(getattr(source, "payment_intent", None)),
            order_code=noted(source, "order") if hasattr(source, "metadata") else "",
        )


def _id(thing: Any) -> str:
    return str(getattr(thing, "id", thing) or "")


def _money(minor: int, currency: str) -> Money:
    return Money(minor, currency.upper())


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
