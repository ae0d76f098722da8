"""Forms of where one is taken: zones, from-to pairs, exclusions, stops, and how one is met."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from transit.journeys.picks import Pick
from transit.ondemand.area_checks import shape_of, why_not_an_area
from transit.ondemand.rules import Exclusion, MeetingKind, Ring, StopKind
from transit.web.on_demand.fields import MOST_CHARACTERS, CornersField, KnownField, MinutesField, NumberField, rings_of
from transit.web.on_demand.parts import PartForm

_KM_PER_DEGREE = 111.32
_CORNERS = 32
"""Of a circle."""


class AreaForm(PartForm):
    """An area by its corners, by a file, or around a place."""

    template = "transit/on_demand/area.html"
    placed = frozenset({"rings", "file", "place_text", "place_at", "radius"})
    needed = True
    rings = CornersField(
        label=_("Corners of the border"),
        required=False,
        help_text=_(
            "One corner on each line: latitude, longitude. For example: 60.150, 24.900. A blank line begins a second"
            " border: an island, or a hole."
        ),
    )
    file = forms.FileField(
        label=_("GeoJSON file"), required=False, help_text=_("With a Polygon or MultiPolygon, from any map program.")
    )
    place_text = forms.CharField(max_length=120, required=False)
    place_at = forms.CharField(max_length=400, required=False)
    radius = NumberField(
        label=_("Kilometres around it"),
        required=False,
        min_value=0.1,
        max_value=100,
        help_text=_("Everything so near to the place belongs to the area. For example: 5."),
    )

    def clean(self) -> dict[str, Any]:
        """A file goes before a place, a place before corners."""
        given = super().clean() or {}
        try:
            given["rings"] = self._rings_of(given)
        except forms.ValidationError as wrong:
            self.add_error("file", wrong)
        if self.errors or (not given["rings"] and not self.is_needed(given)):
            return given
        if why := why_not_an_area(given["rings"]) if given["rings"] else _("Draw it on the map, or write its corners."):
            self.add_error("rings", why)
        elif self.frame.bounds and not _meets(given["rings"], self.frame.bounds):
            self.add_error("rings", _("This lies outside your region. Perhaps latitude and longitude are mixed up."))
        return given

    def is_needed(self, given: dict[str, Any]) -> bool:
        """Whether there must be an area."""
        return self.needed

    def _rings_of(self, given: dict[str, Any]) -> tuple[Ring, ...]:
        if file := given.get("file"):
            if file.size > MOST_CHARACTERS:
                raise forms.ValidationError(_("The area is too large a file: at most 1 MB."))
            return rings_of(file.read().decode("utf-8", "replace"))
        pick = Pick.find(given.get("place_at", ""), given.get("place_text"))
        if given.get("place_text") and pick is None:
            self.add_error("place_text", _("Choose a place from the list."))
        elif pick is not None and given.get("radius") is None:
            self.add_error("radius", _("How many kilometres?"))
        elif pick is not None:
            return (circle(pick.location.lon, pick.location.lat, given["radius"]),)
        return given.get("rings") or ()


class ZoneForm(AreaForm):
    """A zone."""

    texts = {"names": _("Name")}  # noqa: RUF012
    name = forms.CharField(
        label=_("Name of the zone"), max_length=80, help_text=_("As people call it. For example: Upper valley.")
    )


class ExclusionForm(AreaForm):
    """What is not driven: within an area, or where a bus does as well."""

    name = forms.CharField(
        label=_("What is excluded"),
        max_length=80,
        help_text=_("In words that callers are told. For example: Within the old town."),
    )
    by = forms.ChoiceField(
        label=_("Which rides are not driven"),
        choices=[("area", _("rides that begin and end within one area")), ("bus", _("rides that a bus does as well"))],
        widget=forms.RadioSelect,
        help_text=_("Whoever can take a bus is shown the bus instead."),
    )
    bus_walk_m = forms.IntegerField(
        label=_("Bus: metres to walk at most"),
        required=False,
        min_value=0,
        max_value=5000,
        help_text=_("A bus counts only if its stop is so near. For example: 400."),
    )
    bus_wait_s = MinutesField(
        label=_("Bus: minutes to wait at most"),
        required=False,
        max_value=240,
        help_text=_("A bus counts only if it leaves so soon. For example: 30."),
    )
    bus_factor = NumberField(
        label=_("Bus: how many times longer it may take"),
        required=False,
        min_value=1,
        max_value=10,
        help_text=_("2 means: a bus that takes twice as long as the drive still counts."),
    )

    def initial_of(self, value: Exclusion) -> dict[str, Any]:
        """With which of both it is."""
        return super().initial_of(value) | {"by": "bus" if value.bus_walk_m is not None else "area"}

    def is_needed(self, given: dict[str, Any]) -> bool:
        """Of an area alone."""
        return given.get("by") == "area"

    def clean(self) -> dict[str, Any]:
        """Either or."""
        given = super().clean()
        if given.get("by") == "bus":
            for name in ("bus_walk_m", "bus_wait_s"):
                if given.get(name) is None and name not in self.errors:
                    self.add_error(name, _("Write a number."))
        return given

    def value(self) -> Exclusion:
        """Of the other one nothing."""
        said: Exclusion = replace(super().value(), bus_factor=self.cleaned_data.get("bus_factor") or 2.0)
        if self.cleaned_data["by"] == "area":
            return Exclusion(said.name, said.rings)
        return replace(said, rings=())


class PairForm(PartForm):
    """From which zone to which."""

    origin = forms.ChoiceField(label=_("From"))
    destination = forms.ChoiceField(label=_("To"), help_text=_("The same zone twice allows rides within it."))
    both = forms.BooleanField(label=_("Back as well"), required=False, help_text=_("Rides in both directions."))
    hubs_only = forms.BooleanField(
        label=_("Only to and from hubs"),
        required=False,
        help_text=_("One end must be a station or another hub: for the first and the last mile."),
    )

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        zones = [(zone.code, zone.name) for zone in self.frame.rules.zones]
        for name in ("origin", "destination"):
            self.fields[name].choices = zones  # type: ignore[attr-defined]


class SpotForm(PartForm):
    """Something at a point: by a place that is looked up, by the map, or by figures."""

    template = "transit/on_demand/spot.html"
    placed = frozenset({"lat", "lon", "place_text", "place_at"})
    place_text = forms.CharField(max_length=120, required=False)
    place_at = forms.CharField(max_length=400, required=False)
    lat = forms.FloatField(label=_("Latitude"), required=False, min_value=-85, max_value=85)
    lon = forms.FloatField(label=_("Longitude"), required=False, min_value=-180, max_value=180)

    def initial_of(self, value: Any) -> dict[str, Any]:
        """Nowhere is nowhere, not a point in the ocean."""
        said = super().initial_of(value)
        return said if value.lat or value.lon else said | {"lat": None, "lon": None}

    def clean(self) -> dict[str, Any]:
        """It is somewhere."""
        given = super().clean() or {}
        pick = Pick.find(given.get("place_at", ""), given.get("place_text"))
        if pick is not None and given.get("place_text"):
            given |= {"lat": round(pick.location.lat, 6), "lon": round(pick.location.lon, 6)}
            self.picked(pick, given)
        if (given.get("lat") is None or given.get("lon") is None) and not {"lat", "lon"} & self.errors.keys():
            self.add_error("lat", _("Choose a place from the list, or write both figures."))
        return given

    def picked(self, pick: Pick, given: dict[str, Any]) -> None:
        """What else follows from the place."""


class StopForm(SpotForm):
    """A stop at which one is met."""

    name = forms.CharField(
        label=_("Name of the stop"), max_length=80, help_text=_("As it is read to callers. For example: Health centre.")
    )
    kind = forms.TypedChoiceField(
        label=_("What is there"),
        coerce=StopKind,
        choices=[
            (StopKind.FIXED, _("a stop with a sign")),
            (StopKind.VIRTUAL, _("a meeting place without a sign")),
            (StopKind.HUB, _("a hub: a station or stop where one changes")),
        ],
        help_text=_("Hubs are where rides meet trains and buses."),
    )
    stop_id = forms.CharField(
        label=_("Of a hub: the stop of the timetable"),
        max_length=120,
        required=False,
        help_text=_("It is filled in when you choose the stop from the list of places. For example: coast:S1."),
    )
    sponsor = forms.CharField(
        label=_("Who pays for the stop"),
        max_length=80,
        required=False,
        help_text=_("A shop or clinic that sponsors it, if any."),
    )
    shelter = forms.BooleanField(label=_("There is a shelter or a seat"), required=False)
    wheelchair = KnownField(label=_("Can it be used with a wheelchair?"))

    def picked(self, pick: Pick, given: dict[str, Any]) -> None:
        """A hub is the stop that was chosen."""
        if given.get("kind") == StopKind.HUB and pick.location.stop_id:
            given["stop_id"] = pick.location.stop_id


class MeetingForm(PartForm):
    """How one is met."""

    kind = forms.TypedChoiceField(
        label=_("Where riders are met"),
        coerce=MeetingKind,
        widget=forms.RadioSelect,
        choices=[
            (MeetingKind.DOOR, _("at the door")),
            (MeetingKind.CORNER, _("at the nearest street that the vehicle passes")),
            (MeetingKind.STOP, _("at stops only")),
        ],
        help_text=_("At the door is easiest for riders. Stops save detours, so that more people can be taken."),
    )
    walk_m = forms.IntegerField(
        label=_("Metres to walk at most"),
        min_value=0,
        max_value=5000,
        help_text=_("Nobody is asked to walk farther than this to a meeting place. For example: 400."),
    )

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        limits = dict(self.base.group_walk_m)
        for group in self.frame.rules.groups:
            self.fields[f"walk_{group.code}"] = forms.IntegerField(
                label=_("Metres to walk at most: %(group)s") % {"group": group.name},
                required=False,
                min_value=0,
                max_value=5000,
                initial=limits.get(group.code),
                help_text=_("0 means at the door. Leave it empty for the same as everybody."),
            )

    def value(self) -> Any:
        """With the limits of groups."""
        codes = [group.code for group in self.frame.rules.groups]
        limits = [(code, self.cleaned_data[f"walk_{code}"]) for code in codes]
        return replace(super().value(), group_walk_m=tuple((code, m) for code, m in limits if m is not None))


def circle(lon: float, lat: float, radius_km: float) -> Ring:
    """The border of everything so near to a point."""
    high = radius_km / _KM_PER_DEGREE
    wide = high / max(math.cos(math.radians(lat)), 0.01)
    angles = [2 * math.pi * number / _CORNERS for number in range(_CORNERS)]
    corners = [(round(lon + wide * math.cos(a), 6), round(lat + high * math.sin(a), 6)) for a in angles]
    return (*corners, corners[0])


def _meets(rings: tuple[Ring, ...], bounds: tuple[float, float, float, float]) -> bool:
    west, south, east, north = shape_of(rings).bounds
    return west <= bounds[2] and east >= bounds[0] and south <= bounds[3] and north >= bounds[1]
