"""A journey on paper, in large print: for those who do not carry it in a telephone."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext

from bookings.models import Caller, Order
from bookings.services import bills, callers, errands, paper, readings, trips


def on_paper(caller: Caller, order: Order) -> bytes:
    """The plan of an order as a PDF, in the language of whoever travels."""
    with translation.override(order.language):
        context = {
            "name": callers.facts_of(caller).name,
            "order": order,
            "trips": [(readings.headline(trip), readings.sentences(trip)) for trip in trips.list_trips(order.offer)],
            "codes": errands.list_codes(order),
            "bills": bills.list_bills(order),
        }
        return paper.render("bookings/paper/plan.html", context, gettext("Your journey"), points=18)
