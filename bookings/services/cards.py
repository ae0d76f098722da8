"""Saved cards: saved with consent, used to pay, and charged alone only where a booking's own payment has failed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from bookings.models import Order, Payment, SavedCard
from bookings.payments.base import PaymentError
from bookings.payments.stripe import saved
from bookings.payments.stripe.calling import create_client
from bookings.services.calls import forbid_transaction
from bookings.states import PAYMENT, SAVED_CARD


def list_for(user_id: int | None) -> list[SavedCard]:
    """A resident's cards that can be charged, the newest first."""
    if user_id is None:
        return []
    return list(SavedCard.objects.filter(owner_id=user_id, state="ACTIVE").order_by("-pk"))


def find_for(order: Order) -> SavedCard | None:
    """The card that may be charged for an order while its owner is away: the one that was chosen, or the newest."""
    if order.provider != "stripe":
        return None
    cards = list_for(order.owner_id)
    return next((card for card in cards if card.code == order.payer_ref), cards[0] if cards else None)


def begin(user: Any, language: str, now: datetime) -> str:
    """Where the resident, who has just consented, saves a card. Calls the provider. Raises PaymentError."""
    forbid_transaction()
    known = SavedCard.objects.filter(owner=user).exclude(customer_ref="").order_by("-pk").first()
    card = SavedCard.objects.create(owner=user, consented_at=now)
    address = settings.PUBLIC_URL + reverse("card", args=[card.code])
    page = saved.begin(create_client(), card.code, known.customer_ref if known else "", address, language)
    card.customer_ref, card.checkout_ref = page.customer_ref, page.checkout_ref
    card.save(update_fields=["customer_ref", "checkout_ref"])
    return page.url


def finish(code: str) -> SavedCard:
    """Look whether a card has been saved. Calls the provider. Raises SavedCard.DoesNotExist and PaymentError."""
    forbid_transaction()
    card = SavedCard.objects.get(code=code)
    if card.state != "PENDING" or not card.checkout_ref:
        return card
    view = saved.look(create_client(), card.checkout_ref)
    with transaction.atomic():
        card = SavedCard.objects.select_for_update().get(pk=card.pk)
        if card.state == "PENDING" and view.method_ref:
            card.method_ref, card.label = view.method_ref, view.label
            card.save(update_fields=["method_ref", "label"])
            SAVED_CARD.move(card, "ACTIVE")
        elif card.state == "PENDING" and view.over:
            SAVED_CARD.move(card, "FAILED")
    return card


def remove(user: Any, code: str) -> None:
    """Never charge this card again; it is ours no more even where the provider cannot be reached just now.

    Raises SavedCard.DoesNotExist, also for somebody else's.
    """
    forbid_transaction()
    with transaction.atomic():
        card = SavedCard.objects.select_for_update().get(owner=user, code=code, state="ACTIVE")
        SAVED_CARD.move(card, "REMOVED")
    try:
        saved.forget(create_client(), card.method_ref)
    except PaymentError as error:
        card.events.create(old="REMOVED", new="REMOVED", detail={"not_forgotten": error.reason})


def open_charge(order: Order) -> None:
    """The authorisation is over; the row of the payment that takes its place."""
    card = find_for(order)
    assert card is not None, "a charge is planned where there is a card"
    over = order.payments.select_for_update().order_by("-pk").first()
    assert over is not None, "what is charged again was authorised"
    if over.state != "VOIDED":
        PAYMENT.move(over, "FAILED", reason="capture_refused")
    Payment.objects.create(
        order=order,
        provider=order.provider,
        currency=order.currency,
        amount_minor=over.amount_minor,
        customer_ref=card.customer_ref,
        method_ref=card.method_ref,
    )
