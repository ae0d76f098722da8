"""Directions on foot or by bicycle as sentences."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext, gettext_lazy

from transit.routing.itinerary import Heading, Leg, Side, Step, Turn
from transit.routing.streets import WayKind

_TURNS = {
    Turn.CONTINUE: gettext_lazy("Continue on %(way)s"),
    Turn.SLIGHT_LEFT: gettext_lazy("Bear left onto %(way)s"),
    Turn.LEFT: gettext_lazy("Turn left onto %(way)s"),
    Turn.SHARP_LEFT: gettext_lazy("Turn sharp left onto %(way)s"),
    Turn.SLIGHT_RIGHT: gettext_lazy("Bear right onto %(way)s"),
    Turn.RIGHT: gettext_lazy("Turn right onto %(way)s"),
    Turn.SHARP_RIGHT: gettext_lazy("Turn sharp right onto %(way)s"),
    Turn.U_TURN: gettext_lazy("Turn around and follow %(way)s"),
}
_HEADINGS = {
    Heading.N: gettext_lazy("north"),
    Heading.NE: gettext_lazy("north-east"),
    Heading.E: gettext_lazy("east"),
    Heading.SE: gettext_lazy("south-east"),
    Heading.S: gettext_lazy("south"),
    Heading.SW: gettext_lazy("south-west"),
    Heading.W: gettext_lazy("west"),
    Heading.NW: gettext_lazy("north-west"),
}
_WAYS = {
    WayKind.STREET: gettext_lazy("the street"),
    WayKind.SERVICE: gettext_lazy("the access road"),
    WayKind.PEDESTRIAN: gettext_lazy("the pedestrian street"),
    WayKind.SQUARE: gettext_lazy("the square"),
    WayKind.FOOTPATH: gettext_lazy("the footpath"),
    WayKind.PAVEMENT: gettext_lazy("the pavement"),
    WayKind.CROSSING: gettext_lazy("the crossing"),
    WayKind.STEPS: gettext_lazy("the steps"),
    WayKind.CYCLEWAY: gettext_lazy("the foot and cycle path"),
    WayKind.TRACK: gettext_lazy("the track"),
    WayKind.PLATFORM: gettext_lazy("the platform"),
    WayKind.CORRIDOR: gettext_lazy("the indoor passage"),
}


def sentences(leg: Leg, distance: Callable[[int], str]) -> list[str]:
    """A sentence for each step of a leg; `distance` writes metres."""
    return [_sentence(step, leg.end.name, distance) for step in leg.steps]


def _sentence(step: Step, end: str, distance: Callable[[int], str]) -> str:
    if step.turn == Turn.ARRIVE:
        return _arrival(step.side, end)
    way = step.street or (_WAYS[step.kind] if step.kind else "")
    if step.turn == Turn.DEPART:
        text = gettext("Head %(heading)s on %(way)s") if way else gettext("Head %(heading)s")
        text %= {"heading": _HEADINGS[step.heading or Heading.N], "way": way}
    else:
        text = str(_TURNS[step.turn]) % {"way": way}
    # A number is not torn from its unit at the end of a line.
    return gettext("%(what)s, %(distance)s") % {
        "what": text,
        "distance": distance(step.distance_m).replace(" ", "\xa0"),
    }


def _arrival(side: Side | None, end: str) -> str:
    if not end:
        return gettext("You have arrived")
    if side is None:
        return gettext("You are at %(place)s") % {"place": end}
    if side == Side.LEFT:
        return gettext("%(place)s is on your left") % {"place": end}
    return gettext("%(place)s is on your right") % {"place": end}
