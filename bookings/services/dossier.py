"""An order with the rows that its next move depends on: read once, and changed with the transactions of one process."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import connection

from bookings.models import Booking, Effect, Order, Payment
from bookings.states import ORDER_SELLING
from transit.states import Moves


@dataclass
class Dossier:
    """See the module. `bookings` are by `seq`, with their parts of the offer; `effects` as they were written.

    `moves` of these rows wait until the caller writes them.
    """

    order: Order
    bookings: list[Booking]
    effects: list[Effect]
    moves: Moves = field(default_factory=Moves)
    _payments: list[Payment] | None = None

    @classmethod
    def of(cls, order: Order) -> Dossier:
        """As it stands in the caller's transaction."""
        bookings = list(order.bookings.select_related("part"))
        for booking in bookings:
            booking.order = order
        return cls(order, bookings, list(order.effects.order_by("pk")))

    @classmethod
    def lock(cls, order_id: int) -> Dossier:
        """The same with the order locked: all that changes its effects and bookings' states holds that lock."""
        return cls.of(Order.objects.select_for_update().get(pk=order_id))

    def lock_again(self) -> Dossier:
        """The same in another transaction, once the moves are written: read anew if anybody has changed it since.

        Who changes what plans depend on holds the lock, and makes the order's `version` rise.
        """
        if _lock_version(self.order.pk) != self.order.version:
            return Dossier.of(Order.objects.get(pk=self.order.pk))
        if not self._only_we_change_payments:
            self.forget_payments()
        return self

    @property
    def _only_we_change_payments(self) -> bool:
        """Until an order is sold, its payments are changed under its lock alone; afterwards also by banks and staff."""
        return self.order.state in ORDER_SELLING

    @property
    def payments(self) -> list[Payment]:
        """All tries to pay, the first one first."""
        if self._payments is None:
            self._payments = list(self.order.payments.order_by("pk"))
        return self._payments

    @property
    def payment(self) -> Payment | None:
        """The payment that counts, or the last one that failed."""
        return self.payments[-1] if self.payments else None

    def lock_payment(self) -> Payment:
        """The payment that counts, to be changed."""
        if not self._payments or not self._only_we_change_payments:
            self._payments = list(self.order.payments.select_for_update().order_by("pk"))
        return self._payments[-1]

    def forget_payments(self) -> None:
        """They have been changed elsewhere: read them again."""
        self._payments = None

    def find_booking(self, seq: int) -> Booking | None:
        """The booking of that number; 0 is the whole order."""
        return next((booking for booking in self.bookings if booking.seq == seq), None)

    def begin(self, effects: Iterable[Effect]) -> None:
        """New effects, which are written with the moves, as they are by then."""
        for effect in effects:
            self.effects.append(effect)
            self.moves.begin(effect)

    def get_effect(self, pk: int) -> Effect:
        """The effect with that id."""
        return next(effect for effect in self.effects if effect.pk == pk)

    def list_effects(self, *states: str) -> Sequence[Effect]:
        """The effects in one of these states."""
        return [effect for effect in self.effects if effect.state in states]


def _lock_version(order_id: int) -> int:
    """The version of an order, which is locked. Raises Order.DoesNotExist.

    Asked between all calls of an order, and so in words of our own: to have it composed takes longer than to answer it.
    """
    sql = "SELECT version FROM bookings_order WHERE id = %s"
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} FOR UPDATE" if connection.features.has_select_for_update else sql, [order_id])
        found = cursor.fetchone()
    if found is None:
        raise Order.DoesNotExist
    return int(found[0])
