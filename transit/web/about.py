"""Where the data come from."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from transit import journeys
from transit.web.unready import needs_network


@require_GET
@needs_network
def about(request: HttpRequest) -> HttpResponse:
    """The publishers of the timetables, and all who are to be credited."""
    return render(request, "transit/about.html", {"sources": journeys.sources()})
