"""The desk's pages of one errand: the price that is told, the order, the code, the plan on paper, and giving back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from bookings.models import Caller, Offer
from bookings.services import bills, cancelling, contacts, errands, orders, plans, readings, sayings, trips
from bookings.services.offers import OfferError
from bookings.services.orders import OrderError
from bookings.tasks import kick
from bookings.web import words
from bookings.web.callers import shown
from bookings.web.limits import limited_each
from bookings.web.payment_links import LinkForm
from bookings.web.serving import served, served_order
from transit import tokens
from transit.money import Money


@login_required
@require_POST
@limited_each
def choose(request: HttpRequest, code: str) -> HttpResponse:
    """Make the offer for a choice, or say why there is none."""
    now = timezone.now()
    caller = served(request, code, now)
    try:
        offer = errands.make_offer(caller, request.POST.get("token", ""), now)
    except (OfferError, tokens.TokenError) as refusal:
        messages.error(request, sayings.refusal(refusal))
        return redirect("desk-caller", code)
    return redirect("desk-offer", code, offer.code)


@login_required
@never_cache
@limited_each
def offer(request: HttpRequest, code: str, offer: str) -> HttpResponse:
    """The exact price, read out; one key orders it."""
    now = timezone.now()
    caller = served(request, code, now)
    try:
        found = errands.get_offer(caller, offer)
    except Offer.DoesNotExist:
        raise Http404 from None
    refusal = ""
    if request.method == "POST":
        try:
            order = errands.place(caller, found, request.POST.get("pay_with", ""), now)
            kick(order)
            return redirect("desk-order", code, order.code)
        except OrderError as error:
            refusal = sayings.reason(error.code)
    context = _read_out(caller, found) | {"refusal": refusal, "expired": found.expires_at <= now}
    context |= {"ways": errands.list_ways(found, caller) if found.total_minor else [], "texting": contacts.is_texting()}
    return render(request, "bookings/desk/offer.html", context, status=409 if refusal else 200)


@login_required
@never_cache
@require_GET
def order(request: HttpRequest, code: str, order: str) -> HttpResponse:
    """Where an order stands, and the code that the caller writes down."""
    now = timezone.now()
    caller, found = served_order(request, code, order, now)
    status = orders.status(found)
    paying = found.provider == "stripe" and found.state in {"NEEDS_ACTION", "AUTHORISING", "HOLDING"}
    context = _read_out(caller, found.offer) | shown(caller, now)
    context |= {
        "order": found,
        "status": status,
        "stages": words.stages(found.state),
        "reason": sayings.reason(status.reason),
        "codes": errands.list_codes(found),
        "bills": bills.list_bills(found),
        "paying": paying and found.quoted_minor,
        "linked": contacts.is_link_sent(found),
        "texting": contacts.is_texting(),
    }
    return render(request, "bookings/desk/order.html", context)


@login_required
@never_cache
@require_GET
def state(request: HttpRequest, code: str, order: str) -> HttpResponse:
    """The state of an order, for the script that waits for it."""
    return JsonResponse({"state": served_order(request, code, order, timezone.now())[1].state})


@login_required
@require_POST
@limited_each
def link(request: HttpRequest, code: str, order: str) -> HttpResponse:
    """Send the link by which the caller pays."""
    now = timezone.now()
    _caller, found = served_order(request, code, order, now)
    form = LinkForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    elif errands.send_link(found, form.cleaned_data["phone"], form.cleaned_data["email"], now):
        messages.success(request, gettext("The link is on its way."))
    else:
        messages.error(request, gettext("The link cannot be sent so."))
    return redirect("desk-order", code, order)


@login_required
@never_cache
@require_GET
def plan(request: HttpRequest, code: str, order: str) -> HttpResponse:
    """The journey in large print, with the codes."""
    caller, found = served_order(request, code, order, timezone.now())
    headers = {"Content-Disposition": f'inline; filename="plan-{found.code}.pdf"'}
    return HttpResponse(plans.on_paper(caller, found), content_type="application/pdf", headers=headers)


@login_required
@never_cache
@limited_each
def cancel(request: HttpRequest, code: str, order: str) -> HttpResponse:
    """What giving an order back costs, and doing it for no more than was told."""
    now = timezone.now()
    caller, found = served_order(request, code, order, now)
    refusal = ""
    if request.method == "POST":
        written = request.POST.get("fee", "")
        fee = Money(int(written) if written.isdecimal() and len(written) < 16 else 0, found.currency)
        try:
            kick(errands.cancel(caller, found, fee, now))
            return redirect("desk-order", code, order)
        except OrderError as error:
            refusal = sayings.reason(error.code)
    quote = cancelling.quote(found, now)
    context = _read_out(caller, found.offer) | {"order": found, "quote": quote, "refused": refusal}
    context["obstacle"] = sayings.reason(quote.obstacle) if quote.obstacle else ""
    return render(request, "bookings/desk/cancel.html", context, status=409 if refusal else 200)


def _read_out(caller: Caller, found: Offer) -> dict[str, Any]:
    read = [(readings.headline(trip), readings.sentences(trip)) for trip in trips.list_trips(found)]
    return {"caller": caller, "offer": found, "read": read, "itinerary": found.journey}
