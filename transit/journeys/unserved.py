"""Why our own dispatcher does not take somebody, and the nearest change with which it would; it is asked for both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Final

import numpy as np

from transit.journeys.called_areas import inside
from transit.journeys.diagnosis import Diagnosis
from transit.journeys.dispatched import Offered, list_around
from transit.journeys.quotes import Questions, Refused, ask, deadline
from transit.journeys.reasons import End, Reason, ReasonCode
from transit.journeys.unreached import BESIDE_M, INSIDE_M
from transit.journeys.wishes import Company
from transit.ondemand import quote
from transit.ondemand.areas import zones_at
from transit.ondemand.quote import RideRefused, Spot, Wish
from transit.routing.kernels.ways import length_of
from transit.routing.query import Location

_CODES: Final = {
    quote.Reason.CLOSED: ReasonCode.RIDE_CLOSED,
    quote.Reason.TOO_LATE: ReasonCode.RIDE_TOO_LATE,
    quote.Reason.TOO_EARLY: ReasonCode.RIDE_TOO_EARLY,
    quote.Reason.NOT_BETWEEN: ReasonCode.RIDE_NOT_BETWEEN,
    quote.Reason.EXCLUDED: ReasonCode.RIDE_EXCLUDED,
    quote.Reason.FULL: ReasonCode.RIDE_FULL,
    quote.Reason.NOT_ELIGIBLE: ReasonCode.RIDE_NOT_ELIGIBLE,
}


def unserved(search: Diagnosis, refused: Sequence[Refused]) -> list[Reason]:
    """What the dispatcher said of the rides that were found (`refused`), else what it says of the whole way."""
    ends_at = deadline()
    said = [*refused, *_from_door_to_door(search, ends_at)]
    found = {(reason.code, reason.line): reason for each in reversed(said) if (reason := _reason(search, each))}
    return list(found.values())[::-1] or list(_beside(search, ends_at))


def _reason(search: Diagnosis, refused: Refused) -> Reason | None:
    code, nearest = _CODES.get(quote.Reason(refused.code)), refused.nearest
    if code is None:
        return None
    line = refused.offered.title(search.query.language)
    if code == ReasonCode.RIDE_TOO_EARLY:
        return search.reason(code, line=line, at=nearest)
    if nearest is None:
        return search.reason(code, line=line)
    time_at = nearest.astimezone(UTC).isoformat().replace("+00:00", "Z")
    change = (("time", time_at), ("arrive_by", "false"))
    return search.reason(code, line=line, next_at=nearest, change=change)


@dataclass(frozen=True)
class _Way:
    """A wish from door to door in a service, for who is searching. All ways are asked for until `ends_at`."""

    search: Diagnosis
    offered: Offered
    ends_at: float

    def ask(self, start: Location, end: Location) -> Questions:
        """Begin to ask."""
        query = self.search.query
        company = Company(query.travellers, query.mobility, query.party)
        wish = Wish(
            self.offered.service.code, Spot(start.lon, start.lat), Spot(end.lon, end.lat),
            query.time_at if query.arrive_by else max(query.time_at, self.search.now), query.arrive_by, company.load,
            query.party.group, query.party.purpose,
        )  # fmt: skip
        return ask([wish], self.search.now, self.ends_at)

    def takes(self, start: Location, end: Location) -> bool:
        """Whether one is taken, at that time or another."""
        refused = _refusal(self.ask(start, end))
        return refused is None or refused.nearest is not None


def _refusal(questions: Questions) -> RideRefused | None:
    """Why one is not taken; None where one is, or nobody knows."""
    return next((each for each in questions.answers.values() if isinstance(each, RideRefused)), None)


def _from_door_to_door(search: Diagnosis, ends_at: float) -> list[Refused]:
    """Of the services that come to both ends."""
    ends = search.query.origin, search.query.destination
    around = [
        each for each in list_around(ends, search.day) if all(zones_at(each.rules, end.lon, end.lat) for end in ends)
    ]
    asked = [(each, _Way(search, each, ends_at).ask(*ends)) for each in around]
    said = [(each, _refusal(questions)) for each, questions in asked]
    return [Refused(each, refused.code, refused.nearest) for each, refused in said if refused is not None]


def _beside(search: Diagnosis, ends_at: float) -> Iterator[Reason]:
    """An end beside the area of a service that comes to the other one."""
    query = search.query
    for offered in list_around((query.origin, query.destination), search.day):
        for name, here, other in (
            (End.ORIGIN, query.origin, query.destination),
            (End.DESTINATION, query.destination, query.origin),
        ):
            edge = _edge(search, offered, here) if zones_at(offered.rules, other.lon, other.lat) else None
            if edge is None:
                continue
            metres, inner = edge
            moved = (inner, other) if name == End.ORIGIN else (other, inner)
            if _Way(search, offered, ends_at).takes(*moved):
                line = offered.title(query.language)
                change = ((name.value, f"{inner.lat:.5f},{inner.lon:.5f}"),)
                yield search.reason(ReasonCode.OUTSIDE_ZONE, end=name, line=line, distance_m=metres, change=change)


def _edge(search: Diagnosis, offered: Offered, here: Location) -> tuple[int, Location] | None:
    """How far the nearest zone is in which a place is not, and a place just inside of it; None where it is far."""
    if zones_at(offered.rules, here.lon, here.lat):
        return None
    found = []
    for zone in offered.rules.zones:
        area, _ = inside(search.engine.timetabled, zone.rings)
        lon, lat = area.nearest(0, here.lon, here.lat)
        metres = float(length_of(np.array([(here.lon, here.lat), (lon, lat)])))
        by = 1 + INSIDE_M / max(metres, 1.0)
        inner = Location(here.lat + by * (lat - here.lat), here.lon + by * (lon - here.lon))
        if metres <= BESIDE_M and zones_at(offered.rules, inner.lon, inner.lat):
            found.append((round(metres), inner))
    return min(found, key=lambda each: each[0], default=None)
