"""Orders: what a resident can do with one transaction over several operators."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, transaction
from django.db.models import Prefetch, prefetch_related_objects

from bookings import turn
from bookings.budgets import UsedUp
from bookings.models import Booking, Offer, OfferPart, Order, Ticket
from bookings.services import bills, charging, contacts, subsidies, timing, travellers, ways
from bookings.services.rows import part_of, snapshot_of
from bookings.services.viewers import Viewer
from bookings.services.ways import Way
from bookings.states import ORDER_SELLING
from transit.money import Money
from transit.sealing import seal, unseal

MOST_OPEN = 3
"""Orders that one traveller or browser session may have under way: holds keep seats from others."""
MOST_OPEN_FOR_OTHERS = 100
"""The same for a desk or a partner, who order for many."""
CAN_GIVE_UP = frozenset({"HOLDING", "NEEDS_CONSENT", "AUTHORISING", "NEEDS_ACTION"})
"""States in which nothing is bought yet."""


class OrderError(Exception):
    """Something that cannot be done with an order.

    `code` is one of offer_expired, subsidy_changed, too_many_orders, not_waiting_for_consent, price_changed,
    not_cancellable, fee_changed, operator_unavailable, already_used, way_not_allowed, not_changeable, not_disrupted,
    no_way_on, limit_reached.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Status:
    """Where an order stands, in codes that are put into words where they are shown.

    `reason` says why it is not being booked, empty otherwise. `charged` is what the resident has paid and not got
    back, `owed` what is still to be paid afterwards, in cash or by invoice; `price` what the whole costs the resident
    as far as it is known. `action_url` is where the payer must go.
    """

    state: str
    reason: str
    price: Money
    charged: Money
    owed: Money
    action_url: str
    is_final: bool
    can_give_up: bool
    can_cancel: bool

    @property
    def nothing_charged(self) -> bool:
        """Whether no money of the resident is with anybody."""
        return not self.charged


def place(
    offer: Offer, viewer: Viewer, now: datetime, contact: str = "", pay_with: str = "stripe", phone: str = ""
) -> Order:
    """The order that accepts an offer: the same one again when it is accepted again. Nothing is called yet.

    `pay_with` is the key of one of the offer's ways to pay.

    `contact` (an e-mail address) and `phone` (as in E.164) may be empty, and are sealed.

    An offer that was made for somebody is accepted by them, or by who may act for them now.

    Raises OrderError, Order.DoesNotExist for somebody else's.
    """
    if offer.owner_id is not None and offer.owner_id != viewer.user_id:
        raise OrderError("offer_expired")
    if offer.replaces_id is not None and not Order.objects.filter(viewer.owns(), pk=offer.replaces_id).exists():
        raise OrderError("not_changeable")  # a delegate may see it, no more
    prefetch_related_objects([offer], "parts__products__shares")
    with turn.atomic():
        locked = Offer.objects.select_for_update().only("expires_at").get(pk=offer.pk)  # the rest is never edited
        if Order.objects.filter(offer=locked).exists():
            return Order.objects.get(viewer.owns(), offer=locked)
        if locked.expires_at <= now:
            raise OrderError("offer_expired")
        _one_at_a_time(viewer)
        _check_open(viewer)
        way = ways.find_way(offer, viewer, pay_with)
        if way is None:
            raise OrderError("way_not_allowed")
        try:
            with transaction.atomic():
                order = _create(offer, viewer, now, contact, way)
                travellers.note(order, viewer.acting, now)
                if phone:
                    contacts.give(order, phone)
                return order
        except travellers.LimitReached:
            raise OrderError("limit_reached") from None
        except IntegrityError:
            # An operator gave the same offer to two people, and the other one was first.
            raise OrderError("offer_expired") from None


def _check_open(viewer: Viewer) -> None:
    count = Order.objects.filter(viewer.owns(), state__in=ORDER_SELLING).count()
    if count < MOST_OPEN:
        return
    user = get_user_model().objects.filter(pk=viewer.user_id or 0).first()
    if user is None or not user.has_perm("bookings.sell_for_others") or count >= MOST_OPEN_FOR_OTHERS:
        raise OrderError("too_many_orders")


def _one_at_a_time(viewer: Viewer) -> None:
    """Orders of one person are counted and placed one after the other. SQLite's transactions are so by themselves."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [viewer.principal])


def _create(offer: Offer, viewer: Viewer, now: datetime, contact: str, way: Way) -> Order:
    parts = list(offer.parts.all())
    owed = sum(_owed_by_others(part) for part in parts)
    order = Order.objects.create(
        owner_id=viewer.user_id,
        session_hash="" if viewer.is_delegate else viewer.session_hash,  # a delegation ends, a browser does not
        contact_sealed=seal(contact) if contact else b"",
        language=offer.language,
        offer=offer,
        offer_hash=offer.content_sha256,
        currency=offer.currency,
        provider=way.provider,
        payer_ref=way.payer_ref,
        quoted_minor=offer.total_minor - owed,
        consent_cap_minor=offer.total_minor - owed,
        fee_minor=offer.fee.price_minor if hasattr(offer, "fee") else 0,
        created_at=now,
        wake_at=now,
        deadline_at=min(now + timing.ORDER_DEADLINE, _departs_at(offer, parts)),
    )
    bookings = Booking.objects.bulk_create(
        Booking(
            order=order,
            part=part,
            seq=part.seq,
            operator_code=part.operator_code,
            sales=part.sales,
            price_minor=part.price_minor,
            price_is_ceiling=part.price_is_ceiling,
            others_minor=_owed_by_others(part),
            capability=part.capability,
            offer_ref=part.remote_offer or None,
        )
        for part in parts
    )
    try:
        subsidies.reserve(bookings, now)
    except UsedUp:
        raise OrderError("subsidy_changed") from None
    return order


def _departs_at(offer: Offer, parts: list[OfferPart]) -> datetime:
    """When the first ride leaves that is bought: what has departed is not paid for, however long it is held."""
    sold: set[int] = {leg for part in parts for product in part.products.all() for leg in product.legs}
    return offer.journey.legs[min(sold)].start_at


def _owed_by_others(part: OfferPart) -> int:
    return sum(share.amount_minor for product in part.products.all() for share in product.shares.all())


def contact_of(order: Order) -> str:
    """Where its messages go; empty where nobody said."""
    return unseal(bytes(order.contact_sealed)) if order.contact_sealed else ""


def get_for(viewer: Viewer, code: str) -> Order:
    """An order of this viewer. Raises Order.DoesNotExist, also for somebody else's."""
    # Who waits for an order asks for it again and again, and not for its journey, which has to be unsealed.
    return with_bookings(
        Order.objects.select_related("offer").defer("offer__itinerary").get(viewer.owns_orders(), code=code)
    )


def with_bookings(order: Order) -> Order:
    """The same order, with its bookings and, where it has any, their tickets."""
    shown: list[Prefetch[Any] | str] = [Prefetch("bookings", Booking.objects.select_related("part"))]
    if order.state in ORDER_SELLING:
        shown.append(Prefetch("bookings__tickets", Ticket.objects.none()))
    else:
        shown.append("bookings__tickets__product")
    prefetch_related_objects([order], *shown)
    return order


def find_state(viewer: Viewer, code: str) -> str:
    """The state of an order of this viewer, and nothing else of it; empty where there is none."""
    return Order.objects.filter(viewer.owns_orders(), code=code).values_list("state", flat=True).first() or ""


def states_of(codes: Collection[str]) -> dict[str, str]:
    """The states of orders by their codes, whoever's they are: for those who were allowed to wait for them."""
    return dict(Order.objects.filter(code__in=codes).values_list("code", "state"))


def status(order: Order) -> Status:
    """Where an order stands."""
    payment = charging.find_live(order)
    owed = bills.owed(order)
    charged = payment.captured_minor - payment.refunded_minor - owed.minor if payment else 0
    due = sum(part_of(booking).due_minor for booking in order.bookings.all()) + order.fee_minor
    waiting = order.state == "NEEDS_ACTION" and payment is not None
    return Status(
        state=order.state,
        reason=order.unwind_reason,
        price=Money(due, order.currency),
        charged=Money(charged, order.currency),
        owed=owed,
        action_url=payment.action_url if waiting and payment else "",
        is_final=order.state in {"COMPLETED", "FAILED", "CANCELLED", "SETTLED", "MANUAL"},
        can_give_up=order.state in CAN_GIVE_UP,
        can_cancel=order.state == "COMPLETED",
    )


def consent(order: Order, price: Money, now: datetime) -> Order:
    """The resident accepts the higher price that was shown. Raises OrderError."""
    with transaction.atomic():
        locked = Order.objects.select_for_update().get(pk=order.pk)
        if locked.state != "NEEDS_CONSENT":
            raise OrderError("not_waiting_for_consent")
        if price != Money(snapshot_of(locked).due_minor, locked.currency):
            raise OrderError("price_changed")
        locked.consent_cap_minor = price.minor
        return wake(locked, now, "consent_cap_minor")


def returned(order: Order, now: datetime) -> None:
    """The payer is back from the provider's page: look now, not at the next turn."""
    charging.look_again(order, now)


def wake(order: Order, now: datetime, *fields: str) -> Order:
    """Have a locked order looked at, with what was changed of it."""
    order.wake_at = now
    order.version += 1
    order.save(update_fields=["wake_at", "version", *fields])
    return order
