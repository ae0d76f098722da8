"""Everything that a search may depend on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum


class RiderCategory(StrEnum):
    """Who rides, as far as prices care (GTFS-Fares v2 `rider_categories`, TOMP `travellerCharacteristics`)."""

    ADULT = "adult"
    CHILD = "child"
    YOUTH = "youth"
    SENIOR = "senior"


class Mode(StrEnum):
    """How a leg is travelled. The transit modes are the GTFS basic route types under their field names."""

    WALK = "walk"
    BICYCLE = "bicycle"
    TRAM = "tram"
    METRO = "metro"
    RAIL = "rail"
    BUS = "bus"
    COACH = "coach"
    FERRY = "ferry"
    CABLEWAY = "cableway"
    GONDOLA = "gondola"
    FUNICULAR = "funicular"
    TROLLEYBUS = "trolleybus"
    MONORAIL = "monorail"
    AIR = "air"
    TAXI = "taxi"
    # Networks keep positions in this list, so that what is new comes last.
    CARGO_BICYCLE = "cargo_bicycle"
    SCOOTER = "scooter"
    MOPED = "moped"
    CAR = "car"


RENTAL_MODES = frozenset({Mode.BICYCLE, Mode.CARGO_BICYCLE, Mode.SCOOTER, Mode.MOPED, Mode.CAR})
DRIVEN_MODES = frozenset({Mode.MOPED, Mode.CAR})
STREET_MODES = RENTAL_MODES | {Mode.WALK}
TRANSIT_MODES = frozenset(Mode) - STREET_MODES


class Mobility(StrEnum):
    """Where somebody can walk, and in what ride."""

    ANY = "any"
    STEP_FREE = "step_free"
    """Not over stairs, as far as they are known."""
    WHEELCHAIR = "wheelchair"
    """Nor over what a wheelchair does not pass; in no vehicle and at no stop that is known to take none."""
    WHEELCHAIR_KNOWN = "wheelchair_known"
    """In vehicles and at stops alone that are known to take wheelchairs."""

    @property
    def rolls(self) -> bool:
        """Whether somebody is in a wheelchair."""
        return self in (Mobility.WHEELCHAIR, Mobility.WHEELCHAIR_KNOWN)

    def may_ride(self, wheelchair: bool | None) -> bool:
        """Whether somebody may ride where wheelchairs are taken, are not, or it is not known (None)."""
        return not self.rolls or wheelchair is True or (wheelchair is None and self == Mobility.WHEELCHAIR)


MAX_WALK_S = 1800
"""The longest walk that is usual."""
USUAL_VEHICLES, MOST_VEHICLES = 6, 12
"""How many one takes at most, unless more are asked for; and how many may be asked for."""
MAX_VIA = 3
MAX_STAY_S = 12 * 3600
LUGGAGE_SLACK_S = 180
"""More for every change with luggage."""


class Criterion(StrEnum):
    """What a slower journey may be better in."""

    PRICE = "price"
    CO2 = "co2"
    WALKING = "walking"


@dataclass(frozen=True, slots=True)
class Traveller:
    """One person who rides. `key` tells the travellers of one query apart; it is no name."""

    key: str = "1"
    category: RiderCategory = RiderCategory.ADULT


@dataclass(frozen=True, slots=True)
class Location:
    """Where a journey starts or ends: a coordinate (WGS 84), and the `feed:stop` where a stop or station was chosen."""

    lat: float
    lon: float
    name: str = ""
    stop_id: str | None = None

    def __post_init__(self) -> None:
        if not (-90 <= self.lat <= 90 and -180 <= self.lon <= 180):
            raise ValueError(f"no such coordinate: {self.lat}, {self.lon}")


@dataclass(frozen=True, slots=True)
class Via:
    """A place on the way, and how long one wants to stay there at least."""

    place: Location
    stay_s: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.stay_s <= MAX_STAY_S:
            raise ValueError(f"a stay must be between 0 and {MAX_STAY_S} seconds")


@dataclass(frozen=True, slots=True)
class Party:
    """What a dispatcher is told of travellers beside how many they are: a group and a purpose of its rules, by code.

    The last `companions` of them accompany somebody who needs that. `child_seats` of them sit in one of the vehicle's.
    """

    group: str = ""
    purpose: str = ""
    companions: int = 0
    child_seats: int = 0
    luggage: int = 0

    def __post_init__(self) -> None:
        if min(self.companions, self.child_seats, self.luggage) < 0:
            raise ValueError("nobody brings less than nothing")


NOBODY_ELSE = Party()


@dataclass(frozen=True, slots=True)
class Query:
    """One search. Times are aware UTC.

    With `arrive_by` false, journeys leave in [`time_at`, `time_at` + `window_s`]; with `arrive_by` true they arrive in
    [`time_at` − `window_s`, `time_at`]. A window of 0 asks for the one best journey per number of vehicles.
    """

    origin: Location
    destination: Location
    time_at: datetime
    arrive_by: bool = False
    window_s: int = 7200
    travellers: tuple[Traveller, ...] = (Traveller(),)
    transit_modes: frozenset[Mode] = TRANSIT_MODES
    walk_speed_mps: float = 1.25
    """Below the usual pace, changes take as much longer; above it, as long as published."""
    bicycle_speed_mps: float = 4.2
    max_walk_s: int = MAX_WALK_S
    """Of each walk: to the first stop, from one to another, from the last one, and all the way."""
    max_vehicles: int = USUAL_VEHICLES
    change_slack_s: int = 0
    """Added to the time that every change takes, also one at the same stop."""
    bicycle: bool = True
    rental_modes: frozenset[Mode] = frozenset()
    """Hired vehicles that may be ridden to the first stop, from the last one, or all the way. They cost a second
    search, so that only who asks for them gets them.
    """
    taxi: bool = False
    """Taxis of the register all the way, to the first stop or from the last one: searches of their own."""
    car: bool = False
    """Somebody has a car: to drive all the way, or to a car park and on by public transport. Searches of their own."""
    car_at: tuple[float, float] | None = None
    """Where the car stands (lat, lon), to be driven from there to the destination; None: at the origin."""
    mobility: Mobility = Mobility.ANY
    party: Party = NOBODY_ELSE
    dispatched: bool = False
    """Whether rides are looked for that our own dispatcher plans: who does must ask it for what is found."""
    fewest_changes: bool = False
    """Only what saves enough for each vehicle more: see `preferences.with_fewest_changes`."""
    via: tuple[Via, ...] = ()
    """In this order; the vehicles, walks and changes wished for are those of each part of the way."""
    directions: bool = False
    """Whether the directions of walks and rides by bicycle are wanted: they are long, and few are read."""
    language: str = field(default="en")
    criteria: frozenset[Criterion] = frozenset()
    """In what journeys that are slower, but not by much, are looked for to be better (see `criteria`). They cost
    further searches.
    """

    @property
    def step_free(self) -> bool:
        """Whether stairs are to be avoided where they are known."""
        return self.mobility != Mobility.ANY

    @property
    def is_spared(self) -> bool:
        """Whether somebody is not to walk who can ride: in a wheelchair, with bags, of a group or for a purpose."""
        return self.mobility.rolls or self.party != NOBODY_ELSE

    def __post_init__(self) -> None:
        if self.time_at.tzinfo is None:
            raise ValueError("time_at must be an aware datetime")
        if not self.travellers:
            raise ValueError("a journey needs at least one traveller")
        if len(self.via) > MAX_VIA:
            raise ValueError(f"a journey goes by way of {MAX_VIA} places at most")
        if not 0 <= self.window_s <= 86400:
            raise ValueError("window_s must be between 0 and 86400")
        if not 1 <= self.max_vehicles <= MOST_VEHICLES:
            raise ValueError(f"max_vehicles must be between 1 and {MOST_VEHICLES}")
        if not 0 <= self.change_slack_s <= 3600:
            raise ValueError("change_slack_s must be between 0 and 3600")
        if self.car_at is not None:
            Location(*self.car_at)
        if not (0.3 <= self.walk_speed_mps <= 3 and 1 <= self.bicycle_speed_mps <= 12):
            raise ValueError("speeds are out of human range")


def with_luggage(query: Query) -> Query:
    """The query of somebody with luggage or a pram: no stairs, more time for every change, and few of them."""
    mobility = Mobility.STEP_FREE if query.mobility == Mobility.ANY else query.mobility
    slack_s = min(3600, query.change_slack_s + LUGGAGE_SLACK_S)
    return replace(query, mobility=mobility, change_slack_s=slack_s, fewest_changes=True)
