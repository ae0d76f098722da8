"""Tickets: signed rights to ride that can be checked without a network. One per fare product and traveller.

A ticket is a compact JWS (RFC 7515) with `alg` Ed25519 (RFC 9864) and the `kid` of our key. It says what may be ridden
and by which kind of traveller; it names nobody.
"""

from __future__ import annotations

import io
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import segno
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from bookings.models import Booking, Offer, OfferProduct, Reservation, Ticket
from bookings.services import ticket_keys
from bookings.services.ticket_keys import PublicKeys
from bookings.services.viewers import Viewer
from transit.ondemand import rides
from transit.routing.itinerary import Itinerary, Leg

ALGORITHM = "Ed25519"
_SERIAL_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0, 1, I, O: serials are read aloud
_NAME_LENGTH = 24  # long names would make the code too dense to be scanned


class TicketError(Exception):
    """A ticket that must not be accepted.

    `code` is one of malformed, unknown_key, bad_signature, other_operator, not_yet_valid, expired.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class TicketLeg:
    """A ride that a ticket covers. `departs` is local time of its stop, as timetables print it."""

    line: str
    start: str
    end: str
    service_date: str
    departs: str


@dataclass(frozen=True, slots=True)
class TicketClaims:
    """What a genuine ticket says."""

    serial: str
    operator_code: str
    product: str
    category: str
    legs: tuple[TicketLeg, ...]
    valid_from_at: datetime
    valid_until_at: datetime


def issue(bookings: Sequence[Booking], now: datetime) -> list[Ticket]:
    """The tickets of bookings of one order, one for each product; the same again where it was issued before.

    Joins the caller's transaction.
    """
    products = [(booking, product) for booking in bookings for product in booking.part.products.all()]
    tickets = {ticket.product_id: ticket for ticket in Ticket.objects.filter(booking__in=bookings)}
    if missing := [(booking, product) for booking, product in products if product.pk not in tickets]:
        kid, key = ticket_keys.signing_key(now)
        itinerary = bookings[0].order.offer.journey
        new = (_ticket(booking, product, itinerary, kid, key) for booking, product in missing)
        tickets |= {ticket.product_id: ticket for ticket in Ticket.objects.bulk_create(new)}
    return [tickets[product.pk] for _, product in products]


def issue_reserved(reservation: Reservation, offer: Offer, now: datetime) -> list[Ticket]:
    """The tickets of what a third-party provider has bought. Joins the caller's transaction, and is called once."""
    kid, key = ticket_keys.signing_key(now)
    products = [product for part in offer.parts.all() for product in part.products.all()]
    return Ticket.objects.bulk_create(_ticket(reservation, product, offer.journey, kid, key) for product in products)


def _ticket(sale: Booking | Reservation, product: OfferProduct, itinerary: Itinerary, kid: str, key: OKPKey) -> Ticket:
    """Not written yet."""
    serial = "".join(secrets.choice(_SERIAL_ALPHABET) for _ in range(12))
    return Ticket(
        booking=sale if isinstance(sale, Booking) else None,
        reservation=None if isinstance(sale, Booking) else sale,
        product=product,
        serial=serial,
        kid=kid,
        token=_sign(_payload(sale.operator_code, product, itinerary, serial) | _code(sale), kid, key),
        valid_from_at=product.valid_from_at,
        valid_until_at=product.valid_until_at,
    )


def _code(sale: Booking | Reservation) -> dict[str, str]:
    """What rider and driver tell each other on a ride that our own dispatcher plans."""
    agency_id = sale.part.agency_id if isinstance(sale, Booking) else sale.content["agency_id"]
    ride = rides.find(sale.client_ref) if agency_id.startswith("ondemand:") else None
    return {} if ride is None else {"r": ride.code}


def ride_code(ticket: Ticket) -> str:
    """The same, out of a ticket; empty of any other."""
    return str(said_by(ticket.token).get("r", ""))


def turn_keys(now: datetime) -> list[str]:
    """The keys as their schedule has it, and new signatures where the key of a valid ticket was withdrawn meanwhile."""
    valid = Ticket.objects.filter(valid_until_at__gt=now - ticket_keys.LEAD)
    done = ticket_keys.turn(now, set(valid.values_list("kid", flat=True).distinct()))
    return done + [f"signed {count} tickets again" for count in [sign_again(now)] if count]


def withdraw_key(kid: str, now: datetime) -> int:
    """Nobody shall trust a key any more: its tickets get new signatures. How many. Raises FileNotFoundError."""
    ticket_keys.withdraw(kid, now)
    return sign_again(now)


def sign_again(now: datetime) -> int:
    """New signatures for tickets that are still valid and whose key is published no more. How many.

    They keep their serial and what they say; who holds them sees the new code at the next look.
    """
    known = list(ticket_keys.public_keys())
    stranded = Ticket.objects.filter(valid_until_at__gt=now).exclude(state="VOID").exclude(kid__in=known)
    kid, key = ticket_keys.signing_key(now)
    for ticket in stranded:
        token = _sign(said_by(ticket.token), kid, key)
        Ticket.objects.filter(pk=ticket.pk, kid=ticket.kid).update(kid=kid, token=token)
    return len(stranded)


def said_by(token: str) -> dict[str, Any]:
    """The payload of a token of our own books. It is not checked."""
    payload: dict[str, Any] = json.loads(jws.extract_compact(token.encode()).payload)
    return payload


def get_ticket(serial: str, viewer: Viewer) -> Ticket:
    """A ticket of this viewer. Raises Ticket.DoesNotExist, also for somebody else's."""
    tickets = Ticket.objects.select_related("product", "booking__part", "booking__order__offer")
    return tickets.get(viewer.owns_orders("booking__order__"), serial=serial)


def verify(token: str, keys: PublicKeys, now: datetime, operator_code: str | None = None) -> TicketClaims:
    """What a ticket says, if it is genuine and valid now (and is one of `operator_code`, where that is given).

    Needs nothing but the keys, so it cannot know of cancellations. Raises TicketError.
    """
    claims = _claims(_checked_payload(token, keys))
    if operator_code is not None and claims.operator_code != operator_code:
        raise TicketError("other_operator")
    if now < claims.valid_from_at:
        raise TicketError("not_yet_valid")
    if now >= claims.valid_until_at:
        raise TicketError("expired")
    return claims


def qr_svg(token: str) -> str:
    """The token as a QR code in SVG: error correction M or better, quiet zone of 4 modules (ISO/IEC 18004)."""
    out = io.BytesIO()
    segno.make_qr(token, error="m").save(out, kind="svg", border=4, scale=1, omitsize=True, light="#fff", xmldecl=False)
    return out.getvalue().decode()


def qr_png(token: str) -> str:
    """The same as a picture for paper: PNG in a `data:` address."""
    return str(segno.make_qr(token, error="m").png_data_uri(scale=8, border=4))


def _payload(operator_code: str, product: OfferProduct, itinerary: Itinerary, serial: str) -> dict[str, Any]:
    """RFC 7519 names where there are some; one letter where every character counts."""
    return {
        "jti": serial,
        "aud": operator_code,
        "p": product.name[:_NAME_LENGTH],
        "c": product.category,
        "l": [_leg(itinerary.legs[position]) for position in product.legs],
        "nbf": int(product.valid_from_at.timestamp()),
        "exp": int(product.valid_until_at.timestamp()),
    }


def _leg(leg: Leg) -> list[str]:
    assert leg.service is not None, "only rides are sold"
    departs = leg.start_at.astimezone(ZoneInfo(leg.start.timezone))
    return [
        leg.service.line[:_NAME_LENGTH],
        leg.start.name[:_NAME_LENGTH],
        leg.end.name[:_NAME_LENGTH],
        leg.service.service_date.isoformat(),
        f"{departs:%H:%M}",
    ]


def _sign(payload: dict[str, Any], kid: str, key: OKPKey) -> str:
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    return jws.serialize_compact({"alg": ALGORITHM, "kid": kid}, text, key, algorithms=[ALGORITHM])


def _checked_payload(token: str, keys: PublicKeys) -> dict[str, Any]:
    """The payload under a good signature. The algorithm is ours, whatever the header asks for."""
    try:
        parts = jws.extract_compact(token.encode())
    except (JoseError, ValueError) as wrong:
        raise TicketError("malformed") from wrong
    kid = parts.protected.get("kid")
    if not isinstance(kid, str) or kid not in keys:
        raise TicketError("unknown_key")
    if parts.protected != {"alg": ALGORITHM, "kid": kid}:
        raise TicketError("malformed")
    try:
        checked = jws.deserialize_compact(token, keys[kid], algorithms=[ALGORITHM])
    except (JoseError, ValueError) as wrong:
        raise TicketError("bad_signature") from wrong
    payload: dict[str, Any] = json.loads(checked.payload)
    return payload


def _claims(payload: dict[str, Any]) -> TicketClaims:
    return TicketClaims(
        serial=payload["jti"],
        operator_code=payload["aud"],
        product=payload["p"],
        category=payload["c"],
        legs=tuple(TicketLeg(*leg) for leg in payload["l"]),
        valid_from_at=datetime.fromtimestamp(payload["nbf"], UTC),
        valid_until_at=datetime.fromtimestamp(payload["exp"], UTC),
    )
