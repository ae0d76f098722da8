"""The resident's money: payments and refunds as rows. What was sold is in `sales`."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from bookings.ledger import accounts
from bookings.ledger.posting import post
from bookings.models import Effect, Order, Payment, Refund, WebhookInbox
from bookings.payments.base import Charge, RefundState, Standing, StandingState
from bookings.payments.stripe.webhooks import Hint
from bookings.states import PAYMENT, REFUND
from transit.money import Money


def find_live(order: Order) -> Payment | None:
    """The payment of an order that counts, or the last one that failed."""
    return order.payments.order_by("-pk").first()


def open_payment(order: Order, provider: str, amount_minor: int) -> None:
    """The row of a payment that is about to be asked for."""
    Payment.objects.create(order=order, provider=provider, currency=order.currency, amount_minor=amount_minor)


def open_refund(order: Order, amount_minor: int) -> None:
    """The row of a refund that is about to be asked for."""
    payment = Payment.objects.get(order=order, state="CAPTURED")
    Refund.objects.create(payment=payment, amount_minor=amount_minor, reason="cancelled")


def charge_of(order: Order, effect: Effect) -> Charge:
    """What a provider has to know for an effect."""
    payment = find_live(order)
    assert payment is not None, "effects on a payment follow its row"
    first = order.effects.get(kind=Effect.Kind.AUTHORISE, epoch=0)
    expires = first.request["expires_at"]
    return Charge(
        key=effect.idem_key,
        order_code=order.code,
        amount=Money(effect.request.get("amount_minor", payment.amount_minor), order.currency),
        language=order.language,
        expires_at=datetime.fromisoformat(expires),
        key_since=effect.sent_at,
        sent_at=first.sent_at,
        checkout_ref=payment.checkout_ref,
        provider_ref=payment.provider_ref or "",
        return_url=f"{settings.PUBLIC_URL}/orders/{order.code}",
    )


def note_standing(order: Order, standing: Standing) -> None:
    """Write down what the provider showed of the payment; states only ever move on."""
    payment = Payment.objects.select_for_update().get(pk=_pk(find_live(order)))
    payment.checkout_ref = standing.checkout_ref or payment.checkout_ref
    payment.provider_ref = standing.provider_ref or payment.provider_ref
    payment.action_url = standing.action_url
    payment.capture_before_at = standing.capture_before_at or payment.capture_before_at
    if standing.state == StandingState.CAPTURED and standing.captured is not None:
        payment.captured_minor = standing.captured.minor
    payment.save()
    if standing.state == StandingState.NONE:
        _void(payment)
    elif str(standing.state) != payment.state and PAYMENT.allows(payment.state, str(standing.state)):
        PAYMENT.move(payment, str(standing.state))


def close_unasked(order: Order) -> None:
    """A payment that the provider never heard of is over with its order."""
    for payment in order.payments.select_for_update():
        _void(payment)


def _void(payment: Payment) -> None:
    if payment.state == "CREATED":
        PAYMENT.move(payment, "VOIDED")


def note_refund(order: Order, standing: Standing) -> None:
    """Write down how a refund stands; the ledger moves when the money has arrived."""
    refund = Refund.objects.select_for_update().select_related("payment").get(payment__order=order)
    if standing.refund_state is None:
        return
    refund.provider_ref = standing.refund_ref
    refund.save(update_fields=["provider_ref"])
    if str(standing.refund_state) != refund.state:
        REFUND.move(refund, str(standing.refund_state))
    if standing.refund_state == RefundState.SUCCEEDED:
        _settle_refund(order, refund)


def _settle_refund(order: Order, refund: Refund) -> None:
    amount = Money(refund.amount_minor, order.currency)
    lines = {accounts.RIDER_REFUND_PAYABLE: amount, accounts.PSP_CLEARING: -amount}
    if post(f"refund:{refund.pk}", order.code, lines):
        payment = Payment.objects.select_for_update().get(pk=refund.payment_id)
        payment.refunded_minor += refund.amount_minor
        payment.save(update_fields=["refunded_minor"])
        whole = payment.refunded_minor == payment.captured_minor
        PAYMENT.move(payment, "REFUNDED" if whole else "PARTLY_REFUNDED")


def take_hint(source: str, hint: Hint, now: datetime) -> Order | None:
    """Keep a verified webhook and wake the order that it is about. None when it is a repetition or nobody's.

    The hint is not believed: the order's open payment effect is made due, and that looks at the object itself.
    """
    _, fresh = WebhookInbox.objects.get_or_create(
        source=source,
        account=hint.account,
        event_id=hint.event_id,
        defaults={"kind": hint.kind, "object_ref": hint.object_ref, "received_at": now, "processed_at": now},
    )
    order = Order.objects.filter(code=hint.order_code).first() if fresh and hint.order_code else None
    if order is not None:
        look_again(order, now)
    return order


def look_again(order: Order, now: datetime) -> None:
    """Make the waiting payment effects of an order due now: the payer is back, or a webhook says so."""
    waiting = order.effects.filter(state="PENDING", kind__in=["AUTHORISE", "REFUND"], not_before__gt=now)
    waiting.update(not_before=now)
    Order.objects.filter(pk=order.pk, wake_at__gt=now).update(wake_at=now)


def _pk(payment: Payment | None) -> int:
    assert payment is not None, "standings are of payments that have a row"
    return payment.pk
