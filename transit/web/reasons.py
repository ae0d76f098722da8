"""Why there is no ride, as the results page says it: a sentence, and the link of the search that finds one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from transit import journeys
from transit.journeys.clocks import clock_text, day_text
from transit.journeys.picks import Pick
from transit.journeys.reason_words import sentence_of
from transit.journeys.reasons import Reason
from transit.routing.query import Location
from transit.web.forms import SearchForm, walking_of


@dataclass(frozen=True, slots=True)
class ShownReason:
    """A sentence; `search` is the query string of the search that finds a ride, empty where none is known."""

    text: str
    search: str = ""
    label: str = ""


def shown(form: SearchForm, reasons: tuple[Reason, ...], language: str) -> list[ShownReason]:
    """The reasons in the reader's language."""
    return [_shown(form, reason, language) for reason in reasons]


def _shown(form: SearchForm, reason: Reason, language: str) -> ShownReason:
    change, text = dict(reason.change), sentence_of(reason)
    fields = _fields(form, change, language)
    return ShownReason(text, form.address(**fields), _label(change, form)) if fields else ShownReason(text)


def _fields(form: SearchForm, change: dict[str, str], language: str) -> dict[str, str]:
    """A change of the API's parameters as fields of the form; empty where it has not all of them."""
    fields: dict[str, str] = {}
    for name, value in change.items():
        if name == "time":
            local = datetime.fromisoformat(value).astimezone(ZoneInfo(form.zone))
            fields |= {"when": "leave", "date": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M}"}
        elif name in ("step_free", "wheelchair", "wheelchair_known"):
            fields[name] = "1" if value == "true" else ""
        elif name == "max_walk" and (walking := walking_of(int(value))):
            fields["walking"] = walking
        elif name == "max_vehicles":
            fields[name] = value
        elif name == "change_slack":
            fields["changing"] = "normal"
        elif name in ("from", "to"):
            place = _place(value, language)
            fields |= {f"{name}_at": Pick(place).value, f"{name}_text": place.name}
        elif name != "arrive_by":
            return {}
    return fields


def _place(value: str, language: str) -> Location:
    """The place that a parameter of the API names."""
    if ":" in value:
        stop = journeys.get_stop(value, language)
        return Location(stop.lat, stop.lon, stop.name, value)
    lat, lon = map(float, value.split(","))
    found = journeys.find_place_at(lat, lon, language)
    return Location(lat, lon, found.name if found else gettext("Point on the map"))


def _label(change: dict[str, str], form: SearchForm) -> str:
    if "time" not in change:
        return gettext("Search this way")
    at = datetime.fromisoformat(change["time"])
    return gettext("Search for %(day)s %(time)s") % {"day": day_text(at, form.zone), "time": clock_text(at, form.zone)}
