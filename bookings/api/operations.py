"""`/operators/…`: what operators' staff say of their trips and bookings on the day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bookings.models import Booking
from bookings.services import calling_off, no_shows
from bookings.services.viewers import allow
from bookings.tasks import kick
from transit.register import trip_events
from transit.register.trip_events import ForeignTrip


class ReferenceSerializer(serializers.Serializer[Any]):
    """A booking by its public reference, as statements name it."""

    reference = serializers.CharField(max_length=30)


class TripEventRequest(serializers.Serializer[Any]):
    """A trip of one day that runs late, or does not run. Said again, the last word counts."""

    trip_id = serializers.RegexField("^[^:@]+:[^@]+$", max_length=150, help_text="`feed:trip`")
    service_date = serializers.DateField()
    cancelled = serializers.BooleanField(default=False)
    delay = serializers.DurationField(
        required=False, help_text="How late, such as `00:12:00`; 0 when it is on time again"
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One of both is said."""
        if attrs["cancelled"] == ("delay" in attrs):
            raise serializers.ValidationError({"delay": ["Say how late it is, or that it is cancelled."]})
        return attrs


class CancelledBookingsView(APIView):
    """Bookings that an operator cancels."""

    @extend_schema(
        operation_id="call_off_booking",
        tags=["operations"],
        request=ReferenceSerializer,
        responses={202: ReferenceSerializer},
    )
    def post(self, request: Request, code: str) -> Response:
        """Cancel a booking of a hosted operator: the resident gets back everything that was paid for it."""
        allow(request.user, "bookings.run_operator", code)
        body = ReferenceSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            calling_off.call_off(code, body.validated_data["reference"], datetime.now(UTC))
        except Booking.DoesNotExist:
            raise Http404 from None
        return Response(body.data, status.HTTP_202_ACCEPTED)


class NoShowsView(APIView):
    """Bookings for which nobody came."""

    @extend_schema(
        operation_id="note_no_show",
        tags=["operations"],
        request=ReferenceSerializer,
        responses={202: ReferenceSerializer},
    )
    def post(self, request: Request, code: str) -> Response:
        """Say that nobody came for a booking of a hosted operator, for its drivers and staff, within a day."""
        allow(request.user, "bookings.note_no_show", code)
        body = ReferenceSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            order = no_shows.note(code, body.validated_data["reference"], datetime.now(UTC))
        except Booking.DoesNotExist:
            raise Http404 from None
        if order is not None:
            kick(order)
        return Response(body.data, status.HTTP_202_ACCEPTED)


class TripEventsView(APIView):
    """What happens to trips on the day."""

    @extend_schema(
        operation_id="note_trip_event", tags=["operations"], request=TripEventRequest, responses={202: TripEventRequest}
    )
    def post(self, request: Request, code: str) -> Response:
        """Say that a trip runs late or not at all: who has booked it is told, and offered another way."""
        allow(request.user, "bookings.run_operator", code)
        body = TripEventRequest(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        try:
            trip_events.note(
                code,
                said["trip_id"],
                said["service_date"],
                cancelled=said["cancelled"],
                delay=said.get("delay", timedelta(0)),
                now=datetime.now(UTC),
            )
        except ForeignTrip:
            raise Http404 from None
        return Response(body.data, status.HTTP_202_ACCEPTED)
