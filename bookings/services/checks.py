"""Checks of tickets, as the devices of operators report them when they are online, and replays found among them.

A device can verify a ticket alone, but it cannot know what other devices see. So the rule is applied here. Inspectors
may look at a ticket as often as they like, and a ticket for several rides is checked on each. It was shown twice, a
*replay*, where two checks on different devices cannot be one person's one journey:

1. both were made at boarding the same departure;
2. they are of different departures and less than two minutes apart;
3. the later one is of an earlier ride of the ticket;
4. a ticket that is for its rides alone, not for a time, was used to board more departures than it has rides.

On one device the person who checks is told at once and decides; only the fourth rule counts such checks. Reports come
in any order, so each is held against all that came before. What is accepted first makes the ticket USED.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from bookings.models import Order, Reservation, Ticket, TicketCheck
from bookings.services import package_rides
from bookings.states import TICKET
from transit import tokens

MOST_AT_ONCE: Final = 500
CHANGE: Final = timedelta(minutes=2)
"""Nobody changes vehicles more quickly, and devices' clocks agree as well as that."""
FLAGGED: Final = ("replay", "used_then_void")
SHOWN_FOR: Final = timedelta(days=30)
MOST_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Check:
    """What a device reports. `verdict` is `valid` where somebody could ride; else why not."""

    check_id: UUID
    serial: str
    at: datetime
    boarding: bool
    departure: str
    verdict: str


def submit(
    operator_code: str, device: str, checks: Sequence[Check], user_id: int | None, now: datetime
) -> list[TicketCheck]:
    """Write checks down, each once however often it is reported, and say what became of them.

    `outcome` is one of accepted, replay, used_then_void (it was given back after the check), void, bad_time (the ticket
    was not valid then, or the device's clock is wrong), unknown (no ticket of this operator), refused (by the device).
    """
    return [_note(operator_code, device, check, user_id, now) for check in checks]


def list_flagged(operator_code: str, now: datetime) -> list[TicketCheck]:
    """Replays, and rides of tickets that were given back afterwards, of the last days; the newest first."""
    rows = TicketCheck.objects.filter(operator_code=operator_code, outcome__in=FLAGGED, at__gt=now - SHOWN_FOR)
    rows = rows.select_related(
        "conflict", "ticket__product", "ticket__booking", "ticket__reservation"
    ).prefetch_related("ticket__booking__rides", "ticket__reservation__rides")
    return list(rows.order_by("-at", "-pk")[:MOST_SHOWN])


def _note(operator_code: str, device: str, check: Check, user_id: int | None, now: datetime) -> TicketCheck:
    with transaction.atomic():
        ticket = _lock(operator_code, check.serial)
        known = TicketCheck.objects.filter(operator_code=operator_code, check_id=check.check_id).first()
        if known is not None:
            return known
        departure = check.departure or (_only_departure(ticket) if ticket else "")
        values: dict[str, Any] = {
            "ticket": ticket, "serial": check.serial, "device": device, "at": check.at, "received_at": now,
            "boarding": check.boarding, "departure": departure, "verdict": check.verdict, "checked_by_id": user_id,
        }  # fmt: skip
        row = TicketCheck(operator_code=operator_code, check_id=check.check_id, **values)
        row.outcome, row.conflict = _outcome(row, now)
        values |= {"outcome": row.outcome, "conflict": row.conflict}
        made, new = TicketCheck.objects.get_or_create(
            operator_code=operator_code, check_id=check.check_id, defaults=values
        )
        if new and ticket is not None and made.outcome == "accepted" and ticket.state == "ISSUED":
            TICKET.move(ticket, "USED", departure=departure, check=str(check.check_id))
        if new and ticket is not None and ticket.reservation and made.outcome == "accepted" and made.boarding:
            package_rides.note_boarded(ticket.reservation, made.departure, made.at, now)
        return made


def _lock(operator_code: str, serial: str) -> Ticket | None:
    """The ticket with its order, or its reservation: giving back locks that too, so one of both comes first."""
    mine = Ticket.objects.filter(Ticket.of_operator(operator_code), serial=serial)
    found = mine.select_related("booking").first()
    if found is None:
        return None
    if found.booking is not None:
        Order.objects.select_for_update().get(pk=found.booking.order_id)
    else:
        Reservation.objects.select_for_update().get(tickets=found)
    rows = Ticket.objects.select_for_update(of=("self",))
    return rows.select_related("booking__order", "reservation", "product").get(pk=found.pk)


def _outcome(row: TicketCheck, now: datetime) -> tuple[str, TicketCheck | None]:
    ticket = row.ticket
    if ticket is None:
        return "unknown", None
    if row.verdict != "valid":
        return "refused", None
    if not ticket.valid_from_at <= row.at < ticket.valid_until_at or row.at > now + CHANGE:
        return "bad_time", None
    if ticket.state == "VOID":
        void = ticket.events.get(new="VOID")
        at = datetime.fromisoformat(void.detail["at"]) if "at" in void.detail else void.at
        return ("used_then_void" if row.at < at else "void"), None
    booking = ticket.booking
    if booking is not None and booking.giving_back and booking.order.state == "CANCELLING":
        return "void", None
    conflict = _conflict(row, ticket)
    return ("replay" if conflict else "accepted"), conflict


def _conflict(row: TicketCheck, ticket: Ticket) -> TicketCheck | None:
    before = list(ticket.checks.filter(outcome__in=("accepted", "replay")).order_by("at", "pk"))
    order = {ride.departure_key: ride.start_at for ride in ticket.sale.rides.filter(leg__in=ticket.product.legs)}
    for other in before:
        if other.device != row.device and _impossible(row, other, order):
            return other
    boarded = {other.departure for other in before if other.boarding} | {row.departure}
    if row.boarding and len(boarded) > len(ticket.product.legs) and not _lasts(ticket):
        return next(other for other in reversed(before) if other.boarding)
    return None


def _impossible(one: TicketCheck, two: TicketCheck, order: dict[str, datetime]) -> bool:
    """Whether two checks on different devices cannot be of one journey: the first three rules."""
    if one.departure == two.departure:
        return one.boarding and two.boarding
    if not one.departure or not two.departure:
        return False
    if abs(one.at - two.at) < CHANGE:
        return True
    first, second = sorted((one, two), key=lambda check: check.at)
    if first.departure in order and second.departure in order:
        return order[second.departure] < order[first.departure]
    return False


def _only_departure(ticket: Ticket) -> str:
    """The departure of a ticket for one ride."""
    keys = ticket.sale.rides.filter(leg__in=ticket.product.legs).values_list("departure_key", flat=True)
    return keys[0] if len(keys) == 1 else ""


def _lasts(ticket: Ticket) -> bool:
    """Whether a ticket is for a time, in which one may board as often as one likes."""
    fares = tokens.of_json(ticket.product.part.offer.itinerary).fares
    return any(fare.product_id == ticket.product.product_id and fare.valid_s is not None for fare in fares)
