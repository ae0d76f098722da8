"""What must hold at every moment (safety) and once nothing is left to do (quiescence): transaction design §4.6.

The truth about money and rides is asked of the twins and of the hosted reservations, never of our own belief.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db import connection

from bookings.models import Booking, Capacity, LedgerTxn, Order, Reservation, SeatClaim, Ticket
from bookings.states import BOOKING, EFFECT, ORDER, PAYMENT, REFUND
from tests.bookings.world import World
from transit.states import Machine

_BOOKINGS = "SELECT id FROM bookings_booking WHERE order_id = %s"
_EFFECTS = "SELECT id FROM bookings_effect WHERE order_id = %s"
_PAYMENTS = "SELECT id FROM bookings_payment WHERE order_id = %s"
_GRAPHS: dict[str, tuple[Machine, str, str]] = {
    "order": (ORDER, "HOLDING", "%s"),
    "booking": (BOOKING, "NEW", _BOOKINGS),
    "effect": (EFFECT, "PENDING", _EFFECTS),
    "payment": (PAYMENT, "CREATED", _PAYMENTS),
    "refund": (REFUND, "CREATED", f"SELECT id FROM bookings_refund WHERE payment_id IN ({_PAYMENTS})"),
}


class Violation(AssertionError):
    """Something that must never be was."""


def need(holds: bool, rule: str, detail: Any = "") -> None:
    if not holds:
        raise Violation(f"{rule}: {detail}")


def _sql(query: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def money(world: World) -> tuple[int, int, int]:
    """What Stripe has taken, given back, and still could take."""
    tables = world.stripe.store.tables
    charges, intents = tables["charge"].values(), tables["payment_intent"].values()
    return (
        sum(charge["amount_captured"] for charge in charges),
        sum(charge["amount_refunded"] for charge in charges),
        sum(intent["amount_capturable"] for intent in intents),
    )


def at_operators(world: World) -> dict[int, list[str]]:
    """What the operators have under the references of our bookings, by `seq`."""
    found: dict[int, list[str]] = {}
    for seq, sales, ref in Booking.objects.filter(order=world.order).values_list("seq", "sales", "client_ref"):
        if sales == "hosted":
            rows = Reservation.objects.filter(client_ref=ref).values_list("state", "expires_at")
            found[seq] = ["EXPIRED" if s == "HELD" and until <= world.now else s for s, until in rows]
        else:
            packages = [p for p in world.operator.shop.packages.values() if p.reference == f"{ref}"]
            states = [world.operator.shop.current(package, world.now).status for package in packages]
            found[seq] = ["HELD" if state == "PENDING" else state for state in states]
    return found


def safe(world: World) -> None:
    """S1–S8 now. (S9, no call inside a transaction, raises by itself.)"""
    if connection.in_atomic_block:
        raise Violation("S9: a boundary inside a transaction")
    order = Order.objects.get(pk=world.order.pk)
    captured, refunded, _ = money(world)
    rides = at_operators(world)
    _safe_money(world, order, captured, refunded, rides)
    tickets = Ticket.objects.filter(booking__order=order, state="ISSUED").count()
    due = sum(Booking.objects.filter(order=order).values_list("price_minor", flat=True))
    need(not tickets or captured - refunded == due or order.state == "CANCELLING", "S3 ticket ⇒ secured", tickets)
    for seq, states in rides.items():
        counted = Counter(states)
        need(counted["CONFIRMED"] <= 1 and counted["HELD"] <= 1, "S5 one reservation per booking", (seq, states))
    for row in Capacity.objects.filter(operator_code=world.bus):
        live = SeatClaim.objects.filter(capacity=row, reservation__state__in=["HELD", "CONFIRMED"])
        need(row.taken == sum(live.values_list("seats", flat=True)) <= row.cap, "S7 taken ≤ cap", row.key)
    _safe_graphs(order)


def _safe_money(world: World, order: Order, captured: int, refunded: int, rides: dict[int, list[str]]) -> None:
    unbalanced = _sql(
        "SELECT t.external_ref FROM bookings_ledgerentry e JOIN bookings_ledgertxn t ON t.id = e.txn_id"
        " WHERE t.order_code = %s GROUP BY t.external_ref, e.currency HAVING SUM(e.amount_minor) <> 0",
        order.code,
    )
    need(not unbalanced, "S1 ledger sums to zero", unbalanced)
    need(not LedgerTxn.objects.filter(order_code=order.code, posted=False).exists(), "S1 nothing half posted")
    if captured - refunded > 0 and order.state not in {"UNWINDING", "CANCELLING", "CANCELLED"}:
        need(all("CONFIRMED" in states for states in rides.values()), "S2 captured ⇒ all confirmed", rides)
    intents = world.stripe.store.tables["payment_intent"].values()
    live = [intent["id"] for intent in intents if intent["status"] in ("requires_capture", "succeeded")]
    sessions = world.stripe.store.tables["checkout.session"].values()
    pages = [session["id"] for session in sessions if session["status"] == "open"]
    need(len(live) <= 1 and len(pages) <= 1, "S4 one live payment", (live, pages))
    need(captured <= order.consent_cap_minor, "S6 charged ≤ consent", captured)


def _safe_graphs(order: Order) -> None:
    for name, (machine, first, rows) in _GRAPHS.items():
        at: dict[int, str] = {}
        query = f"SELECT {name}_id, old, new FROM bookings_{name}event WHERE {name}_id IN ({rows}) ORDER BY id"
        for pk, old, new in _sql(query, order.pk):
            need(at.get(pk, first) == old and machine.allows(old, new), "S8 state graph", (name, pk, old, new))
            at[pk] = new


def at_rest(world: World) -> None:
    """Q1–Q5: nothing is left to do."""
    order = Order.objects.get(pk=world.order.pk)
    captured, refunded, capturable = money(world)
    rides = at_operators(world)
    states = [states[0] if states else "NONE" for states in rides.values()]
    due = sum(Booking.objects.filter(order=order).values_list("price_minor", flat=True))
    tickets = Ticket.objects.filter(booking__order=order, state="ISSUED").count()
    expected = sum(part.products.count() for part in order.offer.parts.all())
    manual = order.state == "MANUAL" and order.cases.exists()
    need(manual or order.state in {"COMPLETED", "FAILED", "CANCELLED"}, "Q1 terminal or a case", order.state)
    whole = set(states) == {"CONFIRMED"} and tickets == expected and captured - refunded == due
    need((order.state == "COMPLETED") == whole or manual, "Q2 completed ⇔ whole", (states, tickets, captured))
    if order.state == "FAILED":
        alive = {"HELD", "CONFIRMED"} & set(states)
        need(not alive and not capturable and captured == refunded and not tickets, "Q3 failed ⇒ nothing", states)
    if order.state == "CANCELLED":
        kept = sum(Booking.objects.filter(order=order).values_list("fee_minor", flat=True))
        need("CONFIRMED" not in states and not tickets and captured - refunded == kept, "cancelled ⇒ fee kept", kept)
    need("HELD" not in states or manual, "Q4 no hold is left", states)
    clearing = _sql(
        "SELECT COALESCE(SUM(e.amount_minor), 0) FROM bookings_ledgerentry e"
        " JOIN bookings_ledgertxn t ON t.id = e.txn_id JOIN bookings_ledgeraccount a ON a.id = e.account_id"
        " WHERE t.order_code = %s AND a.code = 'psp_clearing' AND t.posted",
        order.code,
    )[0][0]
    need(clearing == captured - refunded or manual, "Q5 ledger = provider", (clearing, captured, refunded))
