"""Template tags for what operators say about rides and stops."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import get_language

from transit import journeys
from transit.journeys import SEVERITIES, Board, ShownAlert
from transit.routing.itinerary import Itinerary, Leg

register = template.Library()


@register.inclusion_tag("components/alerts.html")
def leg_alerts(leg: Leg) -> dict[str, Any]:
    """The alerts of a ride, in full."""
    return {"alerts": _of(leg)}


@register.inclusion_tag("components/alerts.html")
def stop_alerts(board: Board) -> dict[str, Any]:
    """The alerts of a stop, in full."""
    return {"alerts": journeys.alerts_at(board.stop_id, get_language() or "en", board.at, timezone.now())}


@register.inclusion_tag("components/alert_line.html")
def journey_alert(itinerary: Itinerary) -> dict[str, Any]:
    """The gravest alert of a journey; what is only good to know stands on its own page."""
    found = [each for leg in itinerary.legs for each in _of(leg) if each.severity != "info"]
    return {"alert": min(found, key=lambda each: SEVERITIES.index(each.severity), default=None)}


def _of(leg: Leg) -> tuple[ShownAlert, ...]:
    return journeys.alerts_for(leg, get_language() or "en", timezone.now())
