"""Fields and small shapes that many answers share. Times are RFC 3339 with the offset of their own place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from transit.api.written import Written
from transit.money import Money
from transit.routing.itinerary import Place

PLACES_KEPT = TIMES_KEPT = 8192


@lru_cache(maxsize=TIMES_KEPT)
def local_time(instant: datetime, timezone: str) -> str:
    """An instant as the clocks of a zone show it. A vehicle often arrives and leaves in one minute, others with it."""
    return instant.astimezone(ZoneInfo(timezone)).isoformat()


@extend_schema_field(OpenApiTypes.DATETIME)
class LocalTimeField(serializers.Field[Any, Any, str, Any]):
    """An instant in RFC 3339 with the offset that clocks show at a place; `pick` finds both in the value shown."""

    def __init__(self, pick: Callable[[Any], tuple[datetime, str]]) -> None:
        super().__init__(source="*", read_only=True)
        self.pick = pick

    def to_representation(self, value: Any) -> str:
        """As text."""
        return local_time(*self.pick(value))


@extend_schema_field({"type": "string", "format": "date-time", "nullable": True})
class OptionalLocalTimeField(serializers.Field[Any, Any, Any, Any]):
    """The same of an instant that may not be there; `pick` finds both, or None and a zone."""

    def __init__(self, pick: Callable[[Any], tuple[datetime | None, str]], **options: Any) -> None:
        super().__init__(source="*", read_only=True, **options)
        self.pick = pick

    def to_representation(self, value: Any) -> str | None:
        """As text, or null."""
        instant, timezone = self.pick(value)
        return None if instant is None else local_time(instant, timezone)


@extend_schema_field(
    {
        "type": "array",
        "items": {"type": "array", "items": {"type": "number", "format": "double"}, "minItems": 2, "maxItems": 2},
    }
)
class LineField(serializers.Field[Any, Any, Any, Any]):
    """A line as it is: pairs of longitude and latitude."""

    def to_representation(self, value: Any) -> Any:
        """Unchanged: a line has thousands of numbers."""
        return value


@extend_schema_field(OpenApiTypes.INT)
class SecondsField(serializers.Field[Any, Any, int, Any]):
    """A span of time in whole seconds."""

    def to_representation(self, value: timedelta) -> int:
        """As a number."""
        return int(value.total_seconds())


@extend_schema_field(OpenApiTypes.STR)
class KnownField(serializers.Field[Any, Any, str, Any]):
    """`yes`, `no` or `unknown`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(source="*", read_only=True, **options)

    def to_representation(self, value: Any) -> str:
        """Of the field of the same name."""
        known = getattr(value, str(self.field_name))
        return "unknown" if known is None else "yes" if known else "no"


class MoneySerializer(Written[Money]):
    """An amount. `minor` counts the smallest unit of the currency: 350 EUR is 3.50 €, 350 JPY is 350 ¥."""

    minor = serializers.IntegerField()
    currency = serializers.CharField(help_text="ISO 4217")


class PlaceSerializer(Written[Place]):
    """A point of an itinerary."""

    name = serializers.CharField()
    lat = serializers.FloatField()
    lon = serializers.FloatField()
    timezone = serializers.CharField(help_text="IANA name")
    stop_id = serializers.CharField(allow_null=True, help_text="`feed:stop`, where the place is a stop")
    platform = serializers.CharField()
    zone_id = serializers.CharField(help_text="Fare zone")

    def to_representation(self, instance: Place) -> Any:
        """The same stops stand in every answer again and again: what is written of the last PLACES_KEPT is kept."""
        return self._kept(instance)

    @cached_property
    def _kept(self) -> Callable[[Place], Any]:
        return lru_cache(maxsize=PLACES_KEPT)(super().to_representation)
