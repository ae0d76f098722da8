"""Who rings up the demo's desk: people with files, favourite places and rights, and the rides booked for them."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils import timezone

from bookings import tasks
from bookings.models import Caller, Customer, Order, WayToPay
from bookings.services import callers, concessions, customers, errands, favourites, wallets
from bookings.services.customers import Facts
from bookings.services.offers import OfferError
from bookings.services.orders import OrderError
from maas.accounts.models import User
from transit import journeys, tokens
from transit.models import Region
from transit.money import Money
from transit.routing.query import Location, Mobility, Party, Query, Traveller

Json = dict[str, Any]
logger = logging.getLogger(__name__)
AHEAD: Final = 1
"""Riders are there today and on the days after it."""
TRAVEL_MONEY: Final = 5000
"""Paid in at the counter by who is entitled to assisted transport: recurring rides are paid of it."""
_PEOPLE: Final = (
    ("Helvi Mäkinen", 1944, "fi", "wheelchair"),
    ("Onni Salonen", 1951, "fi", "any"),
    ("Aada Heino", 1999, "fi", "any"),
    ("Yuki Tanaka", 1962, "ja", "any"),
    ("Eino Laaksonen", 1939, "fi", "step_free"),
    ("Grace Miller", 1971, "en", "any"),
    ("Martta Koivisto", 1947, "fi", "any"),
    ("Veikko Rantanen", 1953, "fi", "any"),
    ("Lempi Hakala", 1941, "fi", "step_free"),
    ("Hana Sato", 1988, "ja", "any"),
    ("Urho Peltola", 1949, "fi", "any"),
    ("Siiri Lahti", 2009, "fi", "any"),
    ("Toivo Aalto", 1946, "fi", "step_free"),
    ("Anna Björk", 1983, "en", "any"),
    ("Kerttu Niskanen", 1950, "fi", "any"),
)
_ASSISTED: Final = ("wheelchair", "step_free")


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk of a region, and what it is asked for."""

    agent: User
    region: Region
    service: str

    @property
    def zone(self) -> ZoneInfo:
        """The region's clock."""
        return ZoneInfo(self.region.timezone)


def serve(called: Json, desk: Desk) -> None:
    """Files for all who ring up, and their rides of today and tomorrow, paid in cash on board. May be repeated."""
    operator = called["operator"]["code"]
    WayToPay.objects.get_or_create(provider="cash", operator_code=operator, region_code="", defaults={"allowed": True})
    now = timezone.now()
    today = now.astimezone(desk.zone).date()
    people = [_customer(number, rider, desk, today, now) for number, rider in enumerate(called["riders"])]
    for day in (today + timedelta(days=ahead) for ahead in range(AHEAD + 1)):
        for customer, rider in zip(people, called["riders"], strict=True):
            _ride(customer, rider, desk, day)


def _customer(number: int, rider: Json, desk: Desk, today: date, now: datetime) -> Customer:
    """The file of somebody, with the places where they go and a right that was seen."""
    name, born, language, mobility = _PEOPLE[number % len(_PEOPLE)]
    facts = Facts(name, f"+3584055501{number:02d}", "", born, language, mobility)
    if found := customers.find(facts.phone):
        return found[0]
    made = customers.create(facts, desk.agent, now)
    ends = ("home", "errand") if rider["time"] < "13:00" else ("errand", "home")
    for label, at in zip(ends, (rider["from"], rider["to"]), strict=True):
        favourites.keep(made.user_id, label, _place(at, language), desk.agent, now)
    if mobility in _ASSISTED:
        concessions.enrol(made.user_id, desk.region.code, "assisted", None, desk.agent, today, now)
        wallets.top_up(made.user, Money(TRAVEL_MONEY, desk.region.currency), f"demo-{made.code}", desk.agent, now)
    return made


def _ride(customer: Customer, rider: Json, desk: Desk, day: date) -> None:
    """What somebody asks for, if it can be had: once a day."""
    now, at = timezone.now(), datetime.combine(day, time.fromisoformat(rider["time"]), desk.zone)
    ordered = Order.objects.filter(owner=customer.user).select_related("offer")
    if at < now or any(each.offer.journey.start_at.astimezone(desk.zone).date() == day for each in ordered):
        return
    caller = callers.open_customer(desk.agent, customer.code, Caller.Where.PHONE, now)
    facts = callers.facts_of(caller)
    group = "assisted" if facts.mobility in _ASSISTED else ""
    travellers = tuple(Traveller(str(each)) for each in range(1, rider["seats"] + 1))
    query = Query(
        _place(rider["from"], facts.language),
        _place(rider["to"], facts.language),
        at.astimezone(now.tzinfo),
        window_s=1800,
        travellers=travellers,
        mobility=Mobility(facts.mobility),
        party=Party(group, rider["purpose"]),
        language=facts.language,
    )
    for ride in journeys.plan(query, now, explained=False).itineraries:
        if all(leg.service and leg.service.trip_id == f"ondemand:{desk.service}" for leg in ride.legs):
            try:
                offer = errands.make_offer(caller, tokens.write_token(ride, now), now)
                tasks.advance_order(order_id=errands.place(caller, offer, "cash", now).pk)
                return
            except (OfferError, OrderError) as refused:
                logger.info("no ride for %s on %s: %s", customer.pk, day, refused)


def _place(at: tuple[float, float], language: str) -> Location:
    """As somebody calls it."""
    lon, lat = at
    found = journeys.find_place_at(lat, lon, language)
    return Location(lat, lon, found.name if found else "")
