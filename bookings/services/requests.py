"""What an effect sends, written down before it is sent and never changed, so that a repetition sends equal bytes.

No personal datum lies here: travellers are keys and categories, orders are codes.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from datetime import datetime
from typing import Any

from bookings.models import Booking, Order
from bookings.services import timing
from bookings.services.snapshot import Snapshot
from transit.routing.itinerary import Itinerary


def hold(order: Order, booking: Booking) -> dict[str, Any]:
    """Rides, travellers and price of a booking: what the operator has to hold."""
    part = booking.part
    itinerary = order.offer.journey
    products = list(part.products.all())
    legs = sorted({leg for product in products for leg in product.legs})
    seats = Counter(leg for product in products for leg in product.legs)
    return {
        "agency_id": part.agency_id,
        "currency": order.currency,
        "price_minor": part.price_minor,
        "departs_at": min(itinerary.legs[leg].start_at for leg in legs).isoformat(),
        "departures": [{"key": departure_key(itinerary, leg), "seats": seats[leg]} for leg in legs],
        "travellers": [
            {"key": key, "category": category}
            for key, category in sorted({(product.traveller_key, product.category) for product in products})
        ],
        "products": [
            {"id": product.product_id, "name": product.name, "legs": product.legs, "category": product.category}
            for product in products
        ],
    }


def departure_key(itinerary: Itinerary, leg: int) -> str:
    """`feed:trip@YYYY-MM-DD` of a ride."""
    service = itinerary.legs[leg].service
    assert service is not None, "only rides are sold"
    return f"{service.trip_id}@{service.service_date.isoformat()}"


def cancel(order: Order, booking: Booking) -> dict[str, Any]:
    """Before the sale at no cost; after it by the operator's rules, for no more than the resident was shown."""
    if order.state == "CANCELLING":
        return {"mode": "no_show" if booking.no_show_at else "refund", "fee_cap_minor": booking.fee_quoted_minor}
    return {"mode": "rollback"}


def authorise(order: Order, snapshot: Snapshot, now: datetime) -> dict[str, Any]:
    """The amount, the language and the end of the payer's page."""
    return {
        "amount_minor": snapshot.due_minor,
        "language": order.language,
        "expires_at": (now + timing.PAGE_LIFE).isoformat(timespec="seconds"),
    }


def digest(request: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON."""
    return hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()
