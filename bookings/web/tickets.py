"""The pages of tickets, and what one takes along: on paper and in a calendar."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from bookings.models import Order, Ticket
from bookings.services import calendars, holdings, moving_codes, ticketing, wallets
from bookings.services.holdings import HeldTicket
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
    found, now = _own_ticket(request, serial), timezone.now()
    code = mark_safe(ticketing.qr_svg(found.token))  # noqa: S308 (drawn by segno from black and white squares)
    context = {"held": holdings.hold(found, now), "qr": code}
    if found.state != "VOID" and now < found.valid_until_at:
        key = moving_codes.key_of(serial)
        context |= {"moving_key": key, "moving_code": moving_codes.code_at(key, now)}
    return render(request, "bookings/ticket.html", context)


@require_GET
@never_cache
def ticket_pdf(request: HttpRequest, serial: str) -> HttpResponse:
    """One ticket on paper."""
    return _pdf([holdings.hold(_own_ticket(request, serial), timezone.now())], f"ticket-{serial}.pdf")


@require_GET
@never_cache
def order_tickets_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """The tickets of an order that can be used, a page each."""
    held = holdings.list_order_tickets(_bought(request, code), timezone.now())
    return _pdf([each for each in held if each.ticket.state != "VOID"], f"tickets-{code}.pdf")


@require_GET
@never_cache
def journey_ics(request: HttpRequest, code: str) -> HttpResponse:
    """The journey of an order for a calendar."""
    content = calendars.of_order(_bought(request, code), timezone.now())
    headers = {"Content-Disposition": f'attachment; filename="journey-{code}.ics"'}
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)


def _own_ticket(request: HttpRequest, serial: str) -> Ticket:
    try:
        return ticketing.get_ticket(serial, viewer_of(request.user, request.session))
    except Ticket.DoesNotExist:
        raise Http404 from None


def _bought(request: HttpRequest, code: str) -> Order:
    try:
        return calendars.get_for(viewer_of(request.user, request.session), code)
    except Order.DoesNotExist:
        raise Http404 from None


def _pdf(held: list[HeldTicket], name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(holdings.on_paper(held), content_type="application/pdf", headers=headers)
