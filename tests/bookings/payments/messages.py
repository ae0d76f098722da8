"""Messages from Stripe to one order, true and untrue, in any order (bar 13)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bookings.models import LedgerTxn, Order, Outbox, Ticket
from bookings.payments.stripe.webhooks import Hint
from bookings.services import hints
from tests.bookings.invariants import at_rest, money, safe
from tests.bookings.world import World

NewWorld = Callable[..., World]
COPIES = 3
EVENTS = (
    ("payment_intent.created", "intent"),
    ("payment_intent.amount_capturable_updated", "intent"),
    ("checkout.session.completed", "session"),
    ("charge.captured", "charge"),
    ("payment_intent.succeeded", "intent"),
    ("charge.refunded", "charge"),
)
"""What a sale brings, and one message that is not true: a hint to a refund that nobody made."""


def until_paid(new_world: NewWorld) -> World:
    """The payer has paid, nobody has told us."""
    world = new_world(check=safe, pays="")
    world.run(until=lambda order: order.state == "NEEDS_ACTION")
    world.pays = "works"
    world.pay()
    return world


def told(world: World, event: tuple[str, str], before_commit: bool) -> None:
    """One message, three times; where `before_commit`, before the order can be seen by who follows it."""
    kind, noun = event
    refs = {"session": world.order.payments.get().checkout_ref, "intent": "pi", "charge": "ch"}
    hint = Hint(f"evt {world.number} {kind}", "", kind, refs[noun], world.order.code)
    code = world.order.code
    for _ in range(COPIES):
        hints.take("stripe", hint, world.now)
    if before_commit:
        Order.objects.filter(pk=world.order.pk).update(code="not yet")
        hints.follow(world.now, world.ports)
        Order.objects.filter(pk=world.order.pk).update(code=code)
    hints.follow(world.now, world.ports)
    world.runner().advance(world.order.pk)


def rows(world: World) -> dict[str, Any]:
    """What is left in the end, without what differs between two worlds by its name alone."""
    order = Order.objects.get(pk=world.order.pk)
    txns = LedgerTxn.objects.filter(order_code=order.code)
    return {
        "order": order.state,
        "bookings": sorted(order.bookings.values_list("seq", "state")),
        "payments": list(order.payments.values_list("state", "captured_minor", "refunded_minor")),
        "tickets": Ticket.objects.filter(booking__order=order).count(),
        "ledger": sorted(
            (entry.account.code.replace(str(world.number), ""), entry.amount_minor)
            for txn in txns
            for entry in txn.entries.select_related("account")
        ),
        "effects": sorted(order.effects.values_list("kind", "booking_seq", "epoch", "state")),
        "outbox": sorted(Outbox.objects.filter(payload__order=order.code).values_list("topic", flat=True)),
        "cases": list(order.cases.values_list("kind", flat=True)),
        "money": money(world),
    }


def tell(new_world: NewWorld, events: Sequence[tuple[str, str]], early: int) -> dict[str, Any]:
    """The rows in the end; the message at the position `early` comes before our own commit. Raises Violation."""
    world = until_paid(new_world)
    for position, event in enumerate(events):
        told(world, event, before_commit=position == early)
    world.run()
    at_rest(world)
    return rows(world)
