"""`/orders/…/vehicles`: the vehicles on demand that somebody waits for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bookings.api import access
from bookings.services import approaches, orders
from bookings.services.approaches import Approach


class ApproachSerializer(serializers.Serializer[Approach]):
    """How a ride stands. The position is rough, and known only from shortly before the pick-up until the end."""

    booking = serializers.IntegerField(source="seq")
    phase = serializers.ChoiceField(choices=["later", "coming", "here", "aboard", "done", "missed", "off"])
    at = serializers.DateTimeField(help_text="When it comes; for who sits in it, when it is there")
    minutes = serializers.IntegerField()
    stops_before = serializers.IntegerField(help_text="Stops that it makes before")
    vehicle = serializers.CharField()
    place = serializers.CharField(help_text="Where one is met")
    code = serializers.CharField(help_text="What one tells the driver; empty where it is needed no more")
    lon = serializers.FloatField(allow_null=True)
    lat = serializers.FloatField(allow_null=True)


class ApproachesSerializer(serializers.Serializer[Any]):
    """The rides on demand of an order, in order."""

    vehicles = ApproachSerializer(many=True)


class VehiclesView(APIView):
    """The vehicles of an order."""

    throttle_scope = "follow"

    @extend_schema(operation_id="list_order_vehicles", tags=["booking"], responses=ApproachesSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Where the vehicles on demand of one's own order are. Ask every ten seconds at most."""
        order = orders.get_for(access.viewer(request), code)
        found = approaches.list_of(order, datetime.now(UTC))
        return Response(ApproachesSerializer({"vehicles": found}).data)
