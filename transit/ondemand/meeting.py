"""Where one is met and set down: at the door, at the nearest street, or at a stop, within the walk that is asked."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np

from transit.ondemand.areas import is_hub, zones_at
from transit.ondemand.quote import Reason, RideRefused, Spot
from transit.ondemand.roads import Roads, straight_m
from transit.ondemand.rules import Load, LoadKind, MeetingKind, MeetingStop, Rules

WALK_MPS: Final = 1.25
_WHEELCHAIR: Final = list(LoadKind).index(LoadKind.WHEELCHAIR)


@dataclass(frozen=True, slots=True)
class Met:
    """A place where a vehicle stops, the walk between it and the door, the zones it is in."""

    spot: Spot
    walk_s: int
    zones: frozenset[str]
    is_hub: bool

    @property
    def walk(self) -> timedelta:
        """The walk."""
        return timedelta(seconds=self.walk_s)


def meet(rules: Rules, roads: Roads, spot: Spot, group: str, load: Load) -> Met:
    """Where somebody of a group is met who is at a spot. Raises RideRefused: OUTSIDE."""
    if spot.stop:
        return _at(rules, _named(rules, spot.stop, load), 0.0)
    here = zones_at(rules, spot.lon, spot.lat)
    walk_m = dict(rules.meeting.group_walk_m).get(group, rules.meeting.walk_m)
    if rules.meeting.kind == MeetingKind.STOP and walk_m:
        return _nearest(rules, spot, walk_m, load)
    if not here:
        raise RideRefused(Reason.OUTSIDE)
    if rules.meeting.kind == MeetingKind.DOOR or not walk_m:
        return Met(spot, 0, here, is_hub=False)
    lon, lat, metres = roads.meet(spot.lon, spot.lat)
    if metres > walk_m:
        raise RideRefused(Reason.OUTSIDE)
    return Met(Spot(lon, lat), _walk_s(metres), zones_at(rules, lon, lat) or here, is_hub=False)


def _nearest(rules: Rules, spot: Spot, walk_m: int, load: Load) -> Met:
    stops = [each for each in rules.stops if _takes(each, load)]
    lon, lat = (np.array([getattr(each, axis) for each in stops], np.float64) for axis in ("lon", "lat"))
    metres = straight_m(spot.lon, spot.lat, lon, lat)
    if not len(metres) or metres.min() > walk_m:
        raise RideRefused(Reason.OUTSIDE)
    near = int(metres.argmin())
    return _at(rules, stops[near], float(metres[near]))


def _named(rules: Rules, code: str, load: Load) -> MeetingStop:
    found = next((each for each in rules.stops if each.code == code), None)
    if found is None or not _takes(found, load):
        raise RideRefused(Reason.OUTSIDE)
    return found


def _at(rules: Rules, stop: MeetingStop, metres: float) -> Met:
    zones = zones_at(rules, stop.lon, stop.lat)
    return Met(Spot(stop.lon, stop.lat, stop.code), _walk_s(metres), zones, is_hub(stop))


def _takes(stop: MeetingStop, load: Load) -> bool:
    return not load[_WHEELCHAIR] or stop.wheelchair is not False


def _walk_s(metres: float) -> int:
    return math.ceil(metres / WALK_MPS)
