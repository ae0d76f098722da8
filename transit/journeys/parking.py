"""One's own car: the car parks of a network, and the legs of a journey with one of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import numpy as np

from transit.journeys.engine import Engine
from transit.journeys.places import name_at
from transit.network.parks import COSTS, UNKNOWN
from transit.routing.itinerary import Leg, Parking, Place, Step
from transit.routing.journey import Drive, StreetLeg, Way
from transit.routing.parking import CarParks
from transit.routing.query import Mode, Query


def car_parks(engine: Engine, query: Query) -> CarParks | None:
    """Where a search may leave a car, or where the car stands already; None where it asks for no car."""
    if not query.car:
        return None
    if query.car_at is not None:
        lat, lon = query.car_at
        return CarParks(engine.ground, np.array([lat]), np.array([lon]))
    return _car_parks(engine.timetabled)


@lru_cache(maxsize=2)
def _car_parks(engine: Engine) -> CarParks:
    return CarParks(engine.ground, engine.network.parks.lat, engine.network.parks.lon)


@dataclass(frozen=True)
class Writer:
    """Writes the legs of a drive in a language; `steps` gives the directions of a way."""

    engine: Engine
    language: str
    steps: Callable[[Way], tuple[Step, ...]] | None

    def legs(self, whole: Leg, leg: StreetLeg, base_at: datetime, query: Query) -> list[Leg]:
        """The drive and the walk (or the other way round) of what is one leg to the search."""
        drive = leg.hire
        assert isinstance(drive, Drive)
        place, parking = self._park(drive, query)
        met_at = base_at + timedelta(seconds=leg.start_s + drive.seconds[0])
        modes = (Mode.WALK, Mode.CAR) if drive.leaving else (Mode.CAR, Mode.WALK)
        ends = (whole.start, place, whole.start_at, met_at), (place, whole.end, met_at, whole.end_at)
        return [
            self._leg(mode, end, way, parking if mode == Mode.CAR else None)
            for mode, end, way in zip(modes, ends, drive.ways, strict=True)
        ]

    def _leg(self, mode: Mode, ends: tuple[Place, Place, datetime, datetime], way: Way, parking: Parking | None) -> Leg:
        steps = self.steps(way) if self.steps else ()
        leg = Leg(mode, *ends, round(way.metres), steps=steps, parking=parking)
        return leg.leave({"polyline": lambda: way.polyline})

    def _park(self, drive: Drive, query: Query) -> tuple[Place, Parking]:
        """The car park as a place, and what is known of it."""
        if query.car_at is not None:
            name = name_at(self.engine, *query.car_at, self.language)
            return Place(name, *query.car_at, self.engine.timezone), Parking(name)
        parks = self.engine.network.parks
        lat, lon = float(parks.lat[drive.park]), float(parks.lon[drive.park])
        capacity, costs = int(parks.capacity[drive.park]), int(parks.costs[drive.park])
        name = parks.name.get(drive.park, self.language) or name_at(self.engine, lat, lon, self.language)
        known = Parking(name, None if capacity < 0 else capacity, None if costs == UNKNOWN else costs == COSTS)
        return Place(name, lat, lon, self.engine.timezone), known
