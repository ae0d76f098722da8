"""Shared vehicles around a place, over the API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from transit import journeys
from transit.api.fields import LineField
from transit.api.written import shared
from transit.routing.rentals import Form

MOST = 500


class SharedParameters(serializers.Serializer[Any]):
    """A place and how far around it."""

    lat = serializers.FloatField(min_value=-90, max_value=90)
    lon = serializers.FloatField(min_value=-180, max_value=180)
    radius = serializers.IntegerField(default=500, min_value=1, max_value=5000, help_text="Metres")


class SharedSerializer(serializers.Serializer[Any]):
    """A station, or one vehicle in the street. Numbers are null where they are not known."""

    system = serializers.CharField()
    form = serializers.ChoiceField(choices=[form.value for form in Form])
    name = serializers.CharField(help_text="Of the station; empty: a vehicle in the street")
    lat = serializers.FloatField()
    lon = serializers.FloatField()
    distance_m = serializers.IntegerField(help_text="In a straight line")
    available = serializers.IntegerField(allow_null=True, help_text="Vehicles that can be hired")
    docks = serializers.IntegerField(allow_null=True, help_text="Free docks; null also: as many as come")
    range_m = serializers.IntegerField(allow_null=True, help_text="How far the vehicle goes")
    uris = LineField(help_text="Where it is hired: pairs of android, ios or web, and an address")
    round_trip = serializers.BooleanField(
        help_text="It must be brought back to where it was taken, so that it is part of no journey"
    )


class SharedAnswerSerializer(serializers.Serializer[Any]):
    """Shared vehicles, the nearest first."""

    vehicles = SharedSerializer(many=True)


class SharedView(APIView):
    """Shared vehicles."""

    throttle_scope = "search"

    @extend_schema(
        operation_id="list_shared_vehicles",
        tags=["journeys"],
        parameters=[SharedParameters],
        responses=SharedAnswerSerializer,
    )
    def get(self, request: Request) -> Response:
        """Shared bicycles, scooters and others around a place, the nearest first; 500 at most."""
        asked = dict(shared(SharedParameters).run_validation(request.query_params))
        now = datetime.now(UTC)
        found = journeys.shared_around(asked["lat"], asked["lon"], asked["radius"], now, request.LANGUAGE_CODE)
        return Response(SharedAnswerSerializer({"vehicles": found[:MOST]}).data)
