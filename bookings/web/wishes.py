"""The desk's form of a search: where somebody wants to go, when, and who comes along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings.models import FavouritePlace
from transit import journeys
from transit.journeys.picks import Pick
from transit.routing.itinerary import Place
from transit.routing.query import Location, Mobility, Party, Query, RiderCategory, Traveller

Choice = tuple[str, str]
"""Code and name."""
WHEN = [("now", _("Now")), ("leave", _("Leave at")), ("arrive", _("Arrive by"))]
ENDS = (("from", _("From")), ("to", _("To")))
MOST_PEOPLE = 9
CHOICES_ASKED = 8


@dataclass(frozen=True, slots=True)
class Unclear:
    """An end that is only a text, and the places that it may mean."""

    name: str
    label: str
    text: str
    options: list[tuple[str, str, str]]


class WishForm(forms.Form):
    """From where to where, when, and who. A place is text and, once it is picked, its form value (see Pick).

    A text that begins the label of a favourite place of the caller means that place.
    """

    from_text = forms.CharField(max_length=120, required=False)
    from_at = forms.CharField(max_length=400, required=False)
    to_text = forms.CharField(max_length=120, required=False)
    to_at = forms.CharField(max_length=400, required=False)
    when = forms.ChoiceField(choices=WHEN, required=False)
    date = forms.DateField(required=False, error_messages={"invalid": _("Write the day as YYYY-MM-DD.")})
    time = forms.TimeField(required=False, error_messages={"invalid": _("Write the time as HH:MM.")})
    adult = forms.IntegerField(label=_("Adults"), min_value=0, max_value=9, required=False)
    youth = forms.IntegerField(label=_("Young people"), min_value=0, max_value=9, required=False)
    child = forms.IntegerField(label=_("Children"), min_value=0, max_value=9, required=False)
    senior = forms.IntegerField(label=_("Seniors"), min_value=0, max_value=9, required=False)
    step_free = forms.BooleanField(label=_("Avoid stairs"), required=False)
    wheelchair = forms.BooleanField(label=_("Somebody is in a wheelchair"), required=False)
    taxi = forms.BooleanField(label=_("Taxi"), required=False)
    group = forms.ChoiceField(label=_("Rides as"), required=False)
    purpose = forms.ChoiceField(label=_("What for"), required=False)
    companions = forms.IntegerField(label=_("Of these, companions"), min_value=0, max_value=8, required=False)
    child_seats = forms.IntegerField(label=_("Child seats"), min_value=0, max_value=9, required=False)
    bags = forms.IntegerField(label=_("Large bags and prams"), min_value=0, max_value=9, required=False)

    def __init__(
        self,
        data: Mapping[str, Any],
        zone: str,
        now: datetime,
        favourites: Iterable[FavouritePlace] = (),
        groups: Sequence[Choice] = (),
        purposes: Sequence[Choice] = (),
    ) -> None:
        local = now.astimezone(ZoneInfo(zone))
        filled = {name: data.get(name, "") for name in self.base_fields}
        defaults = {"when": "now", "date": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M}"}
        filled |= {name: value for name, value in defaults.items() if not filled[name]}
        if not any(filled[category] for category in RiderCategory):
            filled["adult"] = "1"
        self.zone, self.now = zone, now
        self.picks = {end: _picked(filled[f"{end}_at"], filled[f"{end}_text"], favourites) for end, _label in ENDS}
        for end, pick in self.picks.items():
            if pick is not None:
                filled |= {f"{end}_text": pick.name, f"{end}_at": pick.value}
        for name, choices in (("group", groups), ("purpose", purposes)):
            if filled[name] not in dict(choices):
                filled[name] = choices[0][0] if name == "group" and choices and name not in data else ""
        super().__init__(filled)
        for name, choices in (("group", groups), ("purpose", purposes)):
            field: Any = self.fields[name]
            field.choices = [("", _("None of these")), *choices]

    def clean(self) -> dict[str, Any]:
        """Both ends are named, and somebody travels."""
        data = super().clean() or {}
        for end, _label in ENDS:
            if not data.get(f"{end}_text") and self.picks[end] is None:
                self.add_error(f"{end}_text", _("Write a stop, a street or a place."))
        if not self.errors and not 1 <= len(self.travellers) <= MOST_PEOPLE:
            self.add_error(None, _("Between one and nine people can travel together."))
        return data

    @property
    def counts(self) -> list[forms.BoundField]:
        """The fields that count travellers."""
        return [self[name] for name in ("adult", "senior", "youth", "child")]

    @property
    def numbers(self) -> list[forms.BoundField]:
        """The fields that count what a ride on demand has places for."""
        return [self[name] for name in ("companions", "child_seats", "bags")]

    @property
    def chosen(self) -> list[forms.BoundField]:
        """The fields of group and purpose, where there is anything to choose."""
        return [self[name] for name in ("group", "purpose") if len(self.fields[name].choices) > 1]  # type: ignore[attr-defined]

    @property
    def party(self) -> Party:
        """What a dispatcher is told of them."""
        data = self.cleaned_data
        return Party(
            data["group"], data["purpose"], data["companions"] or 0, data["child_seats"] or 0, data["bags"] or 0
        )

    @property
    def wishes(self) -> list[forms.BoundField]:
        """The fields that are ticked or not."""
        return [self[name] for name in ("step_free", "wheelchair", "taxi")]

    @property
    def travellers(self) -> tuple[Traveller, ...]:
        """Who rides."""
        found = [each for each in RiderCategory for _one in range(self.cleaned_data.get(each) or 0)]
        return tuple(Traveller(str(number), category) for number, category in enumerate(found, 1))

    @property
    def mobility(self) -> Mobility:
        """Where they can walk, and in what ride."""
        if self.cleaned_data["wheelchair"]:
            return Mobility.WHEELCHAIR
        return Mobility.STEP_FREE if self.cleaned_data["step_free"] else Mobility.ANY

    def list_unclear(self, language: str) -> list[Unclear]:
        """The ends that are texts only, each with what it may mean; the first place is meant where there is but one."""
        return [
            Unclear(end, str(label), self.data[f"{end}_text"], _options(self.data[f"{end}_text"], language))
            for end, label in ENDS
            if self.picks[end] is None
        ]

    def query(self, language: str) -> Query:
        """The search. The form is valid and no end is unclear."""
        data = self.cleaned_data
        wall = datetime.combine(data["date"], data["time"], ZoneInfo(self.zone))
        return Query(
            origin=self.end("from"),
            destination=self.end("to"),
            time_at=self.now if data["when"] == "now" else wall.astimezone(self.now.tzinfo),
            arrive_by=data["when"] == "arrive",
            travellers=self.travellers,
            mobility=self.mobility,
            party=self.party,
            taxi=data["taxi"],
            language=language,
        )

    def end(self, name: str) -> Location:
        """A picked place."""
        pick = self.picks[name]
        assert pick is not None, "no end is unclear"
        return pick.location


def values_of(start: Place, end: Place) -> dict[str, str]:
    """The fields of a search between two places of a journey."""
    found: dict[str, str] = {}
    for name, place in (("from", start), ("to", end)):
        pick = Pick(Location(place.lat, place.lon, place.name, place.stop_id))
        found |= {f"{name}_text": pick.name, f"{name}_at": pick.value}
    return found


def _picked(value: str, text: str, favourites: Iterable[FavouritePlace]) -> Pick | None:
    if (pick := Pick.find(value, text)) is not None:
        return pick
    word = text.strip().casefold()
    fits = [each.said for each in favourites if word and each.said["label"].casefold().startswith(word)]
    if len(fits) != 1:
        return None
    said = fits[0]
    return Pick(Location(said["lat"], said["lon"], said["name"], said["stop_id"]))


def _options(text: str, language: str) -> list[tuple[str, str, str]]:
    """Form value, name and detail of the places that a text may mean."""
    return [
        (Pick(Location(place.lat, place.lon, place.name, place.stop_id)).value, place.name, place.detail)
        for place in journeys.find_places(text, language, None, CHOICES_ASKED)
    ]
