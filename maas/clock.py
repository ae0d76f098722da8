"""Whose clock pages tell the time by: a member of staff reads a time as it stood on the wall of the region."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from transit.models import Region


def by_the_region(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: the pages of people who are signed in have the region's time zone.

    Journeys have the zones of their stops and ask for no other; the API writes offsets.
    """

    def respond(request: HttpRequest) -> HttpResponse:
        if request.path.startswith(("/api/", "/tomp/")) or SESSION_KEY not in request.session:
            return get_response(request)
        with timezone.override(ZoneInfo(Region.clock())):
            return get_response(request)

    return respond
