"""The shape of how sure a change is."""

from __future__ import annotations

from rest_framework import serializers

from transit.api.fields import LocalTimeField, PlaceSerializer
from transit.api.written import Written
from transit.routing.itinerary import Basis, Fallback, Transfer
from transit.routing.query import Mode
from transit.routing.reliability import TIGHT


class FallbackSerializer(Written[Fallback]):
    """How one goes on who misses a ride: the next vehicle from `start`, and when one is at the destination, `end`."""

    mode = serializers.ChoiceField(
        choices=[mode.value for mode in Mode], help_text="`walk`, without a line: on foot one is there soonest"
    )
    line = serializers.CharField()
    headsign = serializers.CharField()
    start = PlaceSerializer()
    end = PlaceSerializer()
    departs_at = LocalTimeField(lambda each: (each.departs_at, each.start.timezone))
    arrives_at = LocalTimeField(lambda each: (each.arrives_at, each.end.timezone))


class TransferSerializer(Written[Transfer]):
    """How sure it is that a ride is reached from the one before, where it is not the same vehicle that goes on."""

    probability = serializers.FloatField(help_text="From 0 to 1, rather too small than too great")
    source = serializers.ChoiceField(  # type: ignore[assignment]
        choices=[each.value for each in Basis],
        source="basis",
        help_text="`history`: how late the line has been there; `prior`: how late such vehicles are supposed to be, as "
        "too little has been seen; `frequent`: the next one comes so often that none can be missed",
    )
    slack_s = serializers.IntegerField(help_text="Seconds left after the walk, as is expected now")
    is_tight = serializers.BooleanField(help_text=f"A probability below {TIGHT}")
    fallback = FallbackSerializer(
        allow_null=True,
        help_text="Of a tight change: the way on of who misses it. Null: nothing goes, or not looked for",
    )
    is_followed = serializers.BooleanField(help_text="Whether a fallback was looked for")
    is_last = serializers.BooleanField(help_text="Whether no later ride goes on the same day (until four at night)")
