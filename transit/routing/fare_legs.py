"""Rides → effective fare legs: those that a feed's Fares v2 counts as one (fare_leg_join_rules.txt)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from transit.routing.itinerary import Leg, Place
from transit.routing.tariff import Tariff


@dataclass(frozen=True, slots=True)
class FareLeg:
    """One or more rides. `legs` are positions in the itinerary, stops are ids of the feed, times are Unix seconds.

    `frames` are the timeframe groups in which it begins and ends.
    """

    legs: tuple[int, ...]
    networks: frozenset[str]
    stops: tuple[str, str]
    start_s: float
    end_s: float
    frames: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())

    @classmethod
    def of(cls, tariff: Tariff, legs: Sequence[Leg], positions: Sequence[int]) -> FareLeg:
        """The rides at some positions of an itinerary as one: its first says where and when it begins."""
        rides = [legs[position] for position in positions]
        first, last = rides[0], rides[-1]
        return cls(
            tuple(positions),
            frozenset(network_of(tariff, ride) for ride in rides),
            (local_id(first.start.stop_id), local_id(last.end.stop_id)),
            first.start_at.timestamp(),
            last.end_at.timestamp(),
            (_frames(tariff, first.start_at, first.start), _frames(tariff, last.end_at, last.end)),
        )


def fare_legs(tariff: Tariff, legs: Sequence[Leg], own: Sequence[int]) -> list[FareLeg]:
    """The rides `own`, which are those of one feed, as fare legs.

    Rides are joined only where no other ride is between them. One that is ridden on in the same seat, in the same
    network, is joined to what it goes on from: nobody changes.
    """
    rides = [position for position, leg in enumerate(legs) if leg.is_transit]
    groups: list[list[int]] = []
    for position in own:
        before = rides[max(rides.index(position) - 1, 0)]
        if groups and groups[-1][-1] == before and _joined(tariff, legs[before], legs[position]):
            groups[-1].append(position)
        else:
            groups.append([position])
    return [FareLeg.of(tariff, legs, positions) for positions in groups]


def network_of(tariff: Tariff, leg: Leg) -> str:
    """The network that a ride is in; "" for none."""
    return tariff.network_of(local_id(leg.service.route_id)) if leg.service else ""


def local_id(outside_id: str | None) -> str:
    """An id as its feed writes it."""
    return (outside_id or "").partition(":")[2]


def _joined(tariff: Tariff, first: Leg, second: Leg) -> bool:
    """Whether two rides in succession count as one fare leg.

    A join rule that names no stops holds where one gets off and on at the same station.
    """
    networks = network_of(tariff, first), network_of(tariff, second)
    if second.stay_seated and networks[0] == networks[1]:
        return True
    tail, head = (
        {stop, tariff.station_of(stop)} for stop in (local_id(first.end.stop_id), local_id(second.start.stop_id))
    )
    return any(
        rule.from_stop in tail and rule.to_stop in head if rule.from_stop else bool(tail & head)
        for rule in tariff.join_rules
        if (rule.from_network, rule.to_network) == networks
    )


def _frames(tariff: Tariff, at: datetime, place: Place) -> frozenset[str]:
    """The timeframe groups of a moment by the clock of a place."""
    return tariff.frames_at(at.astimezone(ZoneInfo(place.timezone))) if tariff.timeframes else frozenset()
