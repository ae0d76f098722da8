"""What an operator answers in TOMP 1.x, as small frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from transit.money import Money, total
from transit.remote.tomp import Offer
from transit.remote.tomp.answers import flag, group, http_date, moment, money, must, rows, text, wrong

STATES = frozenset(
    {
        "NEW",
        "PENDING",
        "REJECTED",
        "RELEASED",
        "EXPIRED",
        "CONDITIONAL_CONFIRMED",
        "CONFIRMED",
        "CANCELLED",
        "STARTED",
        "FINISHED",
    }
)
UNMET = frozenset({"conditionDeposit", "conditionRequireBookingData"})
"""Conditions of 1.x that no resident is asked to meet here: a deposit, and personal data."""


@dataclass(frozen=True, slots=True)
class Booking:
    """A booking (TOMP 1.x bookingState). `expires_at`: until when a pending one has to be committed.

    `customer` is our opaque name for who bought it, where the operator says it again.
    """

    id: str
    state: str
    price: Money | None
    expires_at: datetime | None
    customer: str = ""


def booking_of(document: Mapping[str, Any], headers: Mapping[str, str]) -> Booking:
    """A booking from an answer and its headers. Raises RemoteError."""
    state = must(document.get("state"), "state")
    if state not in STATES:
        raise wrong(f"unknown state {state!r}")
    return Booking(
        id=must(document.get("id"), "id"),
        state=state,
        price=price_of(document.get("pricing")),
        expires_at=http_date(headers.get("expires")) if state == "PENDING" else None,
        customer=text(group(document.get("customer"), "customer").get("id"), "customer") or "",
    )


def offers_of(document: Mapping[str, Any]) -> list[Offer]:
    """The options of a planning answer that ask for nothing that we cannot give, as the offers that they are."""
    until = moment(document.get("validUntil"), "validUntil")
    return [_offer(row, until) for row in rows(document.get("options"), "options") if not _wants(row) & UNMET]


def _wants(row: Mapping[str, Any]) -> set[str]:
    """The types of the conditions of an option's legs."""
    conditions = [each for leg in rows(row.get("legs"), "legs") for each in rows(leg.get("conditions"), "conditions")]
    return {must(each.get("conditionType"), "conditionType") for each in conditions}


def _offer(row: Mapping[str, Any], until: datetime | None) -> Offer:
    return Offer(
        id=must(row.get("id"), "id"),
        price=price_of(row.get("pricing")),
        price_is_estimate=flag(group(row.get("pricing"), "pricing").get("estimated"), "estimated"),
        origin=None,
        destination=None,
        start_at=moment(row.get("departureTime"), "departureTime"),
        end_at=moment(row.get("arrivalTime"), "arrivalTime"),
        expires_at=until,
        refundable=False,
        cancellable=False,
        cancellation_fee=None,
    )


def price_of(pricing: Any) -> Money | None:
    """The sum of the fixed parts of a fare, tax included; None where it has others, or none."""
    parts = rows(group(pricing, "pricing").get("parts"), "parts")
    if not parts or any(part.get("type") != "FIXED" for part in parts):
        return None
    found = [money(part, "fare part") for part in parts]
    prices = [price for price in found if price is not None]
    if len(prices) != len(parts) or len({price.currency for price in prices}) != 1:
        return None
    return total(prices, prices[0].currency)
