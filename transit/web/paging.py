"""The results page: a readable number of journeys, the way to earlier and later ones, or why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from transit.routing.itinerary import Itinerary
from transit.routing.query import Query
from transit.web import cards
from transit.web.forms import SearchForm

SHOWN = 6
_MINUTE = timedelta(minutes=1)


def context(form: SearchForm, query: Query, found: Sequence[Itinerary]) -> dict[str, Any]:
    """What `transit/results.html` shows."""
    shown = _shown(query, found)
    return {
        "cards": cards.deal(shown, form.now),
        "query": query,
        "zone": form.zone,
        "people": form.people,
        "search": form.address(),
        **_neighbours(form, query, [each for each in shown if each.vehicles]),
        "reason": gettext("No journey was found for this time."),
        "advice": gettext("Try another time of day, or a place nearer to a stop."),
    }


def _shown(query: Query, found: Sequence[Itinerary]) -> list[Itinerary]:
    """Direct ways on foot or by bicycle, and the rides nearest to the wish, in order of time."""
    direct = [each for each in found if not each.vehicles]
    rides = sorted((each for each in found if each.vehicles), key=lambda each: (each.start_at, each.end_at))
    nearest = rides[-SHOWN:] if query.arrive_by else rides[:SHOWN]
    return [*nearest, *direct]


def _neighbours(form: SearchForm, query: Query, rides: Sequence[Itinerary]) -> dict[str, str]:
    """The addresses of the earlier and the later page. Rides that have left are not shown."""
    last = max((each.start_at for each in rides), default=query.time_at + timedelta(seconds=query.window_s))
    before_end = min((each.end_at for each in rides), default=query.time_at)
    some_left = query.arrive_by or query.time_at > form.now
    earlier = _address(form, "arrive", before_end - _MINUTE) if some_left else ""
    return {"earlier": earlier, "later": _address(form, "leave", last + _MINUTE)}


def _address(form: SearchForm, when: str, moment: datetime) -> str:
    local = moment.astimezone(ZoneInfo(form.zone))
    return form.address(when=when, date=f"{local:%Y-%m-%d}", time=f"{local:%H:%M}")
