"""The desk's pages for somebody on the phone or at the counter: who it is, and where they want to go.

Everything is sent in forms, never in addresses: those are written down by many.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from bookings.models import Caller, Customer
from bookings.services import callers, concessions, customers, favourites, readings
from bookings.services.callers import CallerError, EarlierTrip
from bookings.services.customers import CustomerError, Facts
from bookings.services.viewers import allow
from bookings.web.days import today_here
from bookings.web.limits import limited_each
from bookings.web.phones import PhoneField
from bookings.web.serving import SERVE, served
from bookings.web.wishes import ENDS, Choice, WishForm, values_of
from transit import journeys, tokens
from transit.register.regions import list_regions

SHOWN = 3
_REFUSALS = {
    "too_little": _("Please write the whole phone number, or two of: first name, last name, year of birth."),
    "too_many": _("Too many people fit. Please add something: another name, the year of birth, the phone number."),
    "searched": _("You have searched very often today. Please ask your supervisor."),
    "nobody": _("Nobody is known under this. Serve the caller as a guest, or keep a file."),
}
_SERVED_MANY = _("You have opened very many files today. Please ask your supervisor.")


class GuestForm(forms.Form):
    """Somebody without a file."""

    name = forms.CharField(max_length=120)
    phone = PhoneField()
    where = forms.ChoiceField(choices=Caller.Where.choices, required=False)


@login_required
@never_cache
@limited_each
def find(request: HttpRequest) -> HttpResponse:
    """Find a customer by what they say; what was written stands in the page and nowhere else."""
    allow(request.user, SERVE)
    text, found, refusal = request.POST.get("who", ""), [], ""
    if text.strip():
        try:
            found = callers.find(request.user, text, timezone.now())
            refusal = "" if found else "nobody"
        except CustomerError as error:
            refusal = error.code
        except CallerError:
            refusal = "searched"
    context: dict[str, Any] = {"text": text, "guest": GuestForm(), "refusal": _REFUSALS.get(refusal, "")}
    context["found"] = [(each.code, customers.facts_of(each)) for each in found]
    context["where"] = _where(request)
    return render(request, "bookings/desk/find.html", context)


@login_required
@require_POST
@limited_each
def open_caller(request: HttpRequest) -> HttpResponse:
    """Serve somebody: a customer, whose file is opened, or a guest."""
    allow(request.user, SERVE)
    now, code = timezone.now(), request.POST.get("customer", "")
    try:
        if code:
            return redirect("desk-caller", callers.open_customer(request.user, code, _where(request), now).code)
        form = GuestForm(request.POST)
        if not form.is_valid():
            context = {"text": "", "guest": form, "where": _where(request)}
            return render(request, "bookings/desk/find.html", context, status=422)
        facts = Facts(form.cleaned_data["name"], form.cleaned_data["phone"], language=get_language() or "en")
        return redirect("desk-caller", callers.open_guest(request.user, facts, _where(request), now).code)
    except Customer.DoesNotExist:
        raise Http404 from None
    except CallerError:
        messages.error(request, str(_SERVED_MANY))
        return redirect("desk-callers")


@login_required
@never_cache
@limited_each
def caller(request: HttpRequest, code: str) -> HttpResponse:
    """One screen: who it is, where they want to go, and three choices to read out."""
    now = timezone.now()
    found = served(request, code, now)
    places = favourites.list_for(found.customer.user_id) if found.customer else []
    regions = list_regions()
    zone = regions[0].timezone if regions else "UTC"
    asked = request.method == "POST"
    form = WishForm(request.POST if asked else _usual(found), zone, now, places, *known_of(found, now))
    context = shown(found, now) | {"form": form, "favourites": places, "ends": ENDS}
    if asked and form.is_valid():
        context |= _answer(form, now)
    elif not asked:
        form.errors.clear()
    return render(request, "bookings/desk/caller.html", context, status=422 if asked and form.errors else 200)


def shown(found: Caller, now: datetime) -> dict[str, Any]:
    """What every page about somebody who is served shows beside it."""
    ordered = callers.list_orders(found, now)
    coming = [order for order in ordered if order.state == "COMPLETED" and order.offer.journey.end_at > now]
    return {
        "caller": found,
        "facts": callers.facts_of(found),
        "earlier": [(trip, _fields(trip)) for trip in callers.list_trips(ordered)],
        "coming": sorted(coming, key=lambda order: order.offer.journey.start_at),
    }


def _answer(form: WishForm, now: datetime) -> dict[str, Any]:
    """Three choices, or the question which place is meant."""
    language = get_language() or "en"
    if unclear := form.list_unclear(language):
        return {"unclear": unclear}
    try:
        page = journeys.plan(form.query(language), now, at_most=SHOWN, explained=False)
    except (journeys.NoNetwork, journeys.NoSuchStop):
        return {"choices": []}
    rides = [each for each in page.itineraries if each.vehicles][:SHOWN]
    read = [
        {
            "headline": readings.headline(each),
            "sentences": readings.sentences(each),
            "price": tokens.price_of(each),
            "token": tokens.write_token(each, now),
        }
        for each in rides
    ]
    return {"choices": read, "walk": next((each for each in page.itineraries if each.is_walk), None)}


def known_of(found: Caller, now: datetime) -> tuple[list[Choice], list[Choice]]:
    """The groups as which somebody may ride, those with a proof that was seen first, and what one rides for."""
    today, region = today_here(now)
    language = get_language() or "en"
    if region is None:
        return [], []
    person, born = (found.customer.user_id if found.customer else None), callers.facts_of(found).birth_year
    own = concessions.groups_of(person, region.code, today, born)
    groups = own + [each for each in concessions.list_open_groups(region.code, today) if each not in own]
    named = [(group.code, concessions.name_of(group, language)) for group in groups]
    return named, list(journeys.choices(language, now).purposes)


def _usual(found: Caller) -> dict[str, str]:
    """How a customer usually travels."""
    mobility = callers.facts_of(found).mobility
    return {"wheelchair": "1"} if mobility == "wheelchair" else {"step_free": "1"} if mobility == "step_free" else {}


def _fields(trip: EarlierTrip) -> list[tuple[str, str]]:
    """What is sent to search the same again."""
    who = [each.category.value for each in trip.itinerary.travellers]
    counts = {category: str(who.count(category)) for category in dict.fromkeys(who)}
    wheels = {"wheelchair": "1"} if trip.itinerary.mobility.rolls else {}
    party = trip.itinerary.party
    said = {"group": party.group, "purpose": party.purpose, "companions": f"{party.companions}"}
    said |= {"child_seats": f"{party.child_seats}", "bags": f"{party.luggage}"}
    return list((values_of(trip.origin, trip.destination) | counts | wheels | said).items())


def _where(request: HttpRequest) -> str:
    written = request.POST.get("where", "")
    return written if written in Caller.Where.values else Caller.Where.PHONE
