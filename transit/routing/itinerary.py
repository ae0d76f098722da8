"""Everything that a search may say: self-contained values with outside ids, no index of any array."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

import numpy as np

from transit.money import Money
from transit.routing.kernels.ways import to_a_metre
from transit.routing.later import Later
from transit.routing.query import STREET_MODES, Mode, Traveller
from transit.routing.streets import WayKind


class Arrangement(StrEnum):
    """What a rider must do so that a vehicle stops (GTFS pickup_type and drop_off_type)."""

    REGULAR = "regular"
    PHONE = "phone"
    """Phone the agency beforehand."""
    DRIVER = "driver"
    """Arrange it with the driver."""


@dataclass(frozen=True, slots=True)
class Place:
    """A point of an itinerary. `stop_id` is `feed:stop`; `zone_id` is the fare zone; `timezone` an IANA name."""

    name: str
    lat: float
    lon: float
    timezone: str
    stop_id: str | None = None
    platform: str = ""
    zone_id: str = ""


@dataclass(frozen=True, slots=True)
class StopCall:
    """A vehicle at a stop on the way. Times are aware UTC."""

    place: Place
    arrival_at: datetime
    departure_at: datetime


@dataclass(frozen=True, slots=True)
class Service:
    """What runs a transit leg: outside ids (`feed:route`, `feed:trip`), the public line name and the agency.

    `office_name` and `office_phone` are those of the agency's office that answers for the trip (GTFS-JP), `remark` is
    what it says of the trip, `credits` names those to be credited for this trip, route or agency in particular.
    """

    trip_id: str
    service_date: date
    route_id: str
    line: str
    headsign: str
    agency_id: str
    agency_name: str
    colour: str = ""
    text_colour: str = ""
    agency_url: str = ""
    fare_url: str = ""
    agency_phone: str = ""
    office_name: str = ""
    office_phone: str = ""
    remark: str = ""
    credits: tuple[str, ...] = ()


class Turn(StrEnum):
    """How a step of directions begins."""

    DEPART = "depart"
    CONTINUE = "continue"
    SLIGHT_LEFT = "slight_left"
    LEFT = "left"
    SHARP_LEFT = "sharp_left"
    SLIGHT_RIGHT = "slight_right"
    RIGHT = "right"
    SHARP_RIGHT = "sharp_right"
    U_TURN = "u_turn"
    ARRIVE = "arrive"


class Heading(StrEnum):
    """Where one looks when setting out."""

    N = "n"
    NE = "ne"
    E = "e"
    SE = "se"
    S = "s"
    SW = "sw"
    W = "w"
    NW = "nw"


class Side(StrEnum):
    """On which hand the end of a way lies."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Step:
    """One sentence of the directions for a walk or a ride by bicycle: turn, then follow a way for a distance.

    `street` is the name of the way; where it has none, `kind` says what it is (None: across open ground). `lat`, `lon`
    are where the step begins. `heading` belongs to the first step, `side` to the last, whose distance is 0.
    """

    turn: Turn
    street: str
    kind: WayKind | None
    distance_m: int
    lat: float
    lon: float
    heading: Heading | None = None
    side: Side | None = None


@dataclass(frozen=True, slots=True)
class Ordering:
    """How a ride on demand is ordered (GTFS-Flex, booking_rules.txt), and what is known of its times.

    It begins when it is ordered for, in [`pickup_from_at`, `pickup_until_at`]. `order_from_at` None: at any time;
    `order_until_at` None: until it begins. On a good day it takes `estimated_s`, nearly always at most `safe_s`, which
    the leg's end is reckoned by.
    """

    pickup_from_at: datetime
    pickup_until_at: datetime
    order_from_at: datetime | None
    order_until_at: datetime | None
    estimated_s: int
    safe_s: int
    timezone: str
    """The agency's, in which its rules are."""
    message: str = ""
    phone: str = ""
    info_url: str = ""
    booking_url: str = ""


@dataclass(frozen=True, slots=True)
class Leg(Later):
    """One part of an itinerary: a walk, a ride by bicycle, or a ride in one vehicle.

    `polyline` is a tuple of (lon, lat). `steps` are the directions of a leg without a vehicle; their distances add up
    to the leg's. `calls` are the stops between the ends of a transit leg, the ends excluded.
    `start_sequence` and `end_sequence` are the GTFS `stop_sequence` values where a transit leg is boarded and left.
    `step_free` says of a walk whether there are no steps in the stations at its ends; None: nothing is known of them.
    `entrance` is the station entrance that a walk leads through, `signs` what to follow inside.
    `pickup` and `drop_off` say what a rider must arrange to board and to leave a vehicle.
    `headway_s` is None where a vehicle keeps to its times; else one comes about so often, and the times are likely.
    """

    mode: Mode
    start: Place
    end: Place
    start_at: datetime
    end_at: datetime
    distance_m: int
    polyline: tuple[tuple[float, float], ...] = ()
    service: Service | None = None
    calls: tuple[StopCall, ...] = ()
    start_sequence: int = 0
    end_sequence: int = 0
    stay_seated: bool = False
    """The leg before ends here too, and its vehicle goes on as this one (GTFS: in-seat transfer)."""
    step_free: bool | None = None
    entrance: str = ""
    signs: str = ""
    headway_s: int | None = None
    pickup: Arrangement = Arrangement.REGULAR
    drop_off: Arrangement = Arrangement.REGULAR
    steps: tuple[Step, ...] = ()
    ordering: Ordering | None = None
    """Of a ride on demand alone."""

    @property
    def is_transit(self) -> bool:
        """Whether a vehicle of an operator runs this leg."""
        return self.mode not in STREET_MODES

    @property
    def drawn(self) -> tuple[tuple[float, float], ...]:
        """The polyline to five decimals of a degree, about a metre, without points that fall together."""
        if not self.polyline:
            return ()
        line = to_a_metre(np.array(self.polyline)).tolist()
        apart = tuple(map(tuple, line))
        return apart if len(apart) != 1 else apart * 2

    @property
    def duration(self) -> timedelta:
        """From the leg's start to its end."""
        return self.end_at - self.start_at


@dataclass(frozen=True, slots=True)
class FareProduct:
    """A published fare that covers one or more legs for one traveller (GTFS Fares v1 `fare_id`).

    `legs` are positions in `Itinerary.legs`; `agency_id` is who sells it, `valid_s` how long it lasts once begun
    (None: for these legs only); `bought_on_board` is GTFS `payment_method` 0. `url` is where else it can be had.
    """

    product_id: str
    name: str
    agency_id: str
    traveller: Traveller
    legs: tuple[int, ...]
    price: Money
    valid_s: int | None = None
    bought_on_board: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class Itinerary:
    """One proposed way from origin to destination. Legs follow each other without overlap."""

    legs: tuple[Leg, ...]
    travellers: tuple[Traveller, ...]
    fares: tuple[FareProduct, ...] = ()
    unpriced_legs: tuple[int, ...] = ()

    @property
    def start_at(self) -> datetime:
        """When one leaves."""
        return self.legs[0].start_at

    @property
    def end_at(self) -> datetime:
        """When one arrives."""
        return self.legs[-1].end_at

    @property
    def duration(self) -> timedelta:
        """From door to door."""
        return self.end_at - self.start_at

    @property
    def vehicles(self) -> int:
        """How many vehicles are boarded."""
        return sum(leg.is_transit and not leg.stay_seated for leg in self.legs)

    @property
    def is_walk(self) -> bool:
        """Whether one walks all the way."""
        return all(leg.mode == Mode.WALK for leg in self.legs)

    @property
    def step_free(self) -> bool | None:
        """Whether no station on the way has steps on it: False where one has, None where one is not known.

        Of a stop where the journey itself begins or ends, the way to the street is not known.
        """
        known = {leg.step_free for leg in self.legs if leg.mode == Mode.WALK}
        known |= {None for leg in (self.legs[0], self.legs[-1]) if leg.is_transit}
        return False if False in known else None if None in known else True

    @property
    def walk(self) -> timedelta:
        """The time spent on foot."""
        return sum((leg.duration for leg in self.legs if leg.mode == Mode.WALK), timedelta())
