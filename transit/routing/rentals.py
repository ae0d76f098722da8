"""Vehicles that anybody may hire for a ride and leave behind (GBFS): what a system has, what it charges, where it lets
one ride and leave a vehicle. Values of ours, whichever version of the standard they were read from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from math import ceil
from types import MappingProxyType
from typing import Final, NamedTuple

from transit.money import Money
from transit.routing.query import Mode
from transit.routing.streets import BICYCLE, CAR_MPS, DRIVE, MOPED, MOPED_MPS, TRAFFIC

UNKNOWN_AFTER: Final = timedelta(minutes=5)
"""How many vehicles there are is not known by what was said longer ago."""
GONE_AFTER: Final = timedelta(minutes=15)
"""A vehicle in the street may be anywhere by then: it is not offered."""

Texts = tuple[tuple[str, str], ...]
"""One text in languages: (BCP 47 tag, text), the publisher's own first."""
Ring = tuple[tuple[float, float], ...]
"""Points (lon, lat), the first again at the end."""
Polygon = tuple[Ring, ...]
"""The outer ring, then holes."""
Uris = tuple[tuple[str, str], ...]
"""Where a vehicle is hired: (android | ios | web, address)."""


class Form(StrEnum):
    """What kind of vehicle it is (GBFS `form_factor`)."""

    BICYCLE = "bicycle"
    CARGO_BICYCLE = "cargo_bicycle"
    SCOOTER = "scooter"
    MOPED = "moped"
    CAR = "car"
    OTHER = "other"


class Return(StrEnum):
    """Where a vehicle may be left (GBFS `return_constraint`)."""

    FREE_FLOATING = "free_floating"
    ANY_STATION = "any_station"
    HYBRID = "hybrid"
    ROUNDTRIP_STATION = "roundtrip_station"


class Profile(NamedTuple):
    """How a kind of vehicle is ridden: as which mode, how fast, and on which streets (the bit of `edge_modes`; 0: it is
    not known on which, so that it is shown on its own and is part of no journey). On carriageways the speed is that of
    the metres there, see `Carriageways.timed`.
    """

    mode: Mode
    speed_mps: float
    streets: int

    @property
    def is_driven(self) -> bool:
        """Whether it is ridden on the carriageways."""
        return self.streets in (DRIVE, MOPED)


PROFILES: Final[Mapping[Form, Profile]] = MappingProxyType(
    {
        Form.BICYCLE: Profile(Mode.BICYCLE, 4.2, BICYCLE),
        Form.CARGO_BICYCLE: Profile(Mode.CARGO_BICYCLE, 3.6, BICYCLE),
        Form.SCOOTER: Profile(Mode.SCOOTER, 4.4, BICYCLE),
        Form.MOPED: Profile(Mode.MOPED, MOPED_MPS / TRAFFIC, MOPED),
        Form.CAR: Profile(Mode.CAR, CAR_MPS / TRAFFIC, DRIVE),
        Form.OTHER: Profile(Mode.BICYCLE, 4.2, 0),
    }
)


@dataclass(frozen=True, slots=True)
class VehicleType:
    """Vehicles that are alike. `max_range_m` is that of a full battery or tank; None: as far as one can ride."""

    type_id: str
    form: Form
    returned: Return
    name: Texts = ()
    max_range_m: float | None = None
    plan_id: str = ""
    """The pricing plan that holds where a vehicle names none."""

    @property
    def profile(self) -> Profile:
        """How it is ridden."""
        return PROFILES[self.form]


@dataclass(frozen=True, slots=True)
class PriceStep:
    """From `start` minutes or kilometres on, until `end`, `rate` is due as every `interval` begins (0: once)."""

    start: Decimal
    rate: Decimal
    interval: Decimal
    end: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PricePlan:
    """What a ride costs: a price to begin, and what minutes and kilometres add. `surges` with demand, by how much is
    not published.
    """

    plan_id: str
    name: Texts
    currency: str
    price: Decimal
    per_minute: tuple[PriceStep, ...] = ()
    per_km: tuple[PriceStep, ...] = ()
    surges: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """What is allowed where; `type_ids` it holds for, empty: for all."""

    type_ids: frozenset[str]
    may_start: bool
    may_end: bool
    may_pass: bool

    def holds_for(self, type_id: str) -> bool:
        """Whether it is about a kind of vehicle."""
        return not self.type_ids or type_id in self.type_ids


@dataclass(frozen=True, slots=True)
class Zone:
    """An area with rules, of which the first that is about a kind of vehicle holds."""

    polygons: tuple[Polygon, ...]
    rules: tuple[Rule, ...]
    name: Texts = ()


@dataclass(frozen=True, slots=True)
class Station:
    """A place where vehicles are hired and returned. `capacity` None: as many as will fit, or not known."""

    station_id: str
    name: Texts
    lat: float
    lon: float
    capacity: int | None = None
    uris: Uris = ()


@dataclass(frozen=True, slots=True)
class StationStatus:
    """What a station has now. `vehicles` and `docks` by type of vehicle; the type "" is any.

    `docks` None: as many as come.
    """

    station_id: str
    vehicles: Mapping[str, int]
    docks: Mapping[str, int] | None
    rents: bool = True
    takes_back: bool = True


@dataclass(frozen=True, slots=True)
class Vehicle:
    """One vehicle that can be hired now, in the street. `range_m` None: not known, so that of its type."""

    vehicle_id: str
    lat: float
    lon: float
    type_id: str
    range_m: float | None = None
    plan_id: str = ""
    uris: Uris = ()


@dataclass(frozen=True, eq=False)
class System:
    """What of a system changes seldom. `outside` are the rules where no zone is."""

    system_id: str
    name: Texts
    timezone: str
    operator: Texts = ()
    url: str = ""
    types: tuple[VehicleType, ...] = ()
    stations: tuple[Station, ...] = ()
    plans: tuple[PricePlan, ...] = ()
    zones: tuple[Zone, ...] = ()
    outside: tuple[Rule, ...] = ()
    faults: tuple[tuple[str, int], ...] = ()
    """What was left out, and how often."""

    @cached_property
    def type_by_id(self) -> dict[str, VehicleType]:
        """The types by their ids."""
        return {each.type_id: each for each in self.types}

    @cached_property
    def plan_by_id(self) -> dict[str, PricePlan]:
        """The plans by their ids."""
        return {each.plan_id: each for each in self.plans}

    @cached_property
    def station_by_id(self) -> dict[str, Station]:
        """The stations by their ids."""
        return {each.station_id: each for each in self.stations}


@dataclass(frozen=True, eq=False)
class Status:
    """What a system has now, as it said at `said_at`."""

    said_at: datetime
    stations: tuple[StationStatus, ...] = ()
    vehicles: tuple[Vehicle, ...] = ()
    faults: tuple[tuple[str, int], ...] = ()

    @cached_property
    def station_by_id(self) -> dict[str, StationStatus]:
        """What stations have, by their ids."""
        return {each.station_id: each for each in self.stations}

    def is_unknown(self, now: datetime) -> bool:
        """Whether numbers of vehicles are too old to be told."""
        return now - self.said_at > UNKNOWN_AFTER

    def is_gone(self, now: datetime) -> bool:
        """Whether vehicles in the street are too old to be offered."""
        return now - self.said_at > GONE_AFTER


@dataclass(frozen=True, eq=False)
class Rentals:
    """A system and what it has now; `code` is the name of its interface."""

    code: str
    system: System
    status: Status


def text_in(texts: Texts, language: str) -> str:
    """A text in a language, or else in the publisher's own."""
    wanted = language.lower().partition("-")[0]
    found = (text for tag, text in texts if tag.lower().partition("-")[0] == wanted)
    return next(found, texts[0][1] if texts else "")


def price_of(plan: PricePlan, seconds: int, metres: float) -> Money:
    """What a ride costs by a plan, as far as it is published: what is due as each begun interval begins."""
    used = ((plan.per_minute, Decimal(seconds) / 60), (plan.per_km, Decimal(round(metres)) / 1000))
    due = plan.price + sum((_due(step, amount) for steps, amount in used for step in steps), Decimal(0))
    return Money.of_decimal(max(due, Decimal(0)), plan.currency)


def _due(step: PriceStep, amount: Decimal) -> Decimal:
    until = amount if step.end is None else min(amount, step.end)
    if until <= step.start:
        return Decimal(0)
    return step.rate * (ceil((until - step.start) / step.interval) if step.interval else 1)
