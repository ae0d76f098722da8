"""Whom a page of the desk is about."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpRequest

from bookings.models import Caller, Customer, Order
from bookings.services import callers
from bookings.services.viewers import allow

SERVE = "bookings.serve_callers"


def served(request: HttpRequest, code: str, now: datetime) -> Caller:
    """Whom the member of staff who asks serves now. Raises Http404, also for a colleague's caller."""
    allow(request.user, SERVE)
    try:
        return callers.get(request.user, code, now)
    except Caller.DoesNotExist:
        raise Http404 from None


def served_customer(request: HttpRequest, code: str, now: datetime) -> tuple[Caller, Customer]:
    """The same, for what only customers have."""
    caller = served(request, code, now)
    if caller.customer is None:
        raise Http404
    return caller, caller.customer


def served_order(request: HttpRequest, code: str, order: str, now: datetime) -> tuple[Caller, Order]:
    """An order of whoever is served. Raises Http404."""
    caller = served(request, code, now)
    try:
        return caller, callers.get_order(caller, order, now)
    except Order.DoesNotExist:
        raise Http404 from None
