"""The shape of what operators say about rides and stops."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from transit import journeys
from transit.api.written import Written, shared
from transit.journeys import ShownAlert
from transit.routing.itinerary import Leg


class AlertSerializer(Written[ShownAlert]):
    """A service alert of an operator, in the language of `Accept-Language` where it has it.

    `cause`, `effect` and `severity` are the words of GTFS-Realtime in lower case.
    """

    alert_id = serializers.CharField()
    header = serializers.CharField()
    description = serializers.CharField()
    url = serializers.CharField()
    cause = serializers.CharField()
    effect = serializers.CharField()
    severity = serializers.CharField(help_text="severe, warning, info or unknown_severity")
    is_stale = serializers.BooleanField(help_text="Perhaps outdated: nothing was heard for five minutes")


@extend_schema_field(AlertSerializer(many=True))
class LegAlertsField(serializers.Field[Any, Any, Any, Any]):
    """What operators say about a ride now."""

    def __init__(self) -> None:
        super().__init__(source="*", read_only=True, help_text="What operators say about this ride, the gravest first")

    def to_representation(self, value: Leg) -> Any:
        """Looked up, as no leg holds it."""
        return written_alerts(journeys.alerts_for(value, get_language() or "en", datetime.now(UTC)))


def written_alerts(alerts: tuple[ShownAlert, ...]) -> list[Any]:
    """Alerts as they are answered."""
    return [shared(AlertSerializer).to_representation(each) for each in alerts]
