"""What a viewer has: tickets, and orders that are still under way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from bookings.models import Order, Ticket
from bookings.services import paper, ticketing
from bookings.services.viewers import Viewer
from bookings.states import ORDER_SELLING
from transit import tokens
from transit.routing.itinerary import Itinerary, Leg

UNDER_WAY = (*ORDER_SELLING, "CANCELLING", "UNWINDING", "MANUAL")


@dataclass(frozen=True, slots=True)
class HeldTicket:
    """A ticket with the journey it is for.

    `early` when its time is still to come, `over` when it has passed or the ticket can no longer be used.
    """

    ticket: Ticket
    itinerary: Itinerary
    over: bool
    early: bool

    @property
    def legs(self) -> list[Leg]:
        """The rides that it covers."""
        return [self.itinerary.legs[position] for position in self.ticket.product.legs]

    @property
    def ride_code(self) -> str:
        """What is told to the driver of a ride on demand; empty of any other."""
        return ticketing.ride_code(self.ticket)

    @property
    def picture(self) -> str:
        """Its code for paper, as a `data:` address."""
        return ticketing.qr_png(self.ticket.token)

    @property
    def timezone(self) -> str:
        """Whose clocks its times are told by: those where the first ride begins."""
        return self.legs[0].start.timezone


def list_tickets(viewer: Viewer, now: datetime) -> list[HeldTicket]:
    """All tickets of a viewer, in the order of the rides."""
    rows = Ticket.objects.filter(viewer.owns_orders("booking__order__")).order_by("valid_from_at", "pk")
    return [hold(row, now) for row in rows.select_related("product__part__offer", "booking__order")]


def list_order_tickets(order: Order, now: datetime) -> list[HeldTicket]:
    """The tickets of one order."""
    rows = Ticket.objects.filter(booking__order=order).order_by("valid_from_at", "pk")
    return [hold(row, now) for row in rows.select_related("product__part__offer", "booking__order")]


def list_under_way(viewer: Viewer) -> list[Order]:
    """The orders that are neither bought nor given up yet, the newest first."""
    return list(Order.objects.filter(viewer.owns_orders(), state__in=UNDER_WAY).order_by("-created_at"))


def hold(ticket: Ticket, now: datetime) -> HeldTicket:
    """A ticket with what it was sold for."""
    itinerary = tokens.of_json(ticket.product.part.offer.itinerary)
    over = ticket.state != "ISSUED" or ticket.valid_until_at <= now
    return HeldTicket(ticket, itinerary, over, now < ticket.valid_from_at)


def on_paper(held: Sequence[HeldTicket]) -> bytes:
    """Tickets as a PDF, a page each, in the language that is active."""
    return paper.render("bookings/paper/tickets.html", {"tickets": held}, gettext("Ticket"))
