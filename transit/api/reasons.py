"""The shape of why a search finds nothing."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from transit.api.fields import OptionalLocalTimeField, PlaceSerializer
from transit.api.written import Written
from transit.journeys import reason_words
from transit.journeys.reasons import End, Reason, ReasonCode


@extend_schema_field(OpenApiTypes.STR)
class ReasonTextField(serializers.Field[Any, Any, str, Any]):
    """What stands in the way, in the reader's language."""

    def to_representation(self, value: Reason) -> str:
        """As a sentence."""
        return reason_words.sentence_of(value)


@extend_schema_field({"type": "object", "additionalProperties": {"type": "string"}})
class ChangeField(serializers.Field[Any, Any, Any, Any]):
    """Query parameters by name; empty where no change is known."""

    def to_representation(self, value: Any) -> dict[str, str]:
        """As a dictionary."""
        return dict(value)


class ReasonSerializer(Written[Reason]):
    """Why there is no ride, and a change of the search with which one has been found. What a code has no use for is
    null or empty.
    """

    code = serializers.ChoiceField(choices=[each.value for each in ReasonCode])
    text = ReasonTextField(source="*", read_only=True, help_text="In the language of `Accept-Language`")
    change = ChangeField(read_only=True, help_text="Parameters of this operation to be set otherwise; may be empty")
    end = serializers.ChoiceField(choices=[each.value for each in End], allow_null=True, help_text="Which end it is of")
    place = PlaceSerializer(allow_null=True, help_text="The nearest stop")
    distance_m = serializers.IntegerField(allow_null=True, help_text="To the nearest stop, or to where an area begins")
    walk_s = serializers.IntegerField(allow_null=True, help_text="To the nearest stop; or the limit that would do")
    line = serializers.CharField()
    at = OptionalLocalTimeField(
        lambda each: (each.at, each.timezone), help_text="When the line leaves, or until when it had to be ordered"
    )
    next_at = OptionalLocalTimeField(lambda each: (each.next_at, each.timezone), help_text="When the next ride leaves")
    first_on = serializers.DateField(allow_null=True, help_text="Of the timetables")
    last_on = serializers.DateField(allow_null=True)
    modes = serializers.ListField(child=serializers.CharField(), help_text="The vehicles that it takes besides")
    vehicles = serializers.IntegerField(allow_null=True, help_text="How many vehicles it takes")
