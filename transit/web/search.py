"""The pages of a search: the form, the choice among places of one name, the journeys, one journey."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from transit import journeys, tokens
from transit.models import Region
from transit.routing.itinerary import Itinerary
from transit.routing.query import Location, Query
from transit.web import back, cards, choices, paging, region
from transit.web.forms import SearchForm
from transit.web.unready import needs_network


def _form(request: HttpRequest) -> SearchForm:
    return SearchForm(request.GET, Region.clock(), timezone.now())


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """The form, filled with what the address says."""
    form = _form(request)
    form = form.swapped() if "swap" in request.GET else form
    context = {"form": form.untouched(), "examples": region.examples(get_language() or "en")}
    return render(request, "transit/search.html", context)


@require_GET
@needs_network
def results(request: HttpRequest) -> HttpResponse:
    """Journeys, or the form again with what is wrong, or the question which place is meant."""
    form = _form(request)
    if not form.is_valid():
        return render(request, "transit/search.html", {"form": form}, status=422)
    if form.unclear:
        return render(request, "transit/choose.html", choices.context(form, get_language() or "en"))
    query = form.query(get_language() or "en")
    at = paging.turned(request.GET)
    page = journeys.plan(query, form.now, at, paging.SHOWN)
    return render(request, "transit/results.html", paging.context(form, query, page, at))


@require_GET
@needs_network
def itinerary(request: HttpRequest) -> HttpResponse:
    """One journey, looked up again in the network of now; where that is impossible, why."""
    token, search, now = request.GET.get("token", ""), cards.search_of(request.GET), timezone.now()
    try:
        found = journeys.recheck(tokens.read_token(token, now), get_language() or "en", now)
    except journeys.ItineraryChanged as changed:
        return render(request, "transit/outdated.html", {"search": search, "reason": changed.reason}, status=410)
    except tokens.TokenError:
        return render(request, "transit/outdated.html", {"search": search}, status=410)
    (found,) = journeys.assess([found], _manner(request, found), now)
    context = {"itinerary": found, "token": token, "search": search, "there": back.token_of(search)}
    ends = {"first": found.legs[0].start, "last": found.legs[-1], "back": back.address(found, token, search)}
    return render(request, "transit/itinerary.html", context | ends)


def _manner(request: HttpRequest, found: Itinerary) -> Query:
    """The search that led to a journey, which says how somebody is ready to travel; the usual way where none did."""
    form, language = _form(request), get_language() or "en"
    if form.is_valid() and not form.unclear:
        return form.query(language)
    start, end = (Location(place.lat, place.lon) for place in (found.legs[0].start, found.legs[-1].end))
    return Query(start, end, found.start_at, travellers=found.travellers, language=language)
