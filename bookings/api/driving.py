"""`/driver/shifts/…`: what the device of a driver reports."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bookings.services import driver_actions, driver_shifts
from bookings.services.driver_actions import ABOUT_RIDES, ABOUT_SHIFTS, Action, Answered
from bookings.services.driver_shifts import NoShift
from bookings.tasks import kick_rides
from transit.ondemand import shifts

OUTCOMES = ["done", "wrong_code", "wrong_ticket", "too_many", "too_soon", "not_now"]


class ActionRequest(serializers.Serializer[Any]):
    """What a driver did."""

    key = serializers.UUIDField(help_text="Made by the device; reported again, it counts once")
    what = serializers.ChoiceField(choices=[*ABOUT_SHIFTS, *ABOUT_RIDES])
    at = serializers.DateTimeField(help_text="By the device's clock; no earlier than it was heard of last")
    reference = serializers.UUIDField(default=None, allow_null=True, help_text="The ride")
    text = serializers.CharField(
        max_length=driver_actions.LONGEST_TEXT, default="", allow_blank=True,
        help_text="`board`: the code that was told, or the text of the ticket's QR code; empty: the driver knows them",
    )  # fmt: skip
    minutes = serializers.IntegerField(
        min_value=0, max_value=driver_actions.MOST_LATE_MIN, default=0, help_text="`delay`: how late one is"
    )
    offline = serializers.BooleanField(
        default=False, help_text="`board`: nobody could check the code; a wrong one counts as the driver's word"
    )

    def to_internal_value(self, data: Any) -> Action:
        """As the service takes it."""
        return Action(**super().to_internal_value(data))


class ActionsRequest(serializers.Serializer[Any]):
    """What was done since the device was last online, in order."""

    driver = serializers.IntegerField(
        default=None, allow_null=True, help_text="Whose actions these are: they are refused (404) for anybody else"
    )
    sent_at = serializers.DateTimeField(
        default=None,
        allow_null=True,
        help_text="Now, by the device's clock: by how much it goes wrong is taken off `at`",
    )
    actions = serializers.ListField(child=ActionRequest(), max_length=driver_actions.MOST_AT_ONCE)


class AnsweredSerializer(serializers.Serializer[Answered]):
    """How an action ended."""

    key = serializers.UUIDField()
    outcome = serializers.ChoiceField(choices=OUTCOMES)


class ActionsSerializer(serializers.Serializer[Any]):
    """How they ended."""

    actions = AnsweredSerializer(many=True)


class PositionRequest(serializers.Serializer[Any]):
    """Where the vehicle is, WGS 84."""

    lon = serializers.FloatField(min_value=-180, max_value=180)
    lat = serializers.FloatField(min_value=-90, max_value=90)


class DriverActionsView(APIView):
    """Actions of drivers."""

    @extend_schema(
        operation_id="submit_driver_actions",
        tags=["driving"],
        request=ActionsRequest,
        responses={200: ActionsSerializer},
    )
    def post(self, request: Request, shift: int) -> Response:
        """Report what was done on a shift that one has taken. What was reported before is answered again."""
        body = ActionsRequest(data=request.data)
        body.is_valid(raise_exception=True)
        if body.validated_data["driver"] not in {None, request.user.pk}:
            raise NotFound
        try:
            said, now = body.validated_data, datetime.now(UTC)
            answered = driver_actions.perform(request.user, shift, said["actions"], now, said["sent_at"])
        except NoShift:
            raise NotFound from None
        kick_rides()
        return Response(ActionsSerializer({"actions": answered}).data)


class DriverPositionView(APIView):
    """Where a vehicle is."""

    @extend_schema(operation_id="note_position", tags=["driving"], request=PositionRequest, responses={204: None})
    def post(self, request: Request, shift: int) -> Response:
        """Tell where the vehicle of one's shift is. Only the last position is kept, while the shift is out."""
        body = PositionRequest(data=request.data)
        body.is_valid(raise_exception=True)
        now = datetime.now(UTC)
        try:
            sheet = driver_shifts.get_own(request.user, shift, now)
        except NoShift:
            raise NotFound from None
        if sheet.state == "OUT":
            shifts.seen(shift, body.validated_data["lon"], body.validated_data["lat"], now)
        return Response(status=status.HTTP_204_NO_CONTENT)
