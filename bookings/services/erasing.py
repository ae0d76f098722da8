"""Forgetting people: who asks for it, and whose file nobody needs any more. What was ordered stays in the books."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from bookings.models import Customer, StandingOrder
from bookings.services import callers, concessions, contacts, customers, delegations, standing_orders


def erase(customer: Customer, by: Any, now: datetime) -> None:
    """Forget what a file says, and everything that hangs on it. An account that nobody logs in to is closed."""
    person = customer.user
    with transaction.atomic():
        for standing in standing_orders.list_for(person.pk):
            standing_orders.move(person.pk, standing.code, "ENDED", by or person, now)
        for shown in delegations.list_of(person.pk, now.date(), now):
            delegations.end(by or person, shown.row.code, now, person.pk)
        StandingOrder.objects.filter(owner=person).update(said=None, purpose="", service="")
        for act in person.acts.filter(detail__has_key="group"):
            del act.detail["group"]  # a group is often an illness
            act.save(update_fields=["detail"])
        person.favourite_places.all().delete()
        person.concessions.all().delete()
        customer.keys.all().delete()
        before = callers.forget_number(customers.facts_of(customer).phone)
        contacts.forget(Q(pk__in=before) | Q(owner=person, traveller__isnull=False), now)
        customer.said, customer.erased_at = None, now
        customer.save(update_fields=["said", "erased_at"])
        if not customers.has_own_account(customer):
            person.is_active = False
            person.save(update_fields=["is_active"])
        customers.note(person.pk, "erased", by.pk if by else None, now)


def tidy(now: datetime) -> int:
    """Erase files that nobody has needed for long, rights that ended long ago, and guests. How many files."""
    callers.forget_guests(now)
    old_guests = Q(owner=None, created_at__lt=now - callers.GUESTS_KEPT)
    contacts.forget(old_guests | Q(owner__customer__erased_at__isnull=False, traveller__isnull=False), now)
    concessions.tidy(now.date())
    delegations.end_expired(now)
    unused = Customer.objects.filter(erased_at=None, used_at__lt=now - customers.KEPT)
    rows = unused.exclude(user__standing_orders__state__in=("ACTIVE", "PAUSED")).select_related("user")
    for customer in rows:
        erase(customer, None, now)
    return len(rows)
