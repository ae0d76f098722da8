"""TOMP-API 2.0, spoken to a transport operator (TO). It knows the protocol, and no order.

Every function makes exactly one call (besides fetching a token) and raises RemoteError; nothing is repeated. TOMP has
no idempotency key: after an unknown outcome look the package up by its id, which is the id of the offer, known before
the purchase. Our profile: coordinates are `gps:lon,lat`; stops are `prefix:stop` with a prefix of the operator's
datasources.
"""

from transit.remote.tomp.client import (
    claim_redress,
    confirm_purchase,
    confirm_redress,
    error_codes,
    extend_expiry_time,
    find_package,
    get_package,
    is_healthy,
    list_data_sources,
    list_payments,
    list_redress_options,
    purchase_offers,
    rollback_purchase,
    search_offers,
    travel_documents,
)
from transit.remote.tomp.packages import Document, JournalEntry, Leg, Link, Offer, Package, RedressOption
from transit.remote.tomp.requests import Search, Traveller, gps_reference, stop_reference
from transit.remote.tomp.tokens import Party, get_token

__all__ = [
    "Document",
    "JournalEntry",
    "Leg",
    "Link",
    "Offer",
    "Package",
    "Party",
    "RedressOption",
    "Search",
    "Traveller",
    "claim_redress",
    "confirm_purchase",
    "confirm_redress",
    "error_codes",
    "extend_expiry_time",
    "find_package",
    "get_package",
    "get_token",
    "gps_reference",
    "is_healthy",
    "list_data_sources",
    "list_payments",
    "list_redress_options",
    "purchase_offers",
    "rollback_purchase",
    "search_offers",
    "stop_reference",
    "travel_documents",
]
