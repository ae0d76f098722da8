"""The ride of a package that our own dispatcher plans: it is promised there, and sold here.

The dispatcher is never asked inside a transaction, so every act is in steps; what is sold, the reservation says. Held
and sold: the ride first. Let go: the reservation first. Taken back: what comes back is written down, the ride is taken
off, then the reservation; called off, the ride says so. Where one is stopped in between, the same again makes it whole;
if nobody asks again, a hold ends by itself and `package_ride_news.follow` does the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import OperationalError

from bookings.operators.hosted.port import ONDEMAND
from bookings.services.calls import forbid_transaction
from bookings.services.package_error import PackageError
from transit.ondemand import rides
from transit.ondemand.edit import Contended
from transit.ondemand.quote import Reason, RideRefused, RideView
from transit.ondemand.sheets import Carried
from transit.states import IllegalMove

OVER_AFTER: Final = timedelta(hours=6)
"""So long after it was to end a ride is over, also where its driver has not said so."""
_ON_THE_ROUTE: Final = ("HELD", "CONFIRMED")


def is_planned(agency_id: str) -> bool:
    """Whether an agency's rides are our own dispatcher's."""
    return agency_id.startswith(f"{ONDEMAND}:")


def hold(reference: UUID, quote: str, until: datetime, provider: str, now: datetime) -> datetime:
    """Keep the ride that was quoted, once; until when. Raises PackageError."""
    with _heard():
        return rides.hold(reference, quote, until, seller=provider, now=now).expires_at or until


def extend(reference: UUID, until: datetime, now: datetime) -> None:
    """Keep it longer. Raises PackageError."""
    with _heard():
        rides.extend(reference, until, now)


def confirm(reference: UUID, now: datetime) -> None:
    """Make it a promise. Raises PackageError."""
    with _heard():
        rides.confirm(reference, now)


def take_off(reference: UUID, now: datetime, *, called_off: bool = False) -> None:
    """Take it off the route, if it is on one; `called_off` by its operator. Raises PackageError: `used` where somebody
    is aboard, or was.
    """
    with _heard():
        view = rides.find(reference)
        if view is not None and view.state in {"BOARDED", "DONE"}:
            raise PackageError("used")
        if view is not None and view.state in _ON_THE_ROUTE:
            (rides.call_off if called_off else rides.cancel)(reference, now)


def is_over(ride: RideView | Carried, now: datetime) -> bool:
    """Whether a ride took place; long after its time also where its driver has not said so."""
    waits = ride.state in {"CONFIRMED", "BOARDED"}
    return ride.state == "DONE" or (waits and now >= ride.arrive_by + OVER_AFTER)


def leg_status(view: RideView | None, now: datetime) -> str:
    """TOMP's legStatus of a ride that was sold."""
    if view is None or view.state == "NO_SHOW" or is_over(view, now):
        return "ENDED"
    return "IN_USE" if view.state == "BOARDED" else "NOT_STARTED"


@contextmanager
def _heard() -> Iterator[None]:
    forbid_transaction()
    try:
        yield
    except (Contended, OperationalError) as busy:
        raise PackageError("busy") from busy
    except RideRefused as refused:
        raise PackageError("sold_out" if refused.code == Reason.FULL else "expired", "ride") from refused
    except IllegalMove as begun:
        raise PackageError("used") from begun
