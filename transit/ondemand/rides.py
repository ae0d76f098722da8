"""Rides, as who sells them asks for them: held, confirmed, given up, followed. None of these inside a transaction."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from transit.models import RIDE, Ride, RideEvent, ServiceDay
from transit.ondemand.admission import check_right
from transit.ondemand.areas import zones_at
from transit.ondemand.edit import NEW, Edit, Step, change, in_order
from transit.ondemand.fitting import fit
from transit.ondemand.hours import day_of
from transit.ondemand.quote import Quote, Reason, RideChange, RideRefused, RideView, Spot
from transit.ondemand.quoting import boarding_s, read
from transit.ondemand.roster import URGENT
from transit.routing.insertion import take
from transit.routing.pooling import Call, Request
from transit.states import IllegalMove

_DIGITS: Final = 4
_ENDED: Final = ("RELEASED", "EXPIRED", "CANCELLED")


def hold(reference: UUID, token: str, expires_at: datetime, seller: str = "self", *, now: datetime) -> RideView:
    """Keep what was quoted until it expires; once for each reference.

    Raises RideRefused: FULL where others were faster, CHANGED where the quote is too old, the rules are others, or
    the reference is that of a ride that was given up.
    """
    if (known := find(reference)) is not None:
        if known.state in _ENDED:
            raise RideRefused(Reason.CHANGED)
        return known
    quote = read(token, now)
    day = ServiceDay.objects.filter(service__code=quote.service, date=quote.day).first()
    if day is None:
        raise RideRefused(Reason.CHANGED)

    def plan(edit: Edit) -> None:
        _insert(edit, quote, _row(edit, quote, reference, expires_at, seller))

    try:
        change(day.pk, now, plan)
    except IntegrityError:
        if (known := find(reference)) is None:
            raise
        return known
    return get(reference)


def confirm(reference: UUID, now: datetime) -> RideView:
    """Make a hold a promise. Raises RideRefused: CHANGED where it has ended."""
    with transaction.atomic():
        ride = _locked(reference)
        if _has_ended(ride, now):
            raise RideRefused(Reason.CHANGED)
        if ride.state == "HELD":
            ride.expires_at = None
            in_order()
            RIDE.move(ride, "CONFIRMED", fields=["expires_at"])
    return get(reference)


def extend(reference: UUID, until: datetime, now: datetime) -> RideView:
    """Hold longer, never shorter. Raises RideRefused: CHANGED where it has ended."""
    with transaction.atomic():
        ride = _locked(reference)
        if _has_ended(ride, now):
            raise RideRefused(Reason.CHANGED)
        if ride.state == "HELD":
            ride.expires_at = max(ride.expires_at or until, until)
            ride.save(update_fields=["expires_at"])
    return get(reference)


def release(reference: UUID, now: datetime) -> RideView:
    """Give a hold up. Raises IllegalMove where it is confirmed."""
    return _give_up(reference, "RELEASED", now)


def cancel(reference: UUID, now: datetime) -> RideView:
    """Cancel a ride that nobody has boarded; a hold is released. Raises IllegalMove."""
    return _give_up(reference, "CANCELLED", now)


def call_off(reference: UUID, now: datetime) -> RideView:
    """The same where its operator does it: the promise is broken. Raises IllegalMove."""
    return _give_up(reference, "CANCELLED", now, broken=True, reason="called_off")


def find(reference: UUID) -> RideView | None:
    """A ride, as its seller may see it."""
    ride = Ride.objects.select_related("day__service", "shift").filter(reference=reference).first()
    return None if ride is None else view_of(ride)


def get(reference: UUID) -> RideView:
    """The same of a ride that is there. Raises RideRefused: UNKNOWN."""
    found = find(reference)
    if found is None:
        raise RideRefused(Reason.UNKNOWN)
    return found


def is_called_off(reference: UUID) -> bool:
    """Whether a cancelled ride was cancelled by the dispatcher or its operator, and not by who sold it."""
    return RideEvent.objects.filter(ride__reference=reference, new="CANCELLED", detail__broken=True).exists()


def list_broken(references: Iterable[UUID]) -> set[UUID]:
    """Those of some rides whose promise was not kept: that was told, or the vehicle came late."""
    rows = Ride.objects.filter(reference__in=list(references))
    broken = Q(arrived_at__gt=F("latest_at")) | Q(pk__in=RideEvent.objects.filter(detail__broken=True).values("ride"))
    return set(rows.filter(broken).values_list("reference", flat=True))


def changes_since(last: int, limit: int = 500) -> list[RideChange]:
    """What has happened to rides since an event that was seen, the oldest first. None is skipped: events are numbered
    in the order in which they become visible.
    """
    rows = RideEvent.objects.filter(pk__gt=last).select_related("ride").order_by("pk")[:limit]
    return [RideChange(each.pk, each.ride.reference, each.old, each.new, each.detail, each.at) for each in rows]


def expire(now: datetime) -> int:
    """End the holds whose time is over; returns how many."""
    due = Ride.objects.filter(state="HELD", expires_at__lte=now)
    ended = 0
    for day_id in sorted(set(due.values_list("day_id", flat=True))):

        def plan(edit: Edit, day_id: int = day_id) -> None:
            for pk in due.filter(day_id=day_id).values_list("pk", flat=True):
                take_away(edit, pk, "EXPIRED", ("HELD",))
                edit.steps[-1].over_at = now

        ended += len(change(day_id, now, plan).steps)
    return ended


def take_away(edit: Edit, ride_id: int, new: str, old: tuple[str, ...], **detail: Any) -> None:
    """A ride ends in a state and comes off its route."""
    board, key = edit.roster.board, str(ride_id)
    edit.steps.append(Step(ride_id, new, {"expires_at": None}, detail, old))
    if key in board.vehicle:
        edit.touched.add(int(board.shifts[board.vehicle[key]].key))
        board.take_out(key)


def view_of(ride: Ride) -> RideView:
    """A row, as its seller may see it."""
    return RideView(
        reference=ride.reference,
        state=ride.state,
        service=ride.day.service.code,
        pickup=Spot(ride.origin_lon, ride.origin_lat, ride.origin_stop),
        drop_off=Spot(ride.destination_lon, ride.destination_lat, ride.destination_stop),
        earliest_at=ride.earliest_at,
        latest_at=ride.latest_at,
        told_at=ride.told_at,
        planned_pickup_at=ride.planned_pickup_at,
        planned_drop_off_at=ride.planned_drop_off_at,
        arrive_by=ride.arrive_by,
        vehicle=ride.shift.vehicle if ride.shift else "",
        code=ride.code,
        expires_at=ride.expires_at,
        arrived_at=ride.arrived_at,
        boarded_at=ride.boarded_at,
        done_at=ride.done_at,
    )


def _has_ended(ride: Ride, now: datetime) -> bool:
    """Whether it is given up, or would be, if it had been looked at since its time was over."""
    is_due = ride.state == "HELD" and ride.expires_at is not None and ride.expires_at <= now
    return is_due or ride.state in _ENDED


def _give_up(reference: UUID, new: str, now: datetime, **detail: Any) -> RideView:
    ride = Ride.objects.filter(reference=reference).first()
    if ride is None:
        raise RideRefused(Reason.UNKNOWN)
    if ride.state in _ENDED:
        return get(reference)

    def plan(edit: Edit) -> None:
        state = Ride.objects.values_list("state", flat=True).get(pk=ride.pk)
        end = "RELEASED" if state == "HELD" else new
        if state == "BOARDED" or not RIDE.allows(state, end):
            if state in _ENDED:
                return
            raise IllegalMove(f"ride: {state} → {end}")
        take_away(edit, ride.pk, end, (state,), **detail)

    change(ride.day_id, now, plan)
    return get(reference)


def _locked(reference: UUID) -> Ride:
    try:
        return Ride.objects.select_for_update().get(reference=reference)
    except Ride.DoesNotExist as unknown:
        raise RideRefused(Reason.UNKNOWN) from unknown


def _row(edit: Edit, quote: Quote, reference: UUID, expires_at: datetime, seller: str) -> Ride:
    rules = edit.roster.rules
    return Ride(
        day_id=edit.roster.day_id,
        reference=reference,
        seller=seller,
        load=list(quote.load),
        origin_lon=quote.pickup.lon,
        origin_lat=quote.pickup.lat,
        origin_stop=quote.pickup.stop,
        destination_lon=quote.drop_off.lon,
        destination_lat=quote.drop_off.lat,
        destination_stop=quote.drop_off.stop,
        earliest_at=quote.earliest_at,
        latest_at=quote.latest_at,
        arrive_by=quote.arrive_by,
        ride_limit_s=quote.ride_limit_s,
        boarding_s=boarding_s(rules.promise, quote.load),
        direct_s=quote.direct_s,
        direct_m=quote.direct_m,
        group=quote.group,
        purpose=quote.purpose,
        priority=check_right(rules, quote.group, quote.purpose, day_of(quote.told_at, rules.timezone)),
        told_at=quote.told_at,
        planned_pickup_at=quote.told_at,
        planned_drop_off_at=quote.planned_drop_off_at,
        expires_at=expires_at,
        code=_code(Ride.objects.filter(day_id=edit.roster.day_id).values_list("code", flat=True)),
    )


def _code(taken: Iterable[str]) -> str:
    """What driver and rider tell each other: no two of a day are the same, while there are codes."""
    known = set(taken)
    digits = _DIGITS if len(known) < 10**_DIGITS // 2 else 2 * _DIGITS
    while (code := f"{secrets.randbelow(10**digits):0{digits}}") in known:
        pass
    return code


def _insert(edit: Edit, quote: Quote, ride: Ride) -> None:
    """Put a new ride into the plan, exactly as it was quoted. Raises RideRefused."""
    roster = edit.roster
    if roster.number != quote.rule_set:
        raise RideRefused(Reason.CHANGED)
    start = roster.places.node(ride.origin_lon, ride.origin_lat)
    end = roster.places.node(ride.destination_lon, ride.destination_lat)
    earliest_s = int(quote.earliest_at.timestamp())
    request = Request(
        str(NEW),
        Call(start, earliest_s, int(quote.latest_at.timestamp()), ride.boarding_s),
        Call(end, earliest_s, int(quote.arrive_by.timestamp()), ride.boarding_s),
        ride.ride_limit_s,
        (*quote.load, 1),
        URGENT if ride.priority else 1.0,
    )
    rules = roster.rules
    zones = tuple(zones_at(rules, each.lon, each.lat) for each in (quote.pickup, quote.drop_off))
    found = fit(roster, request, (zones[0], zones[1]), priority=ride.priority)
    if found is None or not take(roster.board, found.request, found.option):
        raise RideRefused(Reason.FULL)
    edit.born = ride
    edit.touched.add(found.shift_id)
