"""The page that asks which place is meant, for ends that are text only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from transit import journeys
from transit.journeys.picks import Pick
from transit.routing.query import Location
from transit.web import words
from transit.web.forms import ENDS, SearchForm

LIMIT = 8


@dataclass(frozen=True, slots=True)
class Option:
    """A place that may be meant. `value` is its form value."""

    name: str
    detail: str
    value: str
    stop_id: str | None


@dataclass(frozen=True, slots=True)
class Choice:
    """One end, what was written there, and what it may mean."""

    name: str
    label: str
    text: str
    options: list[Option]


def options(text: str, language: str) -> list[Option]:
    """The places that a text may mean, best first."""
    return [
        Option(
            name=place.name,
            detail=" · ".join(part for part in (words.kind_name(place.kind), place.detail) if part),
            value=Pick(Location(place.lat, place.lon, place.name, place.stop_id)).value,
            stop_id=place.stop_id,
        )
        for place in journeys.find_places(text, language, None, LIMIT)
    ]


def context(form: SearchForm, language: str) -> dict[str, Any]:
    """What `transit/choose.html` shows. What is not asked for travels along in hidden fields."""
    asked = [
        Choice(end, str(label), form.data[f"{end}_text"], options(form.data[f"{end}_text"], language))
        for end, label in ENDS
        if end in form.unclear
    ]
    dropped = {f"{end}_{part}" for end in form.unclear for part in ("text", "at")}
    hidden = [(name, form.data[name]) for name in form.fields if form.data.get(name) and name not in dropped]
    return {"choices": asked, "hidden": hidden, "search": form.address()}
