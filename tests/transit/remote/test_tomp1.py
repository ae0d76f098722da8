"""What operators answer in TOMP 1.x: what is an offer to us, and what a booking is."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from transit.money import Money
from transit.remote.http import RemoteError
from transit.remote.tomp import answers
from transit.remote.tomp1 import bookings


def part(amount: float = 4.2, **fields: Any) -> dict[str, Any]:
    return {"type": "FIXED", "amount": amount, "currencyCode": "EUR", "vatRate": 10, "vatCountryCode": "FI"} | fields


def option(*parts: dict[str, Any], estimated: bool = False, conditions: tuple[str, ...] = ()) -> dict[str, Any]:
    leg = {"conditions": [{"conditionType": each, "id": each} for each in conditions]}
    return {
        "id": "o1",
        "departureTime": "2026-11-24T08:40:00Z",
        "pricing": {"estimated": estimated, "parts": list(parts or (part(),))},
        "legs": [leg],
    }


def offered(*options: dict[str, Any]) -> list[Any]:
    return bookings.offers_of(read({"validUntil": "2026-11-24T07:15:00Z", "options": list(options)}))


def read(document: dict[str, Any]) -> dict[str, Any]:
    """As it comes over the wire."""
    return answers.parse(json.dumps(document).encode())


def test_an_option_is_an_offer_until_the_plan_ends() -> None:
    (offer,) = offered(option(part(), part(0.8)))
    assert (offer.price, offer.price_is_estimate) == (Money(500, "EUR"), False)
    assert offer.expires_at == datetime(2026, 11, 24, 7, 15, tzinfo=UTC)


def test_an_estimate_says_so() -> None:
    assert offered(option(estimated=True))[0].price_is_estimate


@pytest.mark.parametrize("kind", ["FLEX", "MAX"])
def test_a_price_by_the_minute_is_none(kind: str) -> None:
    assert offered(option(part(), part(type=kind)))[0].price is None


@pytest.mark.parametrize("condition", ["conditionDeposit", "conditionRequireBookingData"])
def test_what_asks_for_what_we_cannot_give_is_no_offer(condition: str) -> None:
    assert offered(option(conditions=(condition,))) == []
    assert len(offered(option(conditions=("conditionPostponedCommit",)))) == 1


def test_a_pending_booking_has_to_be_committed_in_time() -> None:
    headers = {"expires": "Tue, 24 Nov 2026 07:25:00 GMT"}
    held = bookings.booking_of(read(option() | {"state": "PENDING"}), headers)
    assert held.expires_at == datetime(2026, 11, 24, 7, 25, tzinfo=UTC)
    assert bookings.booking_of(read(option() | {"state": "CONFIRMED"}), headers).expires_at is None


def test_a_state_that_the_protocol_does_not_have_is_no_answer() -> None:
    with pytest.raises(RemoteError, match="unknown state"):
        bookings.booking_of(option() | {"state": "DONE"}, {})
