"""Payments that are kept in this house: rows of our own instead of calls to others.

Each method is one transaction. What a provider takes and gives back it books itself against its clearing account; the
sale books the other side there, as it does with money that is with others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Sum

from bookings.ledger import accounts
from bookings.ledger.posting import post
from bookings.models import Order, PayBack, Pledge
from bookings.payments.base import (
    Charge,
    DisputeView,
    ListedPayment,
    ListedRefund,
    PaymentError,
    ProviderBooks,
    RefundState,
    RefundView,
    Standing,
    StandingState,
)
from bookings.states import PLEDGE, REFUND
from transit.money import Money, total

Lines = Mapping[str, Money]
_STATES = {
    "HELD": StandingState.AUTHORISED,
    "CAPTURED": StandingState.CAPTURED,
    "VOIDED": StandingState.VOIDED,
}


def reserved(provider: str, holder: str) -> int:
    """What is held of a wallet or a billing account for orders under way, in minor units."""
    rows = Pledge.objects.filter(provider=provider, holder=holder, state="HELD")
    return rows.aggregate(total=Sum("amount_minor"))["total"] or 0


class HouseProvider:
    """What all of them share. A provider says what it checks, what it takes and how it gives back."""

    name: str

    def check(self, charge: Charge) -> None:
        """Lock what is charged and see whether it bears the amount. Raises PaymentError."""
        raise NotImplementedError

    def take(self, pledge: Pledge, charge: Charge, now: datetime) -> Lines:
        """Make the money the order's: whom it is booked to."""
        raise NotImplementedError

    def give_back(self, pledge: Pledge, charge: Charge) -> tuple[Lines, int]:
        """What is no longer owed or goes back at once, by account; and the minor units that staff have to pay out."""
        raise NotImplementedError

    def look_up(self, charge: Charge, now: datetime) -> Standing:
        """See PaymentProvider."""
        pledge = Pledge.objects.filter(provider=self.name, order_code=charge.order_code).first()
        return Standing(StandingState.NONE) if pledge is None else self._standing(pledge)

    def authorise(self, charge: Charge, now: datetime) -> Standing:
        """See PaymentProvider."""
        with transaction.atomic():
            pledge = self._find(charge)
            if pledge is None:
                self.check(charge)
                pledge = self._create(charge, "HELD")
        return self._standing(pledge)

    def capture(self, charge: Charge, now: datetime) -> Standing:
        """See PaymentProvider."""
        with transaction.atomic():
            pledge = self._find(charge)
            if pledge is None or pledge.state == "VOIDED" or charge.amount.minor > pledge.amount_minor:
                raise PaymentError("not_authorised", permanent=True)
            if pledge.state == "HELD":
                lines = self.take(pledge, charge, now)
                self._post(f"{self.name}:capture:{charge.order_code}", charge, lines, now)
                pledge.captured_minor = charge.amount.minor
                pledge.save(update_fields=["captured_minor"])
                PLEDGE.move(pledge, "CAPTURED")
        return self._standing(pledge)

    def void(self, charge: Charge, now: datetime) -> Standing:
        """See PaymentProvider. What was never asked for is voided too, so that a late call finds the door closed."""
        with transaction.atomic():
            pledge = self._find(charge) or self._create(charge, "VOIDED")
            if pledge.state == "HELD":
                PLEDGE.move(pledge, "VOIDED")
        return self._standing(pledge)

    def find_refund(self, charge: Charge, now: datetime) -> Standing:
        """See PaymentProvider."""
        standing = self.look_up(charge, now)
        back = PayBack.objects.filter(key=charge.key).first()
        return standing if back is None else _with_refund(standing, back)

    def refund(self, charge: Charge, now: datetime) -> Standing:
        """See PaymentProvider."""
        with transaction.atomic():
            pledge = self._find(charge)
            if pledge is None or pledge.state != "CAPTURED":
                raise PaymentError("not_captured", permanent=True)
            back = PayBack.objects.filter(key=charge.key).first() or self._pay_back(pledge, charge, now)
        return _with_refund(self._standing(pledge), back)

    def charge_saved(self, charge: Charge, now: datetime) -> Standing:
        """Nobody in this house has a card."""
        raise PaymentError("not_done_here", permanent=True)

    find_transfer = transfer = find_reversal = reverse = charge_saved

    def read_refund(self, ref: str) -> RefundView:
        """Nobody sends messages about what is kept in this house."""
        raise PaymentError("not_done_here", permanent=True)

    def read_dispute(self, ref: str) -> DisputeView:
        """No bank stands between."""
        raise PaymentError("not_done_here", permanent=True)

    def list_books(self, since: datetime, until: datetime) -> ProviderBooks:
        """See ListsBooks. A row is as old as its order; of what belongs to no order at all, every one is shown."""
        orders = Order.objects.filter(code=OuterRef("order_code"))
        recent = Exists(orders.filter(created_at__gte=since, created_at__lt=until))
        pledges = Pledge.objects.filter(Q(recent) | ~Exists(orders), provider=self.name).prefetch_related("pay_backs")
        started = dict(Order.objects.filter(code__in=pledges.values("order_code")).values_list("code", "created_at"))
        times = {pledge.pk: started.get(pledge.order_code, since) for pledge in pledges}
        return ProviderBooks(
            payments=tuple(_listed(pledge, times[pledge.pk]) for pledge in pledges),
            refunds=tuple(
                ListedRefund(
                    ref=_back_ref(back),
                    key=back.key,
                    payment_ref=_ref(pledge),
                    state=RefundState(back.state),
                    amount=Money(back.amount_minor, pledge.currency),
                    at=times[pledge.pk],
                )
                for pledge in pledges
                for back in pledge.pay_backs.all()
            ),
        )

    def _pay_back(self, pledge: Pledge, charge: Charge, now: datetime) -> PayBack:
        earlier = pledge.pay_backs.aggregate(total=Sum("amount_minor"))["total"] or 0
        if earlier + charge.amount.minor > pledge.captured_minor:
            raise PaymentError("refund_too_large", permanent=True)
        lines, payout = self.give_back(pledge, charge)
        self._post(f"{self.name}:refund:{charge.key}", charge, {code: -money for code, money in lines.items()}, now)
        back = PayBack.objects.create(
            pledge=pledge, key=charge.key, amount_minor=charge.amount.minor, payout_minor=payout
        )
        if payout:
            REFUND.move(back, "PENDING")
        else:
            back.settled_at = now
            back.save(update_fields=["settled_at"])
            REFUND.move(back, "SUCCEEDED")
        return back

    def _find(self, charge: Charge) -> Pledge | None:
        return Pledge.objects.select_for_update().filter(provider=self.name, order_code=charge.order_code).first()

    def _create(self, charge: Charge, state: str) -> Pledge:
        return Pledge.objects.create(
            provider=self.name,
            order_code=charge.order_code,
            holder=charge.payer_ref,
            state=state,
            currency=charge.amount.currency,
            amount_minor=charge.amount.minor,
        )

    def _post(self, ref: str, charge: Charge, lines: Lines, now: datetime) -> None:
        sums: dict[str, Money] = defaultdict(lambda: Money(0, charge.amount.currency))
        for code, money in lines.items():
            sums[code] += money
        sums[accounts.clearing(self.name)] -= total(lines.values(), charge.amount.currency)
        post(ref, charge.order_code, sums, now)

    def _standing(self, pledge: Pledge) -> Standing:
        return Standing(
            state=_STATES[pledge.state],
            provider_ref=_ref(pledge),
            captured=Money(pledge.captured_minor, pledge.currency),
        )


def _ref(pledge: Pledge) -> str:
    return f"{pledge.provider}:{pledge.order_code}"


def _back_ref(back: PayBack) -> str:
    return f"back:{back.pk}"


def _listed(pledge: Pledge, at: datetime) -> ListedPayment:
    return ListedPayment(
        ref=_ref(pledge),
        order_code=pledge.order_code,
        state=_STATES[pledge.state],
        amount=Money(pledge.amount_minor, pledge.currency),
        captured=Money(pledge.captured_minor, pledge.currency),
        at=at,
    )


def _with_refund(standing: Standing, back: PayBack) -> Standing:
    return Standing(
        state=standing.state,
        provider_ref=standing.provider_ref,
        captured=standing.captured,
        refund_ref=_back_ref(back),
        refund_state=RefundState(back.state),
    )
