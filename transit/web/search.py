"""The pages of a search: the form, the choice among places of one name, the journeys, one journey."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from transit import journeys, tokens
from transit.journeys.alteration_words import sentence_of
from transit.journeys.alterations import AlterationCode
from transit.models import Region
from transit.routing.query import Query
from transit.web import back, cards, choices, paging, region
from transit.web.forms import SearchForm
from transit.web.limits import limited
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
@limited("search", "GET")
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
@limited("search", "GET")
@needs_network
def itinerary(request: HttpRequest) -> HttpResponse:
    """One journey as it is now, with what has changed since; where there is none any more, why, and what instead."""
    search, now, language = cards.search_of(request.GET), timezone.now(), get_language() or "en"
    try:
        proposed, price = tokens.read_proposal(request.GET.get("token", ""), now)
    except tokens.TokenError:
        return render(request, "transit/outdated.html", {"search": search}, status=410)
    now_is = journeys.refresh(proposed, price, _manner(request), language, now)
    changes = [sentence_of(each) for each in now_is.alterations if each.code != AlterationCode.TRIP]
    context: dict[str, Any] = {"search": search, "changes": changes}
    found = now_is.itinerary
    if found is None:
        instead = cards.deal(now_is.instead.itineraries, now, proposed.start_at) if now_is.instead else []
        lost = {"reason": now_is.reason, "cards": instead}
        return render(request, "transit/outdated.html", context | lost, status=410)
    token = tokens.write_token(found, now)
    context |= {"itinerary": found, "token": token, "there": back.token_of(search)}
    ends = {"first": found.legs[0].start, "last": found.legs[-1], "back": back.address(found, token, search)}
    return render(request, "transit/itinerary.html", context | ends)


def _manner(request: HttpRequest) -> Query | None:
    """The search that led to a journey, which says how somebody is ready to travel; None where none did."""
    form = _form(request)
    return form.query(get_language() or "en") if form.is_valid() and not form.unclear else None
