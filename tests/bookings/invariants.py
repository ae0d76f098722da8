"""What must hold at every moment (safety) and once nothing is left to do (quiescence): transaction design §4.6.

The truth about money and rides is asked of the twins and of the hosted reservations, never of our own belief.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from bookings.ledger import accounts
from bookings.models import Booking, Order, Ticket
from bookings.states import BOOKING, EFFECT, ORDER, PAYMENT, REFUND
from tests.bookings.world import World
from transit.states import Machine

_MACHINES: dict[str, tuple[Machine, str]] = {
    "order": (ORDER, "HOLDING"),
    "booking": (BOOKING, "NEW"),
    "effect": (EFFECT, "PENDING"),
    "payment": (PAYMENT, "CREATED"),
    "refund": (REFUND, "CREATED"),
}
_OF_ORDER = "SELECT id FROM bookings_{} WHERE order_id = %s"
_ROWS = {
    "order": "SELECT %s",
    "booking": _OF_ORDER.format("booking"),
    "effect": _OF_ORDER.format("effect"),
    "payment": _OF_ORDER.format("payment"),
    "refund": f"SELECT id FROM bookings_refund WHERE payment_id IN ({_OF_ORDER.format('payment')})",
}
_MOVES = " UNION ALL ".join(
    f"SELECT '{name}', {name}_id, id, old, new FROM bookings_{name}event WHERE {name}_id IN ({rows})"
    for name, rows in _ROWS.items()
)


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
    """What Stripe and the providers in this house have taken, given back, and still could take."""
    tables = world.stripe.store.tables
    charges, intents = tables["charge"].values(), tables["payment_intent"].values()
    pledged = _sql(
        "SELECT p.captured_minor, CASE p.state WHEN 'HELD' THEN p.amount_minor ELSE 0 END,"
        " COALESCE((SELECT SUM(b.amount_minor) FROM bookings_payback b WHERE b.pledge_id = p.id), 0)"
        " FROM bookings_pledge p WHERE p.order_code = %s",
        world.order.code,
    )
    return (
        sum(charge["amount_captured"] for charge in charges) + sum(row[0] for row in pledged),
        sum(charge["amount_refunded"] for charge in charges) + sum(row[2] for row in pledged),
        sum(intent["amount_capturable"] for intent in intents) + sum(row[1] for row in pledged),
    )


def at_operators(world: World) -> dict[int, list[str]]:
    """What the operators have under the references of our bookings, by `seq`."""
    query = (
        "SELECT b.seq, b.operator_code, b.sales, b.client_ref, r.state, r.expires_at FROM bookings_booking b"
        " LEFT JOIN bookings_reservation r ON r.client_ref = b.client_ref WHERE b.order_id = %s"
    )
    found: dict[int, list[str]] = {}
    for seq, code, sales, ref, state, until in _sql(query, world.order.pk):
        if sales == "hosted":
            over = state == "HELD" and _aware(until) <= world.now
            found[seq] = ["EXPIRED" if over else state] if state else []
        else:
            shop = world.twins[code].shop
            packages = [p for p in shop.packages.values() if p.reference == str(UUID(str(ref)))]
            states = [shop.current(package, world.now).status for package in packages]
            found[seq] = [{"PENDING": "HELD", "ENDED": "CONFIRMED"}.get(status, status) for status in states]
    return found


def _aware(moment: datetime) -> datetime:
    """SQLite's raw rows have no zone."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def safe(world: World) -> None:
    """S1–S8 now. (S9, no call inside a transaction, raises by itself.)"""
    if connection.in_atomic_block:
        raise Violation("S9: a boundary inside a transaction")
    pk = world.order.pk
    state, cap, tickets, due, cases, by_use = _sql(
        "SELECT o.state, o.consent_cap_minor,"
        " (SELECT COUNT(*) FROM bookings_ticket t JOIN bookings_booking b ON b.id = t.booking_id"
        "  WHERE b.order_id = o.id AND t.state = 'ISSUED'),"
        " (SELECT SUM(CASE state WHEN 'CANCELLED' THEN fee_minor ELSE price_minor END) FROM bookings_booking"
        "  WHERE order_id = o.id),"
        " (SELECT COUNT(*) FROM bookings_case WHERE order_id = o.id),"
        " (SELECT COUNT(*) FROM bookings_effect WHERE order_id = o.id AND kind = 'USE')"
        " + (SELECT COUNT(*) FROM bookings_booking WHERE order_id = o.id AND price_is_ceiling)"
        " FROM bookings_order o WHERE o.id = %s",
        pk,
    )[0]
    captured, refunded, authorised = money(world)
    rides = at_operators(world)
    _safe_ledger(world.order.code)
    if captured - refunded > 0 and state not in {"UNWINDING", "CANCELLING", "CANCELLED"} and not cases:
        gone = _sql("SELECT seq FROM bookings_booking WHERE order_id = %s AND state = 'CANCELLED'", pk)
        confirmed = all("CONFIRMED" in states for seq, states in rides.items() if (seq,) not in gone)
        need(confirmed, "S2 captured ⇒ all confirmed, but for what was given back", rides)
    secured = captured - refunded == due or (by_use and authorised >= due)
    need(not tickets or secured or state == "CANCELLING" or cases, "S3 ticket ⇒ secured", tickets)
    _safe_payment(world)
    _safe_transfers(world)
    for seq, states in rides.items():
        counted = Counter(states)
        need(counted["CONFIRMED"] <= 1 and counted["HELD"] <= 1, "S5 one reservation per booking", (seq, states))
    need(captured <= cap, "S6 charged ≤ consent", captured)
    for code in world.codes:
        if code not in world.twins:
            _safe_seats(code)
    _safe_graphs(pk)


def _safe_ledger(code: str) -> None:
    wrong = _sql(
        "SELECT t.external_ref, e.currency, SUM(e.amount_minor) FROM bookings_ledgertxn t"
        " LEFT JOIN bookings_ledgerentry e ON t.id = e.txn_id WHERE t.order_code = %s"
        " GROUP BY t.external_ref, e.currency, t.posted HAVING SUM(e.amount_minor) <> 0 OR NOT t.posted",
        code,
    )
    need(not wrong, "S1 ledger sums to zero", wrong)


def _safe_payment(world: World) -> None:
    intents = world.stripe.store.tables["payment_intent"].values()
    live = [intent["id"] for intent in intents if intent["status"] in ("requires_capture", "succeeded")]
    pages = _pages(world)
    need(len(live) <= 1 and len(pages) <= 1, "S4 one live payment", (live, pages))


def _pages(world: World) -> list[str]:
    """Where one could pay now."""
    sessions = world.stripe.store.tables["checkout.session"].values()
    return [session["id"] for session in sessions if session["status"] == "open" and session["mode"] == "payment"]


def moved_on(world: World) -> int:
    """What has moved on from Stripe's balance to operators' accounts and not come back."""
    rows = world.stripe.store.tables["transfer"].values()
    return sum(row["amount"] - row["amount_reversed"] for row in rows)


def _safe_transfers(world: World) -> None:
    captured, _, _ = money(world)
    rows = world.stripe.store.tables["transfer"].values()
    twice = [key for key, count in Counter(row["metadata"]["key"] for row in rows).items() if count > 1]
    need(not twice and moved_on(world) <= captured, "S10 a share moves on once, out of what was taken", twice)


def _safe_seats(operator_code: str) -> None:
    wrong = _sql(
        "SELECT c.id, c.taken, c.cap, SUM(CASE WHEN r.state IN ('HELD', 'CONFIRMED') THEN s.seats ELSE 0 END)"
        " FROM bookings_capacity c JOIN bookings_seatclaim s ON s.capacity_id = c.id"
        " JOIN bookings_reservation r ON r.id = s.reservation_id WHERE c.operator_code = %s"
        " GROUP BY c.id, c.taken, c.cap HAVING c.taken > c.cap OR c.taken <>"
        " SUM(CASE WHEN r.state IN ('HELD', 'CONFIRMED') THEN s.seats ELSE 0 END)",
        operator_code,
    )
    need(not wrong, "S7 taken = live claims ≤ cap", wrong)


def _safe_graphs(order_id: int) -> None:
    at: dict[tuple[str, int], str] = {}
    for name, pk, _, old, new in sorted(_sql(_MOVES, *[order_id] * len(_ROWS)), key=lambda row: row[2]):
        machine, first = _MACHINES[name]
        need(at.get((name, pk), first) == old and machine.allows(old, new), "S8 state graph", (name, pk, old, new))
        at[name, pk] = new


def at_rest(world: World) -> None:
    """Q1–Q5: nothing is left to do."""
    order = Order.objects.get(pk=world.order.pk)
    captured, refunded, capturable = money(world)
    rides = at_operators(world)
    gone = set(order.bookings.filter(state="CANCELLED").values_list("seq", flat=True))
    standing = {seq: states for seq, states in rides.items() if order.state != "COMPLETED" or seq not in gone}
    states = [states[0] if states else "NONE" for states in standing.values()]
    due = sum(row.fee_minor if row.seq in gone else row.price_minor for row in order.bookings.all())
    tickets = Ticket.objects.filter(booking__order=order, state="ISSUED").count()
    expected = sum(part.products.count() for part in order.offer.parts.exclude(seq__in=gone))
    manual = order.cases.exists() and (order.state == "MANUAL" or order.cases.filter(kind__startswith="use_").exists())
    need(manual or order.state in {"COMPLETED", "FAILED", "CANCELLED"}, "Q1 terminal or a case", order.state)
    whole = set(states) == {"CONFIRMED"} and tickets == expected and captured - refunded == due
    need((order.state == "COMPLETED") == whole or manual, "Q2 completed ⇔ whole", (states, tickets, captured))
    if order.state == "FAILED":
        alive = {"HELD", "CONFIRMED"} & set(states)
        need(not alive and not capturable and captured == refunded and not tickets, "Q3 failed ⇒ nothing", states)
    if order.state == "CANCELLED" and not manual:
        kept = sum(Booking.objects.filter(order=order).values_list("fee_minor", flat=True))
        need("CONFIRMED" not in states and not tickets and captured - refunded == kept, "cancelled ⇒ fee kept", kept)
    need("HELD" not in states or manual, "Q4 no hold is left", states)
    need(not _pages(world) or manual, "Q6 nobody can pay any more", _pages(world))
    clearing = _sql(
        "SELECT COALESCE(SUM(e.amount_minor), 0) FROM bookings_ledgerentry e"
        " JOIN bookings_ledgertxn t ON t.id = e.txn_id JOIN bookings_ledgeraccount a ON a.id = e.account_id"
        " WHERE t.order_code = %s AND a.code = %s AND t.posted",
        order.code,
        accounts.clearing(order.provider),
    )[0][0]
    # What is kept in this house has both its sides in our ledger: nothing is left between them.
    expected_clearing = captured - refunded - moved_on(world) if order.provider == "stripe" else 0
    need(clearing == expected_clearing or manual, "Q5 ledger = provider", (clearing, captured, refunded))
