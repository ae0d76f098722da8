"""What an operator has sold to us and what we have bought there, in both directions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db.models import Min, Q

from bookings.models import Booking, Order
from bookings.operators.base import Call, Holding, HoldingState, ListedSale, OperatorPort
from bookings.services.calls import call_of
from bookings.services.differences import Difference, Window, parts, quiet, written
from transit.money import Money

_ALIVE: Final = frozenset({HoldingState.CONFIRMED, HoldingState.CONDITIONAL})
_OURS: Final = frozenset({"hosted", "ondemand"})
"""Ways of selling in which our own reference is the name of a sale."""
_GONE: Final = frozenset({HoldingState.NONE, HoldingState.RELEASED, HoldingState.EXPIRED})


class SaleBooks:
    """One operator's books beside our bookings there. `listed` is None where the operator cannot list.

    Only what the books leave open is asked for by itself: rides that are still to come, and what differs.
    """

    def __init__(
        self, operator_code: str, sales: str, port: OperatorPort, listed: Iterable[ListedSale] | None, window: Window
    ) -> None:
        self.code, self.sales, self.port, self.window = operator_code, sales, port, window
        self.lists = listed is not None
        self.listed = {self._name(row.client_ref, row.ref): row for row in listed or ()}
        self.asked = 0
        mine = Booking.objects.filter(operator_code=operator_code, sales=sales).select_related("order", "part")
        mine = mine.annotate(ride_at=Min("rides__start_at"))
        recent = mine.filter(order__created_at__gte=window.since, order__created_at__lt=window.settled)
        self.ours = {self._name_of(row): row for row in recent}
        self.others: dict[str, Booking] = {}
        for part in parts(sorted(set(self.listed) - set(self.ours))):
            remote = Q(operator_ref__in=part) | Q(offer_ref__in=part)
            by_name = Q(client_ref__in=part) if sales in _OURS else remote
            self.others |= {self._name_of(row): row for row in mine.filter(by_name)}
        every = [*self.ours.values(), *self.others.values()]
        self.still = quiet([row.order_id for row in every], window)

    def _name(self, client_ref: str, ref: str) -> str:
        return client_ref if self.sales in _OURS else ref

    def _name_of(self, row: Booking) -> str:
        return self._name(f"{row.client_ref}", _name_there(row))

    def differences(self) -> Iterator[Difference]:
        """Everything that differs. Asks the operator; raises OperatorError."""
        for name, booking in [*self.ours.items(), *self.others.items()]:
            if booking.order_id in self.still:
                row = self.listed.get(name)
                found = self._sold(booking, row) if booking.state == "CONFIRMED" else self._not_sold(booking, row)
                if found is not None:
                    yield found
        for name, row in self.listed.items():
            if name not in self.ours and name not in self.others and (ghost := self._stranger(row)):
                yield ghost

    def _difference(self, kind: str, booking: Booking, *, mend: str = "", **said: str) -> Difference:
        order, there = booking.order, {"sales": self.sales, "name_there": _name_there(booking)}
        return Difference.of(kind, self.code, booking.reference, order.created_at, order, mend=mend, **there, **said)

    def _sold(self, booking: Booking, row: ListedSale | None) -> Difference | None:
        """We have bought it, and it has to stand there at the price that we know."""
        price = Money(booking.price_minor, booking.order.currency)
        charged = row.charged if row else None
        state = row.state if row else None
        agreed = state == HoldingState.CONFIRMED or (state is None and charged == price)
        if not agreed or (state is None and self._is_coming(booking)):
            holding = self._ask(booking)
            state, charged = holding.state, holding.price if charged is None else charged
        if state == HoldingState.CANCELLED:
            told = booking.order.state == "COMPLETED" and booking.called_off_at is None
            return self._difference("operator_cancelled", booking, mend="call_off" if told else "")
        if state in _GONE:
            return self._difference("reservation_missing", booking, state=str(state))
        if charged is None or booking.price_is_ceiling:
            return None
        if charged.currency != price.currency:
            return self._difference("currency_differs", booking, theirs=written(charged), ours=written(price))
        whole = booking.order.created_at >= self.window.since
        if charged != price and whole:
            return self._difference("operator_price", booking, theirs=written(charged), ours=written(price))
        return None

    def _not_sold(self, booking: Booking, row: ListedSale | None) -> Difference | None:
        """We have let it go, or never had it: nothing stands there, and no more than an agreed fee is charged."""
        kept = Money(booking.fee_minor if booking.state == "CANCELLED" else 0, booking.order.currency)
        if row is None or (row.state is None and row.charged == kept):
            return None
        state = self._ask(booking).state if row.state is None else row.state
        if state in _ALIVE:
            return self._difference("ghost_reservation", booking, theirs=written(row.charged), state=str(state))
        whole = booking.order.created_at >= self.window.since and booking.state == "CANCELLED"
        if row.charged is not None and row.charged != kept and whole:
            return self._difference("operator_price", booking, theirs=written(row.charged), ours=written(kept))
        return None

    def _stranger(self, row: ListedSale) -> Difference | None:
        """They have sold us something that we know nothing of."""
        state = row.state
        if state is None and row.charged and row.charged.minor > 0:
            self.asked += 1
            call = stranger_call(self.code, row.ref, row.client_ref)
            state = self.port.look_up(call, self.window.until).state
        if state not in _ALIVE:
            return None
        at = self.window.settled
        evidence = {"with": self.code, "sales": self.sales, "name_there": row.ref, "client_ref": row.client_ref}
        evidence |= {"theirs": written(row.charged), "state": str(state), "at": at.isoformat(timespec="seconds")}
        filled = {name: text for name, text in evidence.items() if text}
        return Difference("ghost_reservation", f"{self.code} {self._name(row.client_ref, row.ref)}", at, None, filled)

    def _ask(self, booking: Booking) -> Holding:
        self.asked += 1
        return self.port.look_up(call_of(booking), self.window.until)

    def _is_coming(self, booking: Booking) -> bool:
        start = getattr(booking, "ride_at", None)
        return start is not None and start > self.window.until


def _name_there(booking: Booking) -> str:
    """What the operator knows a booking by."""
    return booking.operator_ref or booking.offer_ref or f"{booking.client_ref}"


def find_booking(order: Order | None, reference: str) -> Booking | None:
    """The booking of an order that a difference is about."""
    if order is None:
        return None
    seq = reference.rpartition("-")[2]
    return Booking.objects.select_related("order", "part").get(order=order, seq=int(seq))


def stranger_call(operator_code: str, name_there: str, client_ref: str) -> Call:
    """A call about something that an operator has and we have not: by the operator's name for it."""
    ours = client_ref or f"{uuid5(NAMESPACE_URL, f'{operator_code}/{name_there}')}"
    return Call(operator_code, UUID(ours), name_there, terms={"mode": "rollback"})
