"""Whether a journey can still be made as it was sold, given what operators say of its trips."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from bookings.services.requests import departure_key
from transit.register.trip_events import TripNews, find_latest
from transit.routing.itinerary import Itinerary


@dataclass(frozen=True, slots=True)
class Break:
    """The first ride that is not made: it does not run, or is gone before one is there.

    One goes on from the end of the ride `after_leg`, or from the very beginning where that is None, at `leave_at`. Who
    comes too late is there at `there_at`.
    """

    leg: int
    cancelled: bool
    after_leg: int | None
    leave_at: datetime
    there_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Met:
    """A ride on demand as it is planned now: the vehicle comes at `meets_at`, waits until `waits_until`, and is there
    at `ends_at`.
    """

    meets_at: datetime
    waits_until: datetime
    ends_at: datetime


def find_break(itinerary: Itinerary, met: Mapping[int, Met] = MappingProxyType({})) -> Break | None:
    """Where a journey breaks by what operators have said last of its trips; None where it holds.

    `met` are its rides on demand by leg.
    """
    keys = [departure_key(itinerary, leg) for leg, ride in enumerate(itinerary.legs) if ride.service]
    return first_break(itinerary, find_latest(keys), met)


def first_break(
    itinerary: Itinerary, latest: Mapping[str, TripNews], met: Mapping[int, Met] = MappingProxyType({})
) -> Break | None:
    """Where a journey breaks; None where it holds. A trip is as late everywhere as its operator says.

    Walks take as long as they were planned to; a ride is missed by who is there later than it leaves.
    """
    last, there_at, left_at = None, None, itinerary.start_at
    for leg, ride in enumerate(itinerary.legs):
        if ride.service is None:
            there_at = None if there_at is None else there_at + (ride.end_at - ride.start_at)
            continue
        news = latest.get(departure_key(itinerary, leg))
        starts_at, ends_at = ride.start_at, ride.end_at
        if news is not None:
            starts_at, ends_at = ride.scheduled_start_at + news.delay, ride.scheduled_end_at + news.delay
        if leg in met:
            starts_at, ends_at = met[leg].waits_until, met[leg].ends_at
        cancelled = news is not None and news.cancelled
        if cancelled or (there_at is not None and there_at > starts_at):
            return Break(leg, cancelled, last, left_at, there_at)
        last, there_at = leg, ends_at
        left_at = there_at
    return None
