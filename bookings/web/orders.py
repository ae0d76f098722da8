"""The pages of an order: on its way, paid, failed, cancelled."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from bookings.models import Order
from bookings.services import (
    alternatives,
    approaches,
    bills,
    cancelling,
    charging,
    contacts,
    disruptions,
    holdings,
    orders,
    sayings,
    trips,
)
from bookings.services.orders import OrderError, Status
from bookings.tasks import kick
from bookings.web import words
from bookings.web.access import own_order
from bookings.web.again import links, search_address
from transit import tokens
from transit.money import Money

_PAGES = {
    "NEEDS_CONSENT": "bookings/consent.html",
    "UNWINDING": "bookings/failed.html",
    "FAILED": "bookings/failed.html",
    "MANUAL": "bookings/manual.html",
    "COMPLETED": "bookings/order.html",
    "SETTLED": "bookings/order.html",
    "CANCELLING": "bookings/order.html",
    "CANCELLED": "bookings/order.html",
}
_BEFORE_PAYMENT = ("HOLDING", "AUTHORISING", "NEEDS_ACTION")


@require_GET
@never_cache
def pay(request: HttpRequest, code: str) -> HttpResponse:
    """Wait until everything is held, then go on to the payment provider."""
    found = own_order(request, code)
    status = orders.status(found)
    # Who books for a caller never sees the page that asks for a card.
    if status.action_url and not request.user.has_perm("bookings.sell_for_others"):
        return redirect(status.action_url)
    if found.state not in _BEFORE_PAYMENT:
        return redirect("order", code)
    return render(
        request, "bookings/progress.html", _context(found, status, timezone.now()) | _for_caller(request, found)
    )


@require_GET
@never_cache
def order(request: HttpRequest, code: str) -> HttpResponse:
    """Where an order stands; the payment provider sends people back to this page."""
    found, now = own_order(request, code), timezone.now()
    if found.state == "NEEDS_ACTION":
        orders.returned(found, now)
        kick(found)
    page = _PAGES.get(found.state, "bookings/progress.html")
    return render(request, page, _context(found, orders.status(found), now) | _for_caller(request, found))


def _for_caller(request: HttpRequest, found: Order) -> dict[str, Any]:
    """Staff who book for a caller may send a link by which the caller pays, once the page stands still."""
    payable = found.state == "NEEDS_ACTION" and found.provider == "stripe"
    desk = payable and request.user.has_perm("bookings.sell_for_others")
    return {"for_caller": desk, "texting": desk and contacts.is_texting()}


@require_POST
def consent(request: HttpRequest, code: str) -> HttpResponse:
    """Accept the higher price that was shown."""
    found = own_order(request, code)
    try:
        kick(orders.consent(found, Money(_minor(request, "asked"), found.currency), timezone.now()))
    except OrderError:
        return redirect("order", code)
    return redirect("pay", code)


@require_POST
def give_up(request: HttpRequest, code: str) -> HttpResponse:
    """Do not book after all."""
    found = own_order(request, code)
    try:
        kick(cancelling.cancel(found, timezone.now(), Money(0, found.currency)))
    except OrderError:
        return redirect("cancel", code)
    return redirect("order", code)


@never_cache
def cancel(request: HttpRequest, code: str) -> HttpResponse:
    """What giving back costs, all of it or the part of one operator, and doing it for no more than was shown."""
    found, now, refusal = own_order(request, code), timezone.now(), ""
    chosen = request.GET.get("booking", "")
    seqs = {int(chosen)} if chosen.isdecimal() and len(chosen) < 5 else None
    if request.method == "POST":
        try:
            kick(cancelling.cancel(found, now, Money(_minor(request, "fee"), found.currency), seqs=seqs))
            return redirect("order", code)
        except OrderError as error:
            refusal = sayings.reason(error.code)
    whole = cancelling.quote(found, now)
    quote = whole if seqs is None else whole.only(seqs)
    parts = whole.parts if seqs is None and len(whole.parts) > 1 else ()
    context = _context(found, orders.status(found), now)
    context |= {
        "quote": quote,
        "parts": parts,
        "only": seqs,
        "refused": refusal,
        "refusal": sayings.reason(quote.obstacle),
    }
    return render(request, "bookings/cancel.html", context)


def _minor(request: HttpRequest, name: str) -> int:
    """An amount of a form of ours; anything else is a price that nobody was shown."""
    written = request.POST.get(name, "")
    return int(written) if written.isdecimal() and len(written) < 16 else 0


def _context(found: Order, status: Status, now: datetime) -> dict[str, Any]:
    bookings = list(found.bookings.select_related("part").prefetch_related("part__products"))
    disruption = disruptions.find_open(found)
    both = trips.list_trips(found.offer)
    owed_for = bills.list_bills(found)
    refunded = sum(payment.refunded_minor for payment in found.payments.all())
    return {
        "order": found,
        "offer": found.offer,
        "status": status,
        "itinerary": tokens.of_json(found.offer.itinerary),
        "trips": both,
        "stages": words.stages(found.state),
        "reason": sayings.reason(status.reason),
        "again": search_address(both[0]),
        "alternatives": links(alternatives.list_alternatives(found, now)),
        "bills": owed_for,
        "disruption": disruption,
        "disrupted": tokens.of_json(found.offer.itinerary).legs[disruption.leg] if disruption else None,
        "called_off": [booking for booking in bookings if booking.called_off_at],
        "missed": [booking for booking in bookings if booking.no_show_at],
        "gone": [booking for booking in bookings if booking.state == "CANCELLED"],
        "tickets": holdings.list_order_tickets(found, now),
        "rides": [each for each in approaches.list_of(found, now) if each.is_ahead],
        "reserved": status.price if charging.is_only_authorised(found) else None,
        "receipted": found.receipts.exists(),
        "paid": Money(sum(payment.captured_minor for payment in found.payments.all()), found.currency),
        "refunded": Money(refunded - sum(bill.credited_minor for bill in owed_for), found.currency),
    }
