"""`/operators/…`: what the devices of those who check tickets need beforehand, and what they report afterwards."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bookings.api.serializers import CATEGORIES
from bookings.models import TicketCheck
from bookings.services import checks, day_lists
from bookings.services.checks import MOST_AT_ONCE, Check
from bookings.services.day_lists import ListedRide, ListedTicket
from bookings.services.viewers import allow
from bookings.states import TICKET

VERDICTS = [
    "valid", "malformed", "unknown_key", "bad_signature", "other_operator", "not_yet_valid", "expired", "revoked",
    "used", "unknown",
]  # fmt: skip
OUTCOMES = ["accepted", "replay", "used_then_void", "void", "bad_time", "unknown", "refused"]
_TAG = OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER, description="The `ETag` of the answer before")


class DayRequest(serializers.Serializer[Any]):
    """A service day of the operator's timetable."""

    date = serializers.DateField()


class SinceRequest(serializers.Serializer[Any]):
    """Where to go on."""

    since = serializers.IntegerField(min_value=0, max_value=2**62, default=0, help_text="`cursor` of the answer before")


class ListedRideSerializer(serializers.Serializer[ListedRide]):
    """A ride that a ticket covers; names are cut short as in its code."""

    departure = serializers.CharField(help_text="`feed:trip@YYYY-MM-DD`")
    line = serializers.CharField(source="said.line")
    start = serializers.CharField(source="said.start")
    end = serializers.CharField(source="said.end")
    service_date = serializers.CharField(source="said.service_date")
    departs = serializers.CharField(source="said.departs", help_text="By the clock of the stop")
    departs_at = serializers.DateTimeField()
    boarded_at = serializers.DateTimeField(allow_null=True, help_text="When it was last used to board this departure")


class ListedTicketSerializer(serializers.Serializer[ListedTicket]):
    """A ticket. Nothing says whose it is."""

    serial = serializers.CharField()
    short = serializers.CharField(help_text="The end of the serial, as one says it aloud")
    state = serializers.ChoiceField(choices=[state for state, _ in TICKET.choices])
    product = serializers.CharField()
    category = serializers.ChoiceField(choices=CATEGORIES)
    valid_from_at = serializers.DateTimeField()
    valid_until_at = serializers.DateTimeField()
    moving_key = serializers.CharField(
        help_text="Key (hexadecimal) of the figures on the resident's screen: RFC 6238, SHA-256, 30 s, 4 figures"
    )
    wheelchair = serializers.BooleanField(help_text="A place for a wheelchair is wanted")
    rides = ListedRideSerializer(many=True)


class DayListSerializer(serializers.Serializer[Any]):
    """The tickets with a ride on a service day."""

    operator_code = serializers.CharField()
    date = serializers.DateField()
    tickets = ListedTicketSerializer(many=True)


class RevocationsSerializer(serializers.Serializer[Any]):
    """Void tickets that could still be shown. Some come twice; `cursor` is the next `since`."""

    serials = serializers.ListField(child=serializers.CharField())
    cursor = serializers.IntegerField()


class CheckRequest(serializers.Serializer[Any]):
    """What a device saw. `verdict` is `valid` where somebody could ride."""

    id = serializers.UUIDField(source="check_id", help_text="Made by the device; reported again, it counts once")
    serial = serializers.CharField(max_length=40)
    at = serializers.DateTimeField()
    boarding = serializers.BooleanField(help_text="At the door; else during the ride")
    departure = serializers.CharField(max_length=200, default="", allow_blank=True)
    verdict = serializers.ChoiceField(choices=VERDICTS)

    def to_internal_value(self, data: Any) -> Check:
        """As the service takes it."""
        return Check(**super().to_internal_value(data))


class ChecksRequest(serializers.Serializer[Any]):
    """What one device has seen since it was last online."""

    device = serializers.RegexField("^[A-Za-z0-9_-]{1,40}$", help_text="A random name that the device gave itself")
    checks = serializers.ListField(child=CheckRequest(), max_length=MOST_AT_ONCE)


class ConflictSerializer(serializers.Serializer[TicketCheck]):
    """The other check of a replay."""

    at = serializers.DateTimeField()
    boarding = serializers.BooleanField()
    departure = serializers.CharField()


class CheckSerializer(serializers.Serializer[TicketCheck]):
    """What became of a check: `replay` where the ticket was shown elsewhere as well, as no one journey can be."""

    id = serializers.UUIDField(source="check_id")
    serial = serializers.CharField()
    at = serializers.DateTimeField()
    boarding = serializers.BooleanField()
    departure = serializers.CharField()
    outcome = serializers.ChoiceField(choices=OUTCOMES)
    conflict = ConflictSerializer(allow_null=True)


class ChecksSerializer(serializers.Serializer[Any]):
    """Checks with what became of them."""

    checks = CheckSerializer(many=True)


class DayListView(APIView):
    """The day list of an operator."""

    @extend_schema(
        operation_id="get_day_list",
        tags=["inspection"],
        parameters=[DayRequest, _TAG],
        responses={200: DayListSerializer, 304: None},
    )
    def get(self, request: Request, code: str) -> HttpResponse:
        """The tickets with a ride on a day, for those who check them without a network; 404 for everybody else."""
        allow(request.user, "bookings.inspect", code)
        query = DayRequest(data=request.query_params)
        query.is_valid(raise_exception=True)
        day = query.validated_data["date"]
        answer = {"operator_code": code, "date": day, "tickets": day_lists.list_day(code, day)}
        return _unless_known(request, DayListSerializer(answer).data)


class RevocationsView(APIView):
    """The void tickets of an operator."""

    @extend_schema(
        operation_id="list_revocations",
        tags=["inspection"],
        parameters=[SinceRequest, _TAG],
        responses={200: RevocationsSerializer, 304: None},
    )
    def get(self, request: Request, code: str) -> HttpResponse:
        """Tickets that were cancelled and whose time is not over, for those who check them."""
        allow(request.user, "bookings.inspect", code)
        query = SinceRequest(data=request.query_params)
        query.is_valid(raise_exception=True)
        found = day_lists.list_revocations(code, datetime.now(UTC), query.validated_data["since"])
        return _unless_known(request, RevocationsSerializer(found).data)


class ChecksView(APIView):
    """Checks of tickets."""

    @extend_schema(operation_id="list_flagged_checks", tags=["inspection"], responses=ChecksSerializer)
    def get(self, request: Request, code: str) -> Response:
        """The replays of the last 30 days, and rides of tickets that were given back afterwards."""
        allow(request.user, "bookings.inspect", code)
        return Response(ChecksSerializer({"checks": checks.list_flagged(code, datetime.now(UTC))}).data)

    @extend_schema(
        operation_id="submit_checks", tags=["inspection"], request=ChecksRequest, responses={200: ChecksSerializer}
    )
    def post(self, request: Request, code: str) -> Response:
        """Report what a device has seen, up to 500 checks at once. What was reported before is answered again."""
        allow(request.user, "bookings.inspect", code)
        body = ChecksRequest(data=request.data)
        body.is_valid(raise_exception=True)
        device, seen = body.validated_data["device"], body.validated_data["checks"]
        rows = checks.submit(code, device, seen, request.user.pk, datetime.now(UTC))
        return Response(ChecksSerializer({"checks": rows}).data)


def _unless_known(request: Request, data: Any) -> HttpResponse:
    """The answer with its ETag, or 304 for who has it (RFC 9110, 8.8.3 and 15.4.5)."""
    content = JSONRenderer().render(data)
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(content, content_type="application/json", headers=headers)
