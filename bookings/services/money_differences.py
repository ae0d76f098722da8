"""Payments, refunds, disputes and transfers: a provider's books and ours, object by object, in both directions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.db.models import Exists, OuterRef

from bookings.ledger import accounts
from bookings.models import Dispute, LedgerEntry, Order, Payment, Refund, Ticket, Transfer
from bookings.payments.base import ListedPayment, ListedRefund, ProviderBooks, RefundState, StandingState
from bookings.services.differences import Difference, Window, parts, quiet, written
from bookings.states import DISPUTE, REFUND
from transit.money import Money

CAPTURED: Final = frozenset({"CAPTURED", "PARTLY_REFUNDED", "REFUNDED"})
_SOLD: Final = frozenset({"COMPLETED", "SETTLED"})
_TAKEN: Final = frozenset({StandingState.CAPTURED, StandingState.AUTHORISED})
_VALID: Final = ("ISSUED", "USED")


class MoneyBooks:
    """One provider's books beside our rows of the same time; `still` are the orders that may be compared."""

    def __init__(self, provider: str, theirs: ProviderBooks, window: Window) -> None:
        self.provider, self.theirs, self.window = provider, theirs, window
        recent = Order.objects.filter(provider=provider, created_at__gte=window.since, created_at__lt=window.settled)
        refs = {row.ref for row in theirs.payments} | {row.payment_ref for row in theirs.refunds}
        self.payments: dict[str, Payment] = {}
        mine = Payment.objects.filter(provider=provider).select_related("order").order_by("pk")
        for rows in (
            mine.filter(order__in=recent),
            *(mine.filter(provider_ref__in=part) for part in parts(refs - {""})),
        ):
            self.payments.update({row.provider_ref or f"row {row.pk}": row for row in rows})
        self.orders = {order.code: order for order in recent}
        self.orders |= {row.order.code: row.order for row in self.payments.values()}
        named = {row.order_code for row in theirs.payments} | {row.order_code for row in theirs.transfers}
        named -= {*self.orders, ""}
        for part in parts(named):
            self.orders |= {order.code: order for order in Order.objects.filter(code__in=part)}
        self.still = quiet([order.pk for order in self.orders.values()], window)

    def differences(self) -> Iterator[Difference]:
        """Everything that differs, each once."""
        seen: set[str] = set()
        for found in (self._payments, self._not_listed, self._unpaid, self._refunds, self._disputes, self._transfers):
            for difference in found():
                if difference.name not in seen:
                    seen.add(difference.name)
                    yield difference

    def _difference(
        self, kind: str, ref: str, at: datetime, order: Order | None, mend: str = "", **said: str
    ) -> Difference:
        return Difference.of(kind, self.provider, ref, at, order, mend=mend, **said)

    def _moves(self, order: Order) -> bool:
        return order.pk not in self.still

    def _payments(self) -> Iterator[Difference]:
        """What they have taken or reserved."""
        for row in self.theirs.payments:
            payment = self.payments.get(row.ref)
            if row.state not in _TAKEN or not self.window.holds(row.at):
                continue
            if payment is None:
                order = self.orders.get(row.order_code)
                if order is None or not self._moves(order):
                    sums = {"theirs": written(row.captured or row.amount)}
                    yield self._difference("payment_unknown", row.ref, row.at, order, **sums)
            elif not self._moves(payment.order) and (kind := _unlike(row, payment)):
                ours = Money(payment.captured_minor, payment.currency)
                sums = {"theirs": written(row.captured), "ours": written(ours)}
                yield self._difference(kind, row.ref, row.at, payment.order, **sums)

    def _not_listed(self) -> Iterator[Difference]:
        """What we think they have taken, and they do not."""
        listed = {row.ref: row.state for row in self.theirs.payments}
        for ref, payment in self.payments.items():
            order = payment.order
            recent = self.window.holds(order.created_at) and not self._moves(order)
            if recent and payment.state in CAPTURED and listed.get(ref) not in _TAKEN:
                ours = written(Money(payment.captured_minor, payment.currency))
                kind = "ticket_not_paid" if _has_tickets(order) else "payment_missing"
                yield self._difference(kind, ref, order.created_at, order, ours=ours)

    def _unpaid(self) -> Iterator[Difference]:
        """Tickets of orders for which nobody has taken anything, and nobody owes anything."""
        taken = Payment.objects.filter(order=OuterRef("pk"), state__in=[*CAPTURED, "AUTHORISED"])
        owed = LedgerEntry.objects.filter(txn__order_code=OuterRef("code"), account__code=accounts.RIDER_RECEIVABLE)
        tickets = Ticket.objects.filter(booking__order=OuterRef("pk"), state__in=_VALID)
        recent = Order.objects.filter(
            provider=self.provider, created_at__gte=self.window.since, created_at__lt=self.window.settled
        )
        for order in recent.filter(Exists(tickets), ~Exists(taken), ~Exists(owed)):
            due = sum(row.price_minor - row.others_minor for row in order.bookings.filter(state="CONFIRMED"))
            if due + order.fee_minor > 0 and not self._moves(order):
                sums = {"ours": written(Money(due + order.fee_minor, order.currency))}
                yield self._difference("ticket_not_paid", order.code, order.created_at, order, **sums)

    def _refunds(self) -> Iterator[Difference]:
        """What went back, and what should have."""
        rows = Refund.objects.exclude(reason="by_hand").select_related("payment__order").order_by("pk")
        pks = [payment.pk for payment in self.payments.values()]
        ours = [row for part in parts(pks) for row in rows.filter(payment__in=part)]
        by_ref, by_key = {row.provider_ref: row for row in ours}, {row.key: row for row in ours}
        for listed in self.theirs.refunds:
            payment = self.payments.get(listed.payment_ref)
            moves = payment is not None and self._moves(payment.order)
            if moves or not self.window.holds(listed.at):
                continue
            order = payment.order if payment else None
            known = by_ref.get(listed.ref)
            if known is None:
                # Of a refund whose answer we never saw, we know the key and not the name.
                again = by_key.get(listed.key) if listed.key else None
                known = again if again is not None and again.provider_ref is None else None
                if known is None:
                    kind = "refund_twice" if again or _alike(listed, payment, ours) else "refund_unknown"
                    yield self._difference(
                        kind, listed.ref, listed.at, order, theirs=written(listed.amount), payment=listed.payment_ref
                    )
                    continue
            theirs, mine = _sides(listed, known)
            if theirs != mine:
                # What moved on since is read again; what cannot have moved so is for a person.
                mend = "read_again" if theirs in REFUND.moves and REFUND.allows(known.state, theirs) else ""
                yield self._difference("refund_differs", listed.ref, listed.at, order, mend, theirs=theirs, ours=mine)
        yield from self._refunds_not_listed(ours)

    def _refunds_not_listed(self, ours: list[Refund]) -> Iterator[Difference]:
        listed = {row.ref for row in self.theirs.refunds}
        for row in ours:
            order = row.payment.order
            if row.state != "SUCCEEDED" or not self.window.holds(order.created_at) or self._moves(order):
                continue
            if row.provider_ref not in listed:
                sums = {"ours": written(Money(row.amount_minor, row.payment.currency))}
                ref = row.provider_ref or f"row {row.pk}"
                yield self._difference("refund_missing", ref, order.created_at, order, **sums)

    def _disputes(self) -> Iterator[Difference]:
        known = dict(Dispute.objects.values_list("provider_ref", "state"))
        for view in self.theirs.disputes:
            payment = self.payments.get(view.payment_ref) or _find_payment(self.provider, view.payment_ref)
            state = known.get(view.ref)
            if state == view.state or (state is not None and not DISPUTE.allows(state, view.state)):
                continue
            # Reading it again opens the case of a dispute, or ends it, with all that belongs to that.
            mend = "read_again" if payment else ""
            at = self.window.since if payment is None else payment.order.created_at
            order = payment.order if payment else None
            sums = {"theirs": written(view.amount), "payment": view.payment_ref, "state": view.state}
            yield self._difference("dispute_unknown", view.ref, at, order, mend, **sums)

    def _transfers(self) -> Iterator[Difference]:
        rows = Transfer.objects.select_related("booking__order").order_by("pk")
        pks = [order.pk for order in self.orders.values()]
        ours = {row.provider_ref: row for part in parts(pks) for row in rows.filter(booking__order__in=part)}
        listed = {row.ref: row for row in self.theirs.transfers}
        for ref, theirs in listed.items():
            known = ours.get(ref)
            order = known.booking.order if known else self.orders.get(theirs.order_code)
            if not self.window.holds(theirs.at) or (order is not None and self._moves(order)):
                continue
            currency = order.currency if order else theirs.amount.currency
            mine = Money(known.amount_minor - known.reversed_minor if known else 0, currency)
            if known is None or mine != theirs.amount - theirs.reversed:
                sums = {"theirs": written(theirs.amount - theirs.reversed), "ours": written(mine)}
                yield self._difference("transfer_differs", ref, theirs.at, order, **sums)
        for name, row in ours.items():
            order = row.booking.order
            made = row.state in {"MADE", "PARTLY_REVERSED", "REVERSED"} and name not in listed
            if made and self.window.holds(order.created_at) and not self._moves(order):
                sums = {"ours": written(Money(row.amount_minor - row.reversed_minor, order.currency))}
                yield self._difference("transfer_differs", name or f"row {row.pk}", order.created_at, order, **sums)


def _find_payment(provider: str, ref: str) -> Payment | None:
    if not ref:
        return None
    return Payment.objects.filter(provider=provider, provider_ref=ref).select_related("order").first()


def _unlike(row: ListedPayment, payment: Payment) -> str:
    """How a payment that they have taken or reserved differs from ours: a kind, or nothing."""
    order = payment.order
    if row.amount.currency != payment.currency:
        return "currency_differs"
    if row.state == StandingState.AUTHORISED:
        if payment.state in CAPTURED:
            return "ticket_not_paid" if _has_tickets(order) else "payment_missing"
        return "authorisation_open"
    if payment.state not in CAPTURED:
        return "capture_not_noted"
    if row.captured.minor != payment.captured_minor:
        return "amount_differs"
    return "paid_no_ticket" if order.state in _SOLD and _lacks_tickets(order) else ""


def _lacks_tickets(order: Order) -> bool:
    """Whether something that stands bought has fewer tickets than products."""
    for booking in order.bookings.filter(state="CONFIRMED"):
        if Ticket.objects.filter(booking=booking, state__in=_VALID).count() < booking.part.products.count():
            return True
    return False


def _has_tickets(order: Order) -> bool:
    return Ticket.objects.filter(booking__order=order, state__in=_VALID).exists()


def _alike(listed: ListedRefund, payment: Payment | None, ours: list[Refund]) -> bool:
    """Whether we have sent the same sum back of the same payment."""
    minor = listed.amount.minor
    return payment is not None and any(row.payment_id == payment.pk and row.amount_minor == minor for row in ours)


def _sides(listed: ListedRefund, row: Refund) -> tuple[str, str]:
    """What differs first of a refund on both sides: sums, else states."""
    ours = Money(row.amount_minor, row.payment.currency)
    if listed.amount != ours:
        return written(listed.amount), written(ours)
    return str(listed.state), str(RefundState.PENDING) if row.state == "CREATED" else row.state
