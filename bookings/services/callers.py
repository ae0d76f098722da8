"""Who is served at a desk now: a customer whose file is opened for it, or a guest with a name and a number.

A file is open for the member of staff who opened it, for as long as a call may last, and every opening is noted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q

from bookings.models import Act, Caller, Customer, Order, OrderTraveller
from bookings.services import customers, trips
from bookings.services.customers import CustomerError, Facts
from bookings.services.viewers import Acting, Viewer
from transit.routing.itinerary import Itinerary, Place

OPEN_FOR: Final = timedelta(hours=2)
MOST_OPENED: Final = 200
"""So many people one member of staff serves in a day; more is reading files."""
MOST_SEARCHED: Final = 400
"""So often one member of staff looks for people in a day."""
GUESTS_KEPT: Final = timedelta(days=180)
"""So long a guest's name and earlier trips are known under their number."""
MOST_TRIPS: Final = 5
_TAKEN: Final = ("COMPLETED", "SETTLED", "CANCELLED")


class CallerError(Exception):
    """`code`: too_many."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class EarlierTrip:
    """A trip that somebody has made, to be made again."""

    order_code: str
    origin: Place
    destination: Place
    itinerary: Itinerary


def find(agent: Any, text: str, now: datetime) -> list[Customer]:
    """The customers whom a caller's words fit. Who searched is noted with how many were found, not what for.

    Raises CustomerError and CallerError.
    """
    noted = Act.objects.filter(by=agent, what="searched")
    if noted.filter(at__gt=now - timedelta(days=1)).count() >= MOST_SEARCHED:
        raise CallerError("too_many")
    count = customers.MOST_FOUND + 1
    try:
        found = customers.find(text)
        count = len(found)
    except CustomerError as error:
        if error.code == "too_little":
            count = 0
        raise
    finally:
        Act.objects.create(person=agent, by=agent, what="searched", at=now, detail={"found": count})
    return found


def open_customer(agent: Any, code: str, where: str, now: datetime) -> Caller:
    """Open a customer's file. Raises Customer.DoesNotExist and CallerError."""
    customer = Customer.objects.get(code=code, erased_at=None)
    _check_count(agent, now)
    customers.note(customer.user_id, "opened", agent.pk, now, where=where)
    return Caller.objects.create(agent=agent, customer=customer, where=where, opened_at=now)


def open_guest(agent: Any, facts: Facts, where: str, now: datetime) -> Caller:
    """Serve a guest. Raises CallerError."""
    _check_count(agent, now)
    said = {"name": facts.name, "phone": facts.phone, "language": facts.language}
    digest = customers.guest_key(facts.phone)
    return Caller.objects.create(agent=agent, said=said, phone_digest=digest, where=where, opened_at=now)


def get(agent: Any, code: str, now: datetime) -> Caller:
    """Whom this member of staff serves. Raises Caller.DoesNotExist, also for another's and for one long ago."""
    rows = Caller.objects.select_related("customer__user").filter(agent=agent, opened_at__gt=now - OPEN_FOR)
    return rows.get(Q(customer=None) | Q(customer__erased_at=None), code=code)


def facts_of(caller: Caller) -> Facts:
    """What is known of somebody who is served."""
    return customers.facts_of(caller.customer) if caller.customer else Facts(**(caller.said or {"name": ""}))


def viewer_of(caller: Caller) -> Viewer:
    """Whose what is ordered is: the customer's; of a guest it is known by the number alone."""
    acting = Acting(user_id=caller.agent_id, caller_id=caller.pk)
    if caller.customer is not None:
        return Viewer(caller.customer.user_id, "", acting)
    return Viewer(None, caller.phone_digest, acting)


def list_orders(caller: Caller, now: datetime) -> list[Order]:
    """What was ordered for somebody who is served, the newest first."""
    rows = Order.objects.filter(_theirs(caller, now)).select_related("offer")
    return list(rows.order_by("-created_at", "-pk")[:20])


def get_order(caller: Caller, code: str, now: datetime) -> Order:
    """One of them. Raises Order.DoesNotExist, also for somebody else's."""
    return Order.objects.select_related("offer").get(_theirs(caller, now), code=code)


def list_trips(orders: list[Order]) -> list[EarlierTrip]:
    """The different trips among orders, the latest first."""
    found: dict[tuple[str, str], EarlierTrip] = {}
    for order in orders:
        if order.state not in _TAKEN:
            continue
        for trip in trips.list_trips(order.offer):
            origin, destination = trip.legs[0].start, trip.legs[-1].end
            named = EarlierTrip(order.code, origin, destination, trip)
            found.setdefault((_at(origin), _at(destination)), named)
    return list(found.values())[:MOST_TRIPS]


def forget_guests(now: datetime) -> int:
    """Names and numbers of guests whose time is over. How many."""
    until = now - GUESTS_KEPT
    ordered = OrderTraveller.objects.filter(made_at__lt=until).exclude(said=None, phone_digest="")
    ordered.update(said=None, phone_digest="")
    called = Caller.objects.filter(customer=None, opened_at__lt=until).exclude(said=None, phone_digest="")
    return called.update(said=None, phone_digest="")


def forget_number(phone: str) -> list[int]:
    """Whoever was a guest under a number, before a file was kept. Their orders."""
    digests = customers.guest_keys(phone)
    rows = OrderTraveller.objects.filter(phone_digest__in=digests, order__owner=None)
    ordered = list(rows.values_list("order_id", flat=True))
    rows.update(said=None, phone_digest="")
    Caller.objects.filter(phone_digest__in=digests, customer=None).update(said=None, phone_digest="")
    return ordered


def _theirs(caller: Caller, now: datetime) -> Q:
    if caller.customer is not None:
        return Q(owner_id=caller.customer.user_id)
    facts = facts_of(caller)
    digests = customers.guest_keys(facts.phone)
    return Q(traveller__phone_digest__in=digests, traveller__made_at__gt=now - GUESTS_KEPT, owner=None)


def _at(place: Place) -> str:
    return place.stop_id or f"{place.lat:.4f},{place.lon:.4f}"


def _check_count(agent: Any, now: datetime) -> None:
    if Caller.objects.filter(agent=agent, opened_at__gt=now - timedelta(days=1)).count() >= MOST_OPENED:
        raise CallerError("too_many")
