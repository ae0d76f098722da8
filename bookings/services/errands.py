"""What a desk does for somebody: a choice becomes an offer, the offer an order, and the order a code to be told.

The caller is told the end of each ticket's number, which drivers and inspectors find without a network in their list
of the day (see day_lists); of a ride on demand the code that its driver has. Nobody takes down the number of a card:
who pays by card gets a link.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bookings.models import Caller, Offer, Order, Ticket
from bookings.services import callers, cancelling, contacts, customers, offers, orders, readings, ticketing, ways
from bookings.services.contacts import ContactError
from bookings.services.ways import Way
from transit import tokens
from transit.money import Money
from transit.routing.itinerary import Leg


@dataclass(frozen=True, slots=True)
class SpokenCode:
    """What a traveller tells on board: the code of a ticket, and the rides that it is for."""

    code: str
    category: str
    rides: tuple[Leg, ...]

    @property
    def spelled(self) -> str:
        """Sign by sign."""
        return " ".join(self.code)

    @property
    def lines(self) -> list[str]:
        """What the rides are called."""
        return [readings.line_of(leg) for leg in self.rides]


def make_offer(caller: Caller, token: str, now: datetime) -> Offer:
    """The offer for a choice that was read out. Raises TokenError and OfferError."""
    travellers = tokens.read_token(token, now).travellers
    return offers.create(token, travellers, callers.viewer_of(caller), callers.facts_of(caller).language, now)


def get_offer(caller: Caller, code: str) -> Offer:
    """An offer that was made for a caller. Raises Offer.DoesNotExist."""
    return offers.get_offer(code, callers.viewer_of(caller))


def list_ways(offer: Offer, caller: Caller) -> list[Way]:
    """The ways to pay that bear the price: a link, cash, the caller's own travel money and invoices."""
    return [way for way in ways.list_ways(offer, callers.viewer_of(caller)) if way.enough]


def place(caller: Caller, offer: Offer, key: str, now: datetime) -> Order:
    """Order for a caller, and send the link where it is paid by one and can be sent. Raises OrderError."""
    facts = callers.facts_of(caller)
    order = orders.place(offer, callers.viewer_of(caller), now, facts.email, key, facts.phone)
    if order.provider == "stripe" and order.quoted_minor:
        send_link(order, facts.phone if contacts.is_texting() else "", facts.email, now)
    return order


def send_link(order: Order, phone: str, email: str, now: datetime) -> bool:
    """Send the link by which the caller pays, by text message or else by e-mail; whether it could be."""
    if not phone and not email:
        return False
    try:
        contacts.send_payment_link(order, phone, "" if phone else email, now)
    except ContactError:
        return False
    return True


def list_codes(order: Order) -> list[SpokenCode]:
    """What the travellers tell on board, ticket by ticket."""
    rows = Ticket.objects.filter(booking__order=order).exclude(state="VOID").select_related("product")
    return [_spoken(row, order.offer.journey.legs) for row in rows.order_by("valid_from_at", "pk")]


def cancel(caller: Caller, order: Order, fee: Money, now: datetime) -> Order:
    """Give an order back for a caller, for the fee that was told. Asks operators. Raises OrderError."""
    done = cancelling.cancel(order, now, fee)
    if order.owner_id is not None:
        customers.note(order.owner_id, "cancelled", caller.agent_id, now, order=order.code)
    return done


def _spoken(row: Ticket, legs: tuple[Leg, ...]) -> SpokenCode:
    rides = tuple(legs[position] for position in row.product.legs)
    return SpokenCode(ticketing.ride_code(row) or row.serial[-4:], row.product.category, rides)
