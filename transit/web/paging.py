"""The results page: a readable number of journeys, the way to earlier and later ones, or why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from transit.routing.itinerary import Itinerary
from transit.routing.query import Query
from transit.web import cards
from transit.web.forms import SearchForm

SHOWN = 6
_MINUTE = timedelta(minutes=1)


def context(form: SearchForm, query: Query, found: Sequence[Itinerary]) -> dict[str, Any]:
    """What `transit/results.html` shows."""
    shown = _shown(query, found)
    rides = [each for each in shown if each.vehicles]
    return {
        "cards": cards.deal(shown, form.now),
        "rides": rides,
        "query": query,
        "zone": form.zone,
        "people": form.people,
        "search": form.address(),
        "earlier": _earlier(form, query, rides),
        "later": _later(form, query, rides),
    }


def _shown(query: Query, found: Sequence[Itinerary]) -> list[Itinerary]:
    """Direct ways on foot or by bicycle, and the rides nearest to the wish, in order of time."""
    direct = [each for each in found if not each.vehicles]
    rides = sorted((each for each in found if each.vehicles), key=lambda each: (each.start_at, each.end_at))
    nearest = rides[-SHOWN:] if query.arrive_by else rides[:SHOWN]
    return [*nearest, *direct]


def _earlier(form: SearchForm, query: Query, rides: Sequence[Itinerary]) -> str:
    """The address of what comes before; nothing where that has left already."""
    if not query.arrive_by and query.time_at <= form.now:
        return ""
    if not rides:
        return _address(form, "leave", max(form.now, query.time_at - timedelta(seconds=query.window_s)))
    return _address(form, "arrive", min(each.end_at for each in rides) - _MINUTE)


def _later(form: SearchForm, query: Query, rides: Sequence[Itinerary]) -> str:
    """The address of what comes after."""
    last = max((each.start_at for each in rides), default=query.time_at + timedelta(seconds=query.window_s))
    return _address(form, "leave", last + _MINUTE)


def _address(form: SearchForm, when: str, moment: datetime) -> str:
    local = moment.astimezone(ZoneInfo(form.zone))
    return form.address(when=when, date=f"{local:%Y-%m-%d}", time=f"{local:%H:%M}")
