"""The ground and the schedule of those who cannot walk everywhere or ride in every vehicle."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transit.routing.access import Ground, spot_at
from transit.routing.streets import F32, F64, NO_EDGE, WALK
from transit.routing.timetable import U32, Schedule
from transit.routing.window import NO_DROP_OFF, NO_PICKUP

Mask = NDArray[np.bool_]
LINK_M = 30.0
"""Whose nearest street is closed may have another one on the other side of the pavement, not one round the block."""


class _Links(NamedTuple):
    """Where places meet the streets, as Streets has it of stops, and which of them cannot."""

    edge: U32
    fraction: F32
    offset_m: F32
    shut: Mask


def limited(ground: Ground, bit: int) -> Ground:
    """The ground for who walks only where the streets have a bit; itself where that is everywhere.

    Stops and entrances at a street that is closed so are met from the next one, if it is near.
    """
    if ground.streets is None:
        return ground
    net, doors = ground.net, ground.doors
    open_ = net.edge_modes & bit != 0
    modes = np.where(open_, net.edge_modes, net.edge_modes & ~np.uint8(WALK))
    if (modes == net.edge_modes).all():
        return ground
    bare = _sharing(ground, replace(ground, streets=replace(net, edge_modes=modes)))
    stops = _relinked(bare, (ground.stop_lat, ground.stop_lon), (net.stop_edge, net.stop_fraction, net.stop_offset_m))
    streets = replace(bare.net, stop_edge=stops.edge, stop_fraction=stops.fraction, stop_offset_m=stops.offset_m)
    whole = replace(bare, streets=streets, shut_stops=stops.shut)
    if doors is not None:
        found = _relinked(bare, (doors.lat, doors.lon), (doors.edge, doors.fraction, doors.offset_m))
        moved = replace(doors, edge=found.edge, fraction=found.fraction, offset_m=found.offset_m)
        whole = replace(whole, doors=moved, shut_doors=found.shut)
    return _sharing(ground, whole)


def _sharing(ground: Ground, other: Ground) -> Ground:
    """Another ground on the same streets, with what depends on their shape alone."""
    vars(other).update(tails=ground.tails, twins=ground.twins)
    return other


def _relinked(ground: Ground, places: tuple[F64, F64], links: tuple[U32, F32, F32]) -> _Links:
    """The links of places, those to a closed edge anew."""
    (lat, lon), edge, fraction, offset_m = places, links[0].copy(), links[1].copy(), links[2].copy()
    shut = np.zeros(len(edge), bool)
    open_ = ground.usable[WALK]
    linked = np.flatnonzero(edge != NO_EDGE)
    for i in linked[open_[edge[linked]] == 0].tolist():
        link = spot_at(ground, lat[i], lon[i]).link
        if link is not None and link.offset_m <= LINK_M:
            edge[i], fraction[i], offset_m[i] = link
        else:
            edge[i], shut[i] = NO_EDGE, True
    return _Links(edge, fraction, offset_m, shut)


def without(schedule: Schedule, runs: Mask, stops: Mask, alone: Mask, days: U32) -> Schedule:
    """The schedule without some runs, and without boarding and alighting at some stops.

    The runs `alone` run on all days of their service in `days`, also where they are a part of a run that is left out.
    """
    never = len(schedule.service_active)
    service = np.where(runs, never, np.where(alone, days, schedule.trip_service)).astype(np.uint32)
    shut = stops[schedule.sequence_stops]
    return replace(
        schedule,
        sequence_pickup=np.where(shut, NO_PICKUP, schedule.sequence_pickup).astype(np.uint8),
        sequence_drop_off=np.where(shut, NO_DROP_OFF, schedule.sequence_drop_off).astype(np.uint8),
        trip_service=service,
        service_active=np.vstack((schedule.service_active, np.zeros_like(schedule.service_active[:1]))),
        service_timezone=np.append(schedule.service_timezone, np.uint32(0)).astype(np.uint32),
    )
