"""From where to where one is taken: zones, or the stops in them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from shapely.geometry import Point

from transit.ondemand.area_checks import NEAR_DEGREES, shape_of
from transit.ondemand.rules import MeetingKind, MeetingStop, Pair, Ring, Rules, StopKind, Zone

AT_STOP_M: Final = 50
"""Formats that know areas alone are told so much around a stop."""
_METRES_PER_DEGREE: Final = 111_320
_CORNERS: Final = 12


@dataclass(frozen=True, slots=True)
class End:
    """An area, or with `stops` these alone."""

    code: str
    name: str
    rings: tuple[Ring, ...]
    stops: tuple[MeetingStop, ...] = ()

    @property
    def outline(self) -> tuple[Ring, ...]:
        """As an area in every case."""
        return tuple(_around(stop.lon, stop.lat) for stop in self.stops) if self.stops else self.rings


def ways_of(rules: Rules) -> list[tuple[End, End]]:
    """From where to where, each once."""
    zones = {zone.code: zone for zone in rules.zones}
    pairs = rules.pairs or tuple(Pair(one, other, both=False) for one in zones for other in zones)
    found: dict[tuple[str, str], tuple[End, End]] = {}
    for pair in pairs:
        for origin, destination in _directions(pair):
            for way in _ways(rules, zones[origin], zones[destination], pair.hubs_only):
                found.setdefault((way[0].code, way[1].code), way)
    return list(found.values())


def _directions(pair: Pair) -> Iterator[tuple[str, str]]:
    yield pair.origin, pair.destination
    if pair.both and pair.origin != pair.destination:
        yield pair.destination, pair.origin


def _ways(rules: Rules, origin: Zone, destination: Zone, hubs_only: bool) -> Iterator[tuple[End, End]]:
    ends = _end(rules, origin), _end(rules, destination)
    ways = [ends]
    if hubs_only:
        ways = [(ends[0], _hubs(rules, destination)), (_hubs(rules, origin), ends[1])]
    return (way for way in ways if all(end.rings or end.stops for end in way))


def _end(rules: Rules, zone: Zone) -> End:
    if rules.meeting.kind != MeetingKind.STOP:
        return End(zone.code, zone.name, zone.rings)
    return End(f"{zone.code}-stops", zone.name, (), _inside(rules.stops, zone))


def _hubs(rules: Rules, zone: Zone) -> End:
    hubs = tuple(stop for stop in rules.stops if stop.kind == StopKind.HUB)
    return End(f"{zone.code}-hubs", zone.name, (), _inside(hubs, zone))


def _inside(stops: tuple[MeetingStop, ...], zone: Zone) -> tuple[MeetingStop, ...]:
    area = shape_of(zone.rings)
    return tuple(stop for stop in stops if area.distance(Point(stop.lon, stop.lat)) <= NEAR_DEGREES)


def _around(lon: float, lat: float) -> Ring:
    high = AT_STOP_M / _METRES_PER_DEGREE
    wide = high / max(math.cos(math.radians(lat)), 0.01)
    angles = [2 * math.pi * number / _CORNERS for number in range(_CORNERS)]
    corners = [(round(lon + wide * math.cos(a), 6), round(lat + high * math.sin(a), 6)) for a in angles]
    return (*corners, corners[0])
