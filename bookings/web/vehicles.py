"""The page of who waits for a vehicle on demand: when it comes, in words, and live."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from bookings.services import approaches
from bookings.web import vehicle_stream
from bookings.web.access import own_order


@require_GET
@never_cache
def vehicles(request: HttpRequest, code: str) -> HttpResponse:
    """Where the vehicles of one's order are. With `part`, only what changes."""
    order, now = own_order(request, code), timezone.now()
    context: dict[str, Any] = {"order": order, "vehicles": approaches.list_of(order, now)}
    page = "bookings/vehicles_live.html" if request.GET.get("part") else "bookings/vehicles.html"
    return render(request, page, context)


@require_GET
@never_cache
def vehicles_live(request: HttpRequest, code: str) -> HttpResponseBase:
    """The same as server-sent events (HTML standard, 9.2). 204 where a server cannot wait: then one asks again."""
    order, scope = own_order(request, code), getattr(request, "scope", None)
    if scope is None or not vehicle_stream.may_open(order.code):
        return HttpResponse(status=204)
    events = vehicle_stream.stream(order.code, get_language() or "en", scope.get("thread"))
    headers = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}
    return StreamingHttpResponse(events, content_type="text/event-stream", headers=headers)
