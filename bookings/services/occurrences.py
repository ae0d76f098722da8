"""The days of standing orders: planned as far ahead as they can be booked, and each ordered as any journey is.

A day that cannot be booked is tried again until shortly before; then the person is told, by message or by the desk.
"""

from __future__ import annotations

import logging
import random
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

from bookings.messaging.base import DeliveryError, Message
from bookings.messaging.email import channel as email
from bookings.messaging.sms import channel as sms
from bookings.models import Occurrence, Offer, StandingOrder
from bookings.services import concessions, customers, offers, orders, sayings, standing_orders
from bookings.services.calls import forbid_transaction
from bookings.services.offers import OfferError
from bookings.services.orders import OrderError
from bookings.services.viewers import Acting, Viewer
from bookings.states import OCCURRENCE
from transit import journeys, tokens
from transit.journeys.clocks import date_text
from transit.register.regions import find_region_of_code
from transit.routing.itinerary import Itinerary
from transit.routing.query import Location, Mobility, Party, Query, RiderCategory, Traveller

logger = logging.getLogger(__name__)
MOST_AT_ONCE: Final = 50
TRY_AGAIN: Final = timedelta(hours=2)
CLAIMED: Final = timedelta(minutes=5)
"""So long a day is somebody's who tries it: longer than a task may last."""
MOST_TRIED: Final = 3
"""Journeys that are tried for a day, one after the other."""
SOON: Final = timedelta(minutes=5)
_PASSES: Final = frozenset({"itinerary_changed", "operator_unavailable", "offer_expired"})
"""Somebody else was quicker, or does not answer: another try may do."""
GIVE_UP: Final = timedelta(hours=12)
"""So long before the ride it is said that there is none: somebody still has time to look for another way."""
_WINDOW_S: Final = 3600


def plan(now: datetime) -> int:
    """Note the days that can be booked by now. How many are new."""
    made = 0
    for standing in StandingOrder.objects.filter(state="ACTIVE").order_by("pk"):
        today = today_of(standing, now)
        known = set(standing.occurrences.filter(day__gte=today).values_list("day", flat=True))
        for day in standing_orders.due_days(standing, today):
            if day not in known and _begins(standing, day, standing.time) > now:
                made += Occurrence.objects.get_or_create(standing_order=standing, day=day, defaults={"try_at": now})[1]
        until = standing_orders.due_until(standing, today)
        standing.occurrences.filter(state="PLANNED", try_at=None, day__range=(today, until)).update(try_at=now)
    return made


def list_due(now: datetime) -> list[int]:
    """The days that are to be ordered now, those that wait longest first."""
    due = Occurrence.objects.filter(state="PLANNED", try_at__lte=now, standing_order__state="ACTIVE")
    return list(due.order_by("try_at", "pk").values_list("pk", flat=True)[:MOST_AT_ONCE])


def book(pk: int, now: datetime) -> list[int]:
    """Order a day, if nobody else does at this moment. The orders that have to be carried on."""
    forbid_transaction()
    # Whoever claims it tries it; if that one dies, it is tried again.
    if not Occurrence.objects.filter(pk=pk, state="PLANNED", try_at__lte=now).update(try_at=now + CLAIMED):
        return []
    row = Occurrence.objects.select_related("standing_order").get(pk=pk)
    try:
        return _book(row, now)
    except Exception:
        logger.exception("a day of a standing order could not be tried: %s", pk)
        Occurrence.objects.filter(pk=pk, state="PLANNED").update(try_at=now + TRY_AGAIN)
        return []


def follow(now: datetime) -> None:
    """What has become of the orders of days: booked, given back, or not sold after all."""
    rows = Occurrence.objects.filter(state__in=("ORDERED", "BOOKED"), day__gte=now.date() - timedelta(days=2))
    for pk in rows.exclude(order__state="SETTLED").values_list("pk", flat=True):
        with transaction.atomic():
            row = Occurrence.objects.select_for_update(of=("self",)).select_related("order").get(pk=pk)
            state = row.order.state if row.order else "FAILED"
            if row.state == "ORDERED" and state in {"COMPLETED", "SETTLED"}:
                row.reason = ""
                OCCURRENCE.move(row, "BOOKED", fields=["reason"])
            elif row.state == "ORDERED" and state == "FAILED":
                row.reason, row.order, row.try_at = (row.order.unwind_reason if row.order else ""), None, now
                OCCURRENCE.move(row, "PLANNED", fields=["reason", "order", "try_at"])
            elif state == "CANCELLED" and row.order is not None:
                off = row.order.bookings.filter(called_off_at__isnull=False).exists()
                row.reason = "operator_cancelled" if off else ""
                OCCURRENCE.move(row, "FAILED" if off else "SKIPPED", fields=["reason"])


def tell(now: datetime) -> int:
    """Tell by text message or e-mail who has no ride on a day; who has neither is rung up by the desk. How many."""
    told, rows = 0, list_failed()
    random.shuffle(rows)  # whom nobody can reach does not keep back the same others each time
    for row in rows:
        try:
            if _tell(row):
                told += Occurrence.objects.filter(pk=row.pk, told_at=None).update(told_at=now)
        except DeliveryError as error:
            logger.warning("nobody was told of day %s: %s", row.pk, error)
        except Exception:
            logger.exception("nobody could be told of day %s", row.pk)
    return told


def _tell(row: Occurrence) -> bool:
    """Whether there is a way to write to the rider, who is told. Raises DeliveryError."""
    facts = _facts(row.standing_order)
    with translation.override(facts.language):
        message = _message(row)
    if facts.phone and sms.is_available():
        sms.send(facts.phone, message)
    elif facts.email:
        email.send(facts.email, message)
    else:
        return False
    return True


def _message(row: Occurrence) -> Message:
    said = row.standing_order.said
    subject = gettext("No ride on %(day)s") % {"day": date_text(row.day)}
    text = gettext("%(origin)s – %(destination)s on %(day)s could not be booked. %(reason)s Please ring us up.") % {
        "origin": said["origin"]["name"],
        "destination": said["destination"]["name"],
        "day": date_text(row.day),
        "reason": sayings.reason(row.reason),
    }
    return Message(f"occurrence:{row.pk}", subject, f"{text}\n", f"{subject}\n{text}", text, settings.PUBLIC_URL, True)


def list_failed() -> list[Occurrence]:
    """Days that could not be booked, and whose rider nobody has told yet."""
    rows = Occurrence.objects.filter(state="FAILED", told_at=None).exclude(standing_order__said=None)
    return list(rows.select_related("standing_order__owner__customer").order_by("day", "pk")[:100])


def note_told(person_id: int, pk: int, now: datetime) -> None:
    """Staff have told the rider. Another's stays as it is."""
    Occurrence.objects.filter(pk=pk, standing_order__owner_id=person_id, told_at=None).update(told_at=now)


def _book(row: Occurrence, now: datetime) -> list[int]:
    standing = row.standing_order
    begins = _begins(standing, row.day, row.time or standing.time)
    if begins - now < GIVE_UP and row.reason:
        _give_up(row, row.reason)
        return []
    try:
        found = _choose(standing, begins, now)
        if not found:
            return _not_yet(row, "no_journey", begins, now)
        viewer = Viewer(standing.owner_id, "", Acting(occurrence_id=row.pk))
        facts = _facts(standing)
        offer = _offer(found[:MOST_TRIED], viewer, facts.language, now)
        order = orders.place(offer, viewer, now, facts.email, standing.pay_with, facts.phone)
    except OrderError as refusal:
        if refusal.code != "too_many_orders":
            return _not_yet(row, refusal.code, begins, now)
        Occurrence.objects.filter(pk=row.pk, state="PLANNED").update(try_at=now + timedelta(minutes=1))
        return []
    except (OfferError, journeys.NoNetwork, journeys.NoSuchStop) as refusal:
        return _not_yet(row, getattr(refusal, "code", "itinerary_changed"), begins, now)
    return [order.pk]


def _offer(found: list[Itinerary], viewer: Viewer, language: str, now: datetime) -> Offer:
    """The offer for the first of some journeys that can be had. Raises the OfferError of the best one."""
    refusals = []
    for each in found:
        try:
            return offers.create(tokens.write_token(each, now), each.travellers, viewer, language, now)
        except OfferError as refusal:
            refusals.append(refusal)
    raise refusals[0]


def _choose(standing: StandingOrder, begins: datetime, now: datetime) -> list[Itinerary]:
    """The journeys of a day, the best first: the last that is there in time, or the first that leaves then."""
    said = standing.said
    travellers = [RiderCategory(each) for each, count in said["travellers"].items() for _ in range(count)]
    query = Query(
        origin=Location(**said["origin"]),
        destination=Location(**said["destination"]),
        time_at=begins,
        arrive_by=standing.arrives,
        window_s=_WINDOW_S,
        travellers=tuple(Traveller(str(number), each) for number, each in enumerate(travellers, 1)),
        mobility=Mobility(said["mobility"]),
        party=_party(standing, begins.astimezone(_zone(standing)).date()),
        language=_facts(standing).language,
    )
    rides = [each for each in journeys.plan(query, now, explained=False).itineraries if each.vehicles]
    if standing.service:
        agency = f"ondemand:{standing.service}"
        rides = [each for each in rides if any(leg.service and leg.service.agency_id == agency for leg in each.legs)]
    return sorted(rides, key=lambda each: each.start_at, reverse=standing.arrives)


def _party(standing: StandingOrder, day: date) -> Party:
    """As what somebody rides: by the first of the rights that they have on that day."""
    groups = concessions.groups_of(standing.owner_id, standing.region, day, _facts(standing).birth_year)
    return Party(groups[0].code if groups else "", standing.purpose)


def _not_yet(row: Occurrence, reason: str, begins: datetime, now: datetime) -> list[int]:
    again = now + (SOON if reason in _PASSES else TRY_AGAIN)
    Occurrence.objects.filter(pk=row.pk, state="PLANNED").update(reason=reason, try_at=again)
    if begins - now < GIVE_UP:
        _give_up(row, reason)
    return []


def _give_up(row: Occurrence, reason: str) -> None:
    with transaction.atomic():
        locked = Occurrence.objects.select_for_update().get(pk=row.pk)
        if locked.state == "PLANNED":
            locked.reason = reason
            OCCURRENCE.move(locked, "FAILED", fields=["reason"])


def _begins(standing: StandingOrder, day: date, at: time) -> datetime:
    return datetime.combine(day, at, _zone(standing)).astimezone(UTC)


def _zone(standing: StandingOrder) -> ZoneInfo:
    region = find_region_of_code(standing.region)
    return ZoneInfo(region.timezone if region else "UTC")


def _facts(standing: StandingOrder) -> customers.Facts:
    customer = customers.find_of(standing.owner_id)
    return customers.facts_of(customer) if customer else customers.Facts("", email=standing.owner.email)


def today_of(standing: StandingOrder, now: datetime) -> date:
    """The date where it is ridden."""
    return now.astimezone(_zone(standing)).date()
