"""A journey in whole sentences, to be read aloud to somebody on the phone or to be read in large print."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext

from transit.journeys.clocks import clock_text, day_text
from transit.journeys.durations import duration_text
from transit.journeys.mode_words import mode_name
from transit.routing.itinerary import Itinerary, Leg, Ordering, Place
from transit.routing.query import Mode


def headline(itinerary: Itinerary) -> str:
    """When one leaves and arrives, in one sentence."""
    first, last = itinerary.legs[0].start, itinerary.legs[-1].end
    values = {
        "day": day_text(itinerary.start_at, first.timezone),
        "leaves": clock_text(itinerary.start_at, first.timezone),
        "arrives": clock_text(itinerary.end_at, last.timezone),
        "time": duration_text(itinerary.duration),
    }
    return gettext("%(day)s: you leave at %(leaves)s and are there at %(arrives)s, in %(time)s.") % values


def sentences(itinerary: Itinerary) -> list[str]:
    """A sentence or two for each part of the way."""
    return [line for leg in itinerary.legs for line in _leg(leg)]


def _leg(leg: Leg) -> list[str]:
    if leg.ordering is not None and leg.is_transit:
        return _on_demand(leg, leg.ordering)
    if leg.is_transit:
        return [_ride(leg)]
    if leg.end_at - leg.start_at < timedelta(minutes=1) or not leg.end.name:
        return []
    values = {"time": duration_text(leg.end_at - leg.start_at), "place": leg.end.name}
    if leg.mode == Mode.WALK:
        return [gettext("You walk %(time)s to %(place)s.") % values]
    return [gettext("%(vehicle)s to %(place)s, %(time)s.") % (values | {"vehicle": mode_name(leg.mode)})]


def _ride(leg: Leg) -> str:
    values = {
        "line": line_of(leg),
        "stop": _stop(leg.start),
        "leaves": clock_text(leg.start_at, leg.start.timezone),
        "end": leg.end.name,
        "arrives": clock_text(leg.end_at, leg.end.timezone),
    }
    if leg.stay_seated:
        return gettext("You stay seated: it goes on as %(line)s to %(end)s, where you are at %(arrives)s.") % values
    return gettext("%(line)s leaves %(stop)s at %(leaves)s. You get off at %(end)s at %(arrives)s.") % values


def _on_demand(leg: Leg, ordering: Ordering) -> list[str]:
    values = {
        "vehicle": line_of(leg),
        "stop": leg.start.name,
        "from": clock_text(ordering.pickup_from_at, leg.start.timezone),
        "until": clock_text(ordering.pickup_until_at, leg.start.timezone),
        "end": leg.end.name,
        "arrives": clock_text(leg.end_at, leg.end.timezone),
    }
    said = [gettext("%(vehicle)s: you are picked up between %(from)s and %(until)s at %(stop)s.") % values]
    return [*said, gettext("You are at %(end)s by %(arrives)s.") % values]


def line_of(leg: Leg) -> str:
    """What a ride is called: Bus 12; one on demand by its name alone."""
    if leg.ordering is not None and leg.service and leg.service.line:
        return leg.service.line
    return f"{mode_name(leg.mode)} {leg.service.line if leg.service else ''}".strip()


def _stop(place: Place) -> str:
    if place.platform:
        return gettext("%(stop)s, platform %(platform)s") % {"stop": place.name, "platform": place.platform}
    return place.name
