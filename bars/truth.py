"""What has become of orders, asked of those who know: the rules of `tests/bookings/invariants` over real processes.

Money is counted at the payment provider, rides at the operators; our own belief is only compared.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast

from django.db import connection
from django.utils import timezone

from bars.stage import FINAL, REMOTE, Stage
from bookings.ledger import accounts
from bookings.models import Capacity, LedgerEntry, Order, Reservation, SeatClaim
from tests.bookings import ledger_checks
from tests.bookings.invariants import Violation, at_rest, safe
from tests.bookings.world import World

TABLES = ("payment_intent", "charge", "refund", "checkout.session", "transfer")


@dataclass
class Truth:
    """The books of all others at one moment."""

    stripe: dict[str, Any]
    packages: dict[str, list[dict[str, Any]]]
    now: datetime
    _of_order: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)

    @classmethod
    def of(cls, stage: Stage) -> Truth:
        """What they say now."""
        packages = {name: stage.state(name)["packages"] for name in REMOTE}
        return cls(stage.state("stripe"), packages, timezone.now())

    def __post_init__(self) -> None:
        intents = {row["id"]: row["metadata"].get("order", "") for row in self.stripe["payment_intent"]}
        of_order: dict[str, dict[str, dict[str, Any]]] = defaultdict(lambda: {name: {} for name in TABLES})
        for table in TABLES:
            for row in self.stripe[table]:
                intent = row.get("payment_intent")
                code = row.get("client_reference_id") or row["metadata"].get("order") or intents.get(intent, "")
                of_order[code][table][row["id"]] = row
        self._of_order = of_order
        self._by_reference: dict[tuple[str, str], list[Any]] = defaultdict(list)
        for name, rows in self.packages.items():
            for row in rows:
                self._by_reference[name, row["reference"]].append(SimpleNamespace(**row))

    def of_order(self, order: Order) -> World:
        """The order with what others have of it, as the rules take it."""
        bookings = list(order.bookings.all())
        shops: dict[str, Any] = {}
        for booking in bookings:
            if booking.sales == "tomp":
                found = self._by_reference[booking.operator_code, str(booking.client_ref)]
                books = {each.id: each for each in found}
                shop = SimpleNamespace(packages=books, current=lambda package, now: package)
                shops[booking.operator_code] = SimpleNamespace(shop=shop)
        stripe = SimpleNamespace(store=SimpleNamespace(tables=self._of_order[order.code]))
        codes = [booking.operator_code for booking in bookings]
        return cast(World, SimpleNamespace(order=order, now=self.now, codes=codes, twins=shops, stripe=stripe))

    def violations(self, orders: Iterable[Order]) -> list[str]:
        """Which orders break which rules, now that nothing happens any more."""
        found = []
        for order in orders:
            world = self.of_order(order)
            try:
                safe(world)
                at_rest(world)
            except Violation as violation:
                found.append(f"{order.code} {order.state}: {violation}")
        return found

    def ghosts(self) -> list[str]:
        """Money and rides that are alive and belong to no sold order of ours."""
        sold = set(Order.objects.filter(state__in=["COMPLETED", "SETTLED"]).values_list("code", flat=True))
        found = [
            f"{row['id']} of {row['metadata'].get('order')}: {row['status']}"
            for row in self.stripe["payment_intent"]
            if row["status"] == "requires_capture" or (row["status"] == "succeeded" and _kept(row, self.stripe))
            if row["metadata"].get("order") not in sold
        ]
        ours = {
            (code, str(ref))
            for code, ref in Order.objects.filter(code__in=sold).values_list(
                "bookings__operator_code", "bookings__client_ref"
            )
        }
        for (name, reference), packages in self._by_reference.items():
            alive = [each.id for each in packages if each.status in ("PENDING", "CONFIRMED")]
            if alive and (len(alive) > 1 or (name, reference) not in ours):
                found.append(f"{name} has {alive} for {reference}")
        return found

    def ledger(self) -> list[str]:
        """Bar 17 over everything: our books in themselves, and against the provider's."""
        found = ledger_checks.failures()
        entries = LedgerEntry.objects.filter(account__code=accounts.PSP_CLEARING, txn__posted=True)
        booked, holds = sum(entries.values_list("amount_minor", flat=True)), sum(self.stripe["balance"].values())
        return [*found, *([f"the provider holds {holds}, the ledger {booked}"] if booked != holds else [])]


def _kept(intent: dict[str, Any], stripe: dict[str, Any]) -> bool:
    back = sum(row["amount"] for row in stripe["refund"] if row["payment_intent"] == intent["id"])
    return bool(intent["amount_received"] > back)


def seats() -> list[str]:
    """Departures of which more is taken than there is, or than is reserved."""
    alive = Reservation.objects.filter(state__in=["HELD", "CONFIRMED"])
    held: Counter[int] = Counter()
    for claim in SeatClaim.objects.filter(reservation__in=alive):
        held[claim.capacity_id] += claim.seats
    return [
        f"{row.key}: {row.taken} of {row.cap} taken, {held[row.pk]} reserved"
        for row in Capacity.objects.all()
        if row.taken > row.cap or held[row.pk] != row.taken
    ]


def unfinished() -> list[str]:
    """Orders that are not where they stay."""
    rows = Order.objects.exclude(state__in=FINAL).values_list("code", "state", "wake_at")
    connection.close()
    return [f"{code} is {state}, to be looked at {wake_at}" for code, state, wake_at in rows]


def everything(stage: Stage, *, most_manual: int = 0) -> list[str]:
    """All that must hold once nothing is left to do."""
    stage.faults_end()
    truth = Truth.of(stage)
    manual = Order.objects.filter(state="MANUAL").values_list("code", "cases__kind")
    found = unfinished() + truth.violations(Order.objects.all()) + truth.ghosts() + truth.ledger() + seats()
    return found + ([f"for people: {list(manual)}"] if len(manual) > most_manual else [])
