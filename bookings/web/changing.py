"""The pages of a change: other journeys at another time, and the offer to take one instead."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from bookings.models import Order
from bookings.services import cancelling, changing, disruptions, orders, sayings, trips, ways
from bookings.services.offers import OfferError
from bookings.services.orders import OrderError
from bookings.services.viewers import viewer_of
from bookings.tasks import kick
from bookings.web.access import own_order
from bookings.web.limits import limited
from bookings.web.offers import context_of as offer_context
from transit import tokens
from transit.journeys import NoNetwork
from transit.routing.itinerary import Itinerary


class WhenForm(forms.Form):
    """When to leave instead, by the clock where the journey begins."""

    date = forms.DateField(label=_("Day"), widget=forms.DateInput({"type": "date"}))
    time = forms.TimeField(label=_("Leave at"), widget=forms.TimeInput({"type": "time"}))


@never_cache
@limited
def change(request: HttpRequest, code: str) -> HttpResponse:
    """Other journeys between the same places; taking one makes an offer that replaces what is booked."""
    viewer, now = viewer_of(request.user, request.session), timezone.now()
    order = own_order(request, code)
    way = 1 if request.GET.get("way") == "1" and order.offer.back_from is not None else 0
    trip = trips.list_trips(order.offer)[way]
    seqs = changing.seqs_from(order, *changing.legs_of_way(order, way))
    refusal = ""
    if request.method == "POST":
        try:
            token = request.POST.get("token", "")
            offer = changing.offer_change(order, token, seqs, viewer, get_language() or "en", now)
            return redirect("offer", offer.code)
        except (OfferError, OrderError, tokens.TokenError) as error:
            refusal = sayings.refusal(error)
    form = WhenForm(request.GET if "date" in request.GET else None, initial=_when(trip))
    context: dict[str, Any] = {
        "order": order,
        "itinerary": tokens.of_json(order.offer.itinerary),
        "trip": trip,
        "way": way,
        "form": form,
        "quote": cancelling.quote(order, now).only(seqs),
        "found": _found(order, trip, form, now),
        "refusal": refusal or ("" if order.state == "COMPLETED" else sayings.reason("not_changeable")),
    }
    return render(request, "bookings/change.html", context)


@never_cache
@limited
def go_on(request: HttpRequest, code: str) -> HttpResponse:
    """A journey does not go as it was sold: the best way on with what it costs, to be booked with one press."""
    viewer, now, language = viewer_of(request.user, request.session), timezone.now(), get_language() or "en"
    order, refusal = own_order(request, code), ""
    try:
        shown = request.POST.get("offer", "")
        offer = disruptions.offer_way_on(order, viewer, language, now)
        way = ways.find_like(offer, viewer, order)
        # What is booked is what was shown: where that has expired meanwhile, the new one is shown first.
        if request.method == "POST" and way is not None and offer.code == shown:
            again = orders.place(offer, viewer, now, orders.contact_of(order), way.key)
            kick(again)
            return redirect("pay", again.code)
        context = offer_context(offer, viewer, now) | {"way": way}
    except (OfferError, OrderError, tokens.TokenError, NoNetwork) as error:
        context, refusal = {}, sayings.reason("no_way_on") if isinstance(error, NoNetwork) else sayings.refusal(error)
    context |= {"order": order, "refusal": refusal, "disruption": disruptions.find_open(order)}
    return render(request, "bookings/go_on.html", context)


def _found(order: Order, trip: Itinerary, form: WhenForm, now: datetime) -> list[tuple[Itinerary, str]] | None:
    """Journeys with their tokens; None where nothing was searched."""
    if not (form.is_bound and form.is_valid()):
        return None
    zone = ZoneInfo(trip.legs[0].start.timezone)
    leave_at = datetime.combine(form.cleaned_data["date"], form.cleaned_data["time"], zone)
    ends = trip.legs[0].start, trip.legs[-1].end
    try:
        rows = changing.search(ends, trip.stays, order, leave_at, get_language() or "en", now)
    except NoNetwork:
        return []
    return [(row, tokens.write_token(row, now)) for row in rows]


def _when(trip: Itinerary) -> dict[str, Any]:
    local = trip.start_at.astimezone(ZoneInfo(trip.legs[0].start.timezone))
    return {"date": local.date(), "time": f"{local:%H:%M}"}
