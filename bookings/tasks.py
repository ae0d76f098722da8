"""Kicks. Each may run twice or never: the sweep alone finishes everything."""

from __future__ import annotations

import logging
import time

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from bookings.models import Order
from bookings.services import (
    budget_letters,
    calling_off,
    changing,
    comparison,
    disruptions,
    erasing,
    hints,
    notices,
    occurrences,
    outbox,
    payout_accounts,
    reconciliation,
    ride_news,
    settlement,
    subsidy_queue,
    ticketing,
)
from bookings.services.runner import Runner

logger = logging.getLogger(__name__)
BOOKING_S = 25.0
"""For so long days of standing orders are begun in one task; one that has begun may take as long again."""


@shared_task(ignore_result=True, acks_late=True)
def advance_order(*, order_id: int) -> None:
    """Carry out what is due for one order."""
    Runner(timezone.now, worker="advance").advance(order_id)


def kick(order: Order) -> None:
    """Have an order carried on as soon as what is written is committed. If the message is lost, a sweep does it."""

    def send() -> None:  # a partial has no name, by which Django tells that it has failed
        advance_order.delay(order_id=order.pk)

    transaction.on_commit(send, robust=True)


def kick_code(order_code: str) -> None:
    """The same by the order's code, where nothing else of it is at hand."""
    for order in Order.objects.filter(code=order_code):
        kick(order)


@shared_task(ignore_result=True, acks_late=True)
def follow_hints() -> None:
    """Read again what payment providers' messages name."""
    for order in hints.follow(timezone.now()):
        kick(order)


def kick_hints() -> None:
    """Have messages followed as soon as they are committed."""
    transaction.on_commit(follow_hints.delay, robust=True)


@shared_task(ignore_result=True, acks_late=True)
def follow_news() -> None:
    """Draw the consequences of what operators have said, and of what residents have bought instead."""
    now = timezone.now()
    disruptions.follow(now)
    for order in [*calling_off.follow(now), *changing.follow(now), *subsidy_queue.follow(now)]:
        kick(order)


@shared_task(ignore_result=True, acks_late=True)
def follow_rides() -> None:
    """Draw the consequences of what has happened to rides on demand."""
    for order in ride_news.follow(timezone.now()):
        kick(order)


def kick_rides() -> None:
    """Have it done as soon as what happened is committed."""
    transaction.on_commit(follow_rides.delay, robust=True)


@shared_task(ignore_result=True, acks_late=True)
def sweep_orders() -> None:
    """Carry out what is due for all orders; one that fails does not keep back the others."""
    for follow in (follow_hints, follow_rides, follow_news):
        try:
            follow()
        except Exception:
            logger.exception("%s has failed", follow.name)
    for order_id in reconciliation.list_due(timezone.now()):
        try:
            advance_order(order_id=order_id)
        except Exception:
            logger.exception("order %s could not be advanced", order_id)
    reconciliation.tidy(timezone.now())


@shared_task(ignore_result=True, acks_late=True)
def watch_bookings() -> None:
    """Ask operators whether what they sold still stands."""
    calling_off.watch(timezone.now())


@shared_task(ignore_result=True, acks_late=True)
def compare_books() -> None:
    """Compare with operators and providers, once a day."""
    if comparison.is_due(timezone.now()):
        comparison.compare(timezone.now())


@shared_task(ignore_result=True, acks_late=True)
def settle_orders() -> None:
    """Close orders that are over and paid for."""
    settlement.settle_over(timezone.now())


@shared_task(ignore_result=True, acks_late=True)
def watch_payout_accounts() -> None:
    """Read operators' accounts again; what is owed to those that can receive by now is sent on."""
    payout_accounts.watch(timezone.now())


@shared_task(ignore_result=True, acks_late=True)
def send_messages() -> None:
    """Send what waits in the outbox."""
    for pk in outbox.list_due(timezone.now()):
        outbox.send(pk, timezone.now())


@shared_task(ignore_result=True, acks_late=True)
def watch_budgets() -> None:
    """Note which budgets of subsidies come to their end, to be told."""
    budget_letters.note(timezone.now())


@shared_task(ignore_result=True, acks_late=True)
def tidy_customers() -> None:
    """Forget guests of the desk, and files that nobody has needed for long."""
    erasing.tidy(timezone.now())


@shared_task(ignore_result=True, acks_late=True)
def book_occurrences() -> None:
    """Order the days of standing orders that are due, and see what has become of others; what takes longer than a
    task should is left to the next one, which comes by the clock.
    """
    now, ends_at = timezone.now(), time.monotonic() + BOOKING_S
    occurrences.follow(now)
    occurrences.plan(now)
    for pk in occurrences.list_due(now):
        for order_id in occurrences.book(pk, timezone.now()):
            advance_order.delay(order_id=order_id)
        if time.monotonic() >= ends_at:
            break


@shared_task(ignore_result=True, acks_late=True)
def tell_of_occurrences() -> None:
    """Tell who has no ride on a day of a standing order."""
    occurrences.tell(timezone.now())


@shared_task(ignore_result=True, acks_late=True)
def tell_of_acts() -> None:
    """Tell people what staff did in their name."""
    notices.tell(timezone.now())


@shared_task(ignore_result=True, acks_late=True)
def turn_ticket_keys() -> None:
    """Make, close and remove the keys of tickets in time."""
    for line in ticketing.turn_keys(timezone.now()):
        logger.info("ticket keys: %s", line)
