"""TOMP-API 1.5 and 1.6, spoken to a transport operator (TO): planning and booking. It knows the protocol, and no order.

Every function makes exactly one call (besides fetching a token) and raises RemoteError; nothing is repeated. There is
no idempotency key: a booking has the id of the option that it was made of, and is looked up by it. COMMIT of what is
committed already is answered with 403, which after an unknown outcome says nothing before the booking has been read.
"""

from transit.remote.tomp1.bookings import Booking
from transit.remote.tomp1.client import (
    book,
    cancel,
    commit,
    error_codes,
    extend,
    find_booking,
    list_bookings,
    search_offers,
)

__all__ = [
    "Booking",
    "book",
    "cancel",
    "commit",
    "error_codes",
    "extend",
    "find_booking",
    "list_bookings",
    "search_offers",
]
