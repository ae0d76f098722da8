"""From rows to the snapshot that a plan depends on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bookings.ledger.division import RESIDENT, of_payer
from bookings.models import Booking, Effect, Order
from bookings.services import cards, charging, disputes, payouts, sales
from bookings.services.dossier import Dossier
from bookings.services.snapshot import Part, Snapshot, Step

_SOLD = frozenset({"COMPLETED", "CANCELLING"})
"""States whose plans depend on what people have already been told."""
_PAYING = frozenset({"AUTHORISING", "NEEDS_ACTION"}) | _SOLD
"""States whose plans depend on how the payment stands."""


def snapshot_of(order: Order) -> Snapshot:
    """An order as it stands in the caller's transaction."""
    return snapshot(Dossier.of(order))


def snapshot(dossier: Dossier) -> Snapshot:
    """An order as its rows say. What no plan asks for in its state is not read."""
    order = dossier.order
    payment = dossier.payment if order.state in _PAYING else None
    shares = payouts.shares(order, dossier.bookings)
    sold = order.state in _SOLD
    gives_back = order.fee_back_minor or any(
        row.state == "CANCELLED" or row.amends_at or row.taken_over_minor for row in dossier.bookings
    )
    return Snapshot(
        state=order.state,
        parts=tuple(_with_money(order, row, shares.get(row.seq, 0)) for row in dossier.bookings),
        steps=tuple(_step(number, effect) for number, effect in enumerate(dossier.effects)),
        cap_minor=order.consent_cap_minor,
        deadline_at=order.deadline_at,
        payment_state=payment.state if payment else "",
        captured_minor=payment.captured_minor if payment else 0,
        asked_back_minor=charging.asked_back(order) if gives_back else 0,
        fee_minor=order.fee_minor,
        fee_back_minor=order.fee_back_minor,
        cancel_epoch=order.cancel_epoch,
        cases=frozenset(order.cases.values_list("kind", flat=True)) if sold else frozenset(),
        card_saved=_has_card(dossier),
        promised=order.state == "CANCELLING" and _is_promised(order),
        disputed=order.state == "COMPLETED" and disputes.is_open(order),
    )


def _with_money(order: Order, booking: Booking, payout_minor: int) -> Part:
    gone = order.state == "CANCELLING" and (booking.state == "CANCELLED" or booking.amends_at is not None)
    too_much = payouts.too_much(booking, order) if gone else 0
    return replace(part_of(booking), payout_minor=payout_minor, too_much_minor=too_much)


def _has_card(dossier: Dossier) -> bool:
    """Whether what cannot be captured may be charged to a card; nobody looks before that."""
    refused = any(effect.kind == "CAPTURE" for effect in dossier.list_effects("REJECTED"))
    return dossier.order.state == "CAPTURING" and refused and cards.find_for(dossier.order) is not None


def _is_promised(order: Order) -> bool:
    """Whether operators have cancelled something themselves, or something else was bought instead."""
    if order.replacements.filter(order__replaced_at__isnull=False).exists():
        return True
    return order.bookings.filter(giving_back=True, called_off_at__isnull=False).exists()


def list_bookings(order: Order) -> list[Booking]:
    """The bookings of an order with the parts of the offer that they come from."""
    return list(order.bookings.select_related("part"))


def part_of(booking: Booking) -> Part:
    """A booking as a plan sees it."""
    return Part(
        seq=booking.seq,
        state=booking.state,
        capability=booking.capability,
        price_minor=booking.price_minor,
        others_minor=booking.others_minor,
        taken_over_minor=booking.taken_over_minor,
        fee_minor=booking.fee_minor,
        hold_expires_at=booking.hold_expires_at,
        rollback_expires_at=booking.rollback_expires_at,
        giving_back=booking.giving_back,
        is_ceiling=booking.price_is_ceiling,
        told_from=_told_from(booking) if booking.price_is_ceiling else None,
        amends_minor=of_payer(sales.given_back(booking), RESIDENT) if booking.amends_at else 0,
    )


def _told_from(booking: Booking) -> datetime | None:
    """A ride is over when its ticket is, which considers that vehicles are late."""
    return max((product.valid_until_at for product in booking.part.products.all()), default=None)


def _step(number: int, effect: Effect) -> Step:
    return Step(
        number=number,
        kind=effect.kind,
        booking_seq=effect.booking_seq,
        epoch=effect.epoch,
        state=effect.state,
        attempts=effect.attempts,
        unknowns=effect.unknowns,
        not_before=effect.not_before,
        deadline_at=effect.deadline_at,
        lease_until=effect.lease_until,
        reason=(effect.result or {}).get("reason", ""),
    )
