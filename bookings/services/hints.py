"""Messages from payment providers: kept, never believed. What they name is read again, and that counts.

A message may come twice, late, out of order, before our own commit, or about nothing of ours.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from django.db import DatabaseError, transaction

from bookings import turn
from bookings.models import Case, Order, Payment, PayoutAccount, Refund, SavedCard, WebhookInbox
from bookings.payments.base import PaymentError, RefundState
from bookings.payments.stripe.webhooks import Hint
from bookings.services import cards, charging, disputes, payout_accounts
from bookings.services.ports import OUTSIDE, Ports
from bookings.services.snapshot import OPEN
from bookings.states import ORDER_AT_REST, REFUND
from transit.states import insert_once

logger = logging.getLogger(__name__)
MATCH_FOR: Final = timedelta(minutes=10)
"""So long a message may be earlier than what it is about; then a person looks at it."""
MOST_AT_ONCE: Final = 200
_OF_ACCOUNTS: Final = ("account.", "capability.")
"""What happens at operators' own accounts; nothing else that does is ours to follow."""
_OF_CARDS: Final = ("setup_intent.",)
_OF_DISPUTES: Final = ("charge.dispute.",)
_OF_REFUNDS: Final = ("refund.", "charge.refund.")
_OF_ORDERS: Final = ("checkout.session.", "payment_intent.", "charge.", "transfer.")
_CALLED_FOR: Final = (*_OF_CARDS, *_OF_DISPUTES, *_OF_REFUNDS)
_FOLLOWED: Final = (*_CALLED_FOR, *_OF_ORDERS)


def take(source: str, hint: Hint, now: datetime) -> bool:
    """Keep a verified message. False when nothing has to be followed: a repetition, or of no interest.

    A message of an account that is neither ours nor an operator's changes no row.
    """
    return _is_known(hint) and _keep(source, hint, now, done=not _is_followed(hint)) and _is_followed(hint)


def hear(source: str, hint: Hint, now: datetime) -> tuple[Order | None, bool]:
    """Keep a verified message, and follow it at once where that needs no more than our own rows.

    The order that has to be carried on, if any, and whether the message is still to be followed.
    """
    order = None
    if not hint.account and not hint.card_code and not hint.kind.startswith(_CALLED_FOR):
        order = _find_order(hint.order_code, hint.payment_ref)
    if order is None or not _is_followed(hint):
        return None, take(source, hint, now)
    with turn.atomic():
        fresh = _keep(source, hint, now, done=True)
        return order if fresh and charging.look_again(order, now) else None, False


def _is_known(hint: Hint) -> bool:
    return not hint.account or PayoutAccount.objects.filter(account_ref=hint.account).exists()


def _is_followed(hint: Hint) -> bool:
    return hint.kind.startswith(_OF_ACCOUNTS if hint.account else _FOLLOWED)


def _keep(source: str, hint: Hint, now: datetime, *, done: bool) -> bool:
    """Whether it came for the first time."""
    row = WebhookInbox(
        source=source,
        account=hint.account,
        event_id=hint.event_id,
        kind=hint.kind,
        object_ref=hint.object_ref,
        refs={"order": hint.order_code, "payment": hint.payment_ref, "card": hint.card_code},
        received_at=now,
        processed_at=now if done else None,
    )
    with transaction.atomic(savepoint=False):
        return insert_once(row)


def follow(now: datetime, ports: Ports = OUTSIDE) -> list[Order]:
    """Read again what the messages name, the oldest first. The orders that have to be carried on."""
    woken: dict[int, Order] = {}
    for row in WebhookInbox.objects.filter(processed_at=None).order_by("pk")[:MOST_AT_ONCE]:
        order, found = _try_to_follow(row, ports, now)
        if order is not None:
            woken[order.pk] = order
        if found or now - row.received_at >= MATCH_FOR:
            try:
                _close(row, found, now)
            except DatabaseError:
                # Somebody else has it, or is slow to let it go: the next sweep sees.
                logger.exception("message %s cannot be closed yet", row.event_id)
    return list(woken.values())


def _try_to_follow(row: WebhookInbox, ports: Ports, now: datetime) -> tuple[Order | None, bool]:
    """One message that cannot be understood, or waits too long for a row, must not keep back the others."""
    try:
        return _follow(row, ports, now)
    except PaymentError as error:
        logger.warning("message %s cannot be followed yet: %s", row.event_id, error.reason)
    except Exception:
        logger.exception("message %s cannot be followed", row.event_id)
    return None, False


def _close(row: WebhookInbox, found: bool, now: datetime) -> None:
    with transaction.atomic():
        locked = WebhookInbox.objects.select_for_update().get(pk=row.pk)
        if locked.processed_at is not None:
            return
        locked.processed_at = now
        locked.save(update_fields=["processed_at"])
        if not found:
            evidence = {"source": row.source, "kind": row.kind, "object": row.object_ref, "event": row.event_id}
            Case.objects.create(kind="webhook_unmatched", opened_at=now, evidence=evidence)


def _follow(row: WebhookInbox, ports: Ports, now: datetime) -> tuple[Order | None, bool]:
    """The order to be carried on, if any, and whether the message was about something of ours."""
    if row.account:
        return None, payout_accounts.look_at(row.account, now)
    if row.refs.get("card"):
        return None, _follow_card(row.refs["card"])
    if row.kind.startswith(_OF_DISPUTES):
        return _follow_dispute(row, ports, now)
    if row.kind.startswith(_OF_REFUNDS):
        return _follow_refund(row, ports, now)
    order = _find_order(row.refs.get("order", ""), row.refs.get("payment", ""))
    woken = order is not None and charging.look_again(order, now)
    return order if woken else None, order is not None


def _find_order(code: str, payment_ref: str) -> Order | None:
    if code:
        return Order.objects.only("code").filter(code=code).first()
    payment = _find_payment(payment_ref)
    return payment.order if payment else None


def _find_payment(ref: str) -> Payment | None:
    return Payment.objects.select_related("order").filter(provider_ref=ref).first() if ref else None


def _follow_card(code: str) -> bool:
    if not SavedCard.objects.filter(code=code).exists():
        return False
    cards.finish(code)
    return True


def _follow_dispute(row: WebhookInbox, ports: Ports, now: datetime) -> tuple[Order | None, bool]:
    view = ports.payments[row.source].read_dispute(row.object_ref)
    payment = _find_payment(view.payment_ref)
    if payment is None:
        return None, False
    disputes.note(payment, view, now)
    return payment.order, True


def _follow_refund(row: WebhookInbox, ports: Ports, now: datetime) -> tuple[Order | None, bool]:
    view = ports.payments[row.source].read_refund(row.object_ref)
    refund = Refund.objects.select_related("payment__order").filter(key=view.key).first() if view.key else None
    if refund is None:
        return None, False
    order = refund.payment.order
    asking = order.effects.filter(idem_key=view.key, state__in=OPEN)
    if order.state not in ORDER_AT_REST and asking.exists():
        charging.look_again(order, now)
        return order, True
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order.pk)
        locked = Refund.objects.select_for_update().get(pk=refund.pk)
        before = locked.state
        if before != str(view.state) and REFUND.allows(before, str(view.state)):
            REFUND.move(locked, str(view.state), event=row.event_id)
            charging.tell_refund(order, locked, now)
            _after_refund(order, locked, before, view.state, now)
    return order, True


def _after_refund(order: Order, refund: Refund, before: str, after: RefundState, now: datetime) -> None:
    """The liability follows the money; what failed late is a person's to send again in another way."""
    if after == RefundState.SUCCEEDED:
        charging.settle_refund(order, refund, now)
    elif after == RefundState.FAILED:
        if before == "SUCCEEDED":
            charging.fail_refund(refund, now)
        Case.objects.create(kind="refund_failed", order=order, opened_at=now, evidence={"refund": refund.provider_ref})
