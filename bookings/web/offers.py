"""The pages between a journey and its order: what it costs, and the acceptance."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from bookings.models import Offer
from bookings.services import delegations, offers, orders, sayings, trips, ways
from bookings.services.offers import OfferError
from bookings.services.orders import OrderError
from bookings.services.viewers import Viewer, viewer_of
from bookings.tasks import kick
from bookings.web.again import search_address
from bookings.web.days import today_here
from bookings.web.limits import limited
from bookings.web.phones import PhoneField
from transit import tokens
from transit.money import Money

_SHOWN = ("parts__products__shares", "parts__products__claims")


class AcceptForm(forms.Form):
    """The acceptance of an offer."""

    email = forms.EmailField(required=False, max_length=254)
    phone = PhoneField(required=False)
    pay_with = forms.CharField(required=False, max_length=40)


@require_POST
@limited
def create(request: HttpRequest) -> HttpResponse:
    """Make an offer for the journey and the people of a search, or say why there is none."""
    token, back, search = (request.POST.get(name, "") for name in ("token", "back", "search"))
    now, viewer = timezone.now(), viewer_of(request.user, request.session, begin=True)
    try:
        travellers = tokens.read_token(token, now).travellers
        offer = offers.create(token, travellers, viewer, get_language() or "en", now, back)
    except (OfferError, tokens.TokenError) as refusal:
        again = f"{reverse('results')}?{search}" if search else reverse("search")
        context = {"reason": sayings.refusal(refusal), "again": again, "unsold": getattr(refusal, "unsold", ())}
        return render(request, "bookings/refused.html", context, status=409)
    return redirect("offer", offer.code)


@limited
def offer(request: HttpRequest, code: str) -> HttpResponse:
    """What would be bought from whom; accepting it makes the order."""
    viewer, now = viewer_of(request.user, request.session), timezone.now()
    today, _region = today_here(now)
    found = get_object_or_404(Offer.objects.prefetch_related(*_SHOWN), viewer.owns(), code=code, channel="")
    viewer = delegations.acting_viewer(request.user, viewer, found, now)
    form = AcceptForm(request.POST if request.method == "POST" else None)
    others = delegations.list_for(request.user, today, now) if request.user.is_authenticated else []
    own: dict[str, Any] = {"form": form, "person": delegations.name_of(viewer)}
    own["others"] = [each for each in others if each.row.state == "ACTIVE" and not each.is_over]
    if request.method != "POST" or not form.is_valid():
        return render(request, "bookings/offer.html", context_of(found, viewer, now) | own)
    try:
        given = form.cleaned_data
        order = orders.place(found, viewer, now, given["email"], given["pay_with"] or "stripe", given["phone"])
    except OrderError as refusal:
        context = context_of(found, viewer, now) | own | {"refusal": sayings.reason(refusal.code)}
        return render(request, "bookings/offer.html", context, status=409)
    kick(order)
    return redirect("pay", order.code)


def context_of(found: Offer, viewer: Viewer, now: datetime) -> dict[str, Any]:
    """What the page of an offer shows."""
    both = trips.list_trips(found)
    back, price = (Money(minor, found.currency) for minor in (found.replaced_refund_minor, found.due_minor))
    return {
        "back": back,
        "more": price - back if price >= back else None,
        "less": back - price,
        "ways": ways.list_ways(found, viewer) if found.due_minor else [],
        "offer": found,
        "itinerary": tokens.of_json(found.itinerary),
        "trips": both,
        "expired": found.expires_at <= now,
        "again": search_address(both[0]),
    }
