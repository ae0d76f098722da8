"""The vehicle that somebody waits for: in words, and on the day for a while where it is, roughly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bookings.models import Booking, Order
from transit.ondemand import sheets

SHOWN_BEFORE: Final = timedelta(minutes=15)
"""So long before the pick-up a rider may see the vehicle; until they are set down."""
SEEN_WITHIN: Final = timedelta(minutes=2)
"""An older position would mislead."""
_DECIMALS: Final = 3
"""Of degrees: about a hundred metres. Others are aboard, and where they live is nobody's business."""
_PHASES: Final = {"BOARDED": "aboard", "DONE": "done", "NO_SHOW": "missed"}


@dataclass(frozen=True, slots=True)
class Approach:
    """How a ride stands. `phase` is later, coming, here, aboard, done, missed or off.

    `at` is when it comes, or is there for who sits in it; `minutes` until then. `lon`, `lat` only while they may be
    shown and are fresh. `place` is where one is met, `code` what one tells the driver; it leaves without whom it has
    waited for until `leaves_at`.
    """

    seq: int
    phase: str
    at: datetime
    minutes: int
    stops_before: int
    vehicle: str
    place: str
    timezone: str
    code: str
    leaves_at: datetime
    lon: float | None = None
    lat: float | None = None

    @property
    def is_live(self) -> bool:
        """Whether it is worth looking again soon."""
        return self.phase in {"coming", "here", "aboard"}

    @property
    def is_ahead(self) -> bool:
        """Whether there is anything still to come."""
        return self.is_live or self.phase == "later"


def list_of(order: Order, now: datetime) -> list[Approach]:
    """The rides on demand of an order that are sold, in order."""
    rows = order.bookings.filter(sales="ondemand", state="CONFIRMED").select_related("part", "order__offer")
    found = [_approach(row, now) for row in rows.prefetch_related("part__products").order_by("seq")]
    return [each for each in found if each is not None]


def find(order: Order, seq: int, now: datetime) -> Approach | None:
    """The ride of one part of an order, whatever has become of it."""
    row = order.bookings.filter(sales="ondemand", seq=seq).select_related("part", "order__offer").first()
    return None if row is None else _approach(row, now)


def _approach(row: Booking, now: datetime) -> Approach | None:
    found = sheets.find_approach(row.client_ref)
    if found is None:
        return None
    ride, sheet, leg = found.ride, found.sheet, min(leg for each in row.part.products.all() for leg in each.legs)
    place = row.order.offer.journey.legs[leg].start
    aboard, near = ride.state == "BOARDED", now >= ride.planned_pickup_at - SHOWN_BEFORE
    at = ride.planned_drop_off_at if aboard else max(ride.planned_pickup_at, ride.told_at)
    phase = _PHASES.get(ride.state, "off")
    if ride.state == "CONFIRMED":
        phase = "here" if ride.arrived_at else "coming" if near else "later"
    shown = sheet is not None and phase in {"coming", "here", "aboard"} and near
    fresh = shown and sheet is not None and sheet.seen_at is not None and now - sheet.seen_at <= SEEN_WITHIN
    where = (sheet.lon, sheet.lat) if fresh and sheet is not None else (None, None)
    lon, lat = (None if degrees is None else round(degrees, _DECIMALS) for degrees in where)
    return Approach(
        seq=row.seq,
        phase=phase,
        at=at,
        minutes=max(0, -int(-(at - now).total_seconds() // 60)),
        stops_before=found.stops_before if shown else 0,
        vehicle=sheet.vehicle_name if sheet else "",
        place=ride.places[0] or place.name,
        timezone=place.timezone,
        code=ride.code if ride.state == "CONFIRMED" else "",
        leaves_at=max(at, ride.arrived_at or at) + timedelta(seconds=ride.conduct.no_show_wait_s),
        lon=lon,
        lat=lat,
    )
