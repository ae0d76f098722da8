"""Hired vehicles: those that a search may use now, their legs of an itinerary, and what stands around a place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from transit.feeds.mobility import list_rentals
from transit.journeys.engine import Engine
from transit.journeys.places import name_at
from transit.money import Money
from transit.routing.access import Spot, straight_m
from transit.routing.itinerary import Leg, Place, Rental, Step
from transit.routing.journey import Hire, StreetLeg, Way
from transit.routing.kernels.ways import DETOUR
from transit.routing.query import Mode, Query
from transit.routing.rentals import Form, Rentals, Return, Station, Uris, Vehicle, VehicleType, price_of, text_in
from transit.routing.renting import Fleet, fleets_of

SOON: Final = timedelta(hours=1)
"""What stands at a station now says nothing of a time further away."""


def fleets(engine: Engine, query: Query, now: datetime) -> list[Fleet]:
    """The fleets that a search asks for and may use."""
    if not query.rental_modes or query.step_free:
        return []
    found = list[Fleet]()
    for rentals in list_rentals():
        is_soon = abs(query.time_at - now) <= SOON
        known = is_soon and not rentals.status.is_unknown(now)
        found += _fleets(engine, rentals, known, is_soon and not rentals.status.is_gone(now))
    return [each for each in found if each.profile.mode in query.rental_modes]


@lru_cache(maxsize=64)
def _fleets(engine: Engine, rentals: Rentals, is_known: bool, has_vehicles: bool) -> tuple[Fleet, ...]:
    return tuple(fleets_of(engine.ground, rentals, is_known=is_known, has_vehicles=has_vehicles))


@dataclass(frozen=True)
class Writer:
    """Writes the legs of a hire in a language; `steps` gives the directions of a way."""

    engine: Engine
    language: str
    steps: Callable[[Way], tuple[Step, ...]] | None

    def legs(self, whole: Leg, leg: StreetLeg, base_at: datetime) -> list[Leg]:
        """The walk, the ride and the walk of what is one leg to the search, between its ends and within its times."""
        hire = leg.hire
        assert isinstance(hire, Hire)
        before, ridden, _ = (timedelta(seconds=seconds) for seconds in hire.seconds)
        left, parked = self._pickup(hire), self._drop(hire)
        begun = base_at + timedelta(seconds=leg.start_s)
        taken_at, left_at = begun + before, begun + before + ridden
        parts = (
            (Mode.WALK, whole.start, left, whole.start_at, taken_at),
            (hire.kind.profile.mode, left, parked, taken_at, left_at),
            (Mode.WALK, parked, whole.end, left_at, whole.end_at),
        )
        return [
            self._leg(part, way, self._rental(hire) if number == 1 else None)
            for number, (part, way) in enumerate(zip(parts, hire.ways, strict=True))
            if number == 1 or hire.seconds[number]
        ]

    def _leg(self, part: tuple[Mode, Place, Place, datetime, datetime], way: Way, rental: Rental | None) -> Leg:
        mode, start, end, start_at, end_at = part
        steps = self.steps(way) if self.steps else ()
        leg = Leg(mode, start, end, start_at, end_at, round(way.metres), steps=steps, rental=rental, wheelchair=False)
        return leg.leave({"polyline": lambda: way.polyline})

    def _pickup(self, hire: Hire) -> Place:
        pickup = hire.pickup
        return self._place(pickup if isinstance(pickup, Station) else None, (pickup.lat, pickup.lon))

    def _drop(self, hire: Hire) -> Place:
        return self._place(hire.dock, hire.left_at)

    def _place(self, station: Station | None, at: tuple[float, float]) -> Place:
        """A station, or the address where a vehicle stands in the street."""
        if station is not None:
            name = text_in(station.name, self.language)
        else:
            name = name_at(self.engine, *at, self.language)
        return Place(name, *at, self.engine.timezone)

    def _rental(self, hire: Hire) -> Rental:
        rentals, kind, pickup = hire.rentals, hire.kind, hire.pickup
        station = pickup if isinstance(pickup, Station) else None
        now_there = rentals.status.station_by_id
        available = docks = None
        if hire.is_known and station is not None:
            available = _of_kind(dict(now_there[station.station_id].vehicles), kind)
        if hire.is_known and hire.dock is not None and (free := now_there[hire.dock.station_id].docks) is not None:
            docks = _of_kind(dict(free), kind)
        price, surges = hire_price(hire, hire.ways[1].metres)
        return Rental(
            text_in(rentals.system.name, self.language), kind.form.value,
            text_in(station.name, self.language) if station else "",
            text_in(hire.dock.name, self.language) if hire.dock else "",
            available, docks, price, surges, pickup.uris,
        )  # fmt: skip


def hire_price(hire: Hire, metres: float) -> tuple[Money | None, bool]:
    """An estimate of what riding so far costs, and whether the price may be higher when many ride."""
    own = hire.pickup.plan_id if isinstance(hire.pickup, Vehicle) else ""
    plan = hire.rentals.system.plan_by_id.get(own or hire.kind.plan_id)
    return (None, False) if plan is None else (price_of(plan, hire.seconds[1], metres), plan.surges)


def _of_kind(counts: dict[str, int], kind: VehicleType) -> int:
    return counts.get(kind.type_id, counts.get("", 0))


@dataclass(frozen=True, slots=True)
class Shared:
    """Vehicles for hire around a place: a station, or one vehicle in the street. Numbers None: not known."""

    system: str
    form: Form
    name: str
    lat: float
    lon: float
    distance_m: int
    available: int | None
    docks: int | None
    range_m: int | None
    uris: Uris
    round_trip: bool = False
    """To be brought back to where it was taken, so that it is part of no journey from one place to another."""


def shared_around(lat: float, lon: float, radius_m: int, now: datetime, language: str) -> list[Shared]:
    """The vehicles for hire around a place, the nearest first."""
    here = Spot(lat, lon, None)
    found = list[Shared]()
    for rentals in list_rentals():
        system, status, name = rentals.system, rentals.status, text_in(rentals.system.name, language)
        unknown = status.is_unknown(now)
        for station in system.stations:
            there = status.station_by_id.get(station.station_id)
            count = None if there is None or unknown else sum(there.vehicles.values()) if there.rents else 0
            free = there.docks if there and not unknown else None
            docks = None if free is None else sum(free.values())
            form = system.types[0].form
            bound = all(each.returned is Return.ROUNDTRIP_STATION for each in system.types)
            found.append(
                Shared(name, form, text_in(station.name, language), station.lat, station.lon,
                       _away(here, station.lat, station.lon), count, docks, None, station.uris, bound)
            )  # fmt: skip
        for each in () if status.is_gone(now) else status.vehicles:
            reach = None if each.range_m is None else round(each.range_m)
            kind = system.type_by_id[each.type_id]
            found.append(
                Shared(name, kind.form, "", each.lat, each.lon, _away(here, each.lat, each.lon),
                       None if unknown else 1, None, reach, each.uris, kind.returned is Return.ROUNDTRIP_STATION)
            )  # fmt: skip
    return sorted((each for each in found if each.distance_m <= radius_m), key=lambda each: each.distance_m)


def _away(here: Spot, lat: float, lon: float) -> int:
    return round(straight_m(here, Spot(lat, lon, None)) / DETOUR)
