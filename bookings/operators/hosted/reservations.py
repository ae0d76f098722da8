"""Reservations at hosted operators: the operator's side of a sale, whoever makes it. Each function is one transaction.

Repeating a call with the same provider and client reference changes nothing more and answers how things stand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError

from bookings import capacity, turn
from bookings.models import Reservation, SeatClaim
from bookings.states import RESERVATION
from transit.money import Money
from transit.states import Moves


@dataclass(frozen=True, slots=True)
class Departure:
    """Seats wanted in one departure: `key` is `feed:trip@YYYY-MM-DD`; `cap` None where seats are not counted."""

    key: str
    seats: int
    cap: int | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be reserved. `content` is what the operator keeps of it, without personal data."""

    operator_code: str
    price: Money
    departs_at: datetime
    expires_at: datetime
    departures: Sequence[Departure]
    content: Mapping[str, Any]
    offer_id: int | None = None
    reference: str = ""
    purchased_at: datetime | None = None


def find(provider: str, client_ref: UUID) -> Reservation | None:
    """The reservation of a provider under its own reference."""
    return Reservation.objects.filter(provider=provider, client_ref=client_ref).first()


def hold(provider: str, client_ref: UUID, wanted: Wanted, now: datetime) -> Reservation:
    """Take the seats and keep them until `wanted.expires_at`. Raises capacity.SoldOut, then nothing was taken."""
    try:
        return _hold(provider, client_ref, wanted)
    except capacity.SoldOut:
        if not expire_due(now):
            raise
        return _hold(provider, client_ref, wanted)
    except IntegrityError:
        # Nothing was taken: there is one already, which a look before would have found as well, at the cost of all.
        if (found := find(provider, client_ref)) is None:
            raise
        return found


def exchange(reservation: Reservation, wanted: Wanted, now: datetime) -> Reservation:
    """Other seats, another price, instead of what is held and not bought; anything else stays as it is.

    Raises capacity.SoldOut, then nothing has changed.
    """
    seats = _seats(wanted)
    with turn.atomic():
        row = _lock(reservation, now)
        if row.state == "HELD" and row.purchased_at is None:
            capacity.lock({*seats, *row.claims.values_list("capacity_id", flat=True)})
            _free(row)
            row.claims.all().delete()
            capacity.take(seats)
            _claim(row, seats)
            row.price_minor, row.content, row.departs_at = wanted.price.minor, dict(wanted.content), wanted.departs_at
            row.expires_at = min(row.expires_at, wanted.departs_at)
            row.save(update_fields=["price_minor", "content", "departs_at", "expires_at"])
    return row


def _seats(wanted: Wanted) -> dict[int, int]:
    """What is to be taken of each counter."""
    counted = sorted((departure for departure in wanted.departures if departure.cap is not None), key=lambda d: d.key)
    return {
        capacity.get_capacity(wanted.operator_code, departure.key, departure.cap or 0).pk: departure.seats
        for departure in counted
    }


def _claim(reservation: Reservation, seats: Mapping[int, int]) -> None:
    SeatClaim.objects.bulk_create(
        SeatClaim(reservation=reservation, capacity_id=pk, seats=count) for pk, count in seats.items()
    )


def _hold(provider: str, client_ref: UUID, wanted: Wanted) -> Reservation:
    seats = _seats(wanted)
    with turn.atomic():
        reservation = Reservation.objects.create(
            provider=provider,
            client_ref=client_ref,
            operator_code=wanted.operator_code,
            currency=wanted.price.currency,
            price_minor=wanted.price.minor,
            content=dict(wanted.content),
            departs_at=wanted.departs_at,
            expires_at=wanted.expires_at,
            offer_id=wanted.offer_id,
            reference=wanted.reference,
            purchased_at=wanted.purchased_at,
        )
        capacity.take(seats)
        _claim(reservation, seats)
    return reservation


def extend(reservation: Reservation, expires_at: datetime, now: datetime) -> Reservation:
    """Keep a live hold longer; anything else stays as it is."""
    with turn.atomic():
        row = _lock(reservation, now)
        if row.state == "HELD":
            row.expires_at = max(row.expires_at, expires_at)
            row.save(update_fields=["expires_at"])
    return row


def confirm(reservation: Reservation, now: datetime) -> Reservation:
    """Sell what is held. What has expired, or was let go, stays so: look at the state of the answer."""
    with turn.atomic():
        row = _lock(reservation, now)
        if row.state == "HELD":
            moves = Moves()
            RESERVATION.move(row, "CONFIRMED", moves=moves)
            moves.write()
    return row


def cancel(reservation: Reservation, fee: Money, now: datetime) -> Reservation:
    """Let go what is held, take back for `fee` what is sold; the seats are free again."""
    with turn.atomic():
        row = _lock(reservation, now)
        if row.state in {"HELD", "CONFIRMED"}:
            row.fee_minor = fee.minor if row.state == "CONFIRMED" else 0
            row.save(update_fields=["fee_minor"])
            RESERVATION.move(row, "RELEASED" if row.state == "HELD" else "CANCELLED")
            _free(row)
    return row


def let_go(reservation: Reservation, now: datetime) -> Reservation:
    """Let go what is held, and only that: what has been sold meanwhile stays sold."""
    with turn.atomic():
        row = _lock(reservation, now)
        if row.state == "HELD":
            RESERVATION.move(row, "RELEASED")
            _free(row)
    return row


def expire_due(now: datetime) -> int:
    """Let every hold go whose time is over; how many there were."""
    due = Reservation.objects.filter(state="HELD", expires_at__lte=now).order_by("pk")
    for reservation in due:
        with turn.atomic():
            _lock(reservation, now)
    return len(due)


def _lock(reservation: Reservation, now: datetime) -> Reservation:
    """The locked row; a hold whose time is over expires on the way."""
    row = Reservation.objects.select_for_update().get(pk=reservation.pk)
    if row.state == "HELD" and row.expires_at <= now:
        RESERVATION.move(row, "EXPIRED")
        _free(row)
    return row


def _free(row: Reservation) -> None:
    capacity.give_back({claim.capacity_id: claim.seats for claim in row.claims.all()})
