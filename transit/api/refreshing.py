"""`/plan/refresh`: an itinerary of earlier as it is now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from transit import journeys, tokens
from transit.api.fields import local_time
from transit.api.reasons import ReasonSerializer
from transit.api.rendering import LongJSONRenderer
from transit.api.serializers import ItinerarySerializer, Proposed, proposed
from transit.api.written import Written, written
from transit.journeys import alteration_words
from transit.journeys.alterations import Alteration, AlterationCode
from transit.journeys.reasons import Reason
from transit.money import Money


@extend_schema_field(OpenApiTypes.STR)
class AlterationTextField(serializers.Field[Any, Any, str, Any]):
    """What has changed, in the reader's language."""

    def to_representation(self, value: Alteration) -> str:
        """As a sentence."""
        return alteration_words.sentence_of(value)


@extend_schema_field({"type": "string", "nullable": True})
class AlteredField(serializers.Field[Any, Any, Any, Any]):
    """What something was or is: RFC 3339, a text, or minor units and currency (`350 EUR`), by `code`."""

    def __init__(self, pick: Callable[[Alteration], Any], **options: Any) -> None:
        super().__init__(source="*", read_only=True, **options)
        self.pick = pick

    def to_representation(self, value: Alteration) -> str | None:
        """As text, or null."""
        found = self.pick(value)
        if isinstance(found, datetime):
            return local_time(found, value.timezone)
        return f"{found.minor} {found.currency}" if isinstance(found, Money) else found


class AlterationSerializer(Written[Alteration]):
    """One thing that has changed since an itinerary was proposed."""

    code = serializers.ChoiceField(choices=[each.value for each in AlterationCode])
    leg = serializers.IntegerField(allow_null=True, help_text="Position of the ride; null: the whole")
    text = AlterationTextField(source="*", read_only=True, help_text="In the language of `Accept-Language`")
    old = AlteredField(lambda each: each.old)
    new = AlteredField(lambda each: each.new, help_text="Null where the ride is lost")


class RefreshRequest(serializers.Serializer[Any]):
    """Which itinerary."""

    token = serializers.CharField(
        max_length=20_000, help_text="Of an itinerary, up to 60 days old, of a journey to come"
    )


@dataclass(frozen=True, slots=True)
class Renewed:
    """The answer to the question how an itinerary is now."""

    itinerary: Proposed | None
    reason: str
    alterations: tuple[Alteration, ...]
    alternatives: list[Proposed]
    reasons: tuple[Reason, ...]


class RefreshedSerializer(Written[Renewed]):
    """An itinerary as it is now, with what has changed since it was proposed; or why there is none any more, and what
    there is at that time instead.

    A ride is found again in its trip (up to two hours earlier or later), else in the trip of the same line between the
    same stops (of a station, or within 100 m) that is nearest in time, up to 15 minutes away.
    """

    itinerary = ItinerarySerializer(allow_null=True)
    reason = serializers.CharField(help_text="`cancelled`, `missed` or `changed` where there is none; else empty")
    changes = AlterationSerializer(source="alterations", many=True)
    alternatives = ItinerarySerializer(many=True)
    reasons = ReasonSerializer(many=True, help_text="Why there are no alternatives either")


class RefreshView(APIView):
    """Itineraries looked up again."""

    throttle_scope = "search"
    renderer_classes = (LongJSONRenderer,)

    @extend_schema(operation_id="refresh", tags=["journeys"], request=RefreshRequest, responses=RefreshedSerializer)
    def post(self, request: Request) -> Response:
        """An itinerary by its token as it is now: after another timetable, or with what is known of its rides.

        It has a new token, and `transfer` at its changes.
        """
        now, body = datetime.now(UTC), RefreshRequest(data=request.data)
        body.is_valid(raise_exception=True)
        itinerary, price = tokens.read_proposal(body.validated_data["token"], now)
        found = journeys.refresh(itinerary, price, None, request.LANGUAGE_CODE, now)
        answer = Renewed(
            None if found.itinerary is None else proposed(found.itinerary, now),
            found.reason,
            found.alterations,
            [proposed(each, now) for each in found.instead.itineraries] if found.instead else [],
            found.instead.reasons if found.instead else (),
        )
        return Response(written(RefreshedSerializer, answer))
