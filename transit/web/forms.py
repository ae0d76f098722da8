"""The search form: what a person wrote → a Query. The same names stand in the form and in the address."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from transit.routing.query import RENTAL_MODES, Criterion, Location, Query, RiderCategory, Traveller
from transit.web import words
from transit.web.picks import Pick

WHEN = [("now", _("Now")), ("leave", _("Leave at")), ("arrive", _("Arrive by"))]
PACES = [("slow", _("Slow")), ("normal", _("Normal")), ("quick", _("Quick"))]
PACE_MPS = {"slow": 0.8, "normal": 1.25, "quick": 1.6}
CHANGES = [("normal", _("Normal")), ("unhurried", _("3 min longer")), ("relaxed", _("6 min longer"))]
CHANGE_SLACK_S = {"normal": 0, "unhurried": 180, "relaxed": 360}
ENDS = (("from", _("From")), ("to", _("To")))


_MANNER = {"pace": "normal", "changing": "normal"}
"""The usual way."""
_CHOICES = {"pace": PACES, "changing": CHANGES}


class SearchForm(forms.Form):
    """From where to where, when, and who. A place is text and, once picked, its coordinates (see picks.Pick)."""

    from_text = forms.CharField(max_length=120, required=False)
    from_at = forms.CharField(max_length=400, required=False)
    to_text = forms.CharField(max_length=120, required=False)
    to_at = forms.CharField(max_length=400, required=False)
    when = forms.ChoiceField(choices=WHEN, required=False)
    date = forms.DateField(required=False, error_messages={"invalid": _("Write the day as YYYY-MM-DD.")})
    time = forms.TimeField(required=False, error_messages={"invalid": _("Write the time as HH:MM.")})
    pace = forms.ChoiceField(label=_("Walking"), choices=PACES, required=False)
    changing = forms.ChoiceField(label=_("Time to change"), choices=CHANGES, required=False)
    adult = forms.IntegerField(label=_("Adults"), min_value=0, max_value=9, required=False)
    youth = forms.IntegerField(label=_("Young people"), min_value=0, max_value=9, required=False)
    child = forms.IntegerField(label=_("Children"), min_value=0, max_value=9, required=False)
    senior = forms.IntegerField(label=_("Seniors"), min_value=0, max_value=9, required=False)
    step_free = forms.BooleanField(label=_("Avoid stairs in stations"), required=False)
    shared = forms.BooleanField(label=_("Also with shared bikes and scooters"), required=False)
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
        if not any(filled.get(category) for category in RiderCategory):
            filled["adult"] = "1"
        super().__init__(filled)
        self.filled = filled
        self.zone, self.now = zone, now
        self.picks = {end: Pick.find(filled.get(f"{end}_at", ""), filled.get(f"{end}_text")) for end, _label in ENDS}

    def clean(self) -> dict[str, Any]:
        """Both ends are named, and somebody travels."""
        data = super().clean() or {}
        for end, _label in ENDS:
            if not (data.get(f"{end}_text") or self.picks[end]):
                self.add_error(f"{end}_text", _("Write a stop, a street or a place."))
        if not self.errors and not 1 <= sum(self._counts().values()) <= 9:
            self.add_error(None, _("Between one and nine people can travel together."))
        return data

    @property
    def unclear(self) -> list[str]:
        """The ends that are text only."""
        return [end for end, _label in ENDS if self.picks[end] is None]

    @property
    def counts(self) -> list[forms.BoundField]:
        """The fields that count travellers."""
        return [self[name] for name in ("adult", "youth", "child", "senior")]

    @property
    def manners(self) -> list[forms.BoundField]:
        """The fields that say how somebody walks and changes."""
        return [self[name] for name in _MANNER]

    @property
    def manner(self) -> str:
        """How somebody walks and changes, in one line; nothing where it is the usual way."""
        unusual = [field for field in self.manners if field.value() != _MANNER[field.name]]
        return " · ".join(f"{field.label}: {dict(_CHOICES[field.name])[field.value()]}" for field in unusual)

    @property
    def people(self) -> str:
        """Who travels, in one line."""
        return words.people({str(field.html_name): _whole(field.value()) for field in self.counts})

    def query(self, language: str) -> Query:
        """The search. The form is valid and no end is unclear."""
        data = self.cleaned_data
        wall = datetime.combine(data["date"], data["time"], ZoneInfo(self.zone))
        return Query(
            origin=self._location("from"),
            destination=self._location("to"),
            time_at=self.now if data["when"] == "now" else wall.astimezone(self.now.tzinfo),
            arrive_by=data["when"] == "arrive",
            travellers=self._travellers(),
            walk_speed_mps=PACE_MPS[data["pace"]],
            change_slack_s=CHANGE_SLACK_S[data["changing"]],
            step_free=data["step_free"],
            rental_modes=RENTAL_MODES if data["shared"] else frozenset(),
            directions=True,
            language=language,
            criteria=frozenset(Criterion),
        )

    def address(self, **changes: str) -> str:
        """The search as a query string, with some parameters changed."""
        kept = {name: self.data[name] for name in self.fields if self.data.get(name) and self.data[name] != "0"}
        kept |= {f"{end}_text": pick.name for end, pick in self.picks.items() if pick}
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

    def _counts(self) -> dict[RiderCategory, int]:
        return {category: self.cleaned_data.get(category) or 0 for category in RiderCategory}

    def _travellers(self) -> tuple[Traveller, ...]:
        categories = [category for category, count in self._counts().items() for _each in range(count)]
        return tuple(Traveller(str(i), category) for i, category in enumerate(categories, 1))


def _whole(value: Any) -> int:
    """A count that may be anything that somebody wrote."""
    return int(value) if str(value or "").isdecimal() else 0
