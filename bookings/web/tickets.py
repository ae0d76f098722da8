"""The pages of tickets."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET

from bookings.models import Ticket
from bookings.services import holdings, ticketing, wallets
from bookings.services.viewers import viewer_of


@require_GET
def tickets(request: HttpRequest) -> HttpResponse:
    """All tickets, those for coming rides first."""
    viewer = viewer_of(request.user, request.session)
    held = holdings.list_tickets(viewer, timezone.now())
    context = {
        "upcoming": [each for each in held if not each.over],
        "past": [each for each in reversed(held) if each.over],
        "wallets": wallets.list_for(viewer.user_id),
        "open_orders": holdings.list_under_way(viewer),
    }
    return render(request, "bookings/tickets.html", context)


@require_GET
def ticket(request: HttpRequest, serial: str) -> HttpResponse:
    """One ticket, large enough for a reader. The code is a drawing of our own and holds no markup of others."""
    try:
        found = ticketing.get_ticket(serial, viewer_of(request.user, request.session))
    except Ticket.DoesNotExist:
        raise Http404 from None
    code = mark_safe(ticketing.qr_svg(found.token))  # noqa: S308 (drawn by segno from black and white squares)
    return render(request, "bookings/ticket.html", {"held": holdings.hold(found, timezone.now()), "qr": code})
