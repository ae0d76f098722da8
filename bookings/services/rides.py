"""What was sold, ride by ride: how the departures of timetables find the orders that they matter to."""

from __future__ import annotations

from collections.abc import Sequence

from bookings.models import Booking, Order, Ride
from bookings.services.requests import departure_key


def note(order: Order, sold: Sequence[Booking]) -> None:
    """Write down the rides of an order that is sold."""
    itinerary = order.offer.journey
    Ride.objects.bulk_create(
        Ride(
            booking=booking,
            leg=leg,
            departure_key=departure_key(itinerary, leg),
            start_at=itinerary.legs[leg].scheduled_start_at,
            end_at=itinerary.legs[leg].scheduled_end_at,
        )
        for booking in sold
        for leg in sorted({leg for product in booking.part.products.all() for leg in product.legs})
    )
