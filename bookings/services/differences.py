"""What a comparison can find: our books and those of somebody outside say different things."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, TypeVar

from django.db.models import Exists, OuterRef, Q

from bookings.models import Effect, EffectAttempt, Order
from bookings.services.snapshot import OPEN
from transit.money import Money

GRACE: Final = timedelta(minutes=30)
"""What is younger, or moved since, is not compared yet: the next comparison sees it at rest."""
EDGE: Final = timedelta(hours=1)
KINDS: Final = (
    "paid_no_ticket",
    "ticket_not_paid",
    "ghost_reservation",
    "reservation_missing",
    "operator_cancelled",
    "operator_price",
    "amount_differs",
    "currency_differs",
    "capture_not_noted",
    "authorisation_open",
    "payment_unknown",
    "payment_missing",
    "refund_unknown",
    "refund_twice",
    "refund_differs",
    "refund_missing",
    "dispute_unknown",
    "transfer_differs",
    "ledger_differs",
    "movement_unknown",
)
"""Codes of cases; what they mean is said where they are shown."""
T = TypeVar("T")
_AT_ONCE: Final = 500
_AT_REST: Final = frozenset({"COMPLETED", "CANCELLED", "FAILED", "SETTLED"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference of a kind. `subject` names the thing, so that it is known again; `at` is how old that is.

    `evidence` holds codes, references and sums, and nothing of a person. `mend` names what would make it disappear
    without anybody: read_again, call_off, or nothing.
    """

    kind: str
    subject: str
    at: datetime
    order: Order | None = None
    evidence: Mapping[str, str] = field(default_factory=dict)
    mend: str = ""

    @classmethod
    def of(
        cls, kind: str, who: str, reference: str, at: datetime, order: Order | None, *, mend: str = "", **said: str
    ) -> Difference:
        """One with somebody's books, about what `reference` names there or here. What was not said is left out."""
        evidence = {"with": who, "reference": reference, "at": at.isoformat(timespec="seconds"), **said}
        filled = {name: text for name, text in evidence.items() if text}
        return cls(kind, f"{who} {reference}", at, order, filled, mend)

    @property
    def name(self) -> str:
        """How it is known again."""
        return f"{self.kind} {self.subject}"


@dataclass(frozen=True, slots=True)
class Window:
    """What is compared: everything from `since` on, but what is younger than `settled`; `until` is now."""

    since: datetime
    until: datetime

    @property
    def start(self) -> datetime:
        """From when books are read: clocks differ, and what is ours within may be theirs just before."""
        return self.since - EDGE

    @property
    def settled(self) -> datetime:
        """What began later may still be on its way into one of the books."""
        return self.until - GRACE

    def holds(self, at: datetime) -> bool:
        """Whether something that began then is compared."""
        return self.since <= at < self.settled


def quiet(order_ids: Iterable[int], window: Window) -> set[int]:
    """Those of some orders in which nothing moves any more. People see to the others, or the runner does."""
    moving = Effect.objects.filter(order=OuterRef("pk"), state__in=OPEN)
    moved = EffectAttempt.objects.filter(effect__order=OuterRef("pk"), started_at__gte=window.settled)
    still = Order.objects.filter(state__in=_AT_REST).exclude(Q(Exists(moving)) | Q(Exists(moved)))
    return {pk for part in parts(order_ids) for pk in still.filter(pk__in=part).values_list("pk", flat=True)}


def parts(values: Iterable[T]) -> Iterator[list[T]]:
    """Different values, as many at a time as a database likes to be asked for."""
    ordered = list(dict.fromkeys(values))
    for start in range(0, len(ordered), _AT_ONCE):
        yield ordered[start : start + _AT_ONCE]


def read(text: str) -> Money | None:
    """A sum that was evidence; None where it is none, or several."""
    amount, _, currency = text.partition(" ")
    try:
        return Money.of_decimal(Decimal(amount), currency)
    except (ValueError, ArithmeticError):
        return None


def written(amount: Money | None) -> str:
    """A sum as evidence."""
    return "" if amount is None else f"{amount.decimal()} {amount.currency}"
