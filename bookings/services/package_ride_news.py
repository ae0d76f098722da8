"""What becomes of rides on demand that providers have sold: told to them, given back, made whole."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import QuerySet

from bookings.models import Reservation
from bookings.operators.hosted.port import ONDEMAND
from bookings.services import package_dispatch, package_news, redress
from bookings.services.package_error import PackageError
from transit.ondemand import rides, sheets
from transit.ondemand.quote import RideChange
from transit.ondemand.sheets import Carried

logger = logging.getLogger(__name__)
CAUGHT_UP: Final = timedelta(days=2)
LATEST: Final = timedelta(hours=1)
"""So long after its time a ride that nobody has paid for is still taken off."""
_LET_GO: Final = ("RELEASED", "EXPIRED", "CANCELLED")


def draw(change: RideChange, now: datetime) -> None:
    """The consequences of a change, in the caller's transaction; none of what no provider has sold."""
    row = _sold().filter(client_ref=change.reference, state="CONFIRMED").first()
    if row is None:
        return
    if change.new == "CANCELLED":
        redress.finish(row.pk, now)
    elif change.new == "NO_SHOW":
        _nobody_came(row, now)
    else:
        _tell(row, sheets.list_carried([row.client_ref])[row.client_ref], change, now)


def follow(now: datetime) -> None:
    """Finish what was stopped between the dispatcher and the reservation, and what nobody could do earlier."""
    let_go = _sold().filter(state__in=_LET_GO, departs_at__gte=now - LATEST)
    for row, ride in _with_rides(let_go):
        if ride.state == "CONFIRMED":
            with _alone(row), suppress(PackageError):  # somebody sits in it by now, or others are quicker
                package_dispatch.take_off(row.client_ref, now)
    standing = _sold().filter(state="CONFIRMED")
    ended = sheets.list_ended(("CANCELLED", "NO_SHOW"), (now - CAUGHT_UP).date())
    for row in standing.filter(client_ref__in=ended):
        with _alone(row):
            if ended[row.client_ref] == "CANCELLED":
                redress.finish(row.pk, now)
            else:
                _nobody_came(row, now)
    begun = _with_rides(standing.filter(departs_at__range=(now - CAUGHT_UP, now)))
    over = {row.client_ref: (row, ride) for row, ride in begun if package_dispatch.is_over(ride, now)}
    for reference in rides.list_broken(over):
        row, ride = over[reference]
        with _alone(row):
            redress.make_amends(row.pk, ride, now)


@contextmanager
def _alone(row: Reservation) -> Iterator[None]:
    """What fails with one does not keep back the others."""
    try:
        yield
    except Exception:
        logger.exception("the ride of reservation %s could not be followed", row.pk)


def _sold() -> QuerySet[Reservation]:
    rows = Reservation.objects.select_related("offer").filter(offer__isnull=False)
    return rows.filter(content__agency_id__startswith=f"{ONDEMAND}:").order_by("pk")


def _with_rides(rows: QuerySet[Reservation]) -> list[tuple[Reservation, Carried]]:
    found = list(rows)
    carried = sheets.list_carried([row.client_ref for row in found])
    return [(row, carried[row.client_ref]) for row in found if row.client_ref in carried]


def _nobody_came(row: Reservation, now: datetime) -> None:
    assert row.offer is not None, "a provider's"
    with suppress(PackageError):
        redress.note_no_show(row.operator_code, f"{row.offer.code}-1", now)


def _tell(row: Reservation, ride: Carried, change: RideChange, now: datetime) -> None:
    """The most important of what has changed."""
    detail = change.detail
    if change.new == "DONE" and rides.list_broken([ride.reference]):
        redress.make_amends(row.pk, ride, now)
    kind, message = _news(ride, change)
    if kind:
        left: dict[str, Any] = {}
        if kind == "ETA":
            left = {"assetInfo": {"duration": max(0, int((ride.told_at - now).total_seconds()))}}
        if detail.get("vehicle"):
            message = f"{message}; vehicle {detail['vehicle']}"
        package_news.queue(row, kind, f"ride:{change.id}", now, 1, message=message, **left)


def _news(ride: Carried, change: RideChange) -> tuple[str, str]:
    """TOMP's notificationType, and a line for people."""
    if change.old != change.new:
        return {"BOARDED": ("STARTED", "on board"), "DONE": ("ENDED", "set down")}.get(change.new, ("", ""))
    if change.detail.get("arrived"):
        return "VEHICLE_ARRIVED", "the vehicle is here"
    if change.detail.get("broken"):
        return "WARNING", f"cannot come as promised, comes {ride.told_at.isoformat(timespec='minutes')}"
    return ("ETA", f"comes {ride.told_at.isoformat(timespec='minutes')}") if "told_at" in change.detail else ("", "")
