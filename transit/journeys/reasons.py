"""Why a search finds nothing, and what would change that: as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from transit.routing.itinerary import Place
from transit.routing.query import Mode


class ReasonCode(StrEnum):
    """What stands in the way."""

    OUTSIDE_REGION = "outside_region"
    """An end is far from every stop."""
    NOT_ON_STREET = "not_on_street"
    """No street or path is known near an end."""
    NOT_CONNECTED = "not_connected"
    """The streets at an end lead to no stop: an island, a closed area."""
    NO_STOP_NEAR = "no_stop_near"
    """The nearest stop to an end is a longer walk than is allowed."""
    OUTSIDE_ZONE = "outside_zone"
    """An end is outside the area of a ride on demand."""
    OUTSIDE_TIMETABLE = "outside_timetable"
    """No timetable holds on the day."""
    NO_SERVICE_THAT_DAY = "no_service_that_day"
    """Nothing goes there on the day, but on others."""
    LAST_RIDE_GONE = "last_ride_gone"
    """What goes there on the day has left by then."""
    EARLIER_RIDE = "earlier_ride"
    """What arrives in time does so before the hours that are looked at."""
    LATER_RIDE = "later_ride"
    """The next ride leaves after the hours that are looked at."""
    BOOKING_CLOSED = "booking_closed"
    """A ride on demand can no longer be ordered."""
    RIDE_CLOSED = "ride_closed"
    """A service that we plan ourselves does not run at that time."""
    RIDE_TOO_LATE = "ride_too_late"
    """It had to be ordered earlier."""
    RIDE_TOO_EARLY = "ride_too_early"
    """It can be ordered from `at` on."""
    RIDE_NOT_BETWEEN = "ride_not_between"
    """It takes nobody from the one part of its area to the other."""
    RIDE_EXCLUDED = "ride_excluded"
    """It drives no such ways: they are short, or a bus does as well."""
    RIDE_FULL = "ride_full"
    """No vehicle can come then without breaking a promise to somebody else."""
    RIDE_NOT_ELIGIBLE = "ride_not_eligible"
    """The group or the purpose has no right to it, or not now."""
    NOT_STEP_FREE = "not_step_free"
    """What goes there leads over stairs."""
    WHEELCHAIR_UNKNOWN = "wheelchair_unknown"
    """Of what goes there it is not known of all whether a wheelchair can use it."""
    NOT_FOR_WHEELCHAIRS = "not_for_wheelchairs"
    """Something on what goes there is known to take no wheelchair."""
    MODES_EXCLUDED = "modes_excluded"
    """It takes vehicles that are not wished for."""
    TOO_FEW_VEHICLES = "too_few_vehicles"
    """It takes more vehicles than are allowed."""
    CHANGES_TOO_SHORT = "changes_too_short"
    """Changes leave less time than is wished for."""
    WALK_TOO_LONG = "walk_too_long"
    """It takes a longer walk than is allowed, although a stop is near."""
    NO_CONNECTION = "no_connection"
    """Nothing is known that leads there."""


class End(StrEnum):
    """Which end of a search is meant, as the API calls it."""

    ORIGIN = "from"
    DESTINATION = "to"


@dataclass(frozen=True, slots=True)
class Reason:
    """What stands in the way, the facts of it, and the `change` of the search (parameters of the API) with which a ride
    has been found; none where no such change is known.

    `end` is the end that it is about and `place` the nearest stop, or where an area ends, `distance_m` from there and
    `walk_s` on foot. `line` runs at `at`: the last or next ride; or it had to be ordered by then. `next_at` is when the
    next ride leaves. `first_on` and `last_on` are the days of the timetables. Times are to be shown in `timezone`.
    """

    code: ReasonCode
    timezone: str
    change: tuple[tuple[str, str], ...] = ()
    end: End | None = None
    place: Place | None = None
    distance_m: int | None = None
    walk_s: int | None = None
    line: str = ""
    at: datetime | None = None
    next_at: datetime | None = None
    first_on: date | None = None
    last_on: date | None = None
    modes: tuple[Mode, ...] = ()
    vehicles: int | None = None
