"""The calls of a mobility provider (MP) to an operator by TOMP-API 1.x."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote, urlencode

from transit.remote.http import Answer, RemoteError
from transit.remote.tomp import Offer, Party, Search, Traveller, answers, wire
from transit.remote.tomp1.bookings import Booking, booking_of, offers_of

VERSION = "1.6.1"
_MOST_BOOKINGS: Final = 20_000
_ABILITIES: Final = {"wheelchair": {"category": "HR", "number": "01"}}
"""Needs by their names in 2.0, as the dictionary to which 1.x refers has them (CROW, travellers' characteristics):
HR-01 is a wheelchair in which one stays seated on the ride.
"""


def search_offers(party: Party, search: Search) -> list[Offer]:
    """POST /planning/offers: bookable options. 1.x cannot name a departure: the caller chooses by its time."""
    body: dict[str, Any] = {
        "from": _place(search.origin),
        "to": _place(search.destination),
        "nrOfTravelers": max(1, len(search.travellers)),
        "travelers": [{"age": each.age} if each.age is not None else {} for each in search.travellers],
    }
    if search.start_at is not None:
        body["departureTime"] = _written(search.start_at)
    elif search.end_at is not None:
        body["arrivalTime"] = _written(search.end_at)
    return offers_of(answers.parse(_read(party, "POST", "/planning/offers", body).body))


def book(party: Party, option: str, travellers: Sequence[Traveller], *, customer: str) -> Booking:
    """POST /bookings: hold an option; PENDING until it is committed. `customer` is our opaque name for who buys: a
    traveller in 1.x, who has the needs of the party.
    """
    buyer: dict[str, Any] = {"id": customer, "travelers": [{"id": each.id} for each in travellers]}
    if needs := [_ABILITIES[need] for each in travellers for need in each.mobility_needs]:
        buyer["requirements"] = {"abilities": needs}
    return _same(option, _call(party, "POST", "/bookings", {"id": option, "customer": buyer}))


def get_booking(party: Party, booking: str) -> Booking:
    """GET /bookings/{id}: how a booking stands now."""
    return _same(booking, _read(party, "GET", f"/bookings/{quote(booking, safe='')}", None))


def find_booking(party: Party, booking: str) -> Booking | None:
    """The same, or None when the operator itself says that it knows no such booking."""
    return wire.unless_unknown(lambda: get_booking(party, booking), error_codes)


def list_bookings(party: Party, since: datetime) -> list[Booking]:
    """GET /bookings: ours, in whatever state, whose rides are not over before `since`. 1.x knows no pages."""
    query = urlencode({"min-time": _written(since)})
    found = answers.parse_list(_read(party, "GET", f"/bookings?{query}", None).body, _MOST_BOOKINGS)
    return [booking_of(row, {}) for row in found]


def commit(party: Party, booking: str) -> Booking:
    """COMMIT: buy what is pending; CONDITIONAL_CONFIRMED where the operator may still deny it."""
    return _event(party, booking, {"operation": "COMMIT", "origin": "MP"})


def cancel(party: Party, booking: str) -> Booking:
    """CANCEL: undo a booking, pending or bought."""
    return _event(party, booking, {"operation": "CANCEL", "origin": "MP"})


def extend(party: Party, booking: str) -> Booking:
    """EXTEND_EXPIRY_TIME, because the payer still pays."""
    operation = {"operation": "EXTEND_EXPIRY_TIME", "extendReason": "PAYMENT_PENDING", "origin": "END_USER"}
    return _event(party, booking, operation)


def error_codes(error: RemoteError) -> frozenset[int]:
    """The TOMP error code that came with a refusal, if it can be read; 1.x knows one."""
    try:
        code = answers.parse(error.body).get("errorcode")
    except RemoteError:
        return frozenset()
    return frozenset({code} if isinstance(code, int) else ())


def _event(party: Party, booking: str, operation: Mapping[str, Any]) -> Booking:
    return _same(booking, _call(party, "POST", f"/bookings/{quote(booking, safe='')}/events", operation))


def _same(wanted: str, answer: Answer) -> Booking:
    found = booking_of(answers.parse(answer.body), answer.headers)
    if found.id != wanted:
        raise answers.wrong("another booking")
    return found


def _place(reference: str) -> dict[str, Any]:
    """A `gps:lon,lat` or `prefix:stop` reference as a place of 1.x."""
    kind, _, rest = reference.partition(":")
    if kind == "gps":
        lon, lat = rest.split(",")
        return {"coordinates": {"lng": float(lon), "lat": float(lat)}}
    return {"stopReference": [{"type": "GTFS_STOP_ID", "id": rest}]}


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _read(party: Party, method: str, path: str, body: Mapping[str, Any] | None) -> Answer:
    return wire.read(lambda: _call(party, method, path, body))


def _call(party: Party, method: str, path: str, body: Mapping[str, Any] | None) -> Answer:
    headers = {
        "Accept": "application/json",
        "Api": "TOMP",
        "Api-Version": VERSION,
        "maas-id": party.client_id,
        "Content-Type": "application/json",
    }
    return wire.send(party, method, path, headers, None if body is None else json.dumps(body).encode(), (200, 201))
