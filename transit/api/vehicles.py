"""Where vehicles are, over the API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from transit import journeys
from transit.api.written import shared


class VehiclesParameters(serializers.Serializer[Any]):
    """Whose vehicles are asked for: those of a trip, of a route, or both."""

    trip_id = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=200, help_text="`feed:trip`"
    )
    route_id = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=200, help_text="`feed:route`"
    )

    def validate(self, attrs: Any) -> Any:
        """One of them at least."""
        if not attrs["trip_id"] and not attrs["route_id"]:
            raise serializers.ValidationError(_("Say which trip or which route: trip_id=… or route_id=…"))
        return attrs


class VehicleSerializer(serializers.Serializer[Any]):
    """A vehicle. Words are those of GTFS-Realtime in lower case; empty or null is what it does not say."""

    trip_id = serializers.CharField(source="position.trip_id")
    route_id = serializers.CharField(source="position.route_id")
    vehicle = serializers.CharField(source="position.label", help_text="As written on the vehicle")
    lat = serializers.FloatField(source="position.lat")
    lon = serializers.FloatField(source="position.lon")
    bearing = serializers.IntegerField(source="position.bearing", allow_null=True, help_text="Degrees from north")
    seen_at = serializers.DateTimeField(source="position.seen_at", help_text="When it was there")
    is_stale = serializers.BooleanField(help_text="That is more than five minutes ago; after fifteen it is left out")
    stop_id = serializers.CharField(source="position.stop_id", help_text="The stop of `status`")
    status = serializers.CharField(source="position.status", help_text="incoming_at, stopped_at or in_transit_to")
    occupancy = serializers.CharField(source="position.occupancy", help_text="empty, few_seats_available, full …")
    occupancy_percent = serializers.IntegerField(source="position.occupancy_percent", allow_null=True)


class VehiclesSerializer(serializers.Serializer[Any]):
    """Vehicles."""

    vehicles = VehicleSerializer(many=True)


class VehiclesView(APIView):
    """Positions."""

    throttle_scope = "search"

    @extend_schema(
        operation_id="list_vehicles", tags=["journeys"], parameters=[VehiclesParameters], responses=VehiclesSerializer
    )
    def get(self, request: Request) -> Response:
        """Where the vehicles of a trip or route are, as their operator says."""
        asked = dict(shared(VehiclesParameters).run_validation(request.query_params))
        found = journeys.list_vehicles(datetime.now(UTC), asked["trip_id"], asked["route_id"])
        return Response(VehiclesSerializer({"vehicles": found}).data)
