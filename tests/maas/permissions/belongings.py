"""What is somebody's: what the operations are about belongs to the bus, to `resident_a` or to `system_a`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import time, timedelta
from typing import Any
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from bookings.models import (
    Bill,
    Booking,
    Case,
    DeskCall,
    Occurrence,
    SavedCard,
    SubsidyBudget,
    Ticket,
    Wallet,
    WayToPay,
    Webhook,
    WriteOff,
)
from bookings.services import callers, customers, driver_shifts, errands, standing_orders
from bookings.services.customers import Facts
from bookings.services.standing_orders import Agreed
from bookings.tasks import send_messages
from maas.accounts import applications
from maas.accounts.models import User
from tests.features.coast import BUS, SEA
from tests.features.market import Market
from tests.feeds import NOW
from tests.maas.permissions.cast import ELSEWHERE, HOME, OTHER_REGION
from transit.models import (
    AccessRequest,
    Complaint,
    Exemption,
    HostedDays,
    HostedLine,
    HostedPattern,
    HostedSeason,
    HostedStop,
    Operator,
    Region,
    Ride,
    RuleSet,
    Service,
    ServiceDay,
    Shift,
)
from transit.ondemand import versions
from transit.ondemand.dry_run import runs
from transit.ondemand.dry_run.runs import Wanted
from transit.ondemand.rules import Rules, Vehicle, Zone
from transit.records import encode
from transit.register import access, complaints, exemptions
from transit.register.access import Asked, Said
from transit.register.complaints import Written
from transit.register.exemptions import Wish
from transit.routing.query import Location
from transit.tasks import run_studies

EMAIL, PHONE = "aino.kanerva@example.org", "+358401234567"
HOOK = "https://hooks.example.org/canary"
ASKER, COMPLAINER, DRAFT = "asker@shop.example", "annoyed@example.org", "Secret Harbour"
APPLICANT = "Kanerva Buses"
CALLER = "Tuulikki Salamieli"
ZONE, SUBSIDY = "Secret Valley", "Secret Half"
TEXT = "I left my red umbrella"


@dataclass
class Belongings:
    """Identifiers by the name that an address gives them; strings that no stranger, and that nobody at all may read."""

    ids: dict[str, str] = field(default_factory=dict)
    canaries: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)


def furnish(market: Market, people: dict[str, Client]) -> Belongings:
    """Two towns with an operator each; in the first one somebody has bought, asked, complained, and saved a card."""
    hills = Region.objects.create(
        code=OTHER_REGION, name="Hills", currency="EUR", timezone="Europe/Helsinki", languages=["fi"], country="FI"
    )
    market.publish(bus=BUS, sea=SEA)
    for name, region in ((HOME, Region.objects.get(code="coast")), (ELSEWHERE, hills)):
        market.sells(name)
        Operator.objects.filter(code=name).update(region=region)
        WayToPay.objects.create(provider="cash", operator_code=name, allowed=True)
    market.client = people["resident_a"]
    found = Belongings()
    _card(market, found)
    _bought(market, found)
    _called(market, found)
    _asked_for_help(market, found)
    _offices(market, people, found)
    _duties(found)
    _entered(found)
    _applied(found)
    _driven(found)
    _served(market, found)
    _rides_on_demand(found)
    found.canaries |= {PHONE, TEXT}
    found.hidden.add(EMAIL)
    return found


def _card(market: Market, found: Belongings) -> None:
    page = market.client.post("/cards", {"agreed": "yes"})
    market.client.get(market.use(page["location"], "works"))
    found.ids["card"] = SavedCard.objects.get().code
    found.canaries.add(found.ids["card"])


def _bought(market: Market, found: Belongings) -> None:
    (journey, *_) = market.plan("bus:H", "bus:Q", "10:00")
    found.ids["itinerary"] = journey["token"]
    offer = market.ask("bus:H", "bus:Q", "10:00")
    code = market.accept(offer, contact=EMAIL, phone=PHONE)
    market.pay(code)
    market.work(code)
    ticket, booking = Ticket.objects.get(), Booking.objects.get()
    found.ids |= {"offer": offer["code"], "order": code, "serial": ticket.serial, "reference": booking.reference}
    found.canaries |= {offer["code"], code, ticket.serial, booking.reference}
    found.hidden.add(str(booking.client_ref))


def _called(market: Market, found: Belongings) -> None:
    code = market.accept(market.ask("bus:H", "bus:Q", "10:00"), pay_with="cash", phone=PHONE)
    market.client.post(f"/orders/{code}/tell", {"tell_by": "call", "phone": PHONE})
    market.work(code)
    send_messages()
    found.ids |= {"bill": str(Bill.objects.get().pk), "call": str(DeskCall.objects.get().pk)}
    found.canaries.add(code)


def _asked_for_help(market: Market, found: Belongings) -> None:
    market.post(f"orders/{found.ids['order']}/help", {"text": TEXT}, 201)
    case = Case.objects.get()
    row = WriteOff.objects.create(
        case=case, account="disputed", currency="EUR", amount_minor=1, reason=TEXT,
        proposed_by=User.objects.get(email="desk_agent@example.com"), proposed_at="2026-11-23T09:00Z",
    )  # fmt: skip
    found.ids |= {"case": str(case.pk), "write_off": str(row.pk)}
    found.canaries.add(case.number)


def _offices(market: Market, people: dict[str, Client], found: Belongings) -> None:
    made = market.post("operators/bus/webhooks", {"url": HOOK}, 201, people["staff_a"])
    own = market.post("webhooks", {"url": f"{HOOK}/own"}, 201, people["system_a"])
    asked: Any = market.post(
        "accessibility/studies", {"kind": "islands", "day": "2026-11-24"}, 202, people["officer_a"]
    )
    run_studies()
    found.ids |= {"hook": made["code"], "own_hook": own["code"], "study": asked["code"]}
    found.canaries |= {HOOK, made["code"], own["code"]}
    found.hidden |= {made["secret"], own["secret"]}
    assert Webhook.objects.count() == 2


def _driven(found: Belongings) -> None:
    """A shift of the bus, taken by its driver, and somebody who waits for it."""
    service = Service.objects.create(operator=Operator.objects.get(code=HOME), code="dial", name="Dial a ride")
    rules = RuleSet.objects.create(
        service=service, number=1, content=encode(Rules("Europe/Helsinki", "EUR")), edited_at=NOW
    )
    day = ServiceDay.objects.create(service=service, date=NOW.date(), rule_set=rules)
    shift = Shift.objects.create(
        day=day, vehicle="Canary-1", state="OUT", start_at=NOW, end_at=NOW + timedelta(hours=8),
        plan=encode(Vehicle("Canary-1", "Canary-1", ((4, 0, 0, 2),), 24.9, 60.1)),
    )  # fmt: skip
    ride = Ride.objects.create(
        day=day, shift=shift, reference=uuid4(), seller="other", state="CONFIRMED", load=[1, 0, 0, 0],
        origin_lon=24.9, origin_lat=60.1, destination_lon=24.9, destination_lat=60.2, earliest_at=NOW, latest_at=NOW,
        arrive_by=NOW, ride_limit_s=600, boarding_s=60, direct_s=300, direct_m=3000, told_at=NOW,
        planned_pickup_at=NOW, planned_drop_off_at=NOW, code="7391",
    )  # fmt: skip
    shift.route = [{"ride": ride.pk, "what": "pickup", "at": int(NOW.timestamp()), "done_at": None}]
    shift.save()
    driver_shifts.take(User.objects.get(email="driver_a@example.com"), shift.pk, NOW)
    found.ids |= {"shift": str(shift.pk), "ride": str(ride.reference)}
    found.canaries |= {"Canary-1", str(ride.reference)}


def _served(market: Market, found: Belongings) -> None:
    """The desk keeps a file of the bus's customer, who rings up, books, and rides every Monday."""
    agent, owner = (User.objects.get(email=f"{name}@example.com") for name in ("desk_agent", "resident_a"))
    customer = customers.create(Facts(CALLER, PHONE), agent, NOW, owner)
    caller = callers.open_customer(agent, customer.code, "phone", NOW)
    (journey, *_) = market.plan("bus:H", "bus:Q", "10:00")
    offer = errands.make_offer(caller, journey["token"], timezone.now())
    order = errands.place(caller, offer, "cash", timezone.now())
    market.work(order.code)
    wallet = Wallet.objects.create(owner=owner, currency="EUR")
    home, quay = Location(60.15, 24.9, CALLER, "bus:H"), Location(60.19, 24.95, "Quay", "bus:Q")
    agreed = Agreed(
        home, quay, weekdays=1, at=time(10), arrives=False, first_day=NOW.date(), last_day=None, region="coast",
        pay_with=f"wallet:{wallet.code}",
    )  # fmt: skip
    standing = standing_orders.create(owner.pk, agreed, agent, NOW)
    day = Occurrence.objects.create(standing_order=standing, day=NOW.date() + timedelta(days=7))
    found.ids |= {"caller": caller.code, "told_offer": offer.code, "told_order": order.code}
    found.ids |= {"standing": standing.code, "day": str(day.pk)}
    found.canaries |= {CALLER, standing.code}


def _duties(found: Belongings) -> None:
    """A provider asks for access to the bus's data, the bus for an exemption, and somebody complains of it."""
    provider, staff = (User.objects.get(email=f"{name}@example.com") for name in ("provider_b", "staff_a"))
    access.ask(Asked(HOME, 3, Said("Shop", "1", "A", ASKER, "Selling")), provider, NOW)
    exemptions.ask(HOME, Wish(HOME, 1, "small", "Two buses.", NOW.date(), None), staff, NOW)
    complaints.write(Written(HOME, "old", "It is old.", "", COMPLAINER, "en"), NOW)
    said = complaints.said(Complaint.objects.get())
    assert said is not None
    complaints.confirm(said.token, NOW)
    found.ids |= {
        "access": AccessRequest.objects.get().code,
        "exemption": str(Exemption.objects.get().pk),
        "complaint": str(Complaint.objects.get().pk),
    }
    found.canaries |= {found.ids["access"], ASKER, COMPLAINER}


def _entered(found: Belongings) -> None:
    """The bus has begun to enter a timetable, which nobody else sees."""
    service = Service.objects.get(operator__code=HOME)
    stop = HostedStop.objects.create(operator=service.operator, name=DRAFT, lat=60, lon=24)
    line = HostedLine.objects.create(service=service, short_name="7", long_name=DRAFT)
    season = HostedSeason.objects.create(
        service=service, name=DRAFT, first_day=NOW.date(), last_day=NOW.date() + timedelta(days=90)
    )
    days = HostedDays.objects.create(season=season, name=DRAFT, weekdays=31)
    pattern = HostedPattern.objects.create(season=season, line=line, headsign=DRAFT)
    found.ids |= {
        "draft_stop": stop.code,
        "draft_line": line.code,
        "season": str(season.pk),
        "days": str(days.pk),
        "grid": str(pattern.pk),
    }
    found.canaries.add(DRAFT)


def _applied(found: Belongings) -> None:
    """The bus's customer wants to run a bus as well."""
    facts = {"region": "coast", "legal_name": APPLICANT, "business_id": "1", "kind": "bus", "phone": "1"}
    owner = User.objects.get(email="resident_a@example.com")
    EmailAddress.objects.create(user=owner, email=owner.email, verified=True)
    row = applications.apply(owner, facts | {"licensing_office": "T", "licence_number": "L"}, NOW)
    found.ids["application"] = str(row.pk)
    found.canaries.add(APPLICANT)


def _rides_on_demand(found: Belongings) -> None:
    """The bus is to run rides on demand; nothing of it is released."""
    bus = Operator.objects.get(code=HOME)
    service = Service.objects.create(
        operator=bus, code="valley-ride", name=ZONE, sales="ondemand", published_on=versions.NOT_YET
    )
    row = versions.draft(service, None, NOW)
    ring = ((24.8, 60.1), (25.0, 60.1), (25.0, 60.2), (24.8, 60.1))
    versions.change(row, lambda rules: replace(rules, zones=(Zone("zone", ZONE, (ring,)),)), NOW)
    run = runs.ask(row, Wanted("made_up"), None, NOW)
    budget = SubsidyBudget.objects.create(
        service_code=service.code, subsidy=SUBSIDY, year=NOW.year, payer="region:coast", region_code="coast",
        currency="EUR", at_cap="stop", cap_minor=100,
    )  # fmt: skip
    found.ids |= {"on_demand": service.code, "version": str(row.pk), "dry_run": str(run.pk), "budget": str(budget.pk)}
    found.canaries |= {ZONE, SUBSIDY}
