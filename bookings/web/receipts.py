"""The receipts of an order, as a page and to print."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from bookings.models import Order
from bookings.services import paper
from bookings.services import receipts as service
from bookings.services.viewers import viewer_of
from transit import tokens


@require_GET
@never_cache
def receipts(request: HttpRequest, code: str) -> HttpResponse:
    """What each seller sold, with its tax, and what was taken back."""
    return render(request, "bookings/receipts.html", _context(request, code))


@require_GET
@never_cache
def receipts_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """The same to keep or to print."""
    content = paper.render("bookings/paper/receipts.html", _context(request, code), gettext("Receipt"))
    name = f"receipt-{code}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _context(request: HttpRequest, code: str) -> dict[str, Any]:
    try:
        order = service.get_for(viewer_of(request.user, request.session), code)
    except Order.DoesNotExist:
        raise Http404 from None
    itinerary = tokens.of_json(order.offer.itinerary)
    return {
        "order": order,
        "papers": service.list_papers(order),
        "itinerary": itinerary,
        "timezone": itinerary.legs[0].start.timezone,
    }
