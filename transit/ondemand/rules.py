"""The rules of a demand-responsive service: everything that a region sets, as one value.

A version keeps them as JSON (`transit.records`). Texts are by language: `(("en", "…"), ("fi", "…"))`. Seconds of a day
count from noon − 12 h of the service day in the region's zone and may exceed 24 h. Money is in minor units of
`currency`. Weekdays: Monday is 0. Sources: GTFS-Flex booking_rules.txt, GOFS 1.0 operating_rules and fares, TOMP 2.0
fareStructure.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

Texts = tuple[tuple[str, str], ...]
Ring = tuple[tuple[float, float], ...]
"""Corners [longitude, latitude], the last one again the first. Inside is what an odd number of rings holds."""
ALL_DAYS = (0, 1, 2, 3, 4, 5, 6)


class LoadKind(StrEnum):
    """What a vehicle has places of, in the order of every tuple of counts."""

    SEAT = "seat"
    WHEELCHAIR = "wheelchair"
    CHILD_SEAT = "child_seat"
    LUGGAGE = "luggage"


Load = tuple[int, int, int, int]
"""Counts by LoadKind. Who sits in a child seat takes no other seat; who is in a wheelchair takes none."""


class MeetingKind(StrEnum):
    """Where one is met and set down."""

    DOOR = "door"
    CORNER = "corner"
    """At the nearest point of a street that the vehicle passes."""
    STOP = "stop"
    """At the fixed and virtual stops alone."""


@dataclass(frozen=True, slots=True)
class Zone:
    """An area in which one is met or set down. `code` names it for ever."""

    code: str
    name: str
    rings: tuple[Ring, ...]
    names: Texts = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """From which zone to which one is taken; `both` ways. With no pairs: within and between all zones.

    `hubs_only`: one end must be a stop that is a hub (first and last mile).
    """

    origin: str
    destination: str
    both: bool = True
    hubs_only: bool = False


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Rides that are not driven: between two places of an area, or where a bus does as well.

    With `rings`: both ends within. Without: whoever can ride a timetable with at most `bus_walk_m` on foot, within
    `bus_wait_s` of the wish and in at most `bus_factor` times the drive, is shown that instead.
    """

    name: str
    rings: tuple[Ring, ...] = ()
    bus_walk_m: int | None = None
    bus_wait_s: int | None = None
    bus_factor: float = 2.0


class StopKind(StrEnum):
    """What is there."""

    FIXED = "fixed"
    VIRTUAL = "virtual"
    HUB = "hub"
    """A stop or station of the timetable, where one changes."""


@dataclass(frozen=True, slots=True)
class MeetingStop:
    """A place where one is met. `stop_id` is that of the timetable (`feed:stop`), for hubs."""

    code: str
    name: str
    lon: float
    lat: float
    kind: StopKind = StopKind.FIXED
    stop_id: str = ""
    sponsor: str = ""
    shelter: bool = False
    wheelchair: bool | None = None


@dataclass(frozen=True, slots=True)
class Meeting:
    """How one is met. Walks are at most `walk_m`, for groups named in `group_walk_m` their own; 0 = at the door."""

    kind: MeetingKind = MeetingKind.DOOR
    walk_m: int = 400
    group_walk_m: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """Hours of some weekdays: rides begin from `start_s` on and are over by `end_s`; `last_pickup_s` closes earlier."""

    days: tuple[int, ...]
    start_s: int
    end_s: int
    last_pickup_s: int | None = None
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A holiday or a pause: other spans than usual on these days (both included); none = closed."""

    name: str
    first_day: date
    last_day: date
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class BookingWindow:
    """When a ride can be ordered. `cutoff_s` is a second of the day `cutoff_days` before the ride.

    `notice_s` 0 = at once. `phone_hours` are spans in which the desk answers.
    """

    notice_s: int = 0
    ahead_days: int = 14
    cutoff_days: int | None = None
    cutoff_s: int | None = None
    recurring: bool = True
    phone: str = ""
    phone_hours: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Promise:
    """What every rider is promised. Hard: a dispatcher plans nothing that breaks it.

    One is met within `window_s` after the time told, and not before it; for rides at once the time told is at most
    `wait_s` from now. A ride takes at most `detour_factor` times the direct drive plus `detour_s`, at most `ride_s`.
    `boarding_s` is what each stop takes, `wheelchair_s` more with a wheelchair. One arrives so early at trains:
    `connection_s`.
    """

    wait_s: int = 1800
    window_s: int = 900
    detour_factor: float = 1.5
    detour_s: int = 600
    ride_s: int = 3600
    boarding_s: int = 60
    wheelchair_s: int = 180
    connection_s: int = 300

    def ride_limit_s(self, direct_s: int) -> int:
        """The longest a ride may take whose direct drive takes `direct_s`; never less than that."""
        return max(direct_s, min(self.ride_s, round(direct_s * self.detour_factor) + self.detour_s))


@dataclass(frozen=True, slots=True)
class Break:
    """A pause of `duration_s` for the driver, which begins between `from_s` and `until_s`."""

    from_s: int
    until_s: int
    duration_s: int


@dataclass(frozen=True, slots=True)
class ShiftPattern:
    """When a vehicle is out on some weekdays, with breaks. `first_day`, `last_day`: a season."""

    days: tuple[int, ...]
    start_s: int
    end_s: int
    breaks: tuple[Break, ...] = ()
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A vehicle and when it is out. `layouts` are the ways in which it can be fitted (a folding seat …): one holds.

    `volunteer`: a driver with an own car. `backup`: a taxi that is called only where nobody else can come.
    `per_km_minor`, `per_hour_minor`, `availability_minor` (each shift): what it costs the region.
    """

    code: str
    name: str
    layouts: tuple[Load, ...]
    lon: float
    lat: float
    shifts: tuple[ShiftPattern, ...] = ()
    zones: tuple[str, ...] = ()
    volunteer: bool = False
    backup: bool = False
    driver_notice_s: int = 0
    per_km_minor: int = 0
    per_hour_minor: int = 0
    availability_minor: int = 0
    co2_g_per_km: int = 120


@dataclass(frozen=True, slots=True)
class Matching:
    """How rides are put together. `empty_weight`: a kilometre without riders counts so many times one with.

    `spare_share`: of the places so much is kept for priority rides until `spare_until_s` before the ride.
    """

    pooling: bool = True
    empty_weight: float = 1.0
    spare_share: float = 0.0
    spare_until_s: int = 3600
    speed_factors: tuple[float, ...] = ()
    """How many times longer a drive takes than on empty streets, by hour of the day: 24 or none."""


@dataclass(frozen=True, slots=True)
class GroupFare:
    """What a group, or a rider category (`adult`, `child`, `youth`, `senior`), pays of the fare: 5000 = half."""

    group: str
    share_basis_points: int


@dataclass(frozen=True, slots=True)
class Fares:
    """What a ride costs a person: base, by started kilometre of the direct way, by crossed zone, by minute of it.

    `cap_minor` a ride, `day_cap_minor` a day. `transfer_minor` is taken off beside a ride by timetable in one order.
    """

    base_minor: int = 0
    per_km_minor: int = 0
    per_zone_minor: int = 0
    per_minute_minor: int = 0
    groups: tuple[GroupFare, ...] = ()
    companion_free: bool = True
    luggage_minor: int = 0
    cap_minor: int | None = None
    day_cap_minor: int | None = None
    transfer_minor: int = 0
    cash: bool = True


@dataclass(frozen=True, slots=True)
class RiderGroup:
    """Who has rights of its own. A proof is seen by staff and noted as yes with `valid_days`; nothing else is kept.

    `condition`: the right holds only then, e.g. in winter or in the dark (a text that staff and rider read); with
    `first_month`, `last_month` the calendar itself closes it.
    """

    code: str
    name: str
    names: Texts = ()
    needs_proof: bool = False
    proof: Texts = ()
    valid_days: int | None = None
    min_age: int | None = None
    max_age: int | None = None
    priority: bool = False
    condition: Texts = ()
    first_month: int | None = None
    last_month: int | None = None


@dataclass(frozen=True, slots=True)
class Purpose:
    """What for one rides; asked only where a service has purposes. `exempt`: its price never rises (health, school)."""

    code: str
    name: str
    names: Texts = ()
    priority: bool = False
    needs_proof: bool = False
    exempt: bool = False


@dataclass(frozen=True, slots=True)
class Conduct:
    """Cancelling is free until `free_until_s` before the window; later it costs a fee, as does not coming.

    After `no_shows` within `within_days` one may not book for `suspended_days`, and may appeal; 0 = never.
    """

    free_until_s: int = 3600
    late_fee_basis_points: int = 0
    no_show_fee_basis_points: int = 0
    no_show_wait_s: int = 300
    no_shows: int = 0
    within_days: int = 90
    suspended_days: int = 14
    broken_promise_basis_points: int = 10_000
    """What of the fare is given back where a confirmed promise is broken."""


@dataclass(frozen=True, slots=True)
class DynamicPricing:
    """By how much supply and demand move a fare, in basis points of it: never beyond these.

    Asked at most `discount_below` of the fleet is busy: up to `max_discount`; from `surcharge_above` on: up to
    `max_surcharge`. Both grow evenly to the end of the scale.
    """

    max_discount_basis_points: int = 0
    max_surcharge_basis_points: int = 0
    discount_below: float = 0.3
    surcharge_above: float = 0.8


class AtCap(StrEnum):
    """What becomes of a subsidy whose budget is used up."""

    STOP = "stop"
    REDUCE = "reduce"
    QUEUE = "queue"


@dataclass(frozen=True, slots=True)
class Subsidy:
    """What somebody else pays of a ride of a group and purpose (empty: any), at most so many rides a month.

    A share or a fixed sum. From 80 % of `yearly_minor` on the region is told; at 100 % `at_cap` holds: no more, the
    share `reduced_basis_points`, or waiting for money that becomes free.
    """

    code: str
    payer: str
    group: str = ""
    purpose: str = ""
    share_basis_points: int = 0
    fixed_minor: int = 0
    monthly_rides: int | None = None
    yearly_minor: int | None = None
    at_cap: AtCap = AtCap.STOP
    reduced_basis_points: int = 0


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules of a version. `timezone` and `currency` are the region's."""

    timezone: str
    currency: str
    zones: tuple[Zone, ...] = ()
    pairs: tuple[Pair, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    stops: tuple[MeetingStop, ...] = ()
    meeting: Meeting = field(default_factory=Meeting)
    spans: tuple[Span, ...] = ()
    special_days: tuple[SpecialDay, ...] = ()
    booking: BookingWindow = field(default_factory=BookingWindow)
    promise: Promise = field(default_factory=Promise)
    vehicles: tuple[Vehicle, ...] = ()
    matching: Matching = field(default_factory=Matching)
    fares: Fares = field(default_factory=Fares)
    groups: tuple[RiderGroup, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    conduct: Conduct = field(default_factory=Conduct)
    pricing: DynamicPricing | None = None
    subsidies: tuple[Subsidy, ...] = ()
