"""Flaws of where one is taken: zones, from-to pairs, exclusions, stops and how one is met."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, combinations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from shapely.geometry import MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from transit.models.geometry import MAX_RINGS, MAX_VERTICES, check_geometry
from transit.ondemand.flaw import Flaw, repeated
from transit.ondemand.rules import Meeting, MeetingKind, Ring, Rules, StopKind

MOST_ZONES, MOST_STOPS = 100, 2000
MOST_DEGREES = 5.0
"""A zone that is wider is drawn by mistake: a vehicle does not cross it in a shift."""
NEAR_DEGREES = 0.001
"""A stop on the border, by about a street's width, belongs to the zone."""


def check(rules: Rules) -> Iterator[Flaw]:
    """All of these."""
    return chain(_zones(rules), _pairs(rules), _exclusions(rules), _stops(rules), _meeting(rules))


def shape_of(rings: tuple[Ring, ...]) -> BaseGeometry:
    """The area that rings enclose: inside is what an odd number of them holds."""
    area: BaseGeometry = MultiPolygon()
    for ring in rings:
        area = area.symmetric_difference(Polygon(ring))
    return area


def why_not_an_area(rings: tuple[Ring, ...]) -> str:
    """What is wrong with rings, in words; empty where nothing is.

    Nothing is laid over anything else before it is known to be small, and that no two borders cross: each crossing
    would be a corner of the area, and there can be as many as the product of the corners.
    """
    if len(rings) > MAX_RINGS or sum(map(len, rings)) > MAX_VERTICES:
        return _("The area is too detailed: at most 50 rings and 10,000 corners.")
    for ring in rings:
        if len(set(ring)) < 3:
            return _("It needs three corners at least.")
        try:
            check_geometry("area", {"type": "Polygon", "coordinates": [[list(corner) for corner in ring]]})
        except ValidationError as wrong:
            return " ".join(wrong.messages)
    if any(one.overlaps(other) for one, other in combinations(map(Polygon, rings), 2)):
        return _("Two borders of the area cross. Let one lie inside the other, or beside it.")
    if not rings or shape_of(rings).is_empty:
        return _("It has no border.")
    west, south, east, north = shape_of(rings).bounds
    if east - west > MOST_DEGREES or north - south > MOST_DEGREES:
        return _("It is larger than a country: perhaps longitude and latitude are mixed up.")
    return ""


def _zones(rules: Rules) -> Iterator[Flaw]:
    if not rules.zones:
        yield Flaw("zones", _("There is no zone yet."), _("Draw at least one zone in which rides are offered."))
    if len(rules.zones) > MOST_ZONES:
        yield Flaw("zones", _("There are too many zones."), _("At most 100 are possible; join some."))
    yield from repeated("zones", (zone.code for zone in rules.zones))
    for zone in rules.zones:
        if not zone.name:
            yield Flaw("zones", _("The zone “%s” has no name.") % zone.code, _("Write the name that people know."))
        if why := why_not_an_area(zone.rings):
            yield Flaw("zones", _("The zone “%s” cannot be used.") % (zone.name or zone.code), why)


def _pairs(rules: Rules) -> Iterator[Flaw]:
    zones = {zone.code for zone in rules.zones}
    hubs = any(stop.kind == StopKind.HUB for stop in rules.stops)
    for pair in rules.pairs:
        for code in {pair.origin, pair.destination} - zones:
            yield Flaw(
                "pairs", _("A connection names the zone “%s”, which there is not.") % code, _("Choose another zone.")
            )
        if pair.hubs_only and not hubs:
            what = _("Rides from %(origin)s to %(destination)s need a hub, and there is none.")
            named = {"origin": pair.origin, "destination": pair.destination}
            yield Flaw("pairs", what % named, _("Enter a stop of the kind “hub”, such as a station."))
    ways = [(pair.origin, pair.destination) for pair in rules.pairs]
    ways += [(pair.destination, pair.origin) for pair in rules.pairs if pair.both and pair.origin != pair.destination]
    if len(ways) != len(set(ways)):
        yield Flaw("pairs", _("The same two zones are connected twice."), _("Remove one of the two."))


def _exclusions(rules: Rules) -> Iterator[Flaw]:
    for each in rules.exclusions:
        if each.rings:
            if why := why_not_an_area(each.rings):
                yield Flaw("exclusions", _("The area of “%s” cannot be used.") % each.name, why)
        elif each.bus_walk_m is None or each.bus_wait_s is None:
            what = _("“%s” does not say what is excluded.") % each.name
            yield Flaw("exclusions", what, _("Draw an area, or say how near a bus must be."))
        elif not 0 <= each.bus_walk_m <= 5000 or not 0 <= each.bus_wait_s <= 4 * 3600 or each.bus_factor < 1:
            what = _("“%s” has limits that nobody can mean.") % each.name
            yield Flaw("exclusions", what, _("Walk at most 5,000 m, wait at most 240 minutes, factor 1 or more."))


def _stops(rules: Rules) -> Iterator[Flaw]:
    if len(rules.stops) > MOST_STOPS:
        yield Flaw("stops", _("There are too many stops."), _("At most 2,000 are possible."))
    yield from repeated("stops", (stop.code for stop in rules.stops))
    areas = [shape_of(zone.rings) for zone in rules.zones if not why_not_an_area(zone.rings)]
    for stop in rules.stops:
        if not stop.name:
            yield Flaw("stops", _("The stop “%s” has no name.") % stop.code, _("Write the name that people know."))
        if not (-180 <= stop.lon <= 180 and -90 <= stop.lat <= 90):
            yield Flaw("stops", _("The stop “%s” is nowhere on earth.") % stop.name, _("Write its coordinates anew."))
        elif areas and all(area.distance(Point(stop.lon, stop.lat)) > NEAR_DEGREES for area in areas):
            what = _("The stop “%s” lies in no zone.") % stop.name
            yield Flaw("stops", what, _("Move it, or draw a zone that includes it."))


def _meeting(rules: Rules) -> Iterator[Flaw]:
    meeting: Meeting = rules.meeting
    groups = {group.code for group in rules.groups}
    for walk_m in (meeting.walk_m, *(limit for _group, limit in meeting.group_walk_m)):
        if not 0 <= walk_m <= 5000:
            yield Flaw("meeting", _("A walk of %s m is not possible.") % walk_m, _("Write 0 to 5,000 metres."))
    for code, _limit in meeting.group_walk_m:
        if code not in groups:
            what = _("A walking limit is for the group “%s”, which there is not.") % code
            yield Flaw("meeting", what, _("Remove the limit, or enter the group."))
    if meeting.kind == MeetingKind.STOP and not rules.stops:
        yield Flaw("meeting", _("One is met at stops only, and there are none."), _("Enter stops, or meet at doors."))
    if meeting.kind != MeetingKind.DOOR and meeting.walk_m == 0:
        yield Flaw("meeting", _("Nobody would walk to the meeting place."), _("Allow a walk of some hundred metres."))
