"""Query parameters → the values that the doors take."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rest_framework import serializers

from transit.models import Region
from transit.routing.query import (
    MAX_STAY_S,
    MAX_VIA,
    MAX_WALK_S,
    MOST_VEHICLES,
    STREET_MODES,
    TRANSIT_MODES,
    USUAL_VEHICLES,
    Criterion,
    Location,
    Mode,
    RiderCategory,
    Traveller,
)

MAX_TRAVELLERS = 9
MOST_BAGS = 20


class PointField(serializers.CharField):
    """A coordinate `lat,lon` (WGS 84), or a stop or station `feed:stop`."""

    def to_internal_value(self, data: Any) -> Location | str:  # type: ignore[override]
        """A location, or the identifier of a stop that is still to be looked up."""
        text = super().to_internal_value(data)
        lat, comma, lon = text.partition(",")
        if not comma and ":" in text:
            return text
        try:
            return Location(float(lat), float(lon))
        except ValueError:
            raise serializers.ValidationError("expected lat,lon or feed:stop") from None


class TravellersField(serializers.CharField):
    """Who rides: `adult:2,senior:1`; a category alone is one person."""

    def to_internal_value(self, data: Any) -> tuple[Traveller, ...]:  # type: ignore[override]
        """The travellers with keys 1, 2, 3 …"""
        categories: list[RiderCategory] = []
        for group in super().to_internal_value(data).split(","):
            name, _, count = group.strip().partition(":")
            try:
                categories += [RiderCategory(name)] * min(int(count or 1), MAX_TRAVELLERS + 1)
            except ValueError:
                known = ", ".join(RiderCategory)
                raise serializers.ValidationError(f"expected category:count with one of {known}") from None
        if not 1 <= len(categories) <= MAX_TRAVELLERS:
            raise serializers.ValidationError(f"between 1 and {MAX_TRAVELLERS} people can travel together")
        return tuple(Traveller(f"{key}", category) for key, category in enumerate(categories, 1))


class ModesField(serializers.CharField):
    """How one is ready to travel, separated by commas; walking always is."""

    def to_internal_value(self, data: Any) -> frozenset[Mode]:  # type: ignore[override]
        """The modes."""
        try:
            return frozenset(Mode(name.strip()) for name in super().to_internal_value(data).split(","))
        except ValueError:
            raise serializers.ValidationError(f"expected some of {', '.join(Mode)}") from None


class CriteriaField(serializers.CharField):
    """In what slower journeys may be better, separated by commas."""

    def to_internal_value(self, data: Any) -> frozenset[Criterion]:  # type: ignore[override]
        """The criteria."""
        try:
            return frozenset(Criterion(name.strip()) for name in super().to_internal_value(data).split(","))
        except ValueError:
            raise serializers.ValidationError(f"expected some of {', '.join(Criterion)}") from None


class MomentField(serializers.CharField):
    """RFC 3339; without an offset it is a time of the region's clocks."""

    def to_internal_value(self, data: Any) -> datetime:  # type: ignore[override]
        """An aware time. A `+` that became a blank on the way is understood."""
        try:
            moment = datetime.fromisoformat(re.sub(r"(T.*) ", r"\1+", super().to_internal_value(data)))
        except ValueError:
            raise serializers.ValidationError("expected RFC 3339, such as 2026-11-23T09:30:00+02:00") from None
        if not 2000 <= moment.year < 2200:
            raise serializers.ValidationError("expected a year from 2000 to 2199")
        return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(Region.clock()))


class PlanParameters(serializers.Serializer[Any]):
    """A search."""

    origin = PointField(help_text="From where: `lat,lon` or `feed:stop`")
    destination = PointField(help_text="To where: `lat,lon` or `feed:stop`")
    time = MomentField(required=False, help_text="RFC 3339; without an offset, the region's time. Default: now")
    arrive_by = serializers.BooleanField(default=False, help_text="`time` is the latest arrival")
    window = serializers.IntegerField(
        default=7200, min_value=0, max_value=86400, help_text="Seconds to search around `time`; 0: the best alone"
    )
    travellers = TravellersField(default="adult:1", help_text="`adult:2,senior:1`")
    modes = ModesField(required=False, help_text="`bus,rail,bicycle`. Default: all")
    shared = ModesField(
        required=False,
        help_text="`bicycle,cargo_bicycle,scooter,moped,car`: hired vehicles, part of the way. Default: none",
    )
    taxi = serializers.BooleanField(
        default=False, help_text="Whether taxis may be part of the way that publish no timetable; see `ordering`"
    )
    car = serializers.BooleanField(
        default=False, help_text="Whether one has a car: to drive all the way, or to a car park and ride on"
    )
    car_at = PointField(
        required=False, help_text="`lat,lon`: where the car stands, for the way back; default: at the origin"
    )
    max_walk = serializers.IntegerField(
        default=MAX_WALK_S,
        min_value=0,
        max_value=7200,
        help_text="Seconds of each walk at most, changes too",
    )
    max_vehicles = serializers.IntegerField(
        default=USUAL_VEHICLES, min_value=1, max_value=MOST_VEHICLES, help_text="Vehicles of a journey at most"
    )
    step_free = serializers.BooleanField(default=False, help_text="Avoid stairs, in stations and streets, if known")
    wheelchair = serializers.BooleanField(
        default=False,
        help_text="For somebody in a wheelchair: no vehicle or stop known to take none, no stairs, kerbs or other ways "
        "known to be in the way. What is not known may be used and is told by leg; no bicycles, no shared vehicles",
    )
    wheelchair_known = serializers.BooleanField(
        default=False, help_text="The same, and in vehicles and at stops alone that are known to take wheelchairs"
    )
    group = serializers.CharField(
        default="",
        allow_blank=True,
        max_length=40,
        help_text="On demand: the first traveller's group, by its code",
    )
    purpose = serializers.CharField(
        default="", allow_blank=True, max_length=40, help_text="On demand: what for, by its code"
    )
    companions = serializers.IntegerField(
        default=0, min_value=0, max_value=MAX_TRAVELLERS, help_text="On demand: how many help others, the last ones"
    )
    child_seats = serializers.IntegerField(
        default=0, min_value=0, max_value=MAX_TRAVELLERS, help_text="On demand: travellers in its child seats"
    )
    bags = serializers.IntegerField(
        default=0, min_value=0, max_value=MOST_BAGS, help_text="On demand: large pieces of luggage, prams and the like"
    )
    walk_speed = serializers.FloatField(
        default=1.25,
        min_value=0.3,
        max_value=3.0,
        help_text="Metres a second on foot. Below the default, changes take as much longer than published",
    )
    fewest_changes = serializers.BooleanField(
        default=False, help_text="A ride with one vehicle more than another only where it saves over half an hour"
    )
    luggage = serializers.BooleanField(
        default=False, help_text="With luggage or a pram: `step_free`, `fewest_changes` and 180 s more `change_slack`"
    )
    change_slack = serializers.IntegerField(
        default=0, min_value=0, max_value=3600, help_text="Seconds added to every change, also one at the same stop"
    )
    via = serializers.ListField(
        child=PointField(),
        default=list,
        max_length=MAX_VIA,
        help_text="Places on the way in their order, repeated: `lat,lon` or `feed:stop`. What else is wished for holds "
        "for each part of the way; one's own car and `criteria` do not go with them",
    )
    stay = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=MAX_STAY_S),
        default=list,
        max_length=MAX_VIA,
        help_text="Seconds to stay at each `via` at least, repeated in the same order. Default: 0",
    )
    directions = serializers.BooleanField(
        default=False, help_text="Whether legs on foot and by bicycle have their `steps`, which make an answer long"
    )
    reliability = serializers.BooleanField(
        default=False,
        help_text="Whether rides that one changes to have their `transfer`: how sure it is, and what is next",
    )
    reasons = serializers.BooleanField(
        default=True, help_text="Whether a first page without a ride says why, for which it is searched otherwise"
    )
    criteria = CriteriaField(
        required=False,
        help_text="`price,co2,walking`: also slower journeys that are better in one of these. Default: none",
    )
    after = MomentField(required=False, help_text="Another page: the window begins here instead; see `later`")
    before = MomentField(required=False, help_text="Another page: the window ends right before this; see `earlier`")
    limit = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=50,
        help_text="Rides on a page: the window ends before the first too many, and goes on for a day to find any",
    )

    def get_fields(self) -> dict[str, Any]:
        """`from` and `to`, which Python cannot name."""
        fields = super().get_fields()
        renamed = {"origin": "from", "destination": "to"}
        return {renamed.get(name, name): field for name, field in fields.items()}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A page begins or ends somewhere, not both."""
        if len(attrs["stay"]) > len(attrs["via"]):
            raise serializers.ValidationError({"stay": "give a via for each stay"})
        if "after" in attrs and "before" in attrs:
            raise serializers.ValidationError({"before": "give after or before, not both"})
        return attrs

    def validate_car_at(self, value: Location | str) -> Location:
        """A coordinate."""
        if isinstance(value, str):
            raise serializers.ValidationError("expected lat,lon")
        return value

    def validate_travellers(self, value: Any) -> Any:
        """The default is text like any other."""
        return self.fields["travellers"].to_internal_value(value) if isinstance(value, str) else value


class PlacesParameters(serializers.Serializer[Any]):
    """What one types."""

    q = serializers.CharField(
        max_length=120, help_text="What one types: a name or the beginning of one, with or without the town"
    )
    near = PointField(required=False, help_text="`lat,lon`: of equally good names the nearest first")
    limit = serializers.IntegerField(default=10, min_value=1, max_value=20)

    def validate_near(self, value: Location | str) -> Location:
        """A coordinate."""
        if isinstance(value, str):
            raise serializers.ValidationError("expected lat,lon")
        return value


class PlaceAtParameters(serializers.Serializer[Any]):
    """A point on the map."""

    lat = serializers.FloatField(min_value=-90, max_value=90)
    lon = serializers.FloatField(min_value=-180, max_value=180)


class DeparturesParameters(serializers.Serializer[Any]):
    """A stop and how much of its timetable."""

    stop = serializers.CharField(max_length=200, help_text="`feed:stop`, a stop or a station")
    time = MomentField(required=False, help_text="Default: now")
    limit = serializers.IntegerField(default=20, min_value=1, max_value=100)


def transit_modes(modes: frozenset[Mode] | None) -> frozenset[Mode]:
    """The vehicles among the modes; all where none are named."""
    return TRANSIT_MODES if modes is None else modes - STREET_MODES
