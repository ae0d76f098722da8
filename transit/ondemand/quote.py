"""What is asked of a dispatcher and what it answers, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from transit.ondemand.rules import Load

ONE_SEAT: Load = (1, 0, 0, 0)


class RideRefused(Exception):
    """A ride that cannot be had; what to say of it is the reader's. `code` is a Reason, `nearest` what would work."""

    def __init__(self, code: str, nearest: datetime | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.nearest = nearest


class Reason(StrEnum):
    """Why a ride cannot be had."""

    CLOSED = "closed"
    """Not within the hours of the service."""
    TOO_LATE = "too_late"
    """It had to be ordered earlier."""
    TOO_EARLY = "too_early"
    """It cannot be ordered yet."""
    OUTSIDE = "outside"
    """An end lies in no zone, or no stop is near enough."""
    NOT_BETWEEN = "not_between"
    """One is not taken from the one zone to the other."""
    EXCLUDED = "excluded"
    """An exclusion holds: a bus does as well, or both ends are within one area."""
    FULL = "full"
    """No vehicle can come without breaking a promise."""
    NOT_ELIGIBLE = "not_eligible"
    """The group has no right to it, or not now."""
    UNKNOWN = "unknown"
    """There is no such service, version or ride."""
    CHANGED = "changed"
    """What was quoted is no longer to be had so."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where somebody is or wants to go: a door, or with `stop` a meeting stop of the rules."""

    lon: float
    lat: float
    stop: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """A ride that is wished for: `at` is when one wants to leave, or with `arrive` to be there at the latest."""

    service: str
    """The code of the service in the register."""
    origin: Spot
    destination: Spot
    at: datetime
    arrive: bool = False
    load: Load = ONE_SEAT
    group: str = ""
    purpose: str = ""
    connects: bool = False
    """A train or bus is to be caught at the end: one arrives earlier by the rule's margin."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A ride that can be had now: what will be promised if it is held before `expires_at`.

    One is met at `pickup` in [`earliest_at`, `latest_at`] and told `told_at`; is at `drop_off` by `arrive_by`, probably
    at `planned_drop_off_at`. Walks are from and to the door. `order_until` is when it can be ordered at the latest.
    """

    service: str
    rule_set: int
    """The number of the version."""
    pickup: Spot
    drop_off: Spot
    pickup_walk_s: int
    drop_off_walk_s: int
    earliest_at: datetime
    latest_at: datetime
    told_at: datetime
    planned_drop_off_at: datetime
    arrive_by: datetime
    ride_limit_s: int
    direct_s: int
    direct_m: int
    order_until: datetime
    expires_at: datetime
    load: Load
    group: str
    purpose: str
    busy: float
    """How much of the fleet is asked for around that time: 0 … 1."""
    token: str
    """Signed: what is held is what was quoted."""


@dataclass(frozen=True, slots=True)
class RideView:
    """A ride as its seller may see it."""

    reference: UUID
    state: str
    service: str
    pickup: Spot
    drop_off: Spot
    earliest_at: datetime
    latest_at: datetime
    told_at: datetime
    planned_pickup_at: datetime
    planned_drop_off_at: datetime
    arrive_by: datetime
    vehicle: str
    code: str
    expires_at: datetime | None
    arrived_at: datetime | None
    boarded_at: datetime | None
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class RideChange:
    """What happened to a ride. `id` grows: who follows asks for those after the last one seen."""

    id: int
    reference: UUID
    old: str
    new: str
    detail: dict[str, object]
    at: datetime
