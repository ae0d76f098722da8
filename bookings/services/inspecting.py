"""A ticket as an inspector's page judges it, for devices that are online and cannot run scripts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from django.db.models import Q

from bookings.models import Ticket
from bookings.services import checks, day_lists, ticket_keys, ticketing
from bookings.services.checks import Check
from bookings.services.day_lists import ListedRide, ListedTicket
from bookings.services.ticketing import TicketError

SHORTEST: Final = 4
LONGEST: Final = 2000
SOON: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`code` is `valid`, or why not: a code of TicketError, revoked, used, unknown, or several (numbers that fit).

    `by_number`: nobody has seen the signed code, only its number was looked up.
    """

    code: str
    ticket: ListedTicket | None = None
    ride: ListedRide | None = None
    by_number: bool = False


def check(operator_code: str, text: str, *, boarding: bool, user_id: int, now: datetime) -> Verdict:
    """Judge a code or a number, and write down what was seen."""
    verdict = judge(operator_code, text, boarding=boarding, now=now)
    if verdict.ticket is not None:
        departure = verdict.ride.departure if verdict.ride else ""
        seen = Check(uuid4(), verdict.ticket.serial, now, boarding, departure, verdict.code)
        (row,) = checks.submit(operator_code, f"page-{user_id}", [seen], user_id, now)
        if verdict.code == "valid" and row.outcome == "replay":
            return Verdict("used", verdict.ticket, verdict.ride, verdict.by_number)
    return verdict


def judge(operator_code: str, text: str, *, boarding: bool, now: datetime) -> Verdict:
    """What is to be said of the text of a code, or of a number or its end."""
    text = text.strip()
    if "." not in text:
        return _by_number(operator_code, "".join(text.split()).replace("-", "").upper(), boarding=boarding, now=now)
    try:
        claims = ticketing.verify(text[:LONGEST], ticket_keys.public_keys(), now, operator_code)
    except TicketError as refused:
        return Verdict(refused.code)
    rows = Ticket.objects.filter(Ticket.of_operator(operator_code), serial=claims.serial)
    found = [day_lists.listed_of(row) for row in day_lists.with_rides(rows)]
    return _judged(found[0], boarding=boarding, now=now, by_number=False) if found else Verdict("unknown")


def _by_number(operator_code: str, number: str, *, boarding: bool, now: datetime) -> Verdict:
    if not SHORTEST <= len(number) <= 16:
        return Verdict("malformed")
    valid_now = Q(serial__endswith=number, valid_from_at__lte=now, valid_until_at__gt=now)
    rows = Ticket.objects.filter(valid_now | Q(serial=number), Ticket.of_operator(operator_code))[:2]
    found = [day_lists.listed_of(row) for row in day_lists.with_rides(rows)]
    if len(found) != 1:
        return Verdict("several" if found else "unknown", by_number=True)
    return _judged(found[0], boarding=boarding, now=now, by_number=True)


def _judged(ticket: ListedTicket, *, boarding: bool, now: datetime, by_number: bool) -> Verdict:
    ride = _nearest(ticket, now)
    if ticket.state == "VOID":
        code = "revoked"
    elif now < ticket.valid_from_at:
        code = "not_yet_valid"
    elif now >= ticket.valid_until_at:
        code = "expired"
    else:
        code = "used" if boarding and ride.boarded_at is not None else "valid"
    return Verdict(code, ticket, ride, by_number)


def _nearest(ticket: ListedTicket, now: datetime) -> ListedRide:
    """The ride that it is about now: the last that has left or is about to."""
    near = [ride for ride in ticket.rides if ride.departs_at <= now + SOON]
    return near[-1] if near else ticket.rides[0]
