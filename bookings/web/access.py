"""Whose order a page is about."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from bookings.models import Order
from bookings.services import orders
from bookings.services.viewers import viewer_of


def own_order(request: HttpRequest, code: str) -> Order:
    """An order of whoever asks. Raises Http404, also for somebody else's."""
    try:
        return orders.get_for(viewer_of(request.user, request.session), code)
    except Order.DoesNotExist:
        raise Http404 from None
