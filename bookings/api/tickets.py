"""`/tickets`: rights to ride."""

from __future__ import annotations

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bookings.api import access
from bookings.api.serializers import TicketSerializer
from bookings.services import ticket_keys, ticketing


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
        return HttpResponse(
            ticketing.qr_svg(ticket.token), content_type="image/svg+xml", headers={"Cache-Control": "private, no-store"}
        )


class TicketKeysView(APIView):
    """The keys that verify tickets."""

    @extend_schema(operation_id="list_ticket_keys", tags=["tickets"], responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """The public keys of tickets as a JSON Web Key Set (RFC 7517), for scanners that work offline."""
        return Response(ticket_keys.to_jwks(ticket_keys.public_keys()))
