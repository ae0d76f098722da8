"""The search form: what a person wrote → a Query. The same names stand in the form and in the address."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from transit import journeys
from transit.journeys.durations import duration_text
from transit.journeys.picks import Pick
from transit.routing.query import (
    DRIVEN_MODES,
    MAX_WALK_S,
    MOST_VEHICLES,
    RENTAL_MODES,
    USUAL_VEHICLES,
    Criterion,
    Location,
    Mobility,
    Party,
    Query,
    RiderCategory,
    Traveller,
    Via,
    with_luggage,
)
from transit.web import words

WHEN = [("now", _("Now")), ("leave", _("Leave at")), ("arrive", _("Arrive by"))]
PACES = [("slow", _("Slow")), ("normal", _("Normal")), ("quick", _("Quick"))]
PACE_MPS = {"slow": 0.8, "normal": 1.25, "quick": 1.6}
CHANGES = [("normal", _("Normal")), ("unhurried", _("3 min longer")), ("relaxed", _("6 min longer"))]
CHANGE_SLACK_S = {"normal": 0, "unhurried": 180, "relaxed": 360}
STAYS = [(f"{minutes}", lazy(duration_text, str)(timedelta(minutes=minutes))) for minutes in (0, 15, 30, 60, 120, 240)]
USUAL_STAY = "30"
ENDS = (("from", _("From")), ("to", _("To")), ("via", _("By way of")))


WALKS = [
    (f"{minutes}", lazy(duration_text, str)(timedelta(minutes=minutes)))
    for minutes in (5, 10, 20, MAX_WALK_S // 60, 45, 60)
]
_MANNER = {"pace": "normal", "changing": "normal", "walking": f"{MAX_WALK_S // 60}"}
"""The usual way."""
_NUMBERS = ("companions", "child_seats", "bags")
_WAYS = ("taxi", "car", "shared_cars")
_CHOICES: dict[str, list[tuple[str, Any]]] = {"pace": PACES, "changing": CHANGES, "walking": WALKS}
_WISHES = ("step_free", "luggage", "fewest_changes", "wheelchair", "wheelchair_known", "shared")


def walking_of(seconds: int) -> str:
    """The choice of the form for who can walk so long; empty where there is none."""
    return next((minutes for minutes, _ in WALKS if 60 * int(minutes) >= seconds), "")


class SearchForm(forms.Form):
    """From where to where, when, and who. A place is text and, once picked, its coordinates (see picks.Pick)."""

    from_text = forms.CharField(max_length=120, required=False)
    from_at = forms.CharField(max_length=400, required=False)
    to_text = forms.CharField(max_length=120, required=False)
    to_at = forms.CharField(max_length=400, required=False)
    via_text = forms.CharField(max_length=120, required=False)
    via_at = forms.CharField(max_length=400, required=False)
    stay = forms.ChoiceField(label=_("Stay there at least"), choices=STAYS, required=False)
    when = forms.ChoiceField(choices=WHEN, required=False)
    date = forms.DateField(required=False, error_messages={"invalid": _("Write the day as YYYY-MM-DD.")})
    time = forms.TimeField(required=False, error_messages={"invalid": _("Write the time as HH:MM.")})
    pace = forms.ChoiceField(label=_("Walking"), choices=PACES, required=False)
    changing = forms.ChoiceField(label=_("Time to change"), choices=CHANGES, required=False)
    walking = forms.ChoiceField(label=_("Each walk at most"), choices=WALKS, required=False)
    adult = forms.IntegerField(label=_("Adults"), min_value=0, max_value=9, required=False)
    youth = forms.IntegerField(label=_("Young people"), min_value=0, max_value=9, required=False)
    child = forms.IntegerField(label=_("Children"), min_value=0, max_value=9, required=False)
    senior = forms.IntegerField(label=_("Seniors"), min_value=0, max_value=9, required=False)
    step_free = forms.BooleanField(label=_("Avoid stairs"), required=False)
    luggage = forms.BooleanField(
        label=_("With luggage or a pram"), help_text=_("No stairs, few changes and more time for them"), required=False
    )
    fewest_changes = forms.BooleanField(
        label=_("Few changes"),
        help_text=_("One more only where it saves over half an hour"),
        required=False,
    )
    wheelchair = forms.BooleanField(label=_("Somebody is in a wheelchair"), required=False)
    wheelchair_known = forms.BooleanField(label=_("Only vehicles and stops known to take wheelchairs"), required=False)
    shared = forms.BooleanField(label=_("Also with shared bikes and scooters"), required=False)
    group = forms.ChoiceField(label=_("I belong to this group"), required=False)
    purpose = forms.ChoiceField(label=_("What I travel for"), required=False)
    companions = forms.IntegerField(
        label=_("Of these, people who help somebody"), min_value=0, max_value=8, required=False
    )
    child_seats = forms.IntegerField(label=_("Child seats"), min_value=0, max_value=9, required=False)
    bags = forms.IntegerField(label=_("Large bags and prams"), min_value=0, max_value=9, required=False)
    taxi = forms.BooleanField(label=_("Taxi"), required=False)
    car = forms.BooleanField(label=_("I have a car"), required=False)
    car_at = forms.RegexField(r"-?\d{1,2}\.\d+,-?\d{1,3}\.\d+", required=False)
    """Where the car was left on the way there."""
    max_vehicles = forms.IntegerField(min_value=1, max_value=MOST_VEHICLES, required=False)
    """More changes than usual, where nothing else goes there."""
    shared_cars = forms.BooleanField(label=_("Shared cars and mopeds (you need a licence)"), required=False)
    there = forms.CharField(max_length=8000, required=False)
    """The token of the journey there, where this is the search for the way back."""

    def __init__(self, data: QueryDict, zone: str, now: datetime) -> None:
        local = now.astimezone(ZoneInfo(zone))
        filled = data.copy()
        defaults = {"when": "now", "date": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M}"}
        for name, default in defaults.items():
            if not filled.get(name):
                filled[name] = default
        for name, usual in _MANNER.items():
            if filled.get(name) not in dict(_CHOICES[name]):
                filled[name] = usual
        if filled.get("stay") not in dict(STAYS):
            filled["stay"] = USUAL_STAY
        if not any(filled.get(category) for category in RiderCategory):
            filled["adult"] = "1"
        self.called = journeys.choices(get_language() or "en", now)
        for name, listed in (("group", self.called.groups), ("purpose", self.called.purposes)):
            if filled.get(name) not in {each[0] for each in listed}:
                filled[name] = ""
        super().__init__(filled)
        self._name_choices()
        self.filled = filled
        self.zone, self.now = zone, now
        self.picks = {end: Pick.find(filled.get(f"{end}_at", ""), filled.get(f"{end}_text")) for end, _label in ENDS}

    def clean(self) -> dict[str, Any]:
        """Both ends are named, and somebody travels."""
        data = super().clean() or {}
        for end, _label in ENDS:
            if end != "via" and not (data.get(f"{end}_text") or self.picks[end]):
                self.add_error(f"{end}_text", _("Write a stop, a street or a place."))
        if not self.errors and not 1 <= sum(self._counts().values()) <= 9:
            self.add_error(None, _("Between one and nine people can travel together."))
        return data

    @property
    def unclear(self) -> list[str]:
        """The ends that are text only."""
        ends = [end for end, _label in ENDS if end != "via" or self.has_via]
        return [end for end in ends if self.picks[end] is None]

    @property
    def has_via(self) -> bool:
        """Whether a stop on the way is wished for."""
        return bool((self.data.get("via_text") or "").strip() or self.picks["via"])

    @property
    def counts(self) -> list[forms.BoundField]:
        """The fields that count travellers."""
        return [self[name] for name in ("adult", "youth", "child", "senior")]

    @property
    def manners(self) -> list[forms.BoundField]:
        """The fields that say how somebody walks and changes."""
        return [self[name] for name in _MANNER]

    @property
    def wishes(self) -> list[forms.BoundField]:
        """The fields that are ticked or not."""
        return [self[name] for name in _WISHES]

    def _name_choices(self) -> None:
        """What services on demand know of groups and purposes."""
        needed = _("%s (proof needed)")
        groups = [(code, needed % name if proof else name) for code, name, proof in self.called.groups]
        for name, known in (("group", groups), ("purpose", self.called.purposes)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", _("None of these")), *known]

    @property
    def numbers(self) -> list[forms.BoundField]:
        """The fields that count what a ride on demand has places for."""
        return [self[name] for name in _NUMBERS]

    @property
    def has_party(self) -> bool:
        """Whether anything is said that only a ride on demand asks for."""
        return any(self[name].value() not in (None, "", "0", 0) for name in ("group", "purpose", *_NUMBERS))

    @property
    def manner(self) -> str:
        """How somebody walks and changes and what they wish, in one line; nothing where it is the usual way."""
        unusual = [field for field in self.manners if field.value() != _MANNER[field.name]]
        said = [f"{field.label}: {dict(_CHOICES[field.name])[field.value()]}" for field in unusual]
        return " · ".join([*said, *(f"{field.label}" for field in self.wishes if field.value())])

    @property
    def ways(self) -> list[forms.BoundField]:
        """The fields that add a way to travel."""
        return [self[name] for name in _WAYS]

    @property
    def has_ways(self) -> bool:
        """Whether any of them is asked for."""
        return any(field.value() for field in self.ways)

    @property
    def people(self) -> str:
        """Who travels, in one line."""
        return words.people({str(field.html_name): number_of(field.value()) for field in self.counts})

    def query(self, language: str) -> Query:
        """The search. The form is valid and no end is unclear."""
        data = self.cleaned_data
        wall = datetime.combine(data["date"], data["time"], ZoneInfo(self.zone))
        query = Query(
            origin=self._location("from"),
            destination=self._location("to"),
            time_at=self.now if data["when"] == "now" else wall.astimezone(self.now.tzinfo),
            arrive_by=data["when"] == "arrive",
            travellers=self._travellers(),
            walk_speed_mps=PACE_MPS[data["pace"]],
            change_slack_s=CHANGE_SLACK_S[data["changing"]],
            mobility=self._mobility(),
            party=Party(data["group"], data["purpose"], *(data[name] or 0 for name in _NUMBERS)),
            rental_modes=(RENTAL_MODES - DRIVEN_MODES if data["shared"] else frozenset())
            | (DRIVEN_MODES if data["shared_cars"] else frozenset()),
            taxi=data["taxi"],
            fewest_changes=data["fewest_changes"],
            max_walk_s=60 * int(data["walking"]),
            max_vehicles=data["max_vehicles"] or USUAL_VEHICLES,
            via=(Via(self._location("via"), 60 * int(data["stay"])),) if self.has_via else (),
            car=data["car"],
            car_at=_point(data["car_at"]) if data["car"] and data["car_at"] else None,
            directions=True,
            language=language,
            criteria=frozenset(Criterion),
        )
        return with_luggage(query) if data["luggage"] else query

    def address(self, **changes: str) -> str:
        """The search as a query string, with some parameters changed."""
        kept = {name: self.data[name] for name in self.fields if self.data.get(name) and self.data[name] != "0"}
        kept |= {f"{end}_text": pick.name for end, pick in self.picks.items() if pick}
        if not self.has_via:
            kept.pop("stay", None)
        if kept["when"] == "now":
            del kept["date"], kept["time"]
        kept = {name: value for name, value in kept.items() if _MANNER.get(name) != value}
        return urlencode(kept | changes)

    def untouched(self) -> SearchForm:
        """The form as it is shown first, without complaints about what is not written yet."""
        self._errors = ErrorDict()
        return self

    def swapped(self) -> SearchForm:
        """The same search the other way round."""
        data = self.filled.copy()
        for part in ("text", "at"):
            data[f"from_{part}"], data[f"to_{part}"] = data.get(f"to_{part}", ""), data.get(f"from_{part}", "")
        return SearchForm(data, self.zone, self.now)

    def _location(self, end: str) -> Location:
        pick = self.picks[end]
        assert pick is not None
        return pick.location

    def _mobility(self) -> Mobility:
        data = self.cleaned_data
        if data["wheelchair"] or data["wheelchair_known"]:
            return Mobility.WHEELCHAIR_KNOWN if data["wheelchair_known"] else Mobility.WHEELCHAIR
        return Mobility.STEP_FREE if data["step_free"] else Mobility.ANY

    def _counts(self) -> dict[RiderCategory, int]:
        return {category: self.cleaned_data.get(category) or 0 for category in RiderCategory}

    def _travellers(self) -> tuple[Traveller, ...]:
        categories = [category for category, count in self._counts().items() for _each in range(count)]
        return tuple(Traveller(str(i), category) for i, category in enumerate(categories, 1))


def _point(text: str) -> tuple[float, float]:
    """`lat,lon`."""
    lat, lon = map(float, text.split(","))
    return lat, lon


def number_of(value: Any) -> int:
    """A whole number that may be anything that somebody wrote or a form sends; 0 for what is none, or absurd."""
    text = str(value or "")
    return int(text) if text.isdecimal() and len(text) < 12 else 0
