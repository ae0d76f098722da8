"""The departures of a stop."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from transit import journeys
from transit.journeys.picks import Pick
from transit.web import choices
from transit.web.unready import needs_network

ROWS = 20


@require_GET
@needs_network
def departures(request: HttpRequest) -> HttpResponse:
    """The next departures of a stop, or a choice of stops by name."""
    language, text = get_language() or "en", request.GET.get("stop_text", "").strip()
    pick = Pick.find(request.GET.get("stop_at", ""), text)
    stop_id = request.GET.get("stop") or (pick and pick.location.stop_id)
    if stop_id:
        now = timezone.now()
        board = journeys.departures(stop_id, now, ROWS, language, now)
        return render(request, "transit/departures.html", {"board": board})
    options = [each for each in choices.options(text, language) if each.stop_id] if text else []
    return render(request, "transit/departures.html", {"text": text, "options": options})
