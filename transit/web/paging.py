"""The results page: a readable number of journeys, the way to earlier and later ones, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from transit import journeys
from transit.routing.query import Query
from transit.web import cards, reasons
from transit.web.forms import SearchForm

SHOWN = 6
"""Rides on a page; more follow on the next."""


def turned(parameters: Mapping[str, str]) -> journeys.Turned:
    """Which page an address asks for; the first where it says nothing that can be read."""
    moments = {name: _moment(parameters.get(name, "")) for name in ("after", "before")}
    return journeys.Turned(moments["after"], None if moments["after"] else moments["before"])


def context(form: SearchForm, query: Query, page: journeys.Page, at: journeys.Turned) -> dict[str, Any]:
    """What `transit/results.html` shows."""
    moment = page.until_at if query.arrive_by else page.from_at
    rides = [each for each in page.itineraries if each.vehicles]
    first = next(iter(page.itineraries), None)
    return {
        "cards": cards.deal(page.itineraries, form.now, moment),
        "rides": rides,
        "reasons": reasons.shown(form, page.reasons, query.language),
        "walk_first": first is not None and first.is_walk,
        "query": query,
        "moment": moment,
        "zone": form.zone,
        "people": form.people,
        "manner": form.manner,
        "there": form.data.get("there", ""),
        "search": form.address(**_parameters(after=at.after, before=at.before)),
        "earlier": form.address(**_parameters(before=page.from_at)) if page.earlier else "",
        "later": form.address(**_parameters(after=page.until_at + timedelta(seconds=1))) if page.later else "",
    }


def _parameters(**moments: datetime | None) -> dict[str, str]:
    return {name: f"{moment.isoformat()}" for name, moment in moments.items() if moment is not None}


def _moment(text: str) -> datetime | None:
    """An instant of an address; a `+` that became a blank on the way is understood."""
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
