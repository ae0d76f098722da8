"""`/tickets`: rights to ride, to show, to print and for a calendar."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bookings.api import access
from bookings.api.serializers import TicketSerializer
from bookings.services import calendars, holdings, ticket_keys, ticketing

_PRIVATE = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}


class TicketView(APIView):
    """One ticket."""

    @extend_schema(operation_id="get_ticket", tags=["tickets"], responses=TicketSerializer)
    def get(self, request: Request, serial: str) -> Response:
        """A ticket of one's own."""
        ticket = ticketing.get_ticket(serial, access.viewer(request))
        return Response(TicketSerializer(ticket).data)


class TicketCodeView(APIView):
    """The code of one ticket."""

    @extend_schema(
        operation_id="get_ticket_code",
        tags=["tickets"],
        responses={(200, "image/svg+xml"): OpenApiResponse(OpenApiTypes.STR, "A QR code")},
    )
    def get(self, request: Request, serial: str) -> HttpResponse:
        """The QR code of a ticket of one's own, as an SVG image."""
        ticket = ticketing.get_ticket(serial, access.viewer(request))
        return HttpResponse(ticketing.qr_svg(ticket.token), content_type="image/svg+xml", headers=_PRIVATE)


class TicketPdfView(APIView):
    """One ticket on paper."""

    @extend_schema(
        operation_id="get_ticket_pdf",
        tags=["tickets"],
        responses={(200, "application/pdf"): OpenApiResponse(OpenApiTypes.BINARY, "A4")},
    )
    def get(self, request: Request, serial: str) -> HttpResponse:
        """A ticket of one's own to print, in the reader's language."""
        ticket = ticketing.get_ticket(serial, access.viewer(request))
        content = holdings.on_paper([holdings.hold(ticket, datetime.now(UTC))])
        headers = {"Content-Disposition": f'inline; filename="ticket-{ticket.serial}.pdf"', **_PRIVATE}
        return HttpResponse(content, content_type="application/pdf", headers=headers)


class JourneyCalendarView(APIView):
    """An order's journey for a calendar."""

    @extend_schema(
        operation_id="get_journey_calendar",
        tags=["tickets"],
        responses={(200, "text/calendar"): OpenApiResponse(OpenApiTypes.STR, "RFC 5545")},
    )
    def get(self, request: Request, code: str) -> HttpResponse:
        """The journey of an order of one's own as an iCalendar file. It names stops, never an address or a person."""
        order = calendars.get_for(access.viewer(request), code)
        content = calendars.of_order(order, datetime.now(UTC))
        headers = {"Content-Disposition": f'attachment; filename="journey-{order.code}.ics"', **_PRIVATE}
        return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)


class TicketKeysView(APIView):
    """The keys that verify tickets."""

    @extend_schema(operation_id="list_ticket_keys", tags=["tickets"], responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """The public keys of tickets as a JSON Web Key Set (RFC 7517), for scanners that work offline."""
        return Response(ticket_keys.to_jwks(ticket_keys.public_keys()))
