"""What pages answer while no network is published, and for stops that the published one does not have."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from transit import journeys

View = Callable[[HttpRequest], HttpResponse]


def needs_network(view: View) -> View:
    """A view that answers 503 without a network, and 404 for an unknown stop."""

    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        try:
            return view(request)
        except journeys.NoNetwork:
            page = render(request, "transit/unready.html", status=503)
            page["Retry-After"] = "30"
            return page
        except journeys.NoSuchStop:
            raise Http404 from None

    return answer
