"""What has changed about an itinerary since it was proposed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from transit.money import Money
from transit.routing.itinerary import Itinerary, Leg, Place
from transit.routing.query import Mode


class AlterationCode(StrEnum):
    """What of a ride is otherwise; or why there is no such ride any more."""

    DEPARTURE = "departure"
    ARRIVAL = "arrival"
    START_STOP = "start_stop"
    END_STOP = "end_stop"
    START_PLATFORM = "start_platform"
    END_PLATFORM = "end_platform"
    LINE = "line"
    TRIP = "trip"
    """Another trip: the timetable numbers it anew, or it is the nearest one of the line."""
    PRICE = "price"
    """Of the whole itinerary."""
    CANCELLED = "cancelled"
    GONE = "gone"
    """There is no such ride any more."""
    MISSED = "missed"
    """It leaves before one can be there."""


Value = datetime | str | Money | None


@dataclass(frozen=True, slots=True)
class Alteration:
    """One thing that has changed; `leg` is the position of the ride (None: the whole), `mode` and `line` what it was.

    `old` and `new` are instants, texts or prices, by `code`; what is lost has no new one. `timezone` is that of the
    clocks there.
    """

    code: AlterationCode
    leg: int | None
    mode: Mode | None
    line: str
    timezone: str
    old: Value
    new: Value = None


def altered(old: Itinerary, new: Itinerary) -> list[Alteration]:
    """What is otherwise in the rides of an itinerary, in their order."""
    return [
        each
        for leg, (before, now) in enumerate(zip(old.legs, new.legs, strict=True))
        if before.is_transit
        for each in _of_ride(leg, before, now)
    ]


def lost(itinerary: Itinerary, leg: int, code: AlterationCode) -> Alteration:
    """A ride that can no longer be taken."""
    ride = itinerary.legs[leg]
    return Alteration(code, leg, ride.mode, _line(ride), ride.start.timezone, ride.start_at)


def repriced(itinerary: Itinerary, old: Money | None, new: Money | None) -> list[Alteration]:
    """That the whole costs another price; nothing where one of the two is not known."""
    if old is None or new is None or old == new:
        return []
    return [Alteration(AlterationCode.PRICE, None, None, "", itinerary.legs[0].start.timezone, old, new)]


def _of_ride(leg: int, before: Leg, now: Leg) -> Iterator[Alteration]:
    values: list[tuple[AlterationCode, Value, Value, Place]] = [
        (AlterationCode.LINE, _line(before), _line(now), before.start),
        (AlterationCode.TRIP, _trip(before), _trip(now), before.start),
        *_stop(before.start, now.start, AlterationCode.START_STOP, AlterationCode.START_PLATFORM),
        (AlterationCode.DEPARTURE, before.start_at, now.start_at, now.start),
        *_stop(before.end, now.end, AlterationCode.END_STOP, AlterationCode.END_PLATFORM),
        (AlterationCode.ARRIVAL, before.end_at, now.end_at, now.end),
    ]
    for code, old, new, place in values:
        if old != new:
            yield Alteration(code, leg, before.mode, _line(before), place.timezone, old, new)


def _stop(
    before: Place, now: Place, stop: AlterationCode, platform: AlterationCode
) -> Iterator[tuple[AlterationCode, Value, Value, Place]]:
    """Another platform where the name is the same, else another stop; a new id alone is nothing to people."""
    if before.name != now.name and before.stop_id != now.stop_id:
        yield stop, before.name, now.name, now
    else:
        yield platform, before.platform, now.platform, now


def _line(leg: Leg) -> str:
    return leg.service.line if leg.service else ""


def _trip(leg: Leg) -> str:
    return leg.service.trip_id if leg.service else ""
