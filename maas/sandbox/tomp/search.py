"""What a buyer asks for: places, times and travellers out of a search-offers request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from maas.sandbox.tomp import errors
from maas.sandbox.tomp.timetable import Ride, StopPlace, Timetable

Json = dict[str, Any]
WINDOW = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Wish:
    """A travel specification, understood. `trips` narrows it to service journeys, where the buyer names some."""

    start: StopPlace
    end: StopPlace
    since: datetime
    until: datetime
    by_arrival: bool
    trips: frozenset[str]
    travellers: tuple[str, ...]
    seats: int

    def rides(self, timetable: Timetable) -> list[Ride]:
        """The rides that fit: soonest first, or for an arrival time the latest first."""
        found = timetable.rides(self.start, self.end, self.since, self.until)
        if self.trips:
            found = [ride for ride in found if ride.trip_id in self.trips]
        if self.by_arrival:
            return [ride for ride in reversed(found) if ride.arrives_at <= self.until]
        return found


def wish(inputs: Json, timetable: Timetable, prefix: str, now: datetime) -> Wish:
    """Reads a searchOfferRequest. Raises TompError."""
    if inputs.get("type") != "searchOffer":
        raise errors.invalid("type", "searchOffer is expected", 2)
    specification = inputs.get("specification")
    if not isinstance(specification, dict):
        raise errors.missing("specification", 2)
    start, end = (_place(specification, side, timetable, prefix) for side in ("from", "to"))
    start_at, end_at = (_time(specification, side) for side in ("startTime", "endTime"))
    by_arrival = start_at is None and end_at is not None
    since = start_at or (end_at - WINDOW if end_at else now)
    until = end_at if by_arrival and end_at else since + WINDOW
    trips = frozenset(str(t).removeprefix(f"{prefix}:") for t in specification.get("serviceJourneys", ()))
    travellers, seats = _travellers(inputs)
    return Wish(start, end, max(since, now), until, by_arrival, trips, travellers, seats)


def _place(specification: Json, side: str, timetable: Timetable, prefix: str) -> StopPlace:
    reference = specification.get(side)
    if not reference:
        raise errors.missing(side, 2)
    kind, _, rest = str(reference).partition(":")
    if kind in ("gps", "GPS"):
        place = _near(rest, side, timetable)
    elif kind == prefix:
        place = timetable.place(rest)
    else:
        raise errors.invalid(side, f"no data source has the prefix {kind}", 2)
    if place is None:
        raise errors.TompError(404, 2204, "Not found", f"{side}: no stop of ours is there")
    return place


def _near(text: str, side: str, timetable: Timetable) -> StopPlace | None:
    """Longitude first."""
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError:
        raise errors.invalid(side, "gps:longitude,latitude is expected", 2) from None
    return timetable.near(lat, lon)


def _time(specification: Json, side: str) -> datetime | None:
    text = specification.get(side)
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        raise errors.invalid(side, "RFC 3339 is expected", 2) from None
    if at.tzinfo is None:
        raise errors.invalid(side, "an offset is needed", 2)
    return at.astimezone(UTC)


def needs_of(inputs: Json) -> tuple[str, ...]:
    """Every mobilityNeed of the travellers of a request."""
    given = [(who.get("requirements") or {}).get("prmNeeds") or [] for who in inputs.get("travellers") or []]
    return tuple(str(need["mobilityNeed"]) for needs in given for need in needs if "mobilityNeed" in need)


def _travellers(inputs: Json) -> tuple[tuple[str, ...], int]:
    given = inputs.get("travellers") or [{"type": "traveller", "id": "1", "groupSize": 1}]
    ids: list[str] = []
    for traveller in given:
        if not traveller.get("id"):
            raise errors.missing("travellers.id", 2)
        size = int(traveller.get("groupSize") or 1)
        ids += [str(traveller["id"])] if size == 1 else [f"{traveller['id']}.{n + 1}" for n in range(size)]
    return tuple(ids), len(ids)
