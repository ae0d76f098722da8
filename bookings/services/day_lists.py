"""What the devices of an operator know without a network: the tickets of a service day, and those that are void.

They name nobody, and say of nobody more than that a wheelchair comes along, so that a place is kept for it. A ticket's
rides are read from its own signed text; times are those of its stops' clocks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from django.db.models import Max, Prefetch, Q, QuerySet
from django.db.models.functions import Now

from bookings.models import Ride, Ticket, TicketCheck, TicketEvent
from bookings.services import moving_codes, ticketing
from bookings.services.ticketing import TicketLeg

SETTLES: Final = timedelta(minutes=2)
"""Rows become visible in another order than they are numbered; after so long, by the database's clock, all are."""
_AROUND: Final = (timedelta(days=-1), timedelta(days=3))
"""Around midnight UTC of a service day, wherever on earth it is, and however late its trips run."""


@dataclass(frozen=True, slots=True)
class ListedRide:
    """A ride that a ticket covers. `departure` is `feed:trip@YYYY-MM-DD`, `boarded_at` when a device said so."""

    departure: str
    said: TicketLeg
    departs_at: datetime
    boarded_at: datetime | None


@dataclass(frozen=True, slots=True)
class ListedTicket:
    """A ticket as a device needs it. `moving_key` lets it know what the resident's page shows (moving_codes);
    `wheelchair`: a place for one is wanted, once for each party.
    """

    serial: str
    state: str
    product: str
    category: str
    valid_from_at: datetime
    valid_until_at: datetime
    moving_key: str
    wheelchair: bool
    rides: tuple[ListedRide, ...]

    @property
    def short(self) -> str:
        """The end of the serial: what one says aloud."""
        return self.serial[-4:]


@dataclass(frozen=True, slots=True)
class Revocations:
    """Void tickets whose time is not over. `cursor` is where to go on next time; some may come twice."""

    serials: tuple[str, ...]
    cursor: int


def list_day(operator_code: str, day: date) -> list[ListedTicket]:
    """The tickets with a ride of an operator on a service day, in the order of their rides."""
    midnight = datetime.combine(day, time(), UTC)
    rides = Ride.objects.filter(
        start_at__range=(midnight + _AROUND[0], midnight + _AROUND[1]), departure_key__endswith=f"@{day.isoformat()}"
    )
    riding = Q(booking__in=rides.values("booking")) | Q(reservation__in=rides.values("reservation"))
    tickets = Ticket.objects.filter(riding, Ticket.of_operator(operator_code))
    listed = (listed_of(ticket) for ticket in with_rides(tickets))
    of_day = (each for each in listed if any(ride.said.service_date == day.isoformat() for ride in each.rides))
    return sorted(of_day, key=lambda each: (each.rides[0].departs_at, each.rides[0].departure, each.serial))


def by_departure(listed: Iterable[ListedTicket], day: date) -> list[tuple[ListedRide, list[ListedTicket]]]:
    """The departures of a service day, each with its tickets; a ticket for several rides is with each."""
    found: dict[str, tuple[ListedRide, list[ListedTicket]]] = {}
    for ticket in listed:
        for ride in ticket.rides:
            if ride.said.service_date == day.isoformat():
                found.setdefault(ride.departure, (ride, []))[1].append(ticket)
    return sorted(found.values(), key=lambda each: (each[0].departs_at, each[0].departure))


def with_rides(tickets: QuerySet[Ticket]) -> Iterable[Ticket]:
    """The same with everything that `listed_of` reads."""
    boarded = TicketCheck.objects.filter(boarding=True, outcome__in=("accepted", "replay")).order_by("at")
    return tickets.select_related("product", "booking__order__offer", "reservation").prefetch_related(
        "booking__rides", "reservation__rides", Prefetch("checks", boarded, to_attr="boardings")
    )


def listed_of(ticket: Ticket) -> ListedTicket:
    """A ticket of `with_rides` as a device needs it."""
    sold = {ride.leg: ride for ride in ticket.sale.rides.all()}
    boardings: list[TicketCheck] = ticket.boardings  # type: ignore[attr-defined]
    boarded = {check.departure: check.at for check in reversed(boardings)}
    said = ticketing.said_by(ticket.token)
    return ListedTicket(
        serial=ticket.serial,
        state=ticket.state,
        product=said["p"],
        category=said["c"],
        valid_from_at=ticket.valid_from_at,
        valid_until_at=ticket.valid_until_at,
        moving_key=moving_codes.key_of(ticket.serial),
        wheelchair=_has_the_wheelchair(ticket),
        rides=tuple(
            ListedRide(
                sold[leg].departure_key, TicketLeg(*texts), sold[leg].start_at, boarded.get(sold[leg].departure_key)
            )
            for leg, texts in zip(ticket.product.legs, said["l"], strict=True)
        ),
    )


def _has_the_wheelchair(ticket: Ticket) -> bool:
    """Whether a ticket is that of its party which stands for the wheelchair: nobody has said whose it is."""
    if ticket.booking is None:
        return False
    journey = ticket.booking.order.offer.journey
    return journey.mobility.rolls and ticket.product.traveller_key == journey.travellers[0].key


def find_said(ticket: Ticket, departure: str) -> TicketLeg | None:
    """What a ticket says of a departure; None where it is not one of its rides."""
    sold = {ride.departure_key: ride.leg for ride in ticket.sale.rides.all()}
    texts = dict(zip(ticket.product.legs, ticketing.said_by(ticket.token)["l"], strict=True))
    return TicketLeg(*texts[sold[departure]]) if sold.get(departure) in texts else None


def list_revocations(operator_code: str, now: datetime, since: int = 0) -> Revocations:
    """The tickets of an operator that became void after the cursor `since`, and could still be shown."""
    void = TicketEvent.objects.filter(
        Ticket.of_operator(operator_code, "ticket__"), new="VOID", ticket__valid_until_at__gt=now
    )
    settled = void.filter(at__lt=Now() - SETTLES).aggregate(last=Max("pk"))["last"] or 0
    serials = void.filter(pk__gt=since).order_by("pk").values_list("ticket__serial", flat=True)
    return Revocations(tuple(serials), max(settled, since))
