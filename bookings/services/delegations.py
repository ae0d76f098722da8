"""Accounts that order for somebody else: asked for and accepted, or entered by a desk that saw who it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q

from bookings.models import Act, Delegation, Offer, Order
from bookings.services import customers, offers, travellers
from bookings.services.viewers import Acting, Viewer
from bookings.states import DELEGATION
from transit import tokens
from transit.money import Money
from transit.register.regions import list_regions

LONGEST: Final = timedelta(days=2 * 365)
"""A delegation lasts no longer without somebody saying so again."""
MOST_ASKED: Final = 10
"""So many people one account may ask in a day."""


class DelegationError(Exception):
    """`code`: unknown_account, own, self, exists, limits_wrong, too_many, no_currency."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Limits:
    """What a delegate may: so much of the person's money in a month, until a day, and whether to see all orders."""

    limit_minor: int
    expires_on: date
    sees: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A delegation as its parties see it."""

    row: Delegation
    person: str
    spent: Money
    limit: Money
    is_over: bool
    coming: tuple[Order, ...] = ()


def ask(delegate: Any, email: str, today: date, now: datetime) -> None:
    """Ask a person to be allowed to order for them. Whether there is an account is not said. Raises DelegationError."""
    asked = Act.objects.filter(person=delegate, what="asked", at__gt=now - timedelta(days=1))
    if asked.count() >= MOST_ASKED:
        raise DelegationError("too_many")
    Act.objects.create(person=delegate, by=delegate, what="asked", at=now)  # also where there is no such account
    person = _find_account(email)
    if person is None or person.pk == delegate.pk or _open(person, delegate).exists():
        return
    with transaction.atomic():
        Delegation.objects.create(
            person=person, delegate=delegate, currency=_currency(), limit_minor=0, expires_on=today, created_at=now
        )


def accept(person: Any, code: str, limits: Limits, today: date, now: datetime) -> None:
    """The person allows it, within limits. Raises Delegation.DoesNotExist, DelegationError."""
    _check(limits, today)
    with transaction.atomic():
        row = Delegation.objects.select_for_update().get(code=code, person=person, state="ASKED")
        _allow(row, limits, person, now)


def enter(person_id: int, email: str, limits: Limits, by: Any, today: date, now: datetime) -> Delegation:
    """A desk that has seen the person enters whom they allow. Raises DelegationError."""
    _check(limits, today)
    delegate, person = _find_account(email), get_user_model().objects.get(pk=person_id)
    if delegate is None:
        raise DelegationError("unknown_account")
    if delegate.pk == person_id:
        raise DelegationError("own")
    if delegate.pk == by.pk:
        raise DelegationError("self")
    if _open(person, delegate).filter(state="ACTIVE").exists():
        raise DelegationError("exists")
    with transaction.atomic():
        row, _ = Delegation.objects.select_for_update().get_or_create(
            person=person,
            delegate=delegate,
            state="ASKED",
            defaults={"currency": _currency(), "limit_minor": 0, "expires_on": today, "created_at": now},
        )
        row.entered_by = by
        _allow(row, limits, by, now)
    return row


def end(by: Any, code: str, now: datetime, person_id: int | None = None) -> None:
    """Either of both ends it, or a desk for the person `person_id`. Raises Delegation.DoesNotExist."""
    mine = Q(person=by) | Q(delegate=by) if person_id is None else Q(person_id=person_id)
    with transaction.atomic():
        row = Delegation.objects.select_for_update().filter(mine).exclude(state="ENDED").get(code=code)
        DELEGATION.move(row, "ENDED", by=by.pk)
        customers.note(row.person_id, "delegation_ended", by.pk, now, delegation=row.code)


def end_expired(now: datetime) -> None:
    """End those whose last day is over, and with them what the delegate may see."""
    for pk in Delegation.objects.filter(state="ACTIVE", expires_on__lt=_today(now)).values_list("pk", flat=True):
        with transaction.atomic():
            row = Delegation.objects.select_for_update().get(pk=pk)
            if row.state == "ACTIVE":
                DELEGATION.move(row, "ENDED")
                Act.objects.create(person_id=row.person_id, what="delegation_ended", at=now)


def list_of(person_id: int, today: date, now: datetime) -> list[Shown]:
    """Who may order for a person, or asks to."""
    rows = Delegation.objects.filter(person_id=person_id).exclude(state="ENDED").order_by("-created_at")
    return [_shown(row, today, now) for row in rows.select_related("person__customer", "delegate")]


def list_for(delegate: Any, today: date, now: datetime) -> list[Shown]:
    """For whom somebody may order, with what is ordered for them where the delegate may see it.

    Whom they ask is not listed: that would tell who has an account.
    """
    rows = Delegation.objects.filter(delegate=delegate, state="ACTIVE").order_by("-created_at")
    found = [_shown(row, today, now) for row in rows.select_related("person__customer", "delegate")]
    return [replace(each, coming=_coming(each.row.person_id, now)) if _may_see(each) else each for each in found]


def acting_viewer(user: Any, viewer: Viewer, offer: Offer, now: datetime) -> Viewer:
    """As whom an offer is looked at and ordered: a delegate's, made in this browser for somebody, is that person's."""
    here = bool(viewer.session_hash) and offer.session_hash == viewer.session_hash
    if offer.owner_id is None or offer.owner_id == viewer.user_id or not here:
        return viewer
    row = _active(user, _today(now)).filter(person_id=offer.owner_id).first()
    return viewer if row is None else _acting(row, viewer)


def offer_for(user: Any, viewer: Viewer, offer: Offer, code: str, language: str, today: date, now: datetime) -> Offer:
    """The same offer for a person for whom `user` may order. Raises Delegation.DoesNotExist, OfferError."""
    row = _active(user, today).get(code=code)
    token = tokens.write_token(offer.journey, now)
    return offers.create(token, offer.journey.travellers, _acting(row, viewer), language, now)


def name_of(viewer: Viewer) -> str:
    """For whom somebody acts; empty where for themselves."""
    if viewer.acting is None or viewer.user_id is None:
        return ""
    return _name(get_user_model().objects.get(pk=viewer.user_id))


def _acting(row: Delegation, viewer: Viewer) -> Viewer:
    return Viewer(row.person_id, viewer.session_hash, Acting(user_id=row.delegate_id, delegation_id=row.pk))


def _active(user: Any, today: date) -> Any:
    return Delegation.objects.filter(delegate_id=user.pk or 0, state="ACTIVE", expires_on__gte=today)


def _allow(row: Delegation, limits: Limits, by: Any, now: datetime) -> None:
    row.limit_minor, row.expires_on, row.sees = limits.limit_minor, limits.expires_on, limits.sees
    DELEGATION.move(row, "ACTIVE", fields=["limit_minor", "expires_on", "sees", "entered_by"], by=by.pk)
    said = {"delegation": row.code, "limit_minor": limits.limit_minor, "until": limits.expires_on.isoformat()}
    customers.note(row.person_id, "delegated", by.pk, now, **said)


def _check(limits: Limits, today: date) -> None:
    if limits.limit_minor < 0 or not today <= limits.expires_on <= today + LONGEST:
        raise DelegationError("limits_wrong")


def _open(person: Any, delegate: Any) -> Any:
    return Delegation.objects.filter(person=person, delegate=delegate).exclude(state="ENDED")


def _find_account(email: str) -> Any:
    return get_user_model().objects.filter(email__iexact=email.strip(), is_active=True).first()


def _today(now: datetime) -> date:
    zone = next((region.timezone for region in list_regions()), "UTC")
    return now.astimezone(ZoneInfo(zone)).date()


def _currency() -> str:
    regions = list_regions()
    if not regions:
        raise DelegationError("no_currency")
    return regions[0].currency


def _shown(row: Delegation, today: date, now: datetime) -> Shown:
    return Shown(
        row,
        _name(row.person) if row.state == "ACTIVE" else "",  # who has not accepted yet is named by nobody
        travellers.spent(row, now),
        Money(row.limit_minor, row.currency),
        row.state == "ACTIVE" and row.expires_on < today,
    )


def _name(person: Any) -> str:
    customer = customers.find_of(person.pk)
    return (customers.facts_of(customer).name if customer else "") or person.name or person.email


def _may_see(shown: Shown) -> bool:
    return shown.row.state == "ACTIVE" and shown.row.sees and not shown.is_over


def _coming(person_id: int, now: datetime) -> tuple[Order, ...]:
    rows = Order.objects.filter(owner_id=person_id, state="COMPLETED").select_related("offer").order_by("-created_at")
    coming = [order for order in rows[:20] if order.offer.journey.end_at > now]
    return tuple(sorted(coming, key=lambda order: order.offer.journey.start_at))
