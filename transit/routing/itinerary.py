"""Everything that a search may say: self-contained values with outside ids, no index of any array."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import prod

import numpy as np

from transit.money import Money
from transit.routing.emissions import grams
from transit.routing.frozen import quickly_made
from transit.routing.kernels.ways import to_a_metre
from transit.routing.later import Later
from transit.routing.query import NOBODY_ELSE, STREET_MODES, Mobility, Mode, Party, Traveller
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
    scheduled_departure_at: datetime | None = None
    """Where it is another one."""
    is_cancelled: bool = False
    """The vehicle passes without stopping, which it does not by the timetable."""


class Running(StrEnum):
    """How a ride of which something is known of now stands to the timetable."""

    UPDATED = "updated"
    """It is in the timetable; its times or places may be others."""
    ADDED = "added"
    """It is in no timetable."""
    REPLACED = "replaced"
    """It runs in place of a trip of the timetable, by other stops."""


@dataclass(frozen=True, slots=True)
class RealTime:
    """What is known of now of a ride (GTFS Realtime); the leg's own times are those that are expected.

    `start_stop_id` and `end_stop_id` are the stops of the timetable where the vehicle stops elsewhere now, with their
    platforms.
    """

    running: Running
    said_at: datetime
    """The time that the operator's message states."""
    stale: bool = False
    """The message is old: this is perhaps outdated."""
    scheduled_start_at: datetime | None = None
    """None where the ride is in no timetable."""
    scheduled_end_at: datetime | None = None
    start_stop_id: str = ""
    start_platform: str = ""
    end_stop_id: str = ""
    end_platform: str = ""


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
class Rental:
    """The hired vehicle of a leg: whose, what kind, between which stations (empty: in the street), how many were there
    and how many docks were free when one looked (None: not known, or any number), what the ride probably costs.

    `uris` are addresses at which it is hired: (android | ios | web, address).
    """

    system: str
    form: str
    start_station: str = ""
    end_station: str = ""
    available: int | None = None
    docks: int | None = None
    price: Money | None = None
    surges: bool = False
    """The price may be higher when many ride."""
    uris: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Parking:
    """Where one's own car is left, or stands. What is None is not known, and never is whether a space is free."""

    name: str
    capacity: int | None = None
    costs: bool | None = None


class Live(StrEnum):
    """What an operator has said when it was asked."""

    NOT_ASKED = ""
    """It cannot be asked, or not yet."""
    TOLD = "told"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Quoted:
    """What our own dispatcher promises if it is held before `expires_at`: by `token`.

    One is met in the pick-up window of the ordering and set down by the leg's end, probably at `probable_end_at`.
    """

    token: str
    expires_at: datetime
    probable_end_at: datetime


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
    price_low: Money | None = None
    """What the ride costs at least and at most, by what its operator asks; an estimate. None: nothing is known."""
    price_high: Money | None = None
    live: Live = Live.NOT_ASKED
    """Whether the operator was asked now, and what of: `wait_s` and `price` are what it said."""
    wait_s: int | None = None
    price: Money | None = None
    quote: Quoted | None = None


class Unknown(StrEnum):
    """Of what on a leg it is not known whether a wheelchair can use it."""

    VEHICLE = "vehicle"
    START = "start"
    """The stop where one boards."""
    END = "end"
    """The stop where one gets off."""
    WAY = "way"


class Basis(StrEnum):
    """What the chance of a change is reckoned from."""

    HISTORY = "history"
    """How late the line has been at that stop."""
    PRIOR = "prior"
    """How late such vehicles are supposed to be (see `lateness`), where too little has been seen."""
    FREQUENT = "frequent"
    """The next vehicle comes so often that none can be missed."""


@dataclass(frozen=True, slots=True)
class Fallback:
    """How one goes on who misses a ride: the next vehicle from there, and when it brings one to the destination.

    `mode` is walk, without a line, where walking is quickest. `start` is where it is boarded, `end` the destination.
    """

    mode: Mode
    line: str
    headsign: str
    start: Place
    end: Place
    departs_at: datetime
    arrives_at: datetime


@dataclass(frozen=True, slots=True)
class Transfer:
    """How sure it is that a ride is reached from the one before.

    `slack_s` is what is left of the time between them after the walk. `fallback` is there for a tight change alone;
    None: nothing goes any more, or (`is_followed` false) nobody has looked.
    """

    probability: float
    basis: Basis
    slack_s: int
    is_tight: bool
    is_followed: bool = False
    fallback: Fallback | None = None
    is_last: bool = False
    """Whether no later ride goes on the same day, which lasts until four in the morning."""


@quickly_made
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
    rental: Rental | None = None
    """Of a ride in a hired vehicle."""
    ordering: Ordering | None = None
    """Of a ride on demand alone."""
    parking: Parking | None = None
    """Of a drive in one's own car to or from a car park."""
    real_time: RealTime | None = None
    """Of a ride: what is known of now. None: the timetable is all that is known."""
    wheelchair: bool | None = None
    """Whether it can be done in a wheelchair; None: that is not known of all of it, namely not of"""
    wheelchair_unknown: tuple[Unknown, ...] = ()
    transfer: Transfer | None = None
    """Of a ride that one changes to, where that has been asked for: see `reliability`."""

    @property
    def scheduled_start_at(self) -> datetime:
        """When it starts by the timetable; where it is in none, when it is expected to."""
        return (self.real_time and self.real_time.scheduled_start_at) or self.start_at

    @property
    def scheduled_end_at(self) -> datetime:
        """When it ends by the timetable; where it is in none, when it is expected to."""
        return (self.real_time and self.real_time.scheduled_end_at) or self.end_at

    @property
    def delay_s(self) -> int | None:
        """How many seconds later than by the timetable it starts; None where the timetable is all that is known."""
        if self.real_time is None or self.real_time.scheduled_start_at is None:
            return None
        return int((self.start_at - self.real_time.scheduled_start_at).total_seconds())

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
class Stay:
    """One stays at a place before the leg in position `leg`, for `least_s` at least."""

    leg: int
    place: Place
    least_s: int


class FareSource(StrEnum):
    """By which published rules a price was found."""

    V1 = "gtfs_fares_v1"
    V2 = "gtfs_fares_v2"


class FareReason(StrEnum):
    """Why a line of a price is what it is."""

    TICKET = "ticket"
    """A ticket for one ride."""
    TICKET_WITH_CHANGES = "ticket_with_changes"
    """One ticket for several rides (Fares v1 `transfers`)."""
    JOINED = "joined"
    """Several rides count as one (fare_leg_join_rules.txt)."""
    CHEAPER_TOGETHER = "cheaper_together"
    """Dearer than a ticket for the first ride alone, but less for all."""
    THROUGH = "through"
    """One ticket instead of two (fare_transfer_type 2)."""
    CHANGE_FREE = "change_free"
    CHANGE_COSTS = "change_costs"
    CHANGE_DISCOUNT = "change_discount"
    QUIET = "quiet"
    """Few want to ride then."""
    BUSY = "busy"
    LUGGAGE = "luggage"
    DAY_CAP = "day_cap"
    """What is more than a day costs at most is taken off."""


class MediumKind(StrEnum):
    """What carries a fare (fare_media.txt `fare_media_type` 0 to 4)."""

    NONE = "none"
    """Nothing: cash to the driver."""
    PAPER = "paper"
    CARD = "card"
    CONTACTLESS = "contactless"
    APP = "app"


@dataclass(frozen=True, slots=True)
class FareLine:
    """One line of a price: what it is for, why, and how much. `name` is the published one, "" where there is none.

    `limit_s` is how long the tie to earlier rides, or the ticket, lasts.
    """

    reason: FareReason
    name: str
    legs: tuple[int, ...]
    amount: Money
    limit_s: int | None = None


@dataclass(frozen=True, slots=True)
class MediumPrice:
    """What a product costs on a medium, which its publisher calls `name`."""

    name: str
    kind: MediumKind
    price: Money


@dataclass(frozen=True, slots=True)
class FareProduct:
    """A published fare that covers one or more legs for one traveller (GTFS Fares v1 `fare_id`).

    By Fares v2 it is a fare product with all that transfer rules add to it: what is sold as one.
    `legs` are positions in `Itinerary.legs`; `agency_id` is who sells it, `valid_s` how long it lasts once begun
    (None: for these legs only); `bought_on_board` is GTFS `payment_method` 0. `url` is where else it can be had.
    The lines of `explanation` add up to the price. `media` are the prices by medium, where they are known; the price is
    the least of them. `rider` is the publisher's word for whom it is, `eligibility_url` says who that is.
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
    source: FareSource = FareSource.V1
    explanation: tuple[FareLine, ...] = ()
    media: tuple[MediumPrice, ...] = ()
    rider: str = ""
    eligibility_url: str = ""

    def moved(self, by: int) -> FareProduct:
        """The same in an itinerary in which as many other legs come first."""
        lines = (replace(line, legs=tuple(leg + by for leg in line.legs)) for line in self.explanation)
        return replace(self, legs=tuple(leg + by for leg in self.legs), explanation=tuple(lines))


@quickly_made
@dataclass(frozen=True, slots=True)
class Itinerary:
    """One proposed way from origin to destination. Legs follow each other without overlap."""

    legs: tuple[Leg, ...]
    travellers: tuple[Traveller, ...]
    fares: tuple[FareProduct, ...] = ()
    unpriced_legs: tuple[int, ...] = ()
    mobility: Mobility = Mobility.ANY
    """For whom it was searched."""
    stays: tuple[Stay, ...] = ()
    """Where somebody wanted to stay on the way, in order."""
    party: Party = NOBODY_ELSE

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
    def changed_to(self) -> tuple[int, ...]:
        """The positions of the rides that one changes to."""
        rides = [i for i, leg in enumerate(self.legs) if leg.is_transit]
        return tuple(i for i in rides[1:] if not self.legs[i].stay_seated)

    @property
    def reliability(self) -> float | None:
        """The chance that every change holds; None where that has not been asked for."""
        transfers = [self.legs[i].transfer for i in self.changed_to]
        known = [transfer.probability for transfer in transfers if transfer is not None]
        return prod(known) if len(known) == len(transfers) else None

    @property
    def co2_g(self) -> int:
        """Grams of CO2 that one of the travellers causes."""
        return sum(grams(leg.mode, leg.distance_m) for leg in self.legs)

    @property
    def has_rental(self) -> bool:
        """Whether one rides in a hired vehicle."""
        return any(leg.rental for leg in self.legs)

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
    def wheelchair(self) -> bool | None:
        """Whether it can be done in a wheelchair: False where some part cannot, None where that is not known of one."""
        known = {leg.wheelchair for leg in self.legs}
        return False if False in known else None if None in known else True

    @property
    def walk(self) -> timedelta:
        """The time spent on foot."""
        return sum((leg.duration for leg in self.legs if leg.mode == Mode.WALK), timedelta())
