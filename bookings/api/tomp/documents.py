"""The documents of TOMP 2.0: offers, packages, travel documents."""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Final

from bookings.api.tomp.calls import Call
from bookings.models import Offer, OfferProduct, Ticket
from bookings.services import package_rides
from bookings.services.package_rides import Standing
from bookings.services.packages import EXTRA, Package, is_extra
from transit.money import Money
from transit.register.sellers import Seller, find_seller
from transit.routing.itinerary import Leg, Place
from transit.routing.query import Mode

Json = dict[str, Any]
_MOST_ELEMENTS: Final = 25
_MODES: Final = {Mode.GONDOLA: "CABLEWAY", Mode.MONORAIL: "URBANRAIL"}
GUARANTEE: Final = "refund-when-cancelled"


def instant(at: datetime) -> str:
    """RFC 3339 in UTC, in whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def http_date(at: datetime) -> str:
    """Of RFC 9110, as headers have it."""
    return format_datetime(at.astimezone(UTC).replace(microsecond=0), usegmt=True)


def money(amount: Money, basis_points: int, country: str) -> Json:
    """TOMP amountOfMoney: in the main unit, tax included."""
    tax = {"taxPercentageUsed": basis_points / 100} | ({"vatCountryCode": country} if country else {})
    return {"amount": float(amount.decimal()), "currencyCode": amount.currency, **tax}


class Writer:
    """Writes the answers to one call."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self._sellers: dict[str, Seller | None] = {}

    def offers(self, found: Sequence[Offer], offset: int, limit: int) -> Json:
        """OfferCollection: a page of what was found."""
        page = found[offset : offset + limit]
        packages = [Package(offer, offer.parts.all()[0], None) for offer in page]
        return {
            "type": "FeatureCollection",
            "features": [self._offer(package) for package in packages],
            "properties": {"type": "OfferCollection", "id": "offers", "definitions": _definitions(packages)},
            "numberMatched": len(found),
            "numberReturned": len(packages),
            "links": [],
        }

    def _offer(self, package: Package) -> Json:
        code, until = package.offer.code, package.offer.expires_at
        links = [
            self._process("purchase-offers", {"offer": code}, until),
            self._process("select-offers", {"offers": [code]}, until),
        ]
        geometry = _geometry([package.offer.journey.legs[leg] for leg in package.rides])
        properties = {"type": "offer", **self._summary(package)}
        return {"type": "Feature", "id": code, "geometry": geometry, "properties": properties, "links": links}

    def _summary(self, package: Package) -> Json:
        legs = [package.offer.journey.legs[leg] for leg in package.rides]
        fee = self._fee(package)
        cancellation: Json = {"cancellable": fee is not None}
        if fee is not None:
            cancellation["fee"] = self._money(package, fee)
        return {
            "id": package.offer.code,
            "specification": _specification(legs[0].start, legs[-1].end, legs[0].start_at, legs[-1].end_at),
            "price": self._money(package, package.price),
            "estimatedPrice": False,
            "products": sorted({product.product_id for product in package.products}),
            "legs": [_leg_summary(leg) for leg in legs],
            "distribution": {"accessType": "QRCODE"},
            "cancellation": cancellation,
            "exchangeable": False,
            "refundable": fee is not None,
            "transferrable": True,
            "paymentMethod": {"paymentType": "PREPAID"},
        }

    def package(self, package: Package) -> Json:
        """A package, or an offer as one, with what may be done next as links."""
        standing = package_rides.standing(package, self.call.counter, self.call.now)
        row, code = package.reservation, package.offer.code
        legs = [self._leg(package, leg, standing) for leg in package.rides]
        properties: Json = {
            "type": "package" if row else "offer",
            "id": code,
            "status": standing.status,
            "price": self._fare(package),
            "guarantees": [_guarantee()],
            "summary": self._summary(package),
            "legs": legs,
            "definitions": _definitions([package]),
        }
        own = {"reference": row.reference} if row is not None and row.reference else {}
        if fields := own | _called(package):
            properties["customFields"] = fields
        shapes = [_geometry([package.offer.journey.legs[leg]]) for leg in package.rides]
        return {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "id": leg["id"], "geometry": shape, "properties": leg}
                for leg, shape in zip(legs, shapes, strict=True)
            ],
            "properties": properties,
            "links": self._links(package, standing),
            "numberMatched": len(legs),
            "numberReturned": len(legs),
        }

    def _leg(self, package: Package, position: int, standing: Standing) -> Json:
        leg = package.offer.journey.legs[position]
        seats = [each for each in package.products if position in each.legs and not is_extra(each)]
        refundable = ["REFUNDABLE", "CANCELLABLE"] if self._fee(package) is not None else []
        return {
            "type": "leg",
            "id": leg_id(package, position),
            "specification": _specification(leg.start, leg.end, leg.start_at, leg.end_at),
            "sequenceNumber": package.rides.index(position) + 1,
            "mode": _mode(leg),
            "status": standing.legs[position],
            "travellers": list(dict.fromkeys(each.traveller_key for each in seats)),
            "products": sorted({each.product_id for each in seats}),
            "ancillaries": [
                each.product_id.removeprefix(EXTRA)
                for each in package.products
                if position in each.legs and is_extra(each)
            ],
            "operatorId": package.part.operator_code,
            "operatorName": package.part.operator_name,
            "labels": [*refundable, "TRANSFERABLE", "UPFRONT_PAYMENT"],
        }

    def _fare(self, package: Package) -> Json:
        sums: dict[tuple[str, str], Money] = defaultdict(lambda: Money(0, package.price.currency))
        for each in package.products:
            sums[each.name, "ANCILLARY" if is_extra(each) else "FARE"] += Money(
                each.price_minor, package.price.currency
            )
        if len(sums) > _MOST_ELEMENTS:
            sums.clear()
            sums[package.part.operator_name, "FARE"] = package.price
        elements = [
            {**self._money(package, amount), "type": "FIXED", "name": name, "appliesTo": what}
            for (name, what), amount in sums.items()
        ]
        return {**self._money(package, package.price), "estimated": False, "elements": elements}

    def _money(self, package: Package, amount: Money) -> Json:
        first = package.products[0]
        return money(amount, first.vat_basis_points, first.vat_country)

    def _fee(self, package: Package) -> Money | None:
        """What would be kept now; None where nothing is given back."""
        agency = package.part.agency_id
        if agency not in self._sellers:
            self._sellers[agency] = find_seller(agency, package.service_date)
        seller, first = self._sellers[agency], package.offer.journey.legs[package.rides[0]]
        left_s = (first.start_at - self.call.now).total_seconds()
        return seller.find_refund_fee(package.price, left_s) if seller else None

    def _links(self, package: Package, standing: Standing) -> list[Json]:
        code, row = package.offer.code, package.reservation
        body = {"package": code}
        if standing.status == "OFFERED" and row is None:
            return [self._process("purchase-offers", {"offer": code}, package.offer.expires_at)]
        if row is not None and standing.status == "OFFERED":
            verbs = ("purchase-package", "release-package", "extend-expiry-time")
            return [self._process(verb, body, row.expires_at) for verb in verbs]
        if row is not None and standing.status == "PENDING":
            confirm = self._process("confirm-purchase", body, row.expires_at) | {"mandatory": True}
            undo = [self._process(verb, body, row.expires_at) for verb in ("rollback-purchase", "extend-expiry-time")]
            return [confirm, *undo]
        if standing.status in package_rides.SOLD:
            names = ("travel-documents", "redress-options", "support-tickets")
            return [{"rel": name, "href": self._items(name, code), "method": "GET"} for name in names]
        return []

    def _items(self, name: str, code: str) -> str:
        return f"{self.call.base}/collections/{name}/items?packageId={code}"

    def _process(self, name: str, inputs: Json, until: datetime) -> Json:
        return {
            "rel": name,
            "href": f"{self.call.base}/processes/{name}/execution",
            "method": "POST",
            "type": "application/json",
            "expires": instant(until),
            "body": {"inputs": inputs},
        }


def leg_id(package: Package, position: int) -> str:
    """How a ride is called: the package's code and the ride's number, from 1."""
    return f"{package.offer.code}.{package.rides.index(position) + 1}"


def travel_documents(package: Package, tickets: Iterable[Ticket]) -> Json:
    """One for each ticket: the text of its code, which any library draws as a QR code."""
    features = [
        {"type": "Feature", "id": ticket.serial, "properties": _document(package, ticket), "links": []}
        for ticket in tickets
    ]
    return {"type": "FeatureCollection", "features": features}


def _document(package: Package, ticket: Ticket) -> Json:
    legs = ticket.product.legs
    found = {
        "type": "travelDocument",
        "id": ticket.serial,
        "validity": [instant(ticket.valid_from_at), instant(ticket.valid_until_at)],
        "travelDocumentType": "QRCODE",
        "package": package.offer.code,
        "traveller": ticket.product.traveller_key,
        "contentType": "text/plain",
        "base64": base64.b64encode(ticket.token.encode()).decode(),
    }
    return found | ({"leg": leg_id(package, legs[0])} if len(legs) == 1 else {})


def _guarantee() -> Json:
    return {"id": GUARANTEE, "name": GUARANTEE, "type": "REFUND_WHEN_CANCELLED"}


def _definitions(packages: Iterable[Package]) -> Json:
    products: dict[str, OfferProduct] = {}
    travellers: dict[str, str] = {}
    for package in packages:
        products |= {each.product_id: each for each in package.products}
        travellers |= {each.traveller_key: each.category for each in package.products}
    seats = [each for each in products.values() if not is_extra(each)]
    extras = [each for each in products.values() if is_extra(each)]
    return {
        "products": [{"type": "product", "id": each.product_id, "name": each.name} for each in seats],
        "ancillaries": [
            {"type": "ancillary", "id": each.product_id.removeprefix(EXTRA), "name": each.name[:75]} for each in extras
        ],
        "travellers": [{"type": "traveller", "id": key, "profile": category} for key, category in travellers.items()],
    }


def _specification(start: Place, end: Place, start_at: datetime, end_at: datetime) -> Json:
    return {
        "type": "travelSpecification",
        "from": _reference(start),
        "to": _reference(end),
        "startTime": instant(start_at),
        "endTime": instant(end_at),
    }


def _reference(place: Place) -> str:
    return place.stop_id or f"gps:{place.lon:.6f},{place.lat:.6f}"


def _called(package: Package) -> Json:
    """Of a ride on demand: when one is met and told to be, by what, and what one tells the driver; an extension."""
    ordering, view = package.offer.journey.legs[package.rides[0]].ordering, package.dispatched
    if ordering is None:
        return {}
    found = {"pickupFrom": instant(ordering.pickup_from_at), "pickupUntil": instant(ordering.pickup_until_at)}
    if view is not None and view.state == "CONFIRMED":
        now = {"pickupFrom": view.earliest_at, "pickupUntil": view.latest_at, "pickupAt": view.told_at}
        found = {name: instant(at) for name, at in now.items()} | {"code": view.code, "vehicle": view.vehicle}
    return {"ride": found}


def _leg_summary(leg: Leg) -> Json:
    assert leg.service is not None, "only rides are sold"
    return {"mode": _mode(leg), "name": leg.service.line, "destination": leg.service.headsign[:200]}


def _mode(leg: Leg) -> str:
    return _MODES.get(leg.mode, leg.mode.value.upper())


def _geometry(legs: Sequence[Leg]) -> Json:
    """The stops on the way, as a line: longitude first."""
    points: list[list[float]] = []
    for leg in legs:
        places = [leg.start, *(call.place for call in leg.calls), leg.end]
        points += [[round(place.lon, 6), round(place.lat, 6)] for place in places]
    return {"type": "LineString", "coordinates": points}
