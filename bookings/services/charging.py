"""The resident's money: payments and refunds as rows. What was sold is in `sales`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import F, Sum

from bookings.ledger import accounts
from bookings.ledger.posting import post
from bookings.models import Booking, Effect, Order, Payment, Refund, SavedCard
from bookings.payments.base import Charge, RefundState, Standing, StandingState
from bookings.services import outbox
from bookings.services.dossier import Dossier
from bookings.states import PAYMENT, REFUND
from transit.money import Money
from transit.states import Moves

_NEVER: Final = datetime.min.replace(tzinfo=UTC)


def find_live(order: Order) -> Payment | None:
    """The payment of an order that counts, or the last one that failed."""
    return order.payments.order_by("-pk").first()


def is_only_authorised(order: Order) -> bool:
    """Whether a sold order's money is reserved and not taken, because something in it is paid by use."""
    payment = find_live(order)
    return payment is not None and payment.state == "AUTHORISED"


def open_payment(dossier: Dossier, amount_minor: int) -> None:
    """The row of a payment that is about to be asked for, in the way that the resident chose."""
    order = dossier.order
    saved = order.provider == "stripe" and order.payer_ref
    card = SavedCard.objects.filter(code=order.payer_ref).first() if saved else None
    payment = Payment.objects.create(
        order=order,
        provider=order.provider,
        currency=order.currency,
        amount_minor=amount_minor,
        customer_ref=card.customer_ref if card else "",
        method_ref=card.method_ref if card else "",
    )
    dossier.payments.append(payment)


def open_refund(order: Order, amount_minor: int, key: str) -> None:
    """The row of a refund that is about to be asked for."""
    payment = Payment.objects.get(order=order, state__in=["CAPTURED", "PARTLY_REFUNDED"])
    Refund.objects.create(payment=payment, key=key, amount_minor=amount_minor, reason="cancelled")


def asked_back(order: Order) -> int:
    """What refunds have sent back, or are about to, in minor units; not what came back to us."""
    refunds = Refund.objects.filter(payment__order=order).exclude(state="FAILED")
    return refunds.aggregate(sum=Sum("amount_minor"))["sum"] or 0


def charge_of(dossier: Dossier, effect: Effect) -> Charge:
    """What a provider has to know for an effect."""
    order, payment = dossier.order, dossier.payment
    assert payment is not None, "effects on a payment follow its row"
    openers = [each for each in dossier.effects if each.kind in {"AUTHORISE", "CHARGE"} and each.epoch == 0]
    earlier = dossier.payments[-2] if len(dossier.payments) > 1 else None
    amount = Money(effect.request.get("amount_minor", payment.amount_minor), order.currency)
    return Charge(
        key=effect.idem_key,
        order_code=order.code,
        amount=amount,
        payer_ref=order.payer_ref,
        payer_id=order.owner_id,
        shares=_shares(dossier.bookings, amount, back=effect.kind == Effect.Kind.REFUND),
        language=order.language,
        expires_at=datetime.fromisoformat(openers[0].request["expires_at"]),
        key_since=effect.sent_at,
        sent_at=openers[-1].sent_at,
        opened_by=openers[-1].idem_key,
        customer_ref=payment.customer_ref,
        method_ref=payment.method_ref,
        replaces=(earlier.provider_ref or "") if earlier else "",
        destination=effect.request.get("destination", ""),
        transfer_ref=effect.request.get("transfer_ref", ""),
        checkout_ref=payment.checkout_ref,
        provider_ref=payment.provider_ref or "",
        return_url=f"{settings.PUBLIC_URL}/orders/{order.code}",
    )


def _shares(bookings: Sequence[Booking], amount: Money, *, back: bool) -> dict[str, Money]:
    """An amount by operator: by what is due for each booking or goes back for it, or else in proportion to that."""
    weights: Counter[str] = Counter()
    taken_over = [each for each in bookings if each.taken_over_epoch == each.order.cancel_epoch] if back else []
    for booking in bookings:
        due = max(0, booking.price_minor - booking.others_minor)
        kept = booking.fee_minor if booking.state == "CANCELLED" and booking.giving_back else due
        weights[booking.operator_code] += max(0, due - kept) if back else due
    if taken_over:
        weights = Counter(booking.operator_code for booking in taken_over)
    elif back and not any(each.giving_back for each in bookings):
        # Amends: of the promise that was broken last, as there is one cancellation for each.
        owed = max(bookings, key=lambda each: each.amends_at or _NEVER)
        weights[owed.operator_code] += 1
    codes = sorted(weights)
    # Where others pay for all the rides, the platform's fee is still owed.
    parts = [weights[code] for code in codes] if weights.total() else [1] * len(codes)
    return dict(zip(codes, amount.split(parts), strict=True))


def note_standing(dossier: Dossier, standing: Standing) -> None:
    """Write down what the provider showed of the payment; states only ever move on."""
    payment = dossier.lock_payment()
    payment.checkout_ref = standing.checkout_ref or payment.checkout_ref
    payment.provider_ref = standing.provider_ref or payment.provider_ref
    payment.action_url = standing.action_url
    payment.capture_before_at = standing.capture_before_at or payment.capture_before_at
    if standing.state == StandingState.CAPTURED and standing.captured is not None:
        payment.captured_minor = standing.captured.minor
    fields = ["checkout_ref", "provider_ref", "action_url", "capture_before_at", "captured_minor"]
    new = str(standing.state)
    if standing.state == StandingState.NONE:  # what the provider has never heard of
        new = "VOIDED" if payment.state == "CREATED" else payment.state
    moves = Moves()  # written at once: the payment may be read again in the same transaction
    moves.change(payment, *fields)
    if new != payment.state and PAYMENT.allows(payment.state, new):
        PAYMENT.move(payment, new, moves=moves)
    moves.write()


def close_unasked(order: Order) -> None:
    """A payment that the provider never heard of is over with its order."""
    for payment in order.payments.select_for_update():
        _void(payment)


def _void(payment: Payment) -> None:
    if payment.state == "CREATED":
        PAYMENT.move(payment, "VOIDED")


def note_refund(order: Order, key: str, standing: Standing, now: datetime) -> None:
    """Write down how a refund stands; the ledger moves when the money has arrived."""
    refund = Refund.objects.select_for_update().select_related("payment").get(payment__order=order, key=key)
    if standing.refund_state is None:
        return
    refund.provider_ref = standing.refund_ref
    refund.save(update_fields=["provider_ref"])
    if str(standing.refund_state) != refund.state:
        REFUND.move(refund, str(standing.refund_state))
        tell_refund(order, refund, now)
    if standing.refund_state == RefundState.SUCCEEDED:
        settle_refund(order, refund, now)


def tell_refund(order: Order, refund: Refund, now: datetime) -> None:
    """Have it told that a refund has moved on. What arrives while an order is cancelled, that message tells."""
    what = {"PENDING": "refund_pending", "SUCCEEDED": "refunded", "FAILED": "refund_failed"}[refund.state]
    resident = what != "refunded" or order.state != "CANCELLING"
    outbox.queue(order, what, f"refund:{refund.pk}:{refund.state}", now, refund=refund, resident=resident)


def fail_refund(refund: Refund, now: datetime) -> None:
    """A refund that had arrived came back: we owe it again, and nobody sends it again without a look at why."""
    payment = Payment.objects.select_for_update().select_related("order").get(pk=refund.payment_id)
    amount = Money(refund.amount_minor, payment.currency)
    lines = {accounts.clearing(payment.provider): amount, accounts.RIDER_REFUND_PAYABLE: -amount}
    if post(f"refund-failed:{refund.pk}", payment.order.code, lines, now):
        _note_returned(payment, -refund.amount_minor)


def settle_refund(order: Order, refund: Refund, now: datetime) -> None:
    """The money has arrived at the resident: we owe it no more."""
    amount = Money(refund.amount_minor, order.currency)
    lines = {accounts.RIDER_REFUND_PAYABLE: amount, accounts.clearing(refund.payment.provider): -amount}
    if post(f"refund:{refund.pk}", order.code, lines, now):
        _note_returned(Payment.objects.select_for_update().get(pk=refund.payment_id), refund.amount_minor)


def refund_by_hand(order: Order, amount: Money, key: str, now: datetime) -> None:
    """What we owe the resident was transferred from our bank."""
    payment = Payment.objects.select_for_update().filter(order=order).order_by("-pk").first()
    assert payment is not None, "what is paid back was paid"
    refund = Refund.objects.create(payment=payment, key=key, amount_minor=amount.minor, reason="by_hand")
    REFUND.move(refund, "SUCCEEDED", reason="by_hand")
    tell_refund(order, refund, now)
    post(f"refund:{refund.pk}", order.code, {accounts.RIDER_REFUND_PAYABLE: amount, accounts.BANK: -amount}, now)
    _note_returned(payment, amount.minor)


_JUST_NOW: Final = timedelta(seconds=1)


def look_again(order: Order, now: datetime) -> bool:
    """Make the waiting payment effects of an order due now: the payer is back, or a webhook says so. Whether any is.

    Not what became due a moment ago, as a message before this one may have made it; but what has been due for longer,
    as nobody else may be on the way to it before the next sweep.
    """
    waiting = order.effects.filter(state="PENDING", kind__in=["AUTHORISE", "REFUND"])
    waiting = waiting.exclude(not_before__range=(now - _JUST_NOW, now))
    if not waiting.exists():
        return False
    with transaction.atomic(savepoint=False):
        # The order first, as everywhere, and with another version: who carries it on reads its effects anew.
        Order.objects.filter(pk=order.pk).update(wake_at=now, version=F("version") + 1)
        return bool(waiting.update(not_before=now))


def _note_returned(payment: Payment, minor: int) -> None:
    """So much more of a locked payment is back with the resident; less than nothing where it came back to us."""
    payment.refunded_minor += minor
    payment.save(update_fields=["refunded_minor"])
    whole = payment.refunded_minor == payment.captured_minor
    PAYMENT.move(payment, "REFUNDED" if whole else "PARTLY_REFUNDED" if payment.refunded_minor else "CAPTURED")
